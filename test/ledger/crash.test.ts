import t from 'tap'
import { closeLedger, openLedger } from '../../plugin/ledger/open.ts'
import { listOrders, revisionById } from '../../plugin/ledger/orders.ts'
import type { RevisionId } from '../../plugin/ledger/schema.ts'
import { type Child, child, contradictions, findOrder, ledgerFor, NOW } from './made-up.ts'

t.test(
  'a process killed at any moment leaves a ledger that opens, agrees with itself and keeps every reported mark',
  async (t) => {
    const { l, file } = await ledgerFor(t)
    await closeLedger(l)
    const reported = new Map<RevisionId, string>()
    for (const [run, lines] of [1, 2, 3, 5, 8, 13, 21, 34].entries()) {
      const victim = child(t, 'import', [file, `run${run}`])
      for (let i = 0; i < lines; i++) note(await victim.line())
      victim.kill()
      t.equal(await victim.ended, 'SIGKILL')
      await drain(victim, note)
      t.strictSame(contradictions(file), [])
      const after = await openLedger(file, () => NOW)
      for (const [id, stage] of reported) {
        const now = (await revisionById(after, id))?.stage
        // What was told as received may have gone on since; an end is an end.
        if (stage === 'received' ? now === undefined : now !== stage)
          t.fail(`${id}: ${stage} told, ${now} kept`)
      }
      await closeLedger(after)
    }
    t.ok([...reported.values()].includes('published') && [...reported.values()].includes('refused'))

    function note(line: string | null) {
      const [stage = '', id = ''] = (line ?? '').split(' ')
      if (stage !== '') reported.set(Number(id) as RevisionId, stage)
    }
  },
)

t.test('two processes at work on one ledger wait for each other, and both get on', async (t) => {
  const { l, file } = await ledgerFor(t)
  const both = [child(t, 'import', [file, 'a']), child(t, 'import', [file, 'b'])]
  await Promise.all(
    both.map(async (one) => {
      for (let i = 0; i < 60; i++) t.not(await one.line(), null)
    }),
  )
  for (const one of both) one.kill()
  await Promise.all(both.map((one) => one.ended))
  const rows = await listOrders(l, { limit: 500 })
  for (const run of ['a-', 'b-']) t.ok(rows.filter((row) => row.orderId.startsWith(run)).length > 30)
  t.strictSame(contradictions(file), [])
})

t.test('a transaction that its process did not end leaves nothing and holds up nobody', async (t) => {
  const { l, file } = await ledgerFor(t)
  const victim = child(t, 'hang', [file])
  t.equal(await victim.line(), 'inside')
  const hasty = await openLedger(file, () => NOW, { waitMs: 50 })
  t.equal(await findOrder(hasty, 'lab', 'half'), null, 'nobody sees it before')
  victim.kill()
  await victim.ended
  t.equal(await findOrder(l, 'lab', 'half'), null)
  await closeLedger(hasty)
  t.strictSame(contradictions(file), [])
})

async function drain(victim: Child, note: (line: string) => void) {
  for (let line = await victim.line(); line !== null; line = await victim.line()) note(line)
}
