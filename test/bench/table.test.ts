import t from 'tap'
import { table, taken } from '../../bench/table.ts'

t.test('a row says what was measured, what it is to be, and whether it is', async (t) => {
  const rows = [
    { name: 'below', value: 0.72, unit: 'ratio', goal: 1.1 },
    { name: 'above', value: 1.2, unit: 'ratio', goal: 1.1 },
    { name: 'not a number', value: Number.NaN, unit: 's', goal: 2 },
    { name: 'for comparison', value: 12, unit: 's', goal: null },
  ]
  const lines = table(rows)
    .split('\n')
    .slice(2)
    .map((line) => line.split('|').map((cell) => cell.trim()))
  t.strictSame(
    lines.map(([, name, , goal, verdict]) => [name, goal, verdict]),
    [
      ['below', '≤ 1.10', 'met'],
      ['above', '≤ 1.10', '**not met**'],
      ['not a number', '≤ 2.00 s', '**not met**'],
      ['for comparison', '', ''],
    ],
  )
})

t.test('one round is not called a median', async (t) => {
  t.equal(taken(1), 'One round')
  t.equal(taken(3), 'Medians of 3 rounds')
})
