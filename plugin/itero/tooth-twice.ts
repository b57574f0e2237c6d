import { told, type Warn } from './manifest-fields.ts'
import type { OrderTooth, Term } from './order.ts'

/**
 * The one tooth that several rows of it come to. The first row is taken, and `tooth-listed-twice` tells each field that
 * another says otherwise. Materials are not chosen among: where rows state different ones, the tooth's is contradictory,
 * with `material-listed-twice`, so that a person decides.
 */
export function oneTooth(rows: readonly [OrderTooth, ...OrderTooth[]], warn: Warn): OrderTooth {
  const [taken, ...others] = rows
  if (others.length === 0) return taken
  const materials = (field: 'material' | 'abutmentMaterial') =>
    distinct(rows.flatMap((row) => row[field] ?? []))
  const [material, abutmentMaterial] = [materials('material'), materials('abutmentMaterial')]
  const disputed = new Map([
    ['ToothMaterial', material],
    ['AbutmentMaterial', abutmentMaterial],
  ])
  const tooth = taken.fdi
  let said = false
  for (const [field, found] of disputed) {
    if (found.length < 2) continue
    warn('material-listed-twice', { tooth, field, materials: told(found.map(worded).join(' / ')) })
    said = true
  }
  const seen = new Set<string>()
  for (const other of others) {
    const fields = fieldsOf(other)
    for (const [field, value] of Object.entries(fieldsOf(taken))) {
      const differing = fields[field] ?? ''
      const key = JSON.stringify([field, differing])
      if (differing === value || (disputed.get(field)?.length ?? 0) > 1 || seen.has(key)) continue
      if (seen.size === TOLD_OF_TOOTH) break
      seen.add(key)
      warn('tooth-listed-twice', { tooth, field, value: shown(value), other: shown(differing) })
      said = true
    }
  }
  if (!said) warn('tooth-listed-twice', { tooth })
  return {
    ...taken,
    material: material.length > 1 ? contradiction(material) : taken.material,
    abutmentMaterial: abutmentMaterial.length > 1 ? contradiction(abutmentMaterial) : taken.abutmentMaterial,
  }
}

/** Differences of one tooth; rows beyond belong to no order. */
const TOLD_OF_TOOTH = 100

/** More of them make it no more contradictory. */
const SHOWN = 3

/** Under an id of no table: neither a default nor an answer for one of the materials decides. */
function contradiction(terms: readonly Term[]): Term {
  const some = terms.slice(0, SHOWN)
  const joined = (texts: readonly string[]) => told([...new Set(texts)].join(' / '))
  return {
    id: joined(some.map(({ id }) => id)),
    name: joined(some.map(({ id, name }) => name ?? id)),
    contradictory: true,
  }
}

function distinct(terms: readonly Term[]): readonly Term[] {
  return [...new Map(terms.map((term) => [term.id, term])).values()]
}

/** By the names that the manifest gives them. */
function fieldsOf(tooth: OrderTooth): Readonly<Record<string, string>> {
  const { marginDesign, preparationDesign, shades } = tooth
  return {
    RestorationType: worded(tooth.restoration),
    Specification: worded(tooth.specification),
    ImplantBasedRestorationType: worded(tooth.implantBased),
    AbutmentType: worded(tooth.abutmentType),
    PonticDesign: worded(tooth.ponticDesign),
    ToothMaterial: worded(tooth.material),
    AbutmentMaterial: worded(tooth.abutmentMaterial),
    TypeInBridge: worded(tooth.roleInBridge),
    BridgeID: tooth.bridgeId ?? '',
    Ditch: tooth.ditched === null ? '' : String(tooth.ditched),
    MarginDesignInt: marginDesign.internal ?? '',
    MarginDesignExt: marginDesign.external ?? '',
    PreparationDesignBuccal: preparationDesign.buccal ?? '',
    PreparationDesignLingual: preparationDesign.lingual ?? '',
    IncisalShade: shades.incisal ?? '',
    MiddleShade: shades.middle ?? '',
    GingivalShade: shades.gingival ?? '',
    DieShade: shades.die ?? '',
  }
}

function worded(term: Term | null): string {
  if (term === null) return ''
  return term.name === null ? `iTero ${term.id}` : `${term.name} (iTero ${term.id})`
}

const shown = (value: string): string => (value === '' ? '–' : told(value))
