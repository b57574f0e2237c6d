import { DatabaseSync } from 'node:sqlite'
import t from 'tap'
import { ACTIVITY_BOUND, append, listActivity } from '../../plugin/ledger/activity.ts'
import { claimed, ledgerFor, NOW } from './made-up.ts'

t.test('what happened is listed newest first, with its order, code and counts', async (t) => {
  const { l, time } = await ledgerFor(t)
  const order = await claimed(l, '1')
  await append(l, 'import-started')
  time.now += 10
  await append(l, 'order-refused', { order, code: 'staging-damaged', facts: { files: 3 } })
  t.match(await listActivity(l), [
    { at: NOW + 10, kind: 'order-refused', order, code: 'staging-damaged', facts: { files: 3 } },
    { at: NOW, kind: 'import-started', order: null, code: null, facts: {} },
  ])
})

t.test('the log of one order is its own', async (t) => {
  const { l } = await ledgerFor(t)
  const one = await claimed(l, '1')
  const two = await claimed(l, '2')
  await append(l, 'order-received', { order: one })
  await append(l, 'order-received', { order: two })
  await append(l, 'order-published', { order: one })
  t.strictSame(
    (await listActivity(l, { order: one })).map((entry) => entry.kind),
    ['order-published', 'order-received'],
  )
})

t.test('the log comes page by page', async (t) => {
  const { l } = await ledgerFor(t)
  for (let i = 0; i < 5; i++) await append(l, 'import-started', { facts: { i } })
  const page = await listActivity(l, { limit: 3 })
  const after = page[2]?.id
  if (after === undefined) throw new Error('no third')
  t.strictSame(
    (await listActivity(l, { limit: 3, after })).map((entry) => entry.facts['i']),
    [1, 0],
  )
})

t.test('the log keeps to its bound: the oldest fall out', async (t) => {
  const { l, file } = await ledgerFor(t)
  await append(l, 'import-started')
  // As if so many had been written before.
  const db = new DatabaseSync(file)
  t.teardown(() => db.close())
  db.exec(`with recursive n(i) as (select 2 union all select i + 1 from n where i < ${ACTIVITY_BOUND})
    insert into activity (id, at, kind, facts) select i, 0, 'order-received', '{}' from n`)
  const range = () => ({
    ...db.prepare('select count(*) as count, min(id) as first, max(id) as last from activity').get(),
  })
  await append(l, 'import-stopped')
  t.strictSame(range(), { count: ACTIVITY_BOUND, first: 2, last: ACTIVITY_BOUND + 1 })
  await append(l, 'import-stopped')
  t.strictSame(range(), { count: ACTIVITY_BOUND, first: 3, last: ACTIVITY_BOUND + 2 })
})
