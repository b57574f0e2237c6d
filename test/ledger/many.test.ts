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
  for (const [index, row] of many.entries()) {
    const small = few[index]?.value ?? Number.NaN
    const most = Math.round(Math.max(FLOOR_MS, TIMES * small))
    t.ok(
      row.value <= most,
      `${row.name}: ${row.value} ms, ${small} ms with ${FEW} orders; at most ${most} ms`,
    )
  }
})
