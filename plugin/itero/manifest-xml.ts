import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { ImportError } from '../errors.ts'
import { healed } from './mojibake.ts'

/** A manifest with 7,000 implant types has about 1 MB [V]. */
export const MANIFEST_LIMIT_BYTES = 16 * 2 ** 20
export const MANIFEST_LIMIT_ROWS = 100_000
const DEPTH_LIMIT = 32

/** An element: its attributes under `@name`, its text under `#text`, its children under their names. */
export interface Node {
  readonly [name: string]: string | Node | readonly (string | Node)[] | undefined
}

/** Left as text: about 7,000 rows of which an order names one or two [V]. */
const UNPARSED = 'iTeroExport.RxDefines.ImplantTypes'

const PARSER_SETTINGS = {
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  maxNestedTags: DEPTH_LIMIT,
  entityDecoder: {
    decode: decoded,
    setExternalEntities() {},
    addInputEntities() {},
    reset() {},
    setXmlVersion() {},
  },
} as const

export interface ParsedManifest {
  readonly root: Node
  /** The rows of ImplantTypes, as text. */
  readonly implantRows: string
}

/**
 * The root element of a manifest, well-formed to its end: one cut short would be an order with fewer teeth.
 * Throws manifest-empty, manifest-too-large, manifest-too-many-rows, manifest-has-doctype, manifest-not-xml,
 * manifest-wrong-root.
 */
export function parseManifest(xml: Uint8Array, file: string): ParsedManifest {
  if (xml.length > MANIFEST_LIMIT_BYTES) {
    throw new ImportError('manifest-too-large', { file, bytes: xml.length, limit: MANIFEST_LIMIT_BYTES })
  }
  const text = decode(xml, file)
  if (text.trim() === '') throw new ImportError('manifest-empty', { file })
  refuseRows(text, file)
  if (/<!(DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)/i.test(text)) {
    throw new ImportError('manifest-has-doctype', { file })
  }
  const { kept, implantRows } = withoutImplantRows(text)
  const document = parseWith([UNPARSED], kept, file, true)
  const names = Object.keys(document).filter((name) => !name.startsWith('?') && name !== '#text')
  const root = document['iTeroExport']
  if (names.length !== 1 || root === undefined || Array.isArray(root)) {
    throw new ImportError('manifest-wrong-root', { file, root: (names[0] ?? '').slice(0, 100) })
  }
  return { root: typeof root === 'string' ? {} : (root as Node), implantRows }
}

/** One element without content. */
const EMPTY_ELEMENT = /\s*<[a-z][^<>]*\/>/iy

/**
 * The text without the rows of its ImplantTypes, which alone take as long as all else. Cut only where there is one
 * such table and it holds nothing but empty elements, so that nothing but a table's rows can be cut.
 */
function withoutImplantRows(text: string): { readonly kept: string; readonly implantRows: string } {
  const [open, close] = ['<ImplantTypes>', '</ImplantTypes>']
  const [from, to] = [text.indexOf(open) + open.length, text.indexOf(close)]
  const whole = { kept: text, implantRows: '' }
  const alone = text.lastIndexOf(open) === from - open.length && text.lastIndexOf(close) === to
  if (from < open.length || to < from || !alone) return whole
  let at = from
  EMPTY_ELEMENT.lastIndex = at
  while (at < to && EMPTY_ELEMENT.test(text)) at = EMPTY_ELEMENT.lastIndex
  if (text.slice(at, to).trim() !== '') return whole
  return { kept: text.slice(0, from) + text.slice(to), implantRows: text.slice(from, to) }
}

/** Rows that `parseManifest` left as text: the part of it from `from` to `to`, as elements. null where it is not XML. */
export function parseRows(rows: string): Node | null {
  try {
    const { rows: parsed } = parseWith([], `<rows>${rows}</rows>`, '', false)
    return typeof parsed === 'object' && !Array.isArray(parsed) ? (parsed as Node) : {}
  } catch {
    return null
  }
}

function parseWith(stopNodes: string[], text: string, file: string, validate: boolean): Node {
  try {
    const valid = validate ? XMLValidator.validate(text) : true
    if (valid !== true) {
      const { code, line } = valid.err
      throw new ImportError('manifest-not-xml', { file, reason: code, line })
    }
    return new XMLParser({ ...PARSER_SETTINGS, stopNodes }).parse(text) as Node
  } catch (cause) {
    if (cause instanceof ImportError) throw cause
    throw new ImportError('manifest-not-xml', { file, reason: 'unreadable' }, cause)
  }
}

/** UTF-8 in the real files [V]; others as far as a mark or the XML declaration names them. */
function decode(xml: Uint8Array, file: string): string {
  const encoding = encodingOf(xml)
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(xml)
  } catch (cause) {
    throw new ImportError('manifest-not-xml', { file, reason: 'encoding', encoding }, cause)
  }
}

const ENCODINGS = new Set(['utf-8', 'utf8', 'us-ascii', 'ascii', 'iso-8859-1', 'latin1', 'windows-1252'])

function encodingOf(xml: Uint8Array): string {
  const [a, b] = xml
  if ((a === 0xff && b === 0xfe) || (a === 0x3c && b === 0)) return 'utf-16le'
  if ((a === 0xfe && b === 0xff) || (a === 0 && b === 0x3c)) return 'utf-16be'
  const start = Buffer.from(xml.subarray(0, 200)).toString('latin1')
  const declared = /^(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding=["']([\w.-]{1,40})["']/
    .exec(start)?.[1]
    ?.toLowerCase()
  if (declared === undefined || start.startsWith('\xef\xbb\xbf')) return 'utf-8'
  return ENCODINGS.has(declared) && !declared.includes('ascii') ? declared : 'utf-8'
}

function refuseRows(text: string, file: string): void {
  let rows = 0
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at + 1)) {
    if (text.charCodeAt(at + 1) !== 0x2f /* '/' */) rows++
    if (rows > MANIFEST_LIMIT_ROWS) {
      throw new ImportError('manifest-too-many-rows', { file, limit: MANIFEST_LIMIT_ROWS })
    }
  }
}

const PREDEFINED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** The entities that XML has without a DTD; any other means that the text is not XML. */
function decoded(text: string): string {
  const plain = text.includes('&')
    ? text.replaceAll(
        /&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|([a-z]{1,8}));?/gi,
        (whole, hex, decimal, name) => {
          if (!whole.endsWith(';')) throw new Error('entity without an end')
          if (name !== undefined) {
            const character = PREDEFINED[name]
            if (character === undefined) throw new Error('unknown entity')
            return character
          }
          const code = hex !== undefined ? Number.parseInt(hex, 16) : Number(decimal)
          const legal = code === 9 || code === 10 || code === 13 || code >= 0x20
          if (!legal || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) throw new Error('no character')
          return String.fromCodePoint(code)
        },
      )
    : text
  return healed(plain)
}
