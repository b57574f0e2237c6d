import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { type FailureCode, ImportError } from '../errors.ts'
import { unescapeXml } from './xml-text.ts'

/** The largest document that is read, in bytes: a full mouth with all its parameters comes to well under one MiB. */
export const DOCUMENT_LIMIT_BYTES = 4 * 1024 * 1024

/**
 * The most tags and the most attributes that are read: a parsed element takes a hundred times the room of its text, so
 * bytes alone do not bound memory. A case of 10,000 files has 60,000 tags and 20,000 attributes.
 */
export const TAG_LIMIT = 150_000
const ATTRIBUTE_LIMIT = 75_000

/** One element as it stands in the text. Places are counted in UTF-16 units of the decoded text. */
export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlElement[]
  /** The value: all text and CDATA directly inside, unescaped, line ends as LF. */
  readonly value: string
  readonly start: number
  readonly end: number
}

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  // Entities are resolved by us: the five of XML and numbers, nothing that a document could declare.
  processEntities: false,
  cdataPropName: '#cdata',
  commentPropName: '#comment',
  captureMetaData: true,
  maxNestedTags: 100,
})

/**
 * The root element of a text that is one well-formed document. Throws document-not-xml, document-has-doctype,
 * document-too-large (tags, attributes).
 * Undeclared entities stay as written.
 */
export function parseXml(text: string): XmlElement {
  refuseMany(text, /</g, TAG_LIMIT, 'tags')
  refuseMany(text, /=\s*["']/g, ATTRIBUTE_LIMIT, 'attributes')
  refuseDeclarations(text)
  const verdict = XMLValidator.validate(text)
  if (verdict !== true) throw notXml(verdict.err.code, verdict.err.line)
  const parsed = parsedNodes(text)
  const roots: RawNode[] = []
  for (const node of parsed) {
    const name = nameOf(node)
    if (name === '#text' ? /[^\s\uFEFF]/.test(String(node['#text'])) : name === '#cdata')
      throw notXml('text-outside')
    if (!name.startsWith('#') && !name.startsWith('?')) roots.push(node)
  }
  const [root] = roots
  if (root === undefined || roots.length > 1) throw notXml('roots')
  const element = elementOf(root)
  // The parser drops what trails the root without a word.
  if (/\S/.test(text.slice(element.end).replace(/<!--[\s\S]*?-->|<\?[\s\S]*?\?>/g, '')))
    throw notXml('text-outside')
  return element
}

/** First child of that name, or null. */
export function child(parent: XmlElement, name: string): XmlElement | null {
  return parent.children.find((each) => each.name === name) ?? null
}

/** Value of the first child of that name; null where there is none. */
export function childValue(parent: XmlElement, name: string): string | null {
  return child(parent, name)?.value ?? null
}

export function notXml(reason: string, line?: number): ImportError {
  const code: FailureCode = 'document-not-xml'
  return new ImportError(code, line === undefined ? { reason } : { reason, line })
}

type RawNode = Readonly<Record<string | symbol, unknown>>

function parsedNodes(text: string): readonly RawNode[] {
  try {
    return parser.parse(text) as readonly RawNode[]
  } catch {
    // Its message may quote the document, which names a patient.
    throw notXml('structure')
  }
}

const PLACE = XMLParser.getMetaDataSymbol() as symbol

const nameOf = (node: RawNode): string => Object.keys(node).find((key) => key !== ':@') ?? '#text'

function elementOf(node: RawNode): XmlElement {
  const name = nameOf(node)
  const place = node[PLACE] as { readonly startIndex: number; readonly endIndex: number }
  let value = ''
  const children: XmlElement[] = []
  for (const each of node[name] as readonly RawNode[]) {
    const kind = nameOf(each)
    if (kind === '#text') value += unescapeXml(String(each['#text']))
    else if (kind === '#cdata')
      value += (each['#cdata'] as readonly RawNode[]).map((part) => String(part['#text'])).join('')
    else if (!kind.startsWith('#') && !kind.startsWith('?')) children.push(elementOf(each))
  }
  const attributes: Record<string, string> = {}
  for (const [key, raw] of Object.entries((node[':@'] ?? {}) as Record<string, string>)) {
    attributes[key.slice('@_'.length)] = unescapeXml(raw)
  }
  return { name, attributes, children, value, start: place.startIndex, end: place.endIndex }
}

function refuseMany(text: string, each: RegExp, limit: number, what: string): void {
  let count = 0
  while (each.exec(text) !== null) {
    if (++count > limit) throw new ImportError('document-too-large', { what, limit })
  }
}

/** No `<!…` but comments and CDATA: a DTD has no place in these documents and could reach out or expand. */
function refuseDeclarations(text: string): void {
  // What is never closed matches by its first characters alone, so one pass suffices whatever is thrown at it.
  const markup = /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<\?|<!doctype|<!/gi
  for (const [found] of text.matchAll(markup)) {
    if (found === '<?' || found === '<!') throw notXml('structure')
    if (found.toLowerCase() === '<!doctype') throw new ImportError('document-has-doctype')
  }
}
