import { signal } from '@preact/signals'
import type { CaseRow } from '../../api.ts'
import { askQuestion } from '../dialogs/open.ts'
import { importer, questions } from '../live.ts'
import { go } from '../router.ts'
import { toast } from '../toasts.tsx'
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
      const question = questionOf(row)
      if (question !== null) askQuestion(question)
      else sayWhyNot()
      return
    }
    case 'refused':
    case 'broken':
      explained.value = row
      return
    case 'importing':
  }
}

/** The open question that an order waits for; null: it cannot be answered now. */
export const questionOf = (row: CaseRow): number | null =>
  row.waitsFor.find(({ question }) => questions.value.some(({ id }) => id === question))?.question ?? null

/** Questions can be answered only while the import runs; where the feature is off there is nothing to say. */
function sayWhyNot(): void {
  const plugin = importer.peek()
  if (plugin === null) return
  const name = { name: plugin.setting }
  toast(plugin.enabled ? say('answer-not-yet', name) : say('answer-disabled', name))
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
