import { DatabaseSync } from 'node:sqlite'
import type { RootOperationNode } from 'kysely'
import t from 'tap'
import type { RxId } from '../../plugin/cloud/ids.ts'
import * as activity from '../../plugin/ledger/activity.ts'
import * as claims from '../../plugin/ledger/claims.ts'
import * as fetches from '../../plugin/ledger/fetches.ts'
import * as mappings from '../../plugin/ledger/mappings.ts'
import * as news from '../../plugin/ledger/news.ts'
import type { Ledger } from '../../plugin/ledger/open.ts'
import * as orderClients from '../../plugin/ledger/order-clients.ts'
import * as orders from '../../plugin/ledger/orders.ts'
import * as packages from '../../plugin/ledger/packages.ts'
import * as questions from '../../plugin/ledger/questions.ts'
import * as receipts from '../../plugin/ledger/receipts.ts'
import type { ActivityId, FetchId, PackageId, QuestionId } from '../../plugin/ledger/schema.ts'
import * as stages from '../../plugin/ledger/stages.ts'
import type { Answer } from '../../plugin/mapping/questions.ts'
import { cloudOrder, LAB } from '../cloud/made-up.ts'
import {
  doctorQuestion,
  FILE,
  ledgerFor,
  ME,
  materialQuestion,
  no,
  order,
  SUMMARY,
  WAITING,
} from './made-up.ts'

/** The same ledger, with every statement that goes through it noted. */
function overheard(l: Ledger): { ledger: Ledger; statements: Set<string> } {
  const statements = new Set<string>()
  const db = l.db.withPlugin({
    transformQuery: ({ node, queryId }) => {
      const known = node as RootOperationNode
      statements.add(l.db.getExecutor().compileQuery(known, queryId).sql)
      return node
    },
    transformResult: async ({ result }) => result,
  })
  return { ledger: { ...l, db }, statements }
}

t.test(
  'no statement of an order’s way, of a list or of an answer walks through a whole table, nor sorts one',
  async (t) => {
    const { l: plain, file } = await ledgerFor(t)
    const { ledger: l, statements } = overheard(plain)
    const answer: Answer = { kind: 'doctor', client: { new: { name: 'Practice' } } }
    const material: Answer = {
      kind: 'material',
      material: 'NP',
      method: 'milled',
      makeDefault: { material: true, method: true },
    }

    const received = async (orderId: string, hash: string) => {
      const claim = await claims.claimOrder(l, order(orderId), ME, no)
      if (!claim.claimed) throw new Error('held')
      const intent = { packagePath: 'p', stagingName: hash }
      const receipt = await receipts.noteReceipt(l, claim.order, ME, intent)
      const content = { hash, files: [FILE], summary: SUMMARY, warnings: [] }
      const { revision } = await receipts.receiptDone(l, receipt, content)
      await receipts.leftReceipts(l, claim.order)
      await receipts.dropReceipt(l, receipt)
      await claims.renewClaims(l, ME)
      await claims.releaseOrder(l, claim.order, ME)
      return revision
    }
    const one = await received('1', 'a')
    const two = await received('2', 'b')
    await received('2', 'b')
    await stages.waitFor(l, one.id, [
      { question: doctorQuestion('d'), waiting: WAITING },
      { question: materialQuestion('7'), waiting: WAITING },
    ])
    await stages.waitFor(l, two.id, [{ question: doctorQuestion('d'), waiting: WAITING }])
    await stages.refuse(l, two.id, { code: 'staging-damaged', facts: {} })
    await received('2', 'b')
    for (const open of await questions.listQuestions(l)) {
      await questions.questionById(l, open.id)
      await questions.answerQuestion(l, open.id, open.question.kind === 'doctor' ? answer : material)
    }
    await questions.answersFor(l, one.id)
    await stages.startPublishing(l, one.id, 'Case')
    await stages.finishPublishing(l, one.id)
    await orders.openRevisions(l)
    await orders.revisionsOf(l, one.order)
    await orders.revisionByHash(l, one.order, 'a')
    await orders.listedById(l, [one.id, two.id])
    await orders.listOrders(l)
    await orders.listOrders(l, { after: two.id, stages: ['waiting', 'published'] })
    await receipts.stagingsInUse(l)
    await mappings.clientOf(l, doctorQuestion('d').identity)
    await mappings.doctorMappings(l, { limit: 2 })
    await mappings.materialMappings(l, { limit: 2 })
    await mappings.materialDefaults(l, ['7', '8'])
    await mappings.clearMethodDefault(l, '7')
    await mappings.deleteMaterialMapping(l, '7')
    const zip = { path: 'p', signature: 's' }
    await packages.notePackage(l, zip, { kind: 'imported', revision: one.id })
    await packages.packageOutcome(l, zip)
    await packages.refusedPackages(l)
    await packages.refusedPackages(l, { only: [1 as PackageId] })
    await packages.forgetPackagesOf(l, one.id)
    await news.lastNews(l)
    await news.newsSince(l, 0 as ActivityId)
    await news.openQuestionMarks(l)
    await news.waitedFor(l, [one.id, two.id])
    const recognised = { by: 'id', value: '4711' } as const
    await orderClients.clientsOfOrders(l, [{ ...one, summary: { ...one.summary, recognised } }, two])
    await news.waitingRevisions(l)
    await questions.listQuestions(l, { only: [1 as QuestionId] })
    await activity.listActivity(l)
    await activity.listActivity(l, { order: one.order })
    const wants = () => true
    const [fetch] = await fetches.noteOrders(l, [cloudOrder('7'), cloudOrder('8')], wants)
    await fetches.noteOrders(l, [cloudOrder('7', 'v2')], wants)
    const id = fetch?.id ?? (0 as FetchId)
    if (fetch) await fetches.startFetch(l, fetch, 'v2')
    await fetches.noteFlushed(l, id, { etag: '"e"', flushed: 7 })
    await fetches.fetchDone(l, id)
    await fetches.fetchUnfit(l, id, { code: 'zip-damaged', facts: {} }, 3)
    await fetches.fetchTaken(l, id, true)
    await fetches.fetchHindered(l, id, { code: 'download-cut', facts: {} })
    await fetches.fetchLost(l, id)
    await fetches.fetchNotWanted(l, id)
    await fetches.fetchFailed(l, id, { code: 'order-vanished', facts: {} })
    await fetches.retryFetch(l, LAB, '8' as RxId)
    await fetches.openFetches(l, LAB)
    await fetches.shownFetches(l, LAB)
    await fetches.takenLately(l, LAB, 0, 5)
    await fetches.fetchById(l, id)
    await fetches.fetchesWithFile(l, [id])
    await fetches.wantOrderAgain(l, 'myitero:1', '7')

    const db = new DatabaseSync(file)
    t.teardown(() => db.close())
    t.ok(statements.size > 50, `${statements.size} statements overheard`)
    for (const sql of statements) {
      const plan = db
        .prepare(`explain query plan ${sql}`)
        .all()
        .map((row) => String(row['detail']))
      // Receipts are as many as packages in hand.
      const walks = plan.filter((step) =>
        /^SCAN (?!receipts|CONSTANT|\d+ CONSTANT)|USE TEMP B-TREE/.test(step),
      )
      t.strictSame(walks, [], sql)
    }
  },
)

t.test('a statement without an index would be noticed', async (t) => {
  const { l, file } = await ledgerFor(t)
  const { ledger, statements } = overheard(l)
  await ledger.db.selectFrom('revisions').select('id').where('guid', '=', 'x').execute()
  const db = new DatabaseSync(file)
  t.teardown(() => db.close())
  const [sql = ''] = statements
  t.match(db.prepare(`explain query plan ${sql}`).all(), [{ detail: /^SCAN revisions/ }])
})
