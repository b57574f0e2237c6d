import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { MadeExport } from '../../fixtures/exports/make-export.ts'
import { importPackage } from '../../plugin/importer.ts'
import type { ImportResult } from '../../plugin/importing/setup.ts'
import { listOrders } from '../../plugin/ledger/orders.ts'
import { ordersWithReceipts, stagingsInUse } from '../../plugin/ledger/receipts.ts'
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
const crown = await made('single-crown', workshop, SMALL)
const ten: MadeExport[] = []
for (let seed = 11; seed <= 20; seed++) ten.push(await made('lab-preference', workshop, { ...SMALL, seed }))

const answers = join(workshop, 'answers.json')
writeFileSync(
  answers,
  JSON.stringify({
    doctors: [{ name: crown.recipe.doctor.name, client: { new: { name: 'Practice One' } } }],
    materials: [
      { itero: '2010', material: 'MLZI', method: 'Mill5' },
      { itero: '12', material: 'ZI', method: 'Mill5' },
    ],
  }),
)

function place() {
  const root = mkdtempSync(join(workshop, 'place-'))
  const cases = emptyFolder(join(root, 'cases'))
  const where = (data: string) => ['--into', cases, '--data', join(root, data), '--answers', answers]
  return {
    cases,
    where,
    run: (packages: readonly MadeExport[], data: string) =>
      myitero('import', ...packages.map(({ path }) => path), ...where(data), '--json'),
    /** No receipt, no staging, every order published once. */
    async assertSettled(t: Test, data: string, orders: readonly MadeExport[]): Promise<void> {
      const { importer, close } = await openLaboratory(
        { into: cases, data: join(root, data), language: 'en' },
        'read',
      )
      t.same(await ordersWithReceipts(importer.ledger), [])
      t.same([...(await stagingsInUse(importer.ledger))], [])
      t.same(
        (await listOrders(importer.ledger, { limit: 100 }))
          .map(({ orderId, stage, number }) => `${orderId} ${stage} ${number}`)
          .sort(),
        orders.map(({ orderId }) => `${orderId} published 1`).sort(),
      )
      await close()
    },
    /** Every order has one case, whole; nothing else stands there, hidden or not. */
    async assertCases(t: Test, orders: readonly MadeExport[]): Promise<void> {
      const names = await namesIn(cases)
      t.equal(names.length, orders.length, names.join())
      const left = new Map(orders.map((order) => [order.orderId, order]))
      for (const name of names) {
        const id = (await namesIn(join(cases, name)))
          .map((file) => /_#(\d+)_v50\.xml$/.exec(file)?.[1])
          .find(Boolean)
        const order = left.get(id ?? '')
        t.ok(order, `${name} is somebody's, and the only one`)
        if (!order) return
        left.delete(id ?? '')
        await assertWhole(t, cases, name, order)
      }
    },
  }
}

const outcomes = (stdout: string): readonly string[] =>
  (JSON.parse(stdout) as { results: ImportResult[] }).results.map(({ outcome }) => outcome)

t.test('two importers of one ledger, one package: one case', async (t) => {
  for (let round = 0; round < 3; round++) {
    const { run, assertCases, assertSettled } = place()
    const both = await Promise.all([run([crown], 'data'), run([crown], 'data')])
    for (const { code, stdout, stderr } of both) {
      t.ok(code === 0 || code === 3, stdout)
      t.equal(stderr, '')
    }
    t.equal(both.flatMap(({ stdout }) => outcomes(stdout)).filter((one) => one === 'published').length, 1)
    await assertCases(t, [crown])
    await assertSettled(t, 'data', [crown])
  }
})

t.test('two importers with ledgers of their own, one package: one case, which both know', async (t) => {
  for (let round = 0; round < 3; round++) {
    const { run, assertCases, assertSettled } = place()
    const both = await Promise.all([run([crown], 'one'), run([crown], 'two')])
    for (const { code, stdout, stderr } of both) t.equal(code, 0, stdout + stderr)
    await assertCases(t, [crown])
    await assertSettled(t, 'one', [crown])
    await assertSettled(t, 'two', [crown])
  }
})

t.test('ten packages in both at once, of one ledger: ten cases', async (t) => {
  const { run, assertCases, assertSettled } = place()
  const both = await Promise.all([run(ten, 'data'), run([...ten].reverse(), 'data')])
  for (const { code, stdout, stderr } of both) t.ok(code === 0 || code === 3, stdout + stderr)
  await assertCases(t, ten)
  await assertSettled(t, 'data', ten)
})

t.test('ten packages in both at once, with ledgers of their own: ten cases', async (t) => {
  const { run, assertCases, assertSettled } = place()
  const both = await Promise.all([run(ten, 'one'), run([...ten].reverse(), 'two')])
  for (const { code, stdout, stderr } of both) t.equal(code, 0, stdout + stderr)
  await assertCases(t, ten)
  await assertSettled(t, 'one', ten)
  await assertSettled(t, 'two', ten)
})

t.test('what waits in one ledger is left alone by an importer with another', async (t) => {
  const lab = await laboratory(t)
  await importPackage(lab.importer, crown.path)
  const other = await myitero(
    'import',
    ...ten.slice(0, 1).map(({ path }) => path),
    ...['--into', lab.cases, '--data', join(lab.root, 'other'), '--answers', answers],
  )
  t.equal(other.code, 0, other.stdout)
  const [published] = await answerAll(lab.importer)
  if (published?.outcome !== 'published') return t.fail(`is published: ${JSON.stringify(published)}`)
  await assertWhole(t, lab.cases, published.project, crown)
  t.equal((await namesIn(lab.cases)).length, 2)
})

t.test('a killed importer’s order is taken over at once by the next', async (t) => {
  const { run, cases, where, assertCases, assertSettled } = place()
  const large = await made('single-crown', join(workshop, 'large'), LARGE)
  const killed = started('import', large.path, ...where('data'))
  await midReceive(cases, killed.exited)
  killed.child.kill('SIGKILL')
  await killed.exited
  t.same(
    (await namesIn(cases)).filter((name) => !name.startsWith('.')),
    [],
  )
  const since = performance.now()
  const next = await run([large], 'data')
  t.equal(next.code, 0, next.stdout)
  t.ok(performance.now() - since < 15_000, 'without waiting for the claim to end of itself')
  await assertCases(t, [large])
  await assertSettled(t, 'data', [large])
})
