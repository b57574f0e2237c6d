import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { ImportError } from '../errors.ts'

export const MATERIAL_LIST_LIMITS = {
  bytes: 1_000_000,
  methods: 100,
  materials: 500,
  methodsOfMaterial: 20,
  /** UTF-16 units. */
  name: 100,
  depth: 6,
} as const

export interface Node {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly Node[]
  readonly text: string
  /** 1-based. */
  readonly line: number
}

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  // Numeric character references too.
  htmlEntities: true,
  parseTagValue: false,
  parseAttributeValue: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  captureMetaData: true,
  maxNestedTags: MATERIAL_LIST_LIMITS.depth,
})

/** The root of a material list, as a tree that knows its lines. Errors: `material-list-invalid`. */
export function parseList(xml: Uint8Array): Node {
  if (xml.byteLength > MATERIAL_LIST_LIMITS.bytes)
    throw invalid({ problem: 'too-large', limit: MATERIAL_LIST_LIMITS.bytes })
  const text = decode(xml)
  // Before any parser: entities and what they expand to are nobody's need here.
  const doctype = text.search(/<!DOCTYPE/i)
  if (doctype >= 0) throw invalid({ problem: 'has-doctype', line: lineAt(text, doctype) })
  const verdict = XMLValidator.validate(text)
  if (verdict !== true) throw invalid({ problem: 'not-xml', line: verdict.err.line })
  const lines = lineStarts(text)
  const roots = treeOf(parseOrThrow(text), lines).filter((node) => node.name !== '#text')
  const root = roots[0]
  if (roots.length !== 1 || root?.name !== 'MaterialList')
    throw invalid({ problem: 'wrong-root', field: 'MaterialList', line: root?.line ?? 1 })
  return root
}

export function childrenOf(node: Node, name: string): readonly Node[] {
  return node.children.filter((child) => child.name === name)
}

export function textOf(node: Node): string {
  return node.text.trim()
}

export function lineOf(node: Node): number {
  return node.line
}

function decode(xml: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(xml)
  } catch {
    throw invalid({ problem: 'not-utf-8' })
  }
}

function parseOrThrow(text: string): unknown {
  try {
    return parser.parse(text)
  } catch {
    throw invalid({ problem: 'too-deep', limit: MATERIAL_LIST_LIMITS.depth })
  }
}

function treeOf(parsed: unknown, lines: readonly number[]): readonly Node[] {
  if (!Array.isArray(parsed)) return []
  return parsed.map((raw: Record<string | symbol, unknown>) => {
    const name = Object.keys(raw).find((key) => key !== ':@') ?? ''
    if (name === '#text') return { name, attributes: {}, children: [], text: String(raw[name]), line: 0 }
    const inside = treeOf(raw[name], lines)
    const meta = raw[XMLParser.getMetaDataSymbol() as unknown as symbol] as
      | { startIndex?: number }
      | undefined
    return {
      name,
      attributes: (raw[':@'] ?? {}) as Record<string, string>,
      children: inside.filter((child) => child.name !== '#text'),
      text: inside.map((child) => (child.name === '#text' ? child.text : '')).join(''),
      line: lineIn(lines, meta?.startIndex ?? 0),
    }
  })
}

function lineStarts(text: string): readonly number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

function lineIn(starts: readonly number[], index: number): number {
  const after = starts.findIndex((start) => start > index)
  return after < 0 ? starts.length : after
}

function lineAt(text: string, index: number): number {
  return lineIn(lineStarts(text), index)
}

function invalid(facts: Record<string, string | number>): ImportError {
  return new ImportError('material-list-invalid', facts)
}
