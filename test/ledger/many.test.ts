import t from 'tap'
import { ledgerRows, MANY } from '../../bench/ledger.ts'

/** A thousandth of many: what walks through all orders takes a thousand times as long with many. */
const FEW = MANY / 1000
/** What a tree a few levels deeper and a cold page may cost. */
const TIMES = 10
/** Below this a moment of the machine counts for more than the ledger: a walk through a million rows takes many times as long. */
const FLOOR_MS = 5

t.test('a ledger of a million orders opens, claims and lists like one of a thousand', async (t) => {
  const few = (await ledgerRows(FEW)).rows
  const many = (await ledgerRows(MANY)).rows
  t.equal(many.length, few.length)
  const most = few.map(({ value }) => Math.round(Math.max(FLOOR_MS, TIMES * value)))
  const isSlow = (value: number, index: number) => !(value <= (most[index] ?? 0))
  const values = many.map(({ value }) => value)
  // A slow moment of the machine does not come at the same place twice; a slow ledger does.
  const again = values.some(isSlow) ? (await ledgerRows(MANY)).rows.map(({ value }) => value) : values
  for (const [index, { name }] of many.entries()) {
    const value = Math.min(values[index] ?? Number.NaN, again[index] ?? Number.NaN)
    const small = `${few[index]?.value} ms with ${FEW} orders`
    t.notOk(isSlow(value, index), `${name}: ${value} ms, ${small}; at most ${most[index]} ms`)
  }
})
