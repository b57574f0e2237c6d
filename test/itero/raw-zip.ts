import { crc32, deflateRawSync } from 'node:zlib'

/** An entry as no honest tool writes it: every field can be told to lie. */
export interface RawEntry {
  readonly name: string | Buffer
  readonly localName?: string
  readonly content?: string | Buffer
  readonly method?: number
  readonly flags?: number
  readonly crc?: number
  readonly announced?: number
  readonly packed?: Buffer
  readonly packedAnnounced?: number
  /** st_mode of an entry made on Unix. */
  readonly mode?: number
  /** Where the directory says the entry begins. */
  readonly offset?: number
}

/** A zip, byte by byte. `count` is what the end record says. */
export function rawZip(entries: readonly RawEntry[], end: { count?: number; comment?: string } = {}): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const entry of entries) {
    const content = Buffer.from(entry.content ?? '')
    const method = entry.method ?? 8
    const packed = entry.packed ?? (method === 8 ? deflateRawSync(content) : content)
    const name = Buffer.from(entry.name)
    const localName = Buffer.from(entry.localName ?? entry.name)
    const shared = (): Buffer => {
      const fields = Buffer.alloc(22)
      fields.writeUInt16LE(20, 0)
      fields.writeUInt16LE(entry.flags ?? 0x800, 2)
      fields.writeUInt16LE(method, 4)
      fields.writeUInt32LE(entry.crc ?? crc32(content), 10)
      fields.writeUInt32LE(entry.packedAnnounced ?? packed.length, 14)
      fields.writeUInt32LE(entry.announced ?? content.length, 18)
      return fields
    }
    const local = Buffer.concat([
      signature(0x04034b50),
      shared(),
      lengths(localName.length, 2),
      localName,
      packed,
    ])
    const placed = Buffer.alloc(12)
    placed.writeUInt32LE(((entry.mode ?? 0) << 16) >>> 0, 4)
    placed.writeUInt32LE(entry.offset ?? at, 8)
    const madeBy = Buffer.from([20, entry.mode === undefined ? 0 : 3])
    directory.push(
      Buffer.concat([
        signature(0x02014b50),
        madeBy,
        shared(),
        lengths(name.length, 4),
        placed.subarray(2),
        name,
      ]),
    )
    parts.push(local)
    at += local.length
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0)
  const comment = Buffer.from(end.comment ?? '')
  const record = Buffer.alloc(18)
  record.writeUInt16LE(end.count ?? entries.length % 65536, 4)
  record.writeUInt16LE(end.count ?? entries.length % 65536, 6)
  record.writeUInt32LE(size, 8)
  record.writeUInt32LE(at, 12)
  record.writeUInt16LE(comment.length, 16)
  return Buffer.concat([...parts, ...directory, signature(0x06054b50), record, comment])
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

/** Length of the name, then zeroes for the other lengths and fields up to `words` in all. */
function lengths(name: number, words: number): Buffer {
  const bytes = Buffer.alloc(words * 2)
  bytes.writeUInt16LE(name)
  return bytes
}
