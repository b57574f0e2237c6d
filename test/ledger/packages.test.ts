import t from 'tap'
import {
  forgetPackagesOf,
  notePackage,
  packageOutcome,
  refusedPackages,
} from '../../plugin/ledger/packages.ts'
import { ledgerFor, NOW, received } from './made-up.ts'

const ZIP = { path: '/in/order.zip', signature: '1000:1700000000000' }
const DAMAGED = { kind: 'refused', failure: { code: 'zip-damaged', facts: { file: 'order.zip' } } } as const

t.test('a package that was dealt with is known by path, size and time together', async (t) => {
  const { l } = await ledgerFor(t)
  t.equal(await packageOutcome(l, ZIP), null)
  const revision = (await received(l, '1')).id
  await notePackage(l, ZIP, { kind: 'imported', revision })
  t.strictSame(await packageOutcome(l, ZIP), { kind: 'imported', revision })
  t.equal(await packageOutcome(l, { ...ZIP, signature: '1001:1700000000000' }), null)
  t.equal(await packageOutcome(l, { ...ZIP, path: '/in/other.zip' }), null)
})

t.test('a refused package is listed with its code and facts', async (t) => {
  const { l } = await ledgerFor(t)
  await notePackage(l, ZIP, DAMAGED)
  t.strictSame(await packageOutcome(l, ZIP), DAMAGED)
  t.match(await refusedPackages(l), [{ ...ZIP, failure: DAMAGED.failure, attempts: 1, seenAt: NOW }])
})

t.test('attempts at the very same package are counted, and begin anew with a changed one', async (t) => {
  const { l } = await ledgerFor(t)
  await notePackage(l, ZIP, DAMAGED)
  await notePackage(l, ZIP, DAMAGED)
  t.match(await refusedPackages(l), { length: 1, 0: { attempts: 2 } })
  await notePackage(l, { ...ZIP, signature: 'changed' }, DAMAGED)
  t.match(await refusedPackages(l), { length: 1, 0: { attempts: 1 } })
})

t.test('a package that came right is not listed as refused any more', async (t) => {
  const { l } = await ledgerFor(t)
  await notePackage(l, ZIP, DAMAGED)
  await notePackage(l, ZIP, { kind: 'ignored' })
  t.strictSame(await refusedPackages(l), [])
  t.strictSame(await packageOutcome(l, ZIP), { kind: 'ignored' })
})

t.test('a package whose revision has to be received once more is new again', async (t) => {
  const { l } = await ledgerFor(t)
  const { id } = await received(l, '1')
  await notePackage(l, ZIP, { kind: 'imported', revision: id })
  t.equal(await forgetPackagesOf(l, id), 1)
  t.equal(await packageOutcome(l, ZIP), null)
  t.equal(await forgetPackagesOf(l, id), 0)
})

t.test('refused packages come page by page, the newest first', async (t) => {
  const { l } = await ledgerFor(t)
  for (let i = 0; i < 5; i++) await notePackage(l, { ...ZIP, path: `/in/${i}.zip` }, DAMAGED)
  const page = await refusedPackages(l, { limit: 3 })
  t.strictSame(
    page.map((one) => one.path),
    ['/in/4.zip', '/in/3.zip', '/in/2.zip'],
  )
  const after = page[2]?.id
  if (after === undefined) throw new Error('no third')
  t.strictSame(
    (await refusedPackages(l, { after })).map((one) => one.path),
    ['/in/1.zip', '/in/0.zip'],
  )
})
