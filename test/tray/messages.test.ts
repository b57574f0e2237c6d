import fc from 'fast-check'
import t from 'tap'
import { highOf, lowOf, messageIn, pointIn } from '../../plugin/tray/windows/messages.ts'

const sixteen = fc.integer({ min: -32_768, max: 32_767 })

t.test('a place on any screen is read as it was sent: left of or above the first one it is negative', (t) => {
  fc.assert(
    fc.property(sixteen, sixteen, fc.boolean(), (x, y, large) => {
      const word = ((y & 0xffff) * 65_536 + (x & 0xffff)) >>> 0
      const { x: readX, y: readY } = pointIn(large ? BigInt(word) : word)
      return readX === x && readY === y
    }),
  )
  t.end()
})

t.test('the halves of a word are read whatever stands above them', (t) => {
  t.equal(lowOf(0x1234_0400), 0x400)
  t.equal(highOf(0x1234_0400), 0x1234)
  t.equal(lowOf(-1n), 0xffff)
  t.equal(highOf(0xdead_beef_0001_0002n), 1)
  t.end()
})

t.test('a message is read from the bytes of MSG', (t) => {
  const bytes = Buffer.alloc(48)
  bytes.writeBigInt64LE(0x10_0a2cn, 0)
  bytes.writeUInt32LE(0x202, 8)
  bytes.writeBigUInt64LE(1n, 16)
  bytes.writeBigInt64LE(-5n, 24)
  t.strictSame(messageIn(bytes), { window: 0x100a2c, message: 0x202, wParam: 1n, lParam: -5n })
  t.end()
})
