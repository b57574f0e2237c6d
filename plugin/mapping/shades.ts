import type { OrderTooth } from '../itero/order.ts'
import type { LaboratoryMaterial } from './materials.ts'
import { isPlaceholder } from './placeholders.ts'

export const NO_COLOUR = '---'

export interface Zones {
  readonly incisal: string | null
  readonly middle: string | null
  readonly gingival: string | null
  /** The stump. */
  readonly die: string | null
}

/** The shades of a tooth, placeholders as null. */
export function zonesOf(tooth: OrderTooth): Zones {
  const { incisal, middle, gingival, die } = tooth.shades
  return { incisal: tidy(incisal), middle: tidy(middle), gingival: tidy(gingival), die: tidy(die) }
}

/** The shade that a tooth is made in: the body's, else the neck's, else the edge's. Never the stump's. */
export function bodyShade(zones: Zones): string | null {
  return zones.middle ?? zones.gingival ?? zones.incisal
}

/**
 * The shade as the material's list spells it (`OM1` and `0M1` are one, `A3,5` is `A3.5`). Where the list has letters
 * only (`A B C D`, PMMA [V/C]), a VITA classical shade is its letter. null: the material has no such colour.
 */
export function colourIn(material: LaboratoryMaterial, shade: string): string | null {
  const wanted = canonical(shade)
  const exact = material.colours.find((colour) => canonical(colour) === wanted)
  if (exact !== undefined && exact !== NO_COLOUR) return exact
  const letter = /^([ABCD])[1-4](\.5)?$/.exec(wanted)?.[1]
  return material.colours.find((colour) => colour === letter) ?? null
}

/** Shades of neck and edge that the material does not have, each by its field; the body's is not among them. */
export function strangeZones(
  material: LaboratoryMaterial,
  zones: Zones,
): readonly { readonly field: string; readonly shade: string }[] {
  const others = [
    { field: 'IncisalShade', shade: zones.incisal },
    { field: 'GingivalShade', shade: zones.gingival },
  ]
  return others.flatMap(({ field, shade }) =>
    shade === null || shade === bodyShade(zones) || colourIn(material, shade) !== null
      ? []
      : [{ field, shade }],
  )
}

/** The colour that all coloured teeth of a treatment share, `---` where they differ or have none. */
export function sharedColour(colours: readonly (string | null)[]): string {
  const [first, ...others] = new Set(colours.filter((colour) => colour !== null))
  return first === undefined || others.length > 0 ? NO_COLOUR : first
}

function canonical(shade: string): string {
  return shade
    .toUpperCase()
    .replace(/\s+/g, '')
    .replace(',', '.')
    .replace(/^O(?=M)/, '0')
}

function tidy(shade: string | null): string | null {
  return isPlaceholder(shade) ? null : (shade ?? '').trim()
}
