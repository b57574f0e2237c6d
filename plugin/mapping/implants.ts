import type { ImplantField } from '../casefile/treatment.ts'
import type { Warning } from '../errors.ts'
import type { Order, OrderTooth } from '../itero/order.ts'
import type { OrderedMaterial } from './material-candidates.ts'
import { implantFixing, stated } from './restorations.ts'

/** Before the abutment's material is decided. */
export type Fixing = 'None' | 'WithoutAbutmentManual' | 'CustomAbutment'

/**
 * How a crown is fixed: on a stump (`None`), screwed to the implant (`WithoutAbutmentManual` [C], a titanium base
 * too [I]) or on a custom abutment (`CustomAbutment` [V]). iTero's names for it are [?]: where they do not say, it is a
 * custom abutment with the warning `implant-not-understood`.
 */
export function fixingOf(
  tooth: OrderTooth,
  order: Order,
  implant: boolean,
  ordered: OrderedMaterial,
): { readonly fixing: Fixing; readonly warnings: readonly Warning[] } {
  const terms = [tooth.implantBased, tooth.abutmentType]
  const scanned = order.scanBodies.some((body) => body.fdi === tooth.fdi)
  if (!implant && !scanned && !ordered.tiBase && !terms.some(stated)) return { fixing: 'None', warnings: [] }
  const fixing = implantFixing(terms) ?? (ordered.tiBase ? 'WithoutAbutmentManual' : null)
  if (fixing !== null) return { fixing, warnings: [] }
  const silent = (['implantBased', 'abutmentType'] as const).find((field) => stated(tooth[field]))
  const facts = {
    tooth: tooth.fdi,
    ...(silent && { id: tooth[silent]?.id ?? '', field: FIELDS[silent] }),
    taken: 'CustomAbutment',
  }
  return { fixing: 'CustomAbutment', warnings: [{ code: 'implant-not-understood', facts }] }
}

/** As the manifest has them. */
const FIELDS = { implantBased: 'ImplantBasedRestorationType', abutmentType: 'AbutmentType' } as const

/**
 * `scanned`: a scan-body scan of this jaw is written; it says nothing of a tooth that stands on no implant.
 * `abutment`: code of the abutment's material.
 */
export function implantField(fixing: Fixing, scanned: boolean, abutment: string | null): ImplantField {
  if (fixing === 'None') return { type: 'None', scanAbutmentScan: false }
  const materialAbutment = fixing === 'CustomAbutment' ? abutment : null
  return { type: fixing, materialAbutment, scanAbutmentScan: scanned }
}
