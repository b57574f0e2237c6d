import { signal } from '@preact/signals'
import type { CaseRow } from '../../api.ts'
import { askQuestion } from '../dialogs/open.ts'
import { go } from '../router.ts'
import { say } from '../words/say.ts'

/** The row whose reason is shown whole. */
export const explained = signal<CaseRow | null>(null)

/** A case opens its page, an order that waits its question, one that failed its reason. */
export function open(row: CaseRow): void {
  switch (row.status) {
    case 'unread':
    case 'read':
      go(`/case/${row.id}`)
      return
    case 'waiting': {
      const [first] = row.waitsFor
      if (first !== undefined) askQuestion(first.question)
      return
    }
    case 'refused':
    case 'broken':
      explained.value = row
      return
    case 'importing':
  }
}

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
