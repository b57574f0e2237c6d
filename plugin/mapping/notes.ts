import type { MaterialTaken } from '../casefile/case-record.ts'
import type { Order } from '../itero/order.ts'
import type { FdiTooth } from '../teeth.ts'
import type { Language } from './materials.ts'
import { bodyShade, type Zones } from './shades.ts'

export interface NoteFacts {
  readonly order: Order
  readonly materials: readonly (MaterialTaken & { readonly methodName: string; readonly abutment: boolean })[]
  readonly shades: readonly {
    readonly fdi: FdiTooth
    readonly zones: Zones
    readonly colour: string | null
  }[]
  /** Teeth that the technician has to enter by hand. */
  readonly leftOut: readonly {
    readonly fdi: FdiTooth
    readonly restoration: string
    /** null where none is stated. */
    readonly material: string | null
  }[]
  readonly denture: boolean
}

/**
 * `Notes` of the case: the doctor's own words first, untouched, then only what a technician would otherwise have to
 * look up beside the case: number and due date, what was ordered and what it is made of and how (no field of the
 * `.dentalProject` carries the method), the implant systems that scan bodies were recognised for, shades that one colour cannot say, stump shades, and what is left to do by hand.
 */
export function notesOf(facts: NoteFacts, language: Language): string {
  const say = WORDS[language]
  const { order } = facts
  const lines = [
    [`${say.order} ${order.id}`, order.dueDate && `${say.due} ${order.dueDate}`].filter(Boolean).join(', '),
    ...facts.materials.map((taken) => {
      const ordered = taken.iteroName ?? taken.iteroId
      const made = `${taken.displayName}, ${taken.methodName}`
      const same = ordered === '' || ordered.toLowerCase() === taken.displayName.toLowerCase()
      const what = taken.abutment ? `${say.abutment} ` : ''
      return `${taken.teeth.join(', ')}: ${what}${same ? made : `${ordered} → ${made}`}`
    }),
    ...facts.shades.flatMap(({ fdi, zones, colour }) => {
      const said = shadeText(zones, colour, say)
      return said === '' ? [] : [`${fdi}: ${said}`]
    }),
    ...scanBodyLines(order.scanBodies, say),
    ...facts.leftOut.map(
      ({ fdi, restoration, material }) =>
        `${fdi}: ${say.byHand(restoration)}${material === null ? '' : ` (${material})`}`,
    ),
    ...(facts.denture ? [say.denture] : []),
  ]
  return [order.notes.trim(), lines.join('\n')].filter((part) => part !== '').join('\n\n')
}

/** `36: implant Osteolock … (iTero 3107)`: what the library is chosen by. */
function scanBodyLines(bodies: Order['scanBodies'], say: (typeof WORDS)[Language]): readonly string[] {
  const lines = bodies.flatMap(({ fdi, implantType }) => {
    if (implantType === null) return []
    const number = `iTero ${implantType.id}`
    const system = implantType.name === null ? number : `${implantType.name} (${number})`
    return [`${fdi === null ? '' : `${fdi}: `}${say.implant} ${system}`]
  })
  return [...new Set(lines)]
}

function shadeText(zones: Zones, colour: string | null, say: (typeof WORDS)[Language]): string {
  const { incisal, middle, gingival, die } = zones
  const several = new Set([incisal, middle, gingival].filter((shade) => shade !== null)).size > 1
  const parts = several
    ? [
        incisal && `${say.incisal} ${incisal}`,
        middle && `${say.middle} ${middle}`,
        gingival && `${say.gingival} ${gingival}`,
      ]
    : [bodyShade(zones) !== colour && bodyShade(zones) && `${say.shade} ${bodyShade(zones)}`]
  return [...parts, die && `${say.die} ${die}`].filter(Boolean).join(', ')
}

const WORDS = {
  en: {
    order: 'iTero order',
    due: 'due',
    shade: 'shade',
    incisal: 'incisal',
    middle: 'middle',
    gingival: 'gingival',
    die: 'stump',
    abutment: 'abutment',
    implant: 'implant',
    byHand: (restoration: string) => `"${restoration}" was not understood, to be entered by hand`,
    denture: 'The denture of this order is to be entered by hand.',
  },
  de: {
    order: 'iTero-Auftrag',
    due: 'fällig',
    shade: 'Farbe',
    incisal: 'inzisal',
    middle: 'Mitte',
    gingival: 'zervikal',
    die: 'Stumpf',
    abutment: 'Abutment',
    implant: 'Implantat',
    byHand: (restoration: string) => `„${restoration}“ wurde nicht verstanden, bitte von Hand eintragen`,
    denture: 'Die Prothese dieses Auftrags ist von Hand einzutragen.',
  },
} as const
