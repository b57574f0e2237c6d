import type { PreparationType, ReconstructionType } from '../casefile/treatment.ts'
import type { Warning, WarningCode } from '../errors.ts'
import type { OrderBridge, OrderTooth, Term } from '../itero/order.ts'
import type { Build } from './material-candidates.ts'
import { isPlaceholder } from './placeholders.ts'
import tables from './restorations.json' with { type: 'json' }

/** What one tooth of an order becomes. */
export type Work =
  | {
      readonly kind: 'restored'
      readonly reconstructionType: ReconstructionType
      readonly preparationType: PreparationType
      /** The restoration itself says that it stands on an implant. */
      readonly implant: boolean
      /** A tooth of a bridge, to be joined to its neighbours of the same bridge. */
      readonly joined: boolean
    }
  | { readonly kind: 'healthy' }
  | { readonly kind: 'missing' }
  /** Not understood: the tooth stays out of the treatment, the warning tells the technician to enter it by hand. */
  | { readonly kind: 'left-out' }

/**
 * Restoration type × specification × role in bridge, looked up in restorations.json; the first row that fits counts.
 * Types [V], of the roles and of specification 1 too; 21 is [C]; every other specification is [?] and known by a
 * plausible name only. Names are compared exactly (letters and digits), ids count only where no name is known: an id
 * that a file gives another name is another thing. Of preparation types only Crown, Inlay and Pontic are known [V]; a
 * veneer's is [I], and so is the wing of a Maryland bridge as an inlay, which is told with each.
 *
 * `bridge`: the one in whose span the tooth stands. `build`: what the name of the ordered material says. Where no
 * specification is stated it decides; a material that says nothing is made in full contour.
 *
 * Warnings: `restoration-not-understood` (the tooth is left out, or is doubtful where fact `taken` says as what it was
 * taken), `specification-not-understood`, `-missing` and `-contradicts` (the material), `role-in-bridge-not-understood`
 * and `-missing`, `wing-inferred`.
 */
export function workOf(
  tooth: OrderTooth,
  build: Build | null,
  bridge: OrderBridge | null,
): { work: Work; warnings: readonly Warning[] } {
  const warnings: Warning[] = []
  const warn = (code: WarningCode, term: Term | null, taken: string) =>
    warnings.push({ code, facts: { tooth: tooth.fdi, id: term?.id ?? '', name: term?.name ?? '', taken } })

  const told = stated(tooth.roleInBridge) ? find(tables.roles, tooth.roleInBridge) : ROLE_NONE
  // Of an unknown restoration only those roles tell what is made that are the same for every restoration.
  const type = find(tables.types, tooth.restoration) ?? (TELLING.has(told?.role ?? '') ? UNKNOWN : undefined)
  if (!type) {
    warn('restoration-not-understood', tooth.restoration, 'nothing')
    return { work: { kind: 'left-out' }, warnings }
  }
  // In the span of a bridge, with no role of its own: the attribute is [C], the bridge says that the tooth is part of it.
  const role = bridge !== null && told === ROLE_NONE && type.kind !== 'tooth' ? undefined : told
  // Bridged but in a role nobody knows: what stands there decides, and it stays joined.
  const retainer = bridge?.type.id === MARYLAND && !bridge.type.contradictory ? 'wing' : 'retainer'
  const roleName = role?.role ?? (type.kind === 'gap' ? 'pontic' : retainer)
  const specification = specificationOf(tooth, build)

  const rowOf = (is: string) =>
    tables.rows.find(
      (one) => fits(one.kind, type.kind) && fits(one.role, roleName) && fits(one.specification, is),
    )
  const row = rowOf(specification?.is ?? 'full')
  const becomes = row?.becomes ?? 'nothing'
  const roleless = !stated(tooth.roleInBridge)
  const warnOfRole = () =>
    roleless
      ? warn('role-in-bridge-missing', tooth.roleInBridge, becomes)
      : warn('role-in-bridge-not-understood', tooth.roleInBridge, becomes)
  if (!role || row?.doubtful || (type.bridged && roleName === 'none')) warnOfRole()
  if (type.doubtful || (becomes === 'nothing' && !roleless))
    warn('restoration-not-understood', tooth.restoration, becomes)
  else if (becomes === 'nothing') warnOfRole()
  if (becomes === 'nothing') return { work: { kind: 'left-out' }, warnings }
  if (becomes === 'HealthyTooth') return { work: { kind: 'healthy' }, warnings }
  if (becomes === 'MissingTooth') return { work: { kind: 'missing' }, warnings }
  if (!specification) warn('specification-not-understood', tooth.specification, becomes)
  // A veneer or a wing is made alike either way.
  else if (rowOf('full')?.becomes !== rowOf('framework')?.becomes)
    warnings.push(...buildWarnings(tooth, specification, build, becomes))
  if (row?.inferred) warn('wing-inferred', tooth.roleInBridge, becomes)

  const reconstructionType = becomes as keyof typeof tables.preparations
  const preparationType = tables.preparations[reconstructionType] as PreparationType
  const implant = type.implant === true && preparationType === 'Crown'
  if (type.implant && !implant) warnOfRole()
  const joined = roleName !== 'none' && roleName !== 'skipped'
  return { work: { kind: 'restored', reconstructionType, preparationType, implant, joined }, warnings }
}

/** How an implant's restoration is fixed, from the names of its v50 terms [?]; null where they do not say. */
export function implantFixing(
  terms: readonly (Term | null)[],
): 'WithoutAbutmentManual' | 'CustomAbutment' | null {
  const names = terms.map((term) =>
    term?.contradictory ? '' : (term?.name ?? '').toLowerCase().replace(/[^a-z]+/g, ' '),
  )
  for (const { contains, becomes } of tables.implants) {
    const named = names.some(
      (name) => !NEGATED.test(name) && contains.some((phrase) => name.includes(phrase)),
    )
    if (named) return becomes as 'WithoutAbutmentManual' | 'CustomAbutment'
  }
  return null
}

/** A term that says something: not left out, not one of iTero's ways to say nothing. */
export function stated(term: Term | null): term is Term {
  if (term === null) return false
  const name = (term.name ?? '').trim()
  if (/^(n\/?[ar]|none|null|-)$/i.test(name)) return false
  return !(isPlaceholder(term.id) && name === '')
}

const UNKNOWN: (typeof tables.types)[number] = { name: '', ids: [], kind: 'unknown', doubtful: true }
const TELLING = new Set(['pontic', 'eggshell', 'mockup'])
/** Bridge type [V]. */
const MARYLAND = '3'
const ROLE_NONE = { name: 'N/R', ids: ['-1'], role: 'none' }

/** "Non screw-retained" is no screw. */
const NEGATED = /\b(no|non|not|without)\b/

interface Specification {
  readonly is: string
  /** By the order itself. */
  readonly ordered: boolean
}

function specificationOf(tooth: OrderTooth, build: Build | null): Specification | null {
  const unsaid = { is: build === 'layered' ? 'framework' : 'full', ordered: false }
  if (!stated(tooth.specification)) return unsaid
  const found = find(tables.specifications, tooth.specification)
  if (!found) return null
  return found.specification === null ? unsaid : { is: found.specification, ordered: true }
}

/** Which specifications a material's name contradicts. */
const AGAINST: Readonly<Record<Build, readonly string[]>> = {
  layered: ['full'],
  full: ['framework', 'overpress'],
  either: [],
}

function buildWarnings(
  tooth: OrderTooth,
  { is, ordered }: Specification,
  build: Build | null,
  taken: string,
): readonly Warning[] {
  const facts = { tooth: tooth.fdi, material: tooth.material?.name ?? tooth.material?.id ?? '', taken }
  if (build === 'either' && !ordered) return [{ code: 'specification-missing', facts }]
  if (build === null || !ordered || !AGAINST[build].includes(is)) return []
  const { id = '', name } = tooth.specification ?? {}
  return [{ code: 'specification-contradicts', facts: { ...facts, id, name: name ?? '' } }]
}

function find<T extends { readonly name: string; readonly ids: readonly string[] }>(
  rows: readonly T[],
  term: Term,
): T | undefined {
  if (term.contradictory) return undefined
  const name = letters(term.name ?? '')
  return name === ''
    ? rows.find((row) => row.ids.includes(term.id))
    : rows.find((row) => letters(row.name) === name)
}

function fits(pattern: string, value: string): boolean {
  return pattern === '*' || pattern === value
}

function letters(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '')
}
