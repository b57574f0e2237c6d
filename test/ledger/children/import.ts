// Takes orders through all their stages without end, and says what it was told is done. Made to be killed.
import { claimOrder, releaseOrder } from '../../../plugin/ledger/claims.ts'
import { openLedger } from '../../../plugin/ledger/open.ts'
import { answerQuestion } from '../../../plugin/ledger/questions.ts'
import { noteReceipt, receiptDone } from '../../../plugin/ledger/receipts.ts'
import { finishPublishing, refuse, startPublishing, waitFor } from '../../../plugin/ledger/stages.ts'
import { client, doctorQuestion, FILE, ME, SUMMARY, WAITING } from '../made-up.ts'

const [file = '', run = ''] = process.argv.slice(2)
const l = await openLedger(file, Date.now)
const say = (line: string) => process.stdout.write(`${line}\n`)
for (let i = 0; ; i++) {
  const orderId = `${run}-${i}`
  const claim = await claimOrder(l, { account: 'lab', orderId, orderCode: null }, ME, () => false)
  if (!claim.claimed) throw new Error('held')
  const receipt = await noteReceipt(l, claim.order, ME, { packagePath: 'p', stagingName: orderId })
  const { revision } = await receiptDone(l, receipt, {
    hash: orderId,
    files: [FILE],
    summary: SUMMARY,
    warnings: [],
  })
  say(`received ${revision.id}`)
  const waits = await waitFor(l, revision.id, [{ question: doctorQuestion(orderId), waiting: WAITING }])
  if (!waits.applied) throw new Error('does not wait')
  const question = waits.questions[0]?.id
  if (i % 3 === 1) {
    await refuse(l, revision.id, { code: 'staging-damaged', facts: {} })
    say(`refused ${revision.id}`)
  } else if (question !== undefined && i % 3 === 0) {
    await answerQuestion(l, question, { kind: 'doctor', client: { existing: client('003') } })
    await startPublishing(l, revision.id, `Case ${orderId}`)
    await finishPublishing(l, revision.id)
    say(`published ${revision.id}`)
  }
  await releaseOrder(l, claim.order, ME)
}
