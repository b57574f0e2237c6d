import { computed, signal } from '@preact/signals'
import type { CaseSort, CaseStatus } from '../../api.ts'

/** One of the host's clients, or one that stands in cases alone. */
export type WantedClient =
  | { readonly kind: 'own'; readonly id: string }
  | { readonly kind: 'foreign'; readonly name: string }

/** What the case list shows; it stays while other pages are open. */
export const search = signal('')
export const status = signal<CaseStatus | null>(null)
export const client = signal<WantedClient | null>(null)
export const sort = signal<CaseSort>('received')
export const direction = signal<'ascending' | 'descending'>('descending')

export const isFiltered = computed(
  () => search.value.trim() !== '' || status.value !== null || client.value !== null,
)

/** By a column: its own order first, the other way round at the second time. */
export function sortBy(column: CaseSort): void {
  if (sort.value === column) {
    direction.value = direction.value === 'ascending' ? 'descending' : 'ascending'
    return
  }
  sort.value = column
  direction.value = column === 'received' ? 'descending' : 'ascending'
}

export function showAll(): void {
  search.value = ''
  status.value = null
  client.value = null
}
