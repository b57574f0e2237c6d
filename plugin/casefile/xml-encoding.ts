import { ImportError } from '../errors.ts'
import { notXml } from './xml-file.ts'

/** How a document's characters are kept in bytes, found once and kept for writing back. */
export interface XmlEncoding {
  readonly name: string
  decode(bytes: Uint8Array): string
  encode(text: string): Uint8Array
}

/**
 * The encoding of a document: by its BOM, else by what its declaration says, else UTF-8. The BOM stays part of the text.
 * Throws document-not-xml for an encoding that cannot be written back.
 */
export function encodingOf(bytes: Uint8Array): XmlEncoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return UTF_16LE
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return UTF_16BE
  const head = Buffer.from(bytes.subarray(0, 200)).toString('latin1')
  const declared =
    /^(?:\xEF\xBB\xBF)?<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]+)["']/.exec(head)?.[1] ?? 'utf-8'
  // A declaration that can be read byte by byte is not in UTF-16: .NET writes that into UTF-8 files by mistake.
  const utf8 =
    head.startsWith('\xEF\xBB\xBF') || /^(utf-?8|us-ascii|ascii|utf-?16.*|unicode)$/i.test(declared)
  return utf8 ? UTF_8 : singleByte(declared)
}

const UTF_8: XmlEncoding = {
  name: 'utf-8',
  decode: (bytes) => decodeWith('utf-8', bytes),
  encode: (text) => new TextEncoder().encode(text),
}

const UTF_16LE: XmlEncoding = {
  name: 'utf-16le',
  decode: (bytes) => decodeWith('utf-16le', bytes),
  encode: (text) => Buffer.from(text, 'utf16le'),
}

const UTF_16BE: XmlEncoding = {
  name: 'utf-16be',
  decode: (bytes) => decodeWith('utf-16be', bytes),
  encode: (text) => Buffer.from(text, 'utf16le').swap16(),
}

/** Windows code pages and ISO 8859: a table of 256; what it lacks is written as a numeric reference. */
function singleByte(label: string): XmlEncoding {
  const table = new Map<string, number>()
  for (let byte = 0; byte < 256; byte++) {
    const character = decodeWith(label, Uint8Array.of(byte), 'lenient')
    // A multi-byte encoding has no character for a lead byte alone; such documents cannot be written back.
    if (byte < 128 && character !== String.fromCharCode(byte)) throw notXml('encoding')
    if (character !== '\ufffd') table.set(character, byte)
  }
  if (table.size < 200) throw notXml('encoding')
  return {
    name: label.toLowerCase(),
    decode: (bytes) => decodeWith(label, bytes),
    encode: (text) => {
      const bytes: number[] = []
      for (const character of text) {
        const byte = table.get(character)
        if (byte !== undefined) bytes.push(byte)
        else bytes.push(...new TextEncoder().encode(`&#${character.codePointAt(0)};`))
      }
      return Uint8Array.from(bytes)
    },
  }
}

function decodeWith(label: string, bytes: Uint8Array, faults: 'fatal' | 'lenient' = 'fatal'): string {
  try {
    return new TextDecoder(label, { fatal: faults === 'fatal', ignoreBOM: true }).decode(bytes)
  } catch {
    throw new ImportError('document-not-xml', { reason: 'encoding' })
  }
}
