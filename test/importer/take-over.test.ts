import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { importPackage } from '../../plugin/importer.ts'
import { listOrders } from '../../plugin/ledger/orders.ts'
import { answerAll, fingerprint, laboratory, namesIn } from '../laboratory.ts'

const SMALL = { mesh: { format: 'stl-binary', bytes: 100_000 }, versions: [50] } as const
const DAYS_20 = 20 * 24 * 3600

/** A case that stands, of revision 1 of an order, with a case folder that also holds what is none of ours. */
async function standing(t: Parameters<typeof laboratory>[0]) {
  const lab = await laboratory(t)
  const first = await lab.make('rescan', { ...SMALL, revision: 1, into: join(lab.exports, '1') })
  await importPackage(lab.importer, first.path)
  const [published] = await answerAll(lab.importer)
  if (published?.outcome !== 'published') throw new Error('not published')
  mkdirSync(join(lab.cases, 'somebody else’s'))
  mkdirSync(join(lab.cases, 'broken'))
  writeFileSync(join(lab.cases, 'broken', 'broken.case.xml'), '<Case>')
  writeFileSync(join(lab.cases, 'a file'), '')
  return { lab, first, project: published.project }
}

t.test('a ledger that is lost: an order exported again on another day is the case that stands', async (t) => {
  const { lab, project } = await standing(t)
  const again = await lab.make('rescan', {
    ...SMALL,
    revision: 1,
    exportDelaySeconds: DAYS_20,
    into: join(lab.exports, 'again'),
  })
  const before = await fingerprint(lab.cases)
  const fresh = await lab.reopened({ data: join(lab.root, 'fresh') })
  t.match(await importPackage(fresh, again.path), {
    outcome: 'unchanged',
    project,
    standing: true,
    revision: 1,
  })
  t.match(await importPackage(fresh, again.path), { outcome: 'unchanged', project }, 'and again')
  t.same(await fingerprint(lab.cases), before)
  t.match(await listOrders(fresh.ledger), [
    { project, stage: 'published', number: 1, orderId: again.orderId },
  ])
})

t.test('a ledger that is lost: a rescan is revision 2 of the case that stands', async (t) => {
  const { lab, project } = await standing(t)
  const rescan = await lab.make('rescan', { ...SMALL, revision: 2, into: join(lab.exports, '2') })
  const fresh = await lab.reopened({ data: join(lab.root, 'fresh') })
  await importPackage(fresh, rescan.path)
  const [published] = await answerAll(fresh)
  t.match(published, { outcome: 'published', revision: 2, project: /_rev2$/ })
  t.match(await listOrders(fresh.ledger), [{ number: 2 }, { number: 1, project }])

  const third = await lab.reopened({ data: join(lab.root, 'third') })
  t.match(await importPackage(third, rescan.path), { outcome: 'unchanged', revision: 2 }, 'both are found')
  t.match(await listOrders(third.ledger), [{ number: 2 }, { number: 1, project }])
})

t.test('a case that has been deleted since is not taken over: its order is made again', async (t) => {
  const { lab, first, project } = await standing(t)
  const fresh = await lab.reopened({ data: join(lab.root, 'fresh') })
  const other = await lab.make('single-crown', { ...SMALL, into: join(lab.exports, 'other') })
  await importPackage(fresh, other.path)
  rmSync(join(lab.cases, project), { recursive: true })
  t.equal((await importPackage(fresh, first.path)).outcome, 'waiting')
  await answerAll(fresh)
  t.ok((await namesIn(lab.cases)).includes(project))
})

t.test('an order that another account gave, by chance under one number, is another order', async (t) => {
  const { lab, first } = await standing(t)
  const fresh = { ...(await lab.reopened({ data: join(lab.root, 'fresh') })), account: 'another' }
  t.equal((await importPackage(fresh, first.path)).outcome, 'waiting')
})
