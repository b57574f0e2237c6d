import type { Warning } from '../errors.ts'
import type { FileRole } from '../file-role.ts'
import type { Order } from '../itero/order.ts'
import { jawOf } from '../itero/teeth.ts'
import type { FdiTooth } from '../teeth.ts'

/**
 * Where implants and scan bodies disagree, a fault that the field knows: `scan-body-missing` and `scan-body-other-jaw` of an
 * implant whose jaw has no scan with a scan body, `scan-body-unordered` of a scan body where no implant is ordered.
 * `implants`: teeth that are made on one.
 */
export function scanBodyWarnings(
  order: Order,
  implants: readonly FdiTooth[],
  files: readonly FileRole[],
): readonly Warning[] {
  const scanned = new Set(files.flatMap((file) => (file.kind === 'scan-body' ? [file.jaw] : [])))
  const ordered = new Set(implants.map(jawOf))
  const unordered = [...scanned].filter((jaw) => !ordered.has(jaw))
  const [elsewhere] = unordered
  const unscanned = implants
    .filter((tooth) => !scanned.has(jawOf(tooth)))
    .map((tooth): Warning => {
      if (elsewhere === undefined) return { code: 'scan-body-missing', facts: { tooth } }
      return { code: 'scan-body-other-jaw', facts: { tooth, jaw: elsewhere } }
    })
  const recognised = new Set(order.scanBodies.flatMap(({ fdi }) => (fdi === null ? [] : [fdi])))
  const strange = [...recognised].filter((tooth) => !implants.includes(tooth))
  // Where the tooth is known, or the scan was told with the implant that misses it, the jaw says no more.
  const strangeJaws = unordered.filter(
    (jaw) => unscanned.length === 0 && !strange.some((tooth) => jawOf(tooth) === jaw),
  )
  return [
    ...unscanned,
    ...strange.map((tooth): Warning => ({ code: 'scan-body-unordered', facts: { tooth } })),
    ...strangeJaws.map((jaw): Warning => ({ code: 'scan-body-unordered', facts: { jaw } })),
  ]
}
