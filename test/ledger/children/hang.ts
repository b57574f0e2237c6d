// Writes an order within a transaction that it never ends.
import { openLedger, writing } from '../../../plugin/ledger/open.ts'

const [file = ''] = process.argv.slice(2)
const l = await openLedger(file, Date.now)
setInterval(() => {}, 1000)
await writing(l, async (tx) => {
  await tx
    .insertInto('orders')
    .values({
      account: 'lab',
      order_id: 'half',
      order_code: null,
      first_seen: 0,
      claim_host: null,
      claim_pid: null,
      claim_token: null,
      claim_until: null,
    })
    .execute()
  console.log('inside')
  await new Promise(() => {})
})
