import type { Failure, FailureCode } from '../errors.ts'
import type { Diary } from './diary.ts'

type Folder = 'case-folder' | 'export-folder'

const AWAY: { readonly [code in FailureCode]?: Folder } = {
  'case-folder-missing': 'case-folder',
  'case-folder-unreachable': 'case-folder',
  'export-folder-missing': 'export-folder',
}

/**
 * Keeps in the log of activity when a folder went away and when it was back. What it gives is told what stands in the way of
 * everything now; null: nothing does.
 */
export function outages({ note }: Pick<Diary, 'note'>): (failure: Failure | null) => void {
  let away: Folder | null = null
  return (failure) => {
    const now = (failure && AWAY[failure.code]) ?? null
    if (now === away) return
    if (away !== null) note(`${away}-back`)
    if (now !== null) note(`${now}-away`)
    away = now
  }
}
