// Opens a ledger when told to, counts one activity in it, and says how it went.
import { append } from '../../../plugin/ledger/activity.ts'
import { closeLedger, openLedger } from '../../../plugin/ledger/open.ts'

const [file = ''] = process.argv.slice(2)
console.log('ready')
process.stdin.once('data', async () => {
  try {
    const l = await openLedger(file, Date.now)
    await append(l, 'import-started')
    await closeLedger(l)
    console.log('opened')
  } catch (error) {
    console.log(String(error))
  }
  process.exit(0)
})
