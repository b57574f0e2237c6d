import type { ReconstructionType } from '../casefile/treatment.ts'
import { ImportError } from '../errors.ts'
import {
  childrenOf,
  lineOf,
  MATERIAL_LIST_LIMITS,
  type Node,
  parseList,
  textOf,
} from './material-list-xml.ts'

export type Language = 'en' | 'de'

/** One material as the laboratory has it. */
export interface LaboratoryMaterial {
  /** DentalDB's short code. */
  readonly code: string
  /** Display names by language; English is always there. */
  readonly names: Names
  readonly suits: readonly ReconstructionType[]
  /** Whether it may be used where teeth are joined. */
  readonly connectors: boolean
  /** Whether custom abutments are made of it. */
  readonly abutments: boolean
  /** At least one, the usual way first. */
  readonly methods: readonly ProductionMethod[]
  /** As the list spells them; empty for materials without a colour. */
  readonly colours: readonly string[]
}

export interface ProductionMethod {
  readonly code: string
  readonly names: Names
}

export interface Names {
  readonly en: string
  readonly de?: string
}

/** At least one material; codes are unique. Order is the laboratory's order of preference. */
export interface MaterialList {
  readonly materials: readonly LaboratoryMaterial[]
}

/** The list of a default installation, to be read by whoever has a disk. */
export const DEFAULT_MATERIALS_FILE = new URL('./materials.default.xml', import.meta.url)

/** Every kind of work that a treatment can name. */
export const RECONSTRUCTION_TYPES = [
  'AnatomicCrown',
  'AnatomicInlay',
  'AnatomicPontic',
  'AnatomicWaxup',
  'Coping',
  'OverpressCrown',
  'ProvisionalCrown',
  'OverpressPontic',
  'ProvisionalPontic',
  'ReducedPontic',
  'Veneer',
  'OffsetInlay',
  'ReducedWaxup',
  'WaxupPontic',
  'BiteSplint',
  'BiteSplintGap',
  'PrimaryTelescope',
  'Attachment',
  'BarPillar',
  'BarSegment',
  'ProstheticTooth',
] as const satisfies readonly ReconstructionType[]

export function nameIn(names: Names, language: Language): string {
  return names[language] ?? names.en
}

/**
 * A laboratory's material list (schemas/material-list.xsd). Codes that differ in capitals alone are one code twice: whoever
 * reads `ZI` and `zi` in a case takes them for the same.
 * Errors: `material-list-invalid` with facts `line` (1-based), `field`, `problem` and, where known, `material` and `value`.
 */
export function readMaterialList(xml: Uint8Array): MaterialList {
  const root = parseList(xml)
  if (root.attributes['Version'] !== '1') throw invalid(root, 'Version', 'unknown')
  expectOnly(root, ['Version'], ['ProductionMethod', 'Material'])
  const methods = new Map<string, ProductionMethod>()
  for (const node of bounded(root, 'ProductionMethod', MATERIAL_LIST_LIMITS.methods)) {
    expectOnly(node, ['Code'], ['Name'])
    const code = codeOf(node)
    if (isTaken(code, methods.keys())) {
      throw invalid(node, 'ProductionMethod.Code', 'duplicate', { value: code })
    }
    methods.set(code, { code, names: namesOf(node) })
  }
  const materials = new Map<string, LaboratoryMaterial>()
  for (const node of bounded(root, 'Material', MATERIAL_LIST_LIMITS.materials)) {
    const material = materialOf(node, methods)
    if (isTaken(material.code, materials.keys()))
      throw invalid(node, 'Material.Code', 'duplicate', { value: material.code })
    materials.set(material.code, material)
  }
  return { materials: [...materials.values()] }
}

function isTaken(code: string, known: Iterable<string>): boolean {
  return Iterator.from(known).some((other) => isSameCode(other, code))
}

/** Codes that differ in capitals alone are one code, of a material or of a production method. */
export function isSameCode(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

function materialOf(node: Node, known: ReadonlyMap<string, ProductionMethod>): LaboratoryMaterial {
  expectOnly(node, ['Code', 'Connectors', 'Abutments'], ['Name', 'Suits', 'Method', 'Colours'])
  const code = codeOf(node)
  const methods = bounded(node, 'Method', MATERIAL_LIST_LIMITS.methodsOfMaterial).map((child) => {
    const method = known.get(textOf(child))
    if (!method) throw invalid(child, 'Material.Method', 'unknown', { material: code, value: textOf(child) })
    return method
  })
  if (new Set(methods).size < methods.length)
    throw invalid(node, 'Material.Method', 'duplicate', { material: code })
  const suitsNode = one(node, 'Suits')
  const suits = words(suitsNode, 'Material.Suits', 40)
  const unknown = suits.find((type) => !(RECONSTRUCTION_TYPES as readonly string[]).includes(type))
  if (suits.length === 0 || unknown !== undefined) {
    const value = unknown === undefined ? {} : { value: unknown }
    throw invalid(suitsNode, 'Material.Suits', 'unknown', { material: code, ...value })
  }
  const colours = childrenOf(node, 'Colours')
  if (colours.length > 1) throw invalid(node, 'Material.Colours', 'duplicate', { material: code })
  return {
    code,
    names: namesOf(node),
    suits: suits as ReconstructionType[],
    connectors: flag(node, 'Connectors'),
    abutments: node.attributes['Abutments'] === undefined ? false : flag(node, 'Abutments'),
    methods,
    colours: colours[0] === undefined ? [] : coloursOf(colours[0]),
  }
}

function coloursOf(node: Node): readonly string[] {
  const colours = words(node, 'Material.Colours', 200)
  if (!colours.every((colour) => /^[A-Za-z0-9.,+/_-]{1,20}$/.test(colour)))
    throw invalid(node, 'Material.Colours', 'malformed')
  return colours
}

function namesOf(node: Node): Names {
  const names: { en?: string; de?: string } = {}
  for (const child of childrenOf(node, 'Name')) {
    expectOnly(child, ['Language'], [])
    const language = child.attributes['Language']
    if (language !== 'en' && language !== 'de') throw invalid(child, 'Name.Language', 'unknown')
    if (names[language] !== undefined) throw invalid(child, 'Name.Language', 'duplicate')
    const text = textOf(child)
    if (text === '' || text.length > MATERIAL_LIST_LIMITS.name) throw invalid(child, 'Name', 'length')
    names[language] = text
  }
  if (names.en === undefined) throw invalid(node, 'Name', 'missing')
  return { ...names, en: names.en }
}

function codeOf(node: Node): string {
  const code = node.attributes['Code'] ?? ''
  if (!/^[A-Za-z0-9_-]{1,40}$/.test(code)) throw invalid(node, `${node.name}.Code`, 'malformed')
  return code
}

function flag(node: Node, attribute: string): boolean {
  const text = node.attributes[attribute]
  if (text === 'true' || text === '1') return true
  if (text === 'false' || text === '0') return false
  throw invalid(node, `${node.name}.${attribute}`, text === undefined ? 'missing' : 'malformed')
}

function words(node: Node, field: string, limit: number): readonly string[] {
  expectOnly(node, [], [])
  const all = textOf(node)
    .split(/\s+/)
    .filter((word) => word !== '')
  if (all.length > limit) throw invalid(node, field, 'too-many')
  return all
}

function one(node: Node, child: string): Node {
  const [first, ...rest] = childrenOf(node, child)
  if (!first) throw invalid(node, `${node.name}.${child}`, 'missing')
  if (rest.length > 0) throw invalid(node, `${node.name}.${child}`, 'duplicate')
  return first
}

function bounded(node: Node, child: string, limit: number): readonly Node[] {
  const all = childrenOf(node, child)
  if (all.length === 0) throw invalid(node, `${node.name}.${child}`, 'missing')
  if (all.length > limit) throw invalid(node, `${node.name}.${child}`, 'too-many')
  return all
}

/** A misspelt attribute would otherwise be a setting that silently does nothing. */
function expectOnly(node: Node, attributes: readonly string[], children: readonly string[]): void {
  for (const attribute of Object.keys(node.attributes))
    if (!attributes.includes(attribute) && !/^(xmlns|xsi)(:|$)/.test(attribute))
      throw invalid(node, `${node.name}.${attribute.slice(0, 40)}`, 'not-expected')
  for (const child of node.children)
    if (!children.includes(child.name))
      throw invalid(child, `${node.name}.${child.name.slice(0, 40)}`, 'not-expected')
  if (children.length > 0 && textOf(node) !== '') throw invalid(node, node.name, 'text-not-expected')
}

function invalid(
  node: Node,
  field: string,
  problem: string,
  { material, value }: { readonly material?: string; readonly value?: string } = {},
): ImportError {
  const where = material === undefined ? {} : { material }
  const what = value === undefined ? {} : { value }
  return new ImportError('material-list-invalid', { line: lineOf(node), field, problem, ...where, ...what })
}
