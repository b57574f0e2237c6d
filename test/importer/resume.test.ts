import { copyFileSync, mkdtempSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { MadeExport } from '../../fixtures/exports/make-export.ts'
import { importPackage, resume } from '../../plugin/importer.ts'
import type { ImportResult } from '../../plugin/importing/setup.ts'
import { claimOrder } from '../../plugin/ledger/claims.ts'
import { listOrders } from '../../plugin/ledger/orders.ts'
import { noteReceipt, ordersWithReceipts, stagingsInUse } from '../../plugin/ledger/receipts.ts'
import { openLaboratory } from '../../plugin/terminal/laboratory-files.ts'
import { answerAll, assertWhole, emptyFolder, laboratory, made, namesIn } from '../laboratory.ts'
import { myitero, started } from '../terminal/run.ts'
import { midReceive } from './mid-receive.ts'

const SMALL = { mesh: { format: 'stl-binary', bytes: 100_000 }, versions: [50] } as const
const LARGE = {
  mesh: { format: 'stl-binary', bytes: 30_000_000 },
  versions: [50],
  compressionLevel: 1,
} as const

const workshop = t.testdir()
const large = await made('single-crown', workshop, LARGE)
const small = await made('lab-preference', workshop, SMALL)
const answers = join(workshop, 'answers.json')
writeFileSync(
  answers,
  JSON.stringify({
    doctors: [{ name: 'Alder, Judith', client: { new: { name: 'Practice One' } } }],
    materials: [
      { itero: '2010', material: 'MLZI', method: 'Mill5' },
      { itero: '12', material: 'ZI', method: 'Mill5' },
    ],
  }),
)

/** A run on the large package that was killed in the middle of its receive. */
async function killedAt() {
  const root = mkdtempSync(join(workshop, 'place-'))
  const [cases, exports, data] = [
    emptyFolder(join(root, 'cases')),
    emptyFolder(join(root, 'exports')),
    join(root, 'data'),
  ]
  const path = join(exports, 'iTero_Export_1.zip')
  copyFileSync(large.path, path)
  const where = ['--into', cases, '--data', data, '--answers', answers]
  const run = started('import', path, ...where)
  await midReceive(cases, run.exited)
  run.child.kill('SIGKILL')
  await run.exited
  return {
    cases,
    path,
    import: async (...packages: readonly string[]) => {
      const ran = await myitero('import', ...packages, ...where, '--json')
      return { code: ran.code, results: (JSON.parse(ran.stdout) as { results: ImportResult[] }).results }
    },
    assertSettled: async (t: Test, orders: readonly MadeExport[]) => {
      const { importer, close } = await openLaboratory({ into: cases, data, language: 'en' }, 'read')
      t.same(await ordersWithReceipts(importer.ledger), [])
      t.same([...(await stagingsInUse(importer.ledger))], [])
      t.same(
        (await listOrders(importer.ledger)).map(({ orderId, stage }) => `${orderId} ${stage}`).sort(),
        orders.map(({ orderId }) => `${orderId} published`).sort(),
      )
      await close()
    },
  }
}

t.test('a run that was killed in a receive is taken up by the next run, whatever that imports', async (t) => {
  const killed = await killedAt()
  const { code, results } = await killed.import(small.path)
  t.equal(code, 0)
  const published = new Map(
    results.flatMap((result) =>
      result.outcome === 'published' ? [[result.orderId as string, result.project]] : [],
    ),
  )
  t.same(new Set(published.keys()), new Set([large.orderId, small.orderId]))
  for (const order of [large, small])
    await assertWhole(t, killed.cases, published.get(order.orderId) ?? '', order)
  t.same(await namesIn(killed.cases), [...published.values()].sort(), 'two cases, no staging')
  await killed.assertSettled(t, [large, small])
})

t.test('where its package is gone meanwhile, that is told, and nothing of it is left', async (t) => {
  const killed = await killedAt()
  unlinkSync(killed.path)
  const { code, results } = await killed.import(small.path)
  t.equal(code, 4)
  t.match(
    results.find(({ outcome }) => outcome === 'refused'),
    { source: killed.path, failure: { code: 'package-missing', facts: { package: 'iTero_Export_1.zip' } } },
  )
  const [published] = results.filter(({ outcome }) => outcome === 'published')
  if (published?.outcome !== 'published') return t.fail('the other is published')
  t.same(await namesIn(killed.cases), [published.project])
  await killed.assertSettled(t, [small])
  t.equal((await killed.import(small.path)).code, 0, 'told once, not at each start')
  copyFileSync(large.path, killed.path)
  t.equal((await killed.import(killed.path)).code, 0, 'and a package that is back is taken as if new')
  await killed.assertSettled(t, [large, small])
})

t.test('a package that has become another order’s meanwhile is taken for what it is now', async (t) => {
  const killed = await killedAt()
  copyFileSync(small.path, killed.path)
  const { code } = await killed.import(small.path)
  t.equal(code, 0)
  await killed.assertSettled(t, [small])
  t.equal((await namesIn(killed.cases)).length, 1)
})

t.test('what a living run is receiving is left to it', async (t) => {
  const lab = await laboratory(t)
  const { ledger, me } = lab.importer
  const claim = await claimOrder(
    ledger,
    { account: 'exports', orderId: large.orderId, orderCode: null },
    me,
    () => true,
  )
  if (!claim.claimed) return t.fail('is claimed')
  await noteReceipt(ledger, claim.order, me, { packagePath: large.path, stagingName: 'abcdef' })
  emptyFolder(join(lab.importer.stagingRoot, 'abcdef'))
  const other = await lab.reopened()
  t.same(await resume(other), [])
  t.same(await namesIn(lab.importer.stagingRoot), ['abcdef'])
  t.equal((await ordersWithReceipts(ledger)).length, 1)
})

t.test('a staging that nobody knows is swept, and what waits is not', async (t) => {
  const lab = await laboratory(t)
  await importPackage(lab.importer, small.path)
  const [kept] = await namesIn(lab.importer.stagingRoot)
  emptyFolder(join(lab.importer.stagingRoot, 'deadbeef'))
  writeFileSync(join(lab.importer.stagingRoot, 'deadbeef', 'file-0000'), 'x')
  t.same(await resume(await lab.reopened()), [])
  t.same(await namesIn(lab.importer.stagingRoot), [kept])
  const [published] = await answerAll(lab.importer)
  t.equal(published?.outcome, 'published')
})
