import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { HostError } from '../errors.ts'

/** Bytes of the largest document that is read: a full mouth with all its parameters comes to well under one MiB. */
export const DOCUMENT_LIMIT = 4 * 1024 * 1024
/** A parsed element takes a hundred times the room of its text, so bytes alone do not bound memory. */
const TAG_LIMIT = 150_000
const ATTRIBUTE_LIMIT = 75_000
const DEPTH_LIMIT = 100

/** One element: its own text, its attributes, its children in their order. */
export interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly Element[]
  readonly text: string
}

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  // Entities are resolved here: the five of XML and numbers, nothing that a document could declare.
  processEntities: false,
  cdataPropName: '#cdata',
  maxNestedTags: DEPTH_LIMIT,
  // Nothing here asks where an element stands, and its path as text was a fifth of the time.
  jPath: false,
})

/**
 * The root element of one well-formed document in UTF-8 or UTF-16, with a BOM or without, of that name. `file` is for the error only.
 * Errors: `document-too-large`, `document-not-xml` {file, line}, `document-has-doctype`, `document-foreign` {file, element}.
 */
export function rootOf(bytes: Uint8Array, file: string, name: string): Element {
  if (bytes.length > DOCUMENT_LIMIT) throw new HostError('document-too-large', { file, bytes: bytes.length })
  const text = decoded(bytes, file)
  if (
    occurrences(text, '<') > TAG_LIMIT ||
    occurrences(text, '="') + occurrences(text, "='") > ATTRIBUTE_LIMIT
  ) {
    throw new HostError('document-too-large', { file, bytes: bytes.length })
  }
  refuseDeclarations(text, file)
  const verdict = XMLValidator.validate(text)
  if (verdict !== true) throw notXml(file, verdict.err.line)
  const roots = parsed(text, file).filter((node) => !/^[#?]/.test(nameOf(node)))
  const [root] = roots
  if (root === undefined || roots.length > 1) throw notXml(file)
  if (nameOf(root) !== name)
    throw new HostError('document-foreign', { file, element: nameOf(root).slice(0, 60) })
  return elementOf(root)
}

export const child = (parent: Element | null, name: string): Element | null =>
  parent?.children.find((each) => each.name === name) ?? null

export const children = (parent: Element | null, name: string): readonly Element[] =>
  parent?.children.filter((each) => each.name === name) ?? []

/** Text of the first child of that name; null where there is none. */
export const childText = (parent: Element | null, name: string): string | null =>
  child(parent, name)?.text ?? null

/** The same, without space around it, and null where it is empty. */
export function childValue(parent: Element | null, name: string): string | null {
  const text = childText(parent, name)?.trim() ?? ''
  return text === '' ? null : text
}

function decoded(bytes: Uint8Array, file: string): string {
  const declared = /^(?:\xEF\xBB\xBF)?<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]+)["']/.exec(
    Buffer.from(bytes.subarray(0, 200)).toString('latin1'),
  )?.[1]
  const label =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : bytes[0] === 0x3c && bytes[1] === 0
          ? 'utf-16le'
          : bytes[0] === 0 && bytes[1] === 0x3c
            ? 'utf-16be'
            : // A declaration that can be read byte by byte is not in UTF-16, though .NET writes that into UTF-8 files.
              declared === undefined || /^(utf-?8|us-ascii|ascii|utf-?16.*|unicode)$/i.test(declared)
              ? 'utf-8'
              : declared
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes)
  } catch {
    throw notXml(file)
  }
}

/** No `<!…` but comments and CDATA: a DTD has no place in these documents and could reach out or expand. */
function refuseDeclarations(text: string, file: string): void {
  if (!text.includes('<!')) return
  // What is never closed matches by its first characters alone, so one pass suffices whatever is thrown at it.
  const markup = /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<\?|<!doctype|<!/gi
  for (const [found] of text.matchAll(markup)) {
    if (found === '<?' || found === '<!') throw notXml(file)
    if (found.toLowerCase() === '<!doctype') throw new HostError('document-has-doctype', { file })
  }
}

type RawNode = Readonly<Record<string, unknown>>

function parsed(text: string, file: string): readonly RawNode[] {
  try {
    return parser.parse(text) as readonly RawNode[]
  } catch {
    // Its message may quote the document, which names a patient.
    throw notXml(file)
  }
}

function nameOf(node: RawNode): string {
  for (const key in node) if (key !== ':@') return key
  return '#text'
}

const NO_ATTRIBUTES: Element['attributes'] = {}

function elementOf(node: RawNode, name = nameOf(node)): Element {
  let text = ''
  const inside: Element[] = []
  for (const each of node[name] as readonly RawNode[]) {
    const kind = nameOf(each)
    if (kind === '#text') text += unescaped(String(each['#text']))
    else if (kind === '#cdata')
      text += (each['#cdata'] as readonly RawNode[]).map((part) => String(part['#text'])).join('')
    else if (kind[0] !== '#' && kind[0] !== '?') inside.push(elementOf(each, kind))
  }
  return { name, attributes: attributesOf(node[':@']), children: inside, text }
}

function attributesOf(raw: unknown): Element['attributes'] {
  if (raw === undefined) return NO_ATTRIBUTES
  const entries = Object.entries(raw as Record<string, string>)
  return Object.fromEntries(entries.map(([key, value]) => [key.slice('@_'.length), unescaped(value)]))
}

const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

function unescaped(text: string): string {
  const plain = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
  if (!plain.includes('&')) return plain
  return plain.replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(lt|gt|amp|quot|apos));/gi,
    (whole, hex, decimal, named) => {
      if (named !== undefined) return NAMED[named] ?? whole
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
      return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
        ? String.fromCodePoint(code)
        : '\ufffd'
    },
  )
}

function occurrences(text: string, part: string): number {
  let count = 0
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) count++
  return count
}

const notXml = (file: string, line?: number) =>
  new HostError('document-not-xml', line === undefined ? { file } : { file, line })
