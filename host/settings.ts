import type { Language } from '../bridge/data.ts'
import type { SettingsChange } from './api.ts'
import { type Database, rows, run, writing } from './database.ts'

/** What the host keeps of its settings; null: never set. */
export interface StoredSettings {
  readonly language: Language | null
  readonly caseFolder: string | null
  readonly exportFolder: string | null
  readonly nameTemplate: string
  readonly patientNameOrder: 'given-family' | 'family-given'
  readonly materialsFile: string | null
  /** By plugin id. */
  readonly enabled: Readonly<Record<string, boolean>>
  readonly firstStart: FirstStart
}

/** ask: the window is to be shown · skipped: never again · connected: it led somewhere. */
export type FirstStart = 'ask' | 'skipped' | 'connected'

export type StoredChange = SettingsChange & { readonly firstStart?: FirstStart }

const UNSET: StoredSettings = {
  language: null,
  caseFolder: null,
  exportFolder: null,
  nameTemplate: '%d_%l_%f',
  patientNameOrder: 'given-family',
  materialsFile: null,
  enabled: {},
  firstStart: 'ask',
}

export function readSettings(db: Database): StoredSettings {
  const stored = rows(db, 'select name, value from settings').map(({ name, value }) => [
    name,
    JSON.parse(String(value)),
  ])
  return { ...UNSET, ...(Object.fromEntries(stored) as Partial<StoredSettings>) }
}

/** Whole or not at all; plugins that the change does not name stay as they are. */
export function changeSettings(db: Database, change: StoredChange): StoredSettings {
  return writing(db, () => {
    const before = readSettings(db)
    const after = change.enabled ? { ...change, enabled: { ...before.enabled, ...change.enabled } } : change
    for (const [name, value] of Object.entries(after)) {
      if (!Object.hasOwn(UNSET, name) || value === undefined) continue
      run(db, 'insert or replace into settings (name, value) values (?, ?)', name, JSON.stringify(value))
    }
    return readSettings(db)
  })
}
