import type { ReconstructionType } from '../casefile/treatment.ts'
import type { Term } from '../itero/order.ts'
import rows from './material-candidates.json' with { type: 'json' }
import type { LaboratoryMaterial, MaterialList } from './materials.ts'

/** What a material has to be good for. */
export interface Need {
  readonly reconstructionTypes: readonly ReconstructionType[]
  readonly connectors: boolean
  /** It is to become a custom abutment; the two other fields are then empty. */
  readonly abutment: boolean
}

/** An ordered material in the sense of the table. */
export interface OrderedMaterial {
  /** As written; both null where the order states no material. */
  readonly id: string | null
  readonly name: string | null
  /** Under which its defaults are kept; null: nothing is stated, so nothing can be remembered. */
  readonly key: string | null
  /** Codes, or null for everything that suits. */
  readonly codes: readonly string[] | null
  /** Production methods that this material may be made by, by code; every method of a code that is not in it. */
  readonly methods: Methods
  /** The only candidate is not taken either: the table's word for it is a substitute or everything. */
  readonly ask: boolean
  /** Not even a default decides: the doctor's note does, each time ("Other (check note)", or nothing stated). */
  readonly byNote: boolean
  /** What its name says of how it is built; null where it says nothing. */
  readonly build: Build | null
  /** On a titanium base: screw-retained. */
  readonly tiBase: boolean
  /** The table knows the id, under this name. */
  readonly understood: boolean
}

/** Carries porcelain · is full contour · may be either, and only the order can say. */
export type Build = 'layered' | 'full' | 'either'

type Methods = Readonly<Partial<Record<string, readonly string[]>>>

/** schemas/material-candidates.schema.json */
interface Row {
  readonly name: string
  /** Codes, likeliest first, or `*`. */
  readonly codes: readonly string[] | string
  readonly methods?: Methods
  readonly ask?: boolean
  readonly always?: boolean
  readonly stated?: boolean
  readonly build?: Build
  readonly tiBase?: boolean
}

const TABLE = rows as Readonly<Record<string, Row>>

/**
 * The table's row of an ordered material, found by id alone. Where the file's own RxDefines give the id another name
 * than the built-in table (letters and digits compared), the id was reused: it is then as unknown as a new one, and
 * its defaults are kept under id and name together. Where they give it several, each order asks: the note tells which is meant.
 */
export function orderedMaterial(term: Term | null): OrderedMaterial {
  const row = term !== null && Object.hasOwn(TABLE, term.id) ? TABLE[term.id] : undefined
  const name = term?.name ?? null
  const contradictory = term?.contradictory === true
  const sameName =
    row !== undefined && !contradictory && (name === null || letters(name) === letters(row.name))
  if (term === null || (sameName && row.stated === false)) return NOT_STATED
  const open = { ...NOT_STATED, id: term.id, byNote: contradictory }
  if (!row || !sameName) return { ...open, name, key: JSON.stringify([term.id, name]), understood: false }
  return {
    id: term.id,
    name: name ?? row.name,
    key: term.id,
    codes: typeof row.codes === 'string' ? null : row.codes,
    methods: row.methods ?? {},
    ask: row.ask === true || row.always === true,
    byNote: row.always === true,
    build: row.build ?? null,
    tiBase: row.tiBase === true,
    understood: true,
  }
}

const NOT_STATED: OrderedMaterial = {
  id: null,
  name: null,
  key: null,
  codes: null,
  methods: {},
  ask: true,
  byNote: true,
  build: null,
  tiBase: false,
  understood: true,
}

/**
 * The laboratory's materials that may be taken, likeliest first: those of the table that suit the work; where none
 * does, whatever suits the work; where nothing does, the whole list. Each with those of its methods that the table names
 * for it, gold in wax is cast and never pressed; with all where the laboratory's list has none of them. `ask`: even a
 * single one is not taken unasked. `suiting`: false where the
 * whole list is offered though nothing in it suits: what is said of such a work holds for no other, and nothing said of others
 * holds for it. Not so of abutments, which are asked for by themselves.
 */
export function candidatesFor(
  ordered: OrderedMaterial,
  need: Need,
  list: MaterialList,
): { readonly materials: readonly LaboratoryMaterial[]; readonly ask: boolean; readonly suiting: boolean } {
  const fitting = list.materials.filter((material) => suits(material, need))
  const named = ordered.codes?.flatMap((code) => fitting.filter((material) => material.code === code))
  if (named && named.length > 0) {
    const narrowed = named.map((material) => withMethods(material, ordered.methods[material.code]))
    const unknown = narrowed.some((material) => material === null)
    const materials = narrowed.map((material, index) => material ?? (named[index] as LaboratoryMaterial))
    return { materials, ask: ordered.ask || unknown, suiting: true }
  }
  const ask = ordered.ask || named !== undefined
  if (fitting.length > 0) return { materials: fitting, ask, suiting: true }
  return { materials: list.materials, ask: true, suiting: need.abutment }
}

/** null where the laboratory's list has none of the methods that are named. */
function withMethods(
  material: LaboratoryMaterial,
  named: readonly string[] | undefined,
): LaboratoryMaterial | null {
  if (named === undefined) return material
  const methods = material.methods.filter(({ code }) => named.includes(code))
  return methods.length === 0 ? null : { ...material, methods }
}

export function suits(material: LaboratoryMaterial, need: Need): boolean {
  if (need.abutment) return material.abutments
  if (need.connectors && !material.connectors) return false
  return need.reconstructionTypes.every((type) => material.suits.includes(type))
}

/** A file re-saved by other tools carries mojibake (`e.maxÂ®` [V]): only plain letters and digits are compared. */
function letters(name: string): string {
  const plain = name.toLowerCase().replace(/[^a-z0-9]+/g, '')
  // A name in another script has no plain letters, and is not the built-in one.
  return plain === '' ? name.trim() : plain
}
