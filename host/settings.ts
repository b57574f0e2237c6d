import { basename } from 'node:path'
import type { Language } from '../bridge/data.ts'
import type { SettingsChange } from './api.ts'
import { type Database, rows, run, writing } from './database.ts'
import { HostError } from './errors.ts'

/** What the host keeps of its settings; null: never set. */
export interface StoredSettings {
  readonly language: Language | null
  readonly caseFolder: string | null
  readonly exportFolder: string | null
  readonly nameTemplate: string
  readonly patientNameOrder: 'given-family' | 'family-given'
  readonly materialsFile: string | null
  /** Path of a connection profile; null: no cloud. */
  readonly connectionProfile: string | null
  readonly cloudPaused: boolean
  readonly downloads: number
  readonly bytesPerSecond: number | null
  readonly webhook: { readonly port: number; readonly url: string } | null
  readonly balloons: boolean
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
  connectionProfile: null,
  cloudPaused: false,
  downloads: 3,
  bytesPerSecond: null,
  webhook: null,
  balloons: true,
  enabled: {},
  firstStart: 'ask',
}

/**
 * Error: `setting-unreadable` where another version left something else, or nothing whole: a case folder that is guessed
 * instead would take cases to the wrong place.
 */
export function readSettings(db: Database): StoredSettings {
  const stored = rows(db, 'select name, value from settings').flatMap(({ name, value }) => {
    const setting = String(name)
    // Of a newer version.
    if (!isSetting(setting)) return []
    const read = parsed(String(value))
    if (!FITS[setting](read)) {
      throw new HostError('setting-unreadable', { setting, file: basename(db.file) })
    }
    return [[setting, read]]
  })
  return { ...UNSET, ...(Object.fromEntries(stored) as Partial<StoredSettings>) }
}

const isSetting = (name: string): name is keyof StoredSettings => Object.hasOwn(UNSET, name)

/** undefined fits nothing. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

type Fits = (value: unknown) => boolean

const text: Fits = (value) => typeof value === 'string'
const flag: Fits = (value) => typeof value === 'boolean'
const count: Fits = (value) => Number.isSafeInteger(value)
const orNull =
  (fits: Fits): Fits =>
  (value) =>
    value === null || fits(value)
const oneOf =
  (...values: readonly unknown[]): Fits =>
  (value) =>
    values.includes(value)
const object = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const FITS: { readonly [Name in keyof StoredSettings]: Fits } = {
  language: orNull(oneOf('en', 'de')),
  caseFolder: orNull(text),
  exportFolder: orNull(text),
  nameTemplate: text,
  patientNameOrder: oneOf('given-family', 'family-given'),
  materialsFile: orNull(text),
  connectionProfile: orNull(text),
  cloudPaused: flag,
  downloads: count,
  bytesPerSecond: orNull(count),
  webhook: orNull((value) => object(value) && count(value['port']) && text(value['url'])),
  balloons: flag,
  enabled: (value) => object(value) && Object.values(value).every(flag),
  firstStart: oneOf('ask', 'skipped', 'connected'),
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
