// Claims one order as soon as it is told to, says whether it has it, and lives on.
import { claimOrder } from '../../../plugin/ledger/claims.ts'
import { openLedger } from '../../../plugin/ledger/open.ts'

const [file = '', token = ''] = process.argv.slice(2)
const l = await openLedger(file, Date.now)
console.log('ready')
process.stdin.on('data', async () => {
  const me = { host: 'lab-pc', pid: process.pid, token }
  const claim = await claimOrder(l, { account: 'lab', orderId: '1', orderCode: null }, me, alive)
  console.log(claim.claimed ? 'claimed' : `held by ${claim.by.pid}`)
})

function alive(other: { readonly pid: number }): boolean {
  try {
    return process.kill(other.pid, 0)
  } catch {
    return false
  }
}
