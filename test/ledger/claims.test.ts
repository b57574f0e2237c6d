import t from 'tap'
import { listActivity } from '../../plugin/ledger/activity.ts'
import { CLAIM_MS, claimOrder, RENEW_MS, releaseOrder, renewClaims } from '../../plugin/ledger/claims.ts'
import { closeLedger } from '../../plugin/ledger/open.ts'
import { noteReceipt, ordersWithReceipts, receiptDone } from '../../plugin/ledger/receipts.ts'
import { child, claimed, FILE, ledgerFor, ME, NOW, no, OTHER, order, SUMMARY, yes } from './made-up.ts'

t.test('an order that one importer works at is refused to another, who is told by whom', async (t) => {
  const { l } = await ledgerFor(t)
  await claimed(l, '1')
  t.strictSame(await claimOrder(l, order('1'), OTHER, yes), { claimed: false, by: ME })
})

t.test('the same run cannot claim an order twice', async (t) => {
  const { l } = await ledgerFor(t)
  await claimed(l, '1')
  t.strictSame(await claimOrder(l, order('1'), ME, no), { claimed: false, by: ME })
})

t.test('an order of the same number in another account is another order', async (t) => {
  const { l } = await ledgerFor(t)
  const first = await claimed(l, '1')
  const second = await claimOrder(l, order('1', 'second account'), OTHER, yes)
  t.ok(second.claimed && second.order !== first)
})

t.test('an order is free again when it is released, and keeps its key', async (t) => {
  const { l } = await ledgerFor(t)
  const key = await claimed(l, '1')
  t.equal(await releaseOrder(l, key, ME), true)
  t.strictSame(await claimOrder(l, order('1'), OTHER, yes), { claimed: true, order: key })
})

t.test('only who holds a claim can release it', async (t) => {
  const { l } = await ledgerFor(t)
  const key = await claimed(l, '1')
  t.equal(await releaseOrder(l, key, OTHER), false)
  t.equal((await claimOrder(l, order('1'), OTHER, yes)).claimed, false)
})

t.test('a claim past its time may be taken over, and not one ms before', async (t) => {
  const { l, time } = await ledgerFor(t)
  const key = await claimed(l, '1')
  time.now = NOW + CLAIM_MS - 1
  t.equal((await claimOrder(l, order('1'), OTHER, yes)).claimed, false)
  time.now = NOW + CLAIM_MS
  t.strictSame(await claimOrder(l, order('1'), OTHER, yes), { claimed: true, order: key })
  t.equal((await listActivity(l))[0]?.kind, 'claim-taken-over')
})

t.test('a claim that is renewed at its pace lasts', async (t) => {
  const { l, time } = await ledgerFor(t)
  await claimed(l, '1')
  await claimed(l, '2')
  for (let i = 0; i < 10; i++) {
    time.now += RENEW_MS
    t.equal(await renewClaims(l, ME), 2)
  }
  t.equal((await claimOrder(l, order('1'), OTHER, yes)).claimed, false)
})

t.test('renewing touches no claim of another run', async (t) => {
  const { l, time } = await ledgerFor(t)
  await claimed(l, '1')
  t.equal(await renewClaims(l, OTHER), 0)
  time.now += CLAIM_MS
  t.equal((await claimOrder(l, order('1'), OTHER, yes)).claimed, true)
})

t.test('a claim of a dead process of this host may be taken over at once', async (t) => {
  const { l } = await ledgerFor(t)
  await claimed(l, '1')
  const asked: unknown[] = []
  const claim = await claimOrder(l, order('1'), OTHER, (other) => {
    asked.push(other)
    return false
  })
  t.equal(claim.claimed, true)
  t.strictSame(asked, [ME])
})

t.test('whether a process of another host lives, only time tells', async (t) => {
  const { l, time } = await ledgerFor(t)
  await claimed(l, '1', { ...ME, host: 'server' })
  t.equal((await claimOrder(l, order('1'), OTHER, no)).claimed, false)
  time.now += CLAIM_MS
  t.equal((await claimOrder(l, order('1'), OTHER, no)).claimed, true)
})

t.test('a claim made before the clock was put back a day holds up nobody', async (t) => {
  const { l, time } = await ledgerFor(t)
  await claimed(l, '1')
  time.now -= 86_400_000
  t.equal((await claimOrder(l, order('1'), OTHER, yes)).claimed, true)
})

t.test(
  'the code of an order is learned when a package tells it, and kept when another does not',
  async (t) => {
    const { l } = await ledgerFor(t)
    const code = async (orderCode: string | null) => {
      const claim = await claimOrder(l, { ...order('1'), orderCode }, ME, yes)
      if (!claim.claimed) throw new Error('held')
      await noteReceipt(l, claim.order, ME, { packagePath: 'p', stagingName: 's' })
      await releaseOrder(l, claim.order, ME)
      return (await ordersWithReceipts(l))[0]?.orderCode
    }
    t.strictSame([await code(null), await code('ABC'), await code(null)], [null, 'ABC', 'ABC'])
  },
)

t.test('a run whose order was taken over can note nothing more for it', async (t) => {
  const { l } = await ledgerFor(t)
  const key = await claimed(l, '1')
  const mine = await noteReceipt(l, key, ME, { packagePath: 'p', stagingName: 's' })
  await claimOrder(l, order('1'), OTHER, no)
  await t.rejects(noteReceipt(l, key, ME, { packagePath: 'p', stagingName: 't' }), { code: 'claim-lost' })
  const late = receiptDone(l, mine, { hash: 'h', files: [FILE], summary: SUMMARY, warnings: [] })
  await t.rejects(late, { code: 'claim-lost' })
})

t.test(
  'of two processes that claim at once, one has the order; the other has it when the first is killed',
  async (t) => {
    const { l, file } = await ledgerFor(t)
    await closeLedger(l)
    const both = [child(t, 'claim', [file, 'a']), child(t, 'claim', [file, 'b'])] as const
    for (const one of both) t.equal(await one.line(), 'ready')
    for (const one of both) one.say('go')
    const said = await Promise.all(both.map((one) => one.line()))
    t.equal(said.filter((line) => line === 'claimed').length, 1)
    const [winner, loser] = said[0] === 'claimed' ? both : [both[1], both[0]]
    t.ok(said.includes(`held by ${winner.pid}`))
    winner.kill()
    t.equal(await winner.ended, 'SIGKILL')
    loser.say('go')
    t.equal(await loser.line(), 'claimed')
  },
)
