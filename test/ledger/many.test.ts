import t from 'tap'
import { ledgerRows, MANY } from '../../bench/ledger.ts'

t.test('a ledger of a million orders opens, claims and lists like one of none', async (t) => {
  const { rows } = await ledgerRows(MANY)
  for (const row of rows) {
    t.comment(`${row.name}: ${row.value} ${row.unit}`)
    // Walking through a million rows takes ten times these goals; a busy machine does not.
    if (row.goal !== null) t.ok(row.value <= row.goal, `${row.name}: ${row.value} of ${row.goal} ${row.unit}`)
  }
})
