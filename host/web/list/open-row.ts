import { signal } from '@preact/signals'
import type { CaseRow } from '../../api.ts'
import { askQuestion } from '../dialogs/open.ts'
import { standsStill } from '../dialogs/why-not.ts'
import { questions } from '../live.ts'
import { go } from '../router.ts'
import { say } from '../words/say.ts'

/** The row whose reason is shown whole. */
export const explained = signal<CaseRow | null>(null)

/** A case opens its page, an order that waits its question, one that failed or cannot go on its reason. */
export function open(row: CaseRow): void {
  switch (row.status) {
    case 'unread':
    case 'read':
      go(`/case/${row.id}`)
      return
    case 'waiting': {
      const question = questionOf(row)
      if (question !== null) askQuestion(question)
      else explained.value = row
      return
    }
    case 'refused':
    case 'broken':
      explained.value = row
      return
    case 'importing':
      if (standsStill()) explained.value = row
      return
    case 'noted':
  }
}

/** The open question that an order waits for, the client's first as its status names it; null: it cannot be answered now. */
export const questionOf = (row: CaseRow): number | null =>
  row.waitsFor
    .filter(({ question }) => questions.value.some(({ id }) => id === question))
    .sort((a, b) => Number(b.kind === 'doctor') - Number(a.kind === 'doctor'))[0]?.question ?? null

/** Who a row is about; of a package or a folder that could not be read, its name. */
export const nameOf = (row: CaseRow): string =>
  [row.patient, row.project, row.orderCode, row.orderId].find((each) => each !== null && each !== '') ?? ''

/** Waiting for client, for material, or for both. */
export function waitingText(row: CaseRow): string {
  const doctor = row.waitsFor.some((each) => each.kind === 'doctor')
  const material = row.waitsFor.some((each) => each.kind === 'material')
  if (doctor && material) return say('waiting-for-both')
  return say(doctor ? 'waiting-for-client' : material ? 'waiting-for-material' : 'status-waiting')
}
