import { deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import t from 'tap'
import { inflater } from '../../plugin/itero/inflate.ts'

/** Everything that the packed bytes give, cut into pieces of a size, through a buffer of a size. */
function inflated(packed: Uint8Array, pieceBytes: number, outBytes: number) {
  const inflate = inflater(new Uint8Array(outBytes))
  const parts: Buffer[] = []
  try {
    for (let at = 0; at < packed.length; at += pieceBytes) {
      for (const part of inflate.push(packed.subarray(at, at + pieceBytes))) parts.push(Buffer.from(part))
    }
    return { content: Buffer.concat(parts), taken: inflate.taken() }
  } finally {
    inflate.close()
  }
}

t.test('gives what zlib packed, however it is cut and whatever the buffer', async (t) => {
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 5_000 }),
    // Long runs: one byte of input gives a thousand of output.
    fc.tuple(fc.nat(255), fc.nat(300_000)).map(([byte, length]) => new Uint8Array(length).fill(byte)),
  )
  fc.assert(
    fc.property(
      content,
      fc.integer({ min: 1, max: 5_000 }),
      fc.integer({ min: 64, max: 70_000 }),
      fc.integer({ min: 0, max: 9 }),
      (bytes, pieceBytes, outBytes, level) => {
        const packed = deflateRawSync(bytes, { level })
        const { content, taken } = inflated(packed, pieceBytes, outBytes)
        return content.equals(bytes) && taken === packed.length
      },
    ),
  )
  t.pass()
})

t.test('counts what it took, so that bytes behind the end of the stream are noticed', async (t) => {
  const packed = deflateRawSync(Buffer.from('a crown'))
  const { content, taken } = inflated(Buffer.concat([packed, Buffer.from('more')]), 4, 64)
  t.equal(content.toString(), 'a crown')
  t.equal(taken, packed.length)
})

t.test('damaged data is an error, never other bytes without a word', async (t) => {
  t.throws(() => inflated(Buffer.from([0xff, 0xff, 0xff, 0xff]), 4, 64), { code: 'Z_DATA_ERROR' })
})

t.test('several inflate at once without a mix-up', async (t) => {
  const all = ['upper', 'lower', 'bite'].map((name) => Buffer.from(name.repeat(20_000)))
  const runs = all.map((bytes) => {
    const inflate = inflater(new Uint8Array(1024))
    const packed = deflateRawSync(bytes)
    const parts: Buffer[] = []
    return { bytes, parts, inflate, pieces: pieces(packed, 16) }
  })
  for (let going = true; going; ) {
    going = false
    for (const run of runs) {
      const piece = run.pieces.next()
      if (piece.done) continue
      going = true
      for (const part of run.inflate.push(piece.value)) run.parts.push(Buffer.from(part))
    }
  }
  for (const { parts, bytes, inflate } of runs) {
    t.equal(Buffer.compare(Buffer.concat(parts), bytes), 0)
    inflate.close()
  }
})

function* pieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}
