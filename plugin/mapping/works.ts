import type { Warning } from '../errors.ts'
import type { FileRole } from '../file-role.ts'
import type { Order, OrderBridge, OrderTooth } from '../itero/order.ts'
import { jawOf } from '../itero/teeth.ts'
import type { FdiTooth } from '../teeth.ts'
import { type Joints, jointsOf } from './connectors.ts'
import { type Fixing, fixingOf } from './implants.ts'
import { type OrderedMaterial, orderedMaterial } from './material-candidates.ts'
import { type Work, workOf } from './restorations.ts'
import { scanBodyWarnings } from './scan-bodies.ts'

/** A tooth to be made, before client and materials are known. */
export interface RestoredWork {
  readonly tooth: OrderTooth
  readonly work: Extract<Work, { kind: 'restored' }>
  readonly ordered: OrderedMaterial
  /** null on teeth that have no implant field: inlays, pontics, veneers. */
  readonly fixing: Fixing | null
  /** What the abutment is ordered in; null where it is not stated or there is none. */
  readonly abutment: OrderedMaterial | null
}

export interface Works {
  readonly restored: readonly RestoredWork[]
  readonly missing: ReadonlySet<FdiTooth>
  readonly leftOut: readonly OrderTooth[]
  readonly joints: Joints
  readonly denture: boolean
  readonly warnings: readonly Warning[]
}

/** What an order's teeth become; a tooth that is listed twice counts as it is listed first. */
export function worksOf(order: Order, files: readonly FileRole[]): Works {
  const teeth = order.teeth.filter(
    (tooth, index) => order.teeth.findIndex(({ fdi }) => fdi === tooth.fdi) === index,
  )
  const warnings: Warning[] = []
  const restored: RestoredWork[] = []
  const missing = new Set<FdiTooth>()
  const leftOut: OrderTooth[] = []
  for (const tooth of teeth) {
    const ordered = orderedMaterial(tooth.material)
    const { work, warnings: ofWork } = workOf(tooth, ordered.build, spanning(tooth, order))
    warnings.push(...ofWork)
    if (work.kind === 'missing') missing.add(tooth.fdi)
    if (work.kind === 'left-out') leftOut.push(tooth)
    if (work.kind !== 'restored') continue
    const implant = implantOf(tooth, work, ordered, order)
    warnings.push(...implant.warnings)
    restored.push({ tooth, work, ordered, ...implant.of })
  }
  const implants = restored.flatMap(({ tooth, fixing }) =>
    fixing === null || fixing === 'None' ? [] : [tooth.fdi],
  )
  warnings.push(...scanBodyWarnings(order, implants, files))
  const joints = jointsOf(
    restored.flatMap(({ tooth, work }) => {
      const bridge = work.joined ? bridgeOf(tooth, order) : null
      return bridge === null ? [] : [{ fdi: tooth.fdi, bridge }]
    }),
  )
  const denture = hasDenture(order)
  if (denture) warnings.push({ code: 'denture-not-mapped', facts: {} })
  return { restored, missing, leftOut, joints, denture, warnings: [...warnings, ...joints.warnings] }
}

/** A scan of this kind and jaw is written. */
export function isWritten(
  files: readonly FileRole[],
  kind: 'scan-body' | 'pre-treatment' | 'gingiva',
  fdi: FdiTooth,
): boolean {
  return files.some((file) => file.kind === kind && file.jaw === jawOf(fdi))
}

function implantOf(
  tooth: OrderTooth,
  work: RestoredWork['work'],
  ordered: OrderedMaterial,
  order: Order,
): { readonly of: Pick<RestoredWork, 'fixing' | 'abutment'>; readonly warnings: readonly Warning[] } {
  if (work.preparationType !== 'Crown' || work.reconstructionType === 'Veneer')
    return { of: { fixing: null, abutment: null }, warnings: [] }
  const { fixing, warnings } = fixingOf(tooth, order, work.implant, ordered)
  const found: Warning[] = [...warnings]
  const abutment = fixing === 'CustomAbutment' ? orderedMaterial(tooth.abutmentMaterial) : null
  if (abutment !== null && abutment.key === null)
    found.push({ code: 'implant-not-understood', facts: { tooth: tooth.fdi, field: 'AbutmentMaterial' } })
  return { of: { fixing, abutment: abutment?.key == null ? null : abutment }, warnings: found }
}

/** The bridge that the tooth names, else the one whose span it stands in. */
function bridgeOf(tooth: OrderTooth, order: Order): string | null {
  return tooth.bridgeId ?? spanning(tooth, order)?.id ?? null
}

function spanning(tooth: OrderTooth, order: Order): OrderBridge | null {
  return order.bridges.find((bridge) => bridge.span.includes(tooth.fdi)) ?? null
}

/** v50 has a `Denture` in every order; it is one where a jaw or a stage is named. */
function hasDenture(order: Order): boolean {
  const { denture } = order
  if (denture === null) return false
  return [denture.upper, denture.lower, denture.stage, denture.mould, denture.teethShade].some(
    (text) => text !== null && !/^\s*(|null|none|n\/?a|no|false|-1|0)\s*$/i.test(text),
  )
}
