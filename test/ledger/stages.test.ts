import fc from 'fast-check'
import t from 'tap'
import { closeLedger, type Ledger, openLedger } from '../../plugin/ledger/open.ts'
import { listOrders, openRevisions, type RevisionStage, revisionById } from '../../plugin/ledger/orders.ts'
import { answerQuestion, listQuestions } from '../../plugin/ledger/questions.ts'
import type { RevisionId } from '../../plugin/ledger/schema.ts'
import { finishPublishing, refuse, startPublishing, waitFor } from '../../plugin/ledger/stages.ts'
import { client, contradictions, doctorQuestion, ledgerFor, NOW, received, WAITING } from './made-up.ts'

const FAILURE = { code: 'case-name-exhausted', facts: { tried: 1000 } } as const
const asked = (doctor: string) => [{ question: doctorQuestion(doctor), waiting: WAITING }]

/** Brings a fresh order to a stage by the public way. */
async function at(l: Ledger, stage: RevisionStage): Promise<RevisionId> {
  const { id } = await received(l, `at-${stage}`)
  if (stage === 'waiting') await waitFor(l, id, asked('d'))
  if (stage === 'publishing' || stage === 'published') await startPublishing(l, id, `Case ${id}`)
  if (stage === 'published') await finishPublishing(l, id)
  if (stage === 'refused') await refuse(l, id, FAILURE)
  return id
}

const stageOf = async (l: Ledger, id: RevisionId) => (await revisionById(l, id))?.stage

const TRANSITIONS: Record<string, (l: Ledger, id: RevisionId) => Promise<boolean>> = {
  waitFor: async (l, id) => (await waitFor(l, id, asked('d'))).applied,
  startPublishing: async (l, id) => (await startPublishing(l, id, 'New name')) === 'reserved',
  finishPublishing,
  refuse: (l, id) => refuse(l, id, FAILURE),
}
const ALLOWED: Record<string, Partial<Record<RevisionStage, RevisionStage>>> = {
  waitFor: { received: 'waiting', waiting: 'waiting' },
  startPublishing: { received: 'publishing', publishing: 'publishing' },
  finishPublishing: { publishing: 'published' },
  refuse: { received: 'refused', waiting: 'refused', publishing: 'refused' },
}
for (const [name, transition] of Object.entries(TRANSITIONS)) {
  for (const from of ['received', 'waiting', 'publishing', 'published', 'refused'] as const) {
    const to = ALLOWED[name]?.[from]
    t.test(`${name} on ${from}: ${to ?? 'does not apply and changes nothing'}`, async (t) => {
      const { l, file } = await ledgerFor(t)
      const id = await at(l, from)
      const before = await revisionById(l, id)
      t.equal(await transition(l, id), to !== undefined)
      if (to === undefined) t.strictSame(await revisionById(l, id), before)
      else t.equal(await stageOf(l, id), to)
      t.strictSame(contradictions(file), [])
    })
  }
}

t.test('no transition applies to a revision that is not there', async (t) => {
  const { l } = await ledgerFor(t)
  for (const transition of Object.values(TRANSITIONS)) t.equal(await transition(l, 77 as RevisionId), false)
  t.strictSame(await listQuestions(l), [], 'and no question is opened for it')
})

t.test('a published revision has its name and time, and no staging', async (t) => {
  const { l, time } = await ledgerFor(t)
  const { id } = await received(l, '1')
  await startPublishing(l, id, 'Mustermann 2027')
  time.now += 1500
  await finishPublishing(l, id)
  t.match(await revisionById(l, id), {
    stage: 'published',
    project: 'Mustermann 2027',
    publishedAt: NOW + 1500,
    stagingName: null,
  })
})

t.test('a refused revision says why, and its name is free again', async (t) => {
  const { l } = await ledgerFor(t)
  const first = await received(l, '1')
  const second = await received(l, '2')
  await startPublishing(l, first.id, 'Case')
  await refuse(l, first.id, FAILURE)
  t.match(await revisionById(l, first.id), { failure: FAILURE, project: null, stagingName: null })
  t.equal(await startPublishing(l, second.id, 'Case'), 'reserved')
})

t.test('a project name is reserved once, in capitals or not, composed or not', async (t) => {
  const { l } = await ledgerFor(t)
  const first = await received(l, '1')
  const second = await received(l, '2')
  t.equal(await startPublishing(l, first.id, 'Müller_2027'), 'reserved')
  for (const name of ['Müller_2027', 'MÜLLER_2027', 'Mu\u0308ller_2027']) {
    t.equal(await startPublishing(l, second.id, name), 'name-reserved-by-another', name)
  }
  t.equal((await revisionById(l, second.id))?.stage, 'received')
  t.equal(await startPublishing(l, second.id, 'Müller_2027-2'), 'reserved')
  t.equal(await startPublishing(l, first.id, 'müller_2027'), 'reserved', 'its own it may say again')
})

t.test('a name that stands in the case folder already is changed for the next', async (t) => {
  const { l } = await ledgerFor(t)
  const first = await received(l, '1')
  const second = await received(l, '2')
  await startPublishing(l, first.id, 'Case')
  t.equal(await startPublishing(l, first.id, 'Case-2'), 'reserved')
  t.equal((await revisionById(l, first.id))?.project, 'Case-2')
  t.equal(await startPublishing(l, second.id, 'Case'), 'reserved', 'the first name is free')
})

t.test('the newest revisions come first, page by page, each once, while new ones arrive', async (t) => {
  const { l } = await ledgerFor(t)
  const made: RevisionId[] = []
  for (let i = 0; i < 25; i++) made.push((await received(l, `${i}`)).id)
  const seen: RevisionId[] = []
  for (let after: RevisionId | undefined; ; ) {
    const page = await listOrders(l, after === undefined ? { limit: 10 } : { limit: 10, after })
    if (page.length === 0) break
    seen.push(...page.map((row) => row.id))
    after = seen.at(-1)
    await received(l, `late-${after}`)
  }
  t.strictSame(seen, made.toReversed())
})

t.test('a list of some stages has those and pages through them', async (t) => {
  const { l } = await ledgerFor(t)
  const stages: RevisionStage[] = ['received', 'waiting', 'publishing', 'published', 'refused']
  const ids = new Map<RevisionStage, RevisionId>()
  for (const stage of stages) ids.set(stage, await at(l, stage))
  const page = await listOrders(l, { stages: ['refused', 'waiting', 'received'], limit: 2 })
  t.strictSame(
    page.map((row) => row.stage),
    ['refused', 'waiting'],
  )
  const after = page[1]?.id
  if (after === undefined) throw new Error('no second row')
  const rest = await listOrders(l, { stages: ['refused', 'waiting', 'received'], limit: 2, after })
  t.strictSame(
    rest.map((row) => row.id),
    [ids.get('received')],
  )
  t.strictSame(await listOrders(l, { stages: [] }), [])
})

t.test('a page is never larger than its bound, whatever is asked', async (t) => {
  const { l } = await ledgerFor(t)
  for (let i = 0; i < 3; i++) await received(l, `${i}`)
  t.equal((await listOrders(l, { limit: 1e9 })).length, 3)
  t.equal((await listOrders(l, { limit: -5 })).length, 1)
  t.equal((await listOrders(l, { limit: Number.NaN })).length, 3)
})

t.test('whatever happens in whatever order, the ledger agrees with itself', async (t) => {
  const { file } = await ledgerFor(t)
  const step = fc.record({
    act: fc.constantFrom('receive', 'wait', 'start', 'finish', 'refuse', 'answer'),
    which: fc.nat(3),
    doctor: fc.constantFrom('d1', 'd2'),
    name: fc.constantFrom('A', 'a', 'B'),
  })
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const own = `${file}-${run++}`
      const l = await openLedger(own, () => NOW)
      try {
        const ids = []
        for (let i = 0; i < 4; i++) ids.push((await received(l, `${i}`)).id)
        for (const { act, which, doctor, name } of steps) {
          const id = ids[which] as RevisionId
          if (act === 'receive') await received(l, `${which}`)
          if (act === 'wait') await waitFor(l, id, asked(doctor))
          if (act === 'start') await startPublishing(l, id, name)
          if (act === 'finish') await finishPublishing(l, id)
          if (act === 'refuse') await refuse(l, id, FAILURE)
          if (act === 'answer') {
            const [question] = await listQuestions(l)
            if (question === undefined) continue
            const answer = { kind: 'doctor', client: { existing: client('003') } } as const
            const { released } = await answerQuestion(l, question.id, answer)
            const open = new Set((await openRevisions(l)).map((revision) => revision.id))
            for (const revision of released) if (!open.has(revision.id)) return false
          }
        }
        const waiting = new Set((await listQuestions(l)).flatMap((q) => q.waiting.map((w) => w.revision)))
        const open = new Set((await openRevisions(l)).map((revision) => revision.id))
        for (const row of await listOrders(l)) {
          const ended = row.stage === 'published' || row.stage === 'refused'
          // Every revision is ended, continued at start, or asked about: none is forgotten.
          const places = [ended, open.has(row.id), waiting.has(row.id)].filter(Boolean).length
          if (places !== 1) return false
        }
      } finally {
        await closeLedger(l)
      }
      return contradictions(own).length === 0
    }),
    { numRuns: 40 },
  )
})
