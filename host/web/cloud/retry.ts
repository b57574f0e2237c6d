import type { CaseRow } from '../../api.ts'
import { retryOrder } from '../api.ts'
import { nameOf } from '../list/open-row.ts'
import { toast } from '../toasts.tsx'
import { say } from './words.ts'

/** What the order is called here; one whose number is not known yet by its number at MyiTero. */
export const retryName = (row: CaseRow): string => nameOf(row) || (row.cloud?.rxId ?? '')

/** Downloads a failed order anew. */
export async function retry(row: CaseRow): Promise<void> {
  if (row.cloud === null) return
  const result = await retryOrder(row.cloud.account, row.cloud.rxId)
  if (result.ok) toast(say('retried', { order: retryName(row) }))
  else toast(result.failure.text, 'bad')
}
