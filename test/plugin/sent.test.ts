import fc from 'fast-check'
import t from 'tap'
import { resultFits } from '../../bridge/check.ts'
import { bars } from '../../plugin/connecting/bars.ts'
import { cut, pageOf, sentDoctorMapping, sentOrder, sentQuestion } from '../../plugin/connecting/sent.ts'
import type { DoctorMapping } from '../../plugin/ledger/mappings.ts'
import type { ListedRevision } from '../../plugin/ledger/orders.ts'
import type { OpenQuestion } from '../../plugin/ledger/questions.ts'
import type { ClientId } from '../../plugin/mapping/clients.ts'

t.test('a text is cut to its limit and never through a character', async () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.integer({ min: 1, max: 30 }),
      (text, most) => {
        const short = cut(text, most)
        return short.length <= most && short.isWellFormed() && (text.length > most || short === text)
      },
    ),
  )
})

t.test('a page is never larger than a frame carries, and never empty where there is something', async () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 50 })), fc.integer({ min: 1, max: 200 }), (all, most) => {
      const page = pageOf(all, most)
      const units = page.reduce((sum, one) => sum + JSON.stringify(one).length, 0)
      return (
        page.every((one, index) => one === all[index]) &&
        (all.length === 0 || page.length > 0) &&
        (units <= most || page.length === 1) &&
        (page.length === all.length || units + JSON.stringify(all[page.length]).length > most)
      )
    }),
  )
})

const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('x'.repeat(20_000), '\ud800', ''))
const orNull = <T>(some: fc.Arbitrary<T>) => fc.option(some, { nil: null })
const summaries = fc.record({
  patient: texts,
  doctor: orNull(texts),
  teeth: fc.array(fc.oneof(fc.integer(), fc.double(), fc.integer({ min: 11, max: 48 })), { maxLength: 80 }),
  material: orNull(texts),
  dueDate: orNull(texts),
})

t.test('whatever an order says, it is told as the protocol says', async (t) => {
  const revisions = fc.record({
    account: texts,
    orderId: texts,
    orderCode: orNull(texts),
    project: orNull(texts),
    client: orNull(texts),
    summary: summaries,
    receivedAt: fc.oneof(fc.integer(), fc.double({ noNaN: true, min: -1e15, max: 1e15 })),
    warnings: fc.array(fc.record({ code: fc.constant('file-missing'), facts: fc.record({ file: texts }) }), {
      maxLength: 100,
    }),
  })
  fc.assert(
    fc.property(revisions, (some) => {
      const revision = { ...some, id: 1, number: 1, stage: 'waiting', failure: null, publishedAt: null }
      const order = sentOrder(
        revision as unknown as ListedRevision,
        { client: some.client as ClientId | null, waitsFor: [], hindrance: null },
        'de',
      )
      return resultFits('orders/list', { orders: [order] })
    }),
    { numRuns: 200 },
  )
  t.pass()
})

t.test(
  'whatever a doctor is called and a note says, the question is told as the protocol says',
  async (t) => {
    const questions = fc.record({
      doctor: fc.record({
        name: orNull(texts),
        id: orNull(texts),
        licence: orNull(texts),
        practiceAddress: orNull(texts),
      }),
      waiting: fc.array(
        fc.record({ orderId: texts, orderCode: orNull(texts), note: texts, summary: summaries }),
        {
          maxLength: 10,
        },
      ),
    })
    fc.assert(
      fc.property(questions, ({ doctor, waiting }) => {
        const open = {
          id: 1,
          openedAt: 1,
          waitingCount: waiting.length,
          waiting: waiting.map((one) => ({ ...one, revision: 1, teeth: [11], receivedAt: 1 })),
          question: { kind: 'doctor', doctor, remembered: true, likely: [] },
        }
        const question = sentQuestion(open as unknown as OpenQuestion, {
          colleagues: null,
          clients: null,
          materials: { materials: [] },
        })
        return resultFits('questions/list', { questions: [question] })
      }),
      { numRuns: 200 },
    )
    t.pass()
  },
)

t.test(
  'a bar moves at the pace of a person, begins once, and begins anew for a new connection',
  async (t) => {
    let now = 1000
    const told: string[] = []
    const shown = bars(
      (token, value) => told.push(`${token} ${value.kind}${value.kind === 'report' ? ` ${value.done}` : ''}`),
      () => now,
      { paceMs: 100 },
    )
    shown.moved('/in/a.zip', 1, 10)
    shown.moved('/in/a.zip', 2, 10)
    now += 100
    shown.moved('/in/a.zip', 3, 10)
    shown.again()
    shown.moved('/in/a.zip', 4, 10)
    shown.done('/in/a.zip')
    shown.done('/in/a.zip')
    shown.moved('/in/a.zip', 1, 10)
    t.strictSame(told, [
      'package-1 begin',
      'package-1 report 1',
      'package-1 report 3',
      'package-1 begin',
      'package-1 report 4',
      'package-1 end',
      'package-2 begin',
      'package-2 report 1',
    ])
  },
)

t.test('a doctor known by name is told to the host with his capitals', async (t) => {
  const mapping: DoctorMapping = {
    id: 1 as DoctorMapping['id'],
    identity: { account: 'exports', by: 'name', value: 'gorse, ilya' },
    written: 'Gorse, Ilya',
    doctor: 'Gorse, Ilya',
    client: '003' as ClientId,
    made: { at: 1, order: null, orderId: null, project: null },
  }
  t.match(sentDoctorMapping(mapping), { by: 'name', value: 'Gorse, Ilya' })
})
