import type { OrderedTooth } from '../casefile/case-record.ts'
import type { OrderTooth, Term } from '../itero/order.ts'

/** A tooth as ordered, in iTero's words, for the case record. */
export function orderedToothOf(tooth: OrderTooth): OrderedTooth {
  return {
    fdi: tooth.fdi,
    ada: tooth.ada,
    restoration: text(tooth.restoration),
    restorationId: tooth.restoration.id,
    material: tooth.material?.name ?? null,
    materialId: tooth.material?.id ?? null,
    shades: tooth.shades,
    details: Object.fromEntries(
      Object.entries({
        specification: tooth.specification && text(tooth.specification),
        implantBased: tooth.implantBased && text(tooth.implantBased),
        abutmentType: tooth.abutmentType && text(tooth.abutmentType),
        abutmentMaterial: tooth.abutmentMaterial && text(tooth.abutmentMaterial),
        ponticDesign: tooth.ponticDesign && text(tooth.ponticDesign),
        roleInBridge: tooth.roleInBridge && text(tooth.roleInBridge),
        bridge: tooth.bridgeId,
        ditched: tooth.ditched === null ? null : String(tooth.ditched),
        marginInternal: tooth.marginDesign.internal,
        marginExternal: tooth.marginDesign.external,
        preparationBuccal: tooth.preparationDesign.buccal,
        preparationLingual: tooth.preparationDesign.lingual,
      }).filter((entry): entry is [string, string] => entry[1] !== null && entry[1] !== ''),
    ),
  }
}

function text(term: Term): string {
  return term.name ?? term.id
}
