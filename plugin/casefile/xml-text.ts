import { XMLBuilder } from 'fast-xml-parser'

/** One element for the builder, in the order in which it shall stand. Text is plain: it is escaped here and nowhere else. */
export type XmlNode = { readonly [name: string]: readonly XmlNode[] | string | XmlAttributes }
type XmlAttributes = Readonly<Record<string, string>>

const ATTRIBUTES = ':@'

/** An element with children, or with attributes as well. */
export function element(name: string, children: readonly XmlNode[], attributes: XmlAttributes = {}): XmlNode {
  const escaped: Record<string, string> = {}
  for (const [key, value] of Object.entries(attributes)) escaped[`@_${key}`] = escapeXml(value, 'attribute')
  return Object.keys(escaped).length === 0
    ? { [name]: children }
    : { [name]: children, [ATTRIBUTES]: escaped }
}

/** An element that holds a value. An empty value becomes `<Name />`. */
export function valueElement(name: string, value: string, attributes: XmlAttributes = {}): XmlNode {
  return element(name, value === '' ? [] : [{ '#text': escapeXml(value, 'text') }], attributes)
}

/** An optional value: null leaves the element out, '' leaves it empty, so that the two stay apart. */
export function optionalElement(name: string, value: string | null): readonly XmlNode[] {
  return value === null ? [] : [valueElement(name, value)]
}

const DECLARATION: XmlNode = {
  '?xml': [{ '#text': '' }],
  [ATTRIBUTES]: { '@_version': '1.0', '@_encoding': 'utf-8' },
}

// Values come escaped: the builder's own escaping knows neither line ends nor characters that XML has no place for.
const builder = new XMLBuilder({
  preserveOrder: true,
  ignoreAttributes: false,
  processEntities: false,
  suppressEmptyNode: true,
  format: true,
  indentBy: '  ',
})

/** The whole document: UTF-8 without BOM, CRLF, two spaces, empty elements as `<Notes />` [V]. */
export function xmlDocument(root: XmlNode): Uint8Array {
  const text = builder.build([DECLARATION, root])
  // Every `>` of a value is escaped, so `/>` can only be the end of an empty element.
  return new TextEncoder().encode(`${text.replaceAll('/>', ' />')}\n`.replaceAll('\n', '\r\n'))
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // A reader turns a bare CR into LF, and a line end in an attribute into a space: as references they survive.
  '\r': '&#13;',
  '\n': '&#10;',
  '\t': '&#9;',
}

/** Text or attribute value, escaped. A character that XML 1.0 cannot hold becomes U+FFFD: visible, never silent. */
export function escapeXml(value: string, where: 'text' | 'attribute'): string {
  return legalXml(value).replace(
    where === 'text' ? /[&<>\r]/g : /[&<>"\r\n\t]/g,
    (character) => ESCAPES[character] ?? character,
  )
}

/** The value as XML 1.0 can hold it: control characters, lone surrogates, U+FFFE and U+FFFF become U+FFFD. */
export function legalXml(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that XML 1.0 has no place for
  return value.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
}

const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

/** The five entities of XML and numeric references; anything else stays as written, for no DTD can have declared it. */
export function unescapeXml(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-fA-F]{1,8})|#([0-9]{1,9})|(lt|gt|amp|quot|apos));/g,
    (whole, hex, dec, name) => {
      if (name !== undefined) return NAMED[name] ?? whole
      const code = hex === undefined ? Number.parseInt(dec, 10) : Number.parseInt(hex, 16)
      return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
        ? String.fromCodePoint(code)
        : whole
    },
  )
}
