import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'

/** Which tooth the eye is on: pointed at, else chosen. Chart, table and details follow the same one. */
export interface Selection {
  /** FDI; null: none. */
  readonly chosen: Signal<number | null>
  readonly pointed: Signal<number | null>
  readonly seen: ReadonlySignal<number | null>
}

export function selectionOf(first: number | null): Selection {
  const chosen = signal(first)
  const pointed = signal<number | null>(null)
  return { chosen, pointed, seen: computed(() => pointed.value ?? chosen.value) }
}

export const SelectionContext = createContext(selectionOf(null))
export const useSelection = (): Selection => useContext(SelectionContext)
