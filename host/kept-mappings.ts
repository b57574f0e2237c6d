import type { DoctorMapping, Forgotten, MaterialMapping } from '../bridge/data.ts'
import { type Database, firstRow, noting, run, type SqlRow, writing } from './database.ts'
import { HostError } from './errors.ts'

/** Mappings of one plugin and case folder, as it told them last, less what was taken back since. */
export interface ToldMappings {
  readonly doctors: readonly DoctorMapping[]
  readonly materials: readonly MaterialMapping[]
}

/** Whose mappings they are: plugin and ledger. */
export interface Whose {
  readonly plugin: string
  readonly ledger: string
}

/** For the time in which a plugin cannot be asked: what it told last, and what it is to forget at its next start. */
export interface KeptMappings {
  /** null: nothing is kept. */
  read(whose: Whose): ToldMappings | null
  keep(whose: Whose, told: ToldMappings): void
  /** Takes one back, kept until `forgotten`. Error: `mapping-unknown`. */
  deleteDoctor(whose: Whose, id: number): void
  deleteMaterial(whose: Whose, key: string): void
  clearMethod(whose: Whose, key: string): void
  /** null: nothing is to be forgotten. */
  toForget(whose: Whose): Forgotten | null
  forgotten(whose: Whose, done: Forgotten): void
}

interface Kept extends ToldMappings {
  readonly forget: Forgotten
}

export function createKeptMappings(db: Database): KeptMappings {
  function kept({ plugin, ledger }: Whose): Kept | null {
    const row = firstRow(
      db,
      'select doctors, materials, forget from plugin_mappings where plugin = ? and ledger = ?',
      plugin,
      ledger,
    )
    return row && keptIn(row)
  }

  function put({ plugin, ledger }: Whose, { doctors, materials, forget }: Kept): void {
    run(
      db,
      `insert or replace into plugin_mappings (plugin, ledger, at, doctors, materials, forget)
       values (?, ?, ?, ?, ?, ?)`,
      plugin,
      ledger,
      db.clock(),
      JSON.stringify(doctors),
      JSON.stringify(materials),
      JSON.stringify(forget),
    )
  }

  /** Flushed: a person was told that it is so. */
  function change(whose: Whose, to: (before: Kept) => Kept | null): void {
    writing(db, () => {
      const before = kept(whose)
      const after = before && to(before)
      if (after === null) throw new HostError('mapping-unknown')
      put(whose, after)
    })
  }

  return {
    read: kept,
    keep(whose, told) {
      noting(db, () => put(whose, { ...told, forget: kept(whose)?.forget ?? NOTHING }))
    },
    deleteDoctor(whose, id) {
      change(whose, ({ doctors, forget, ...rest }) => {
        const left = doctors.filter((each) => each.id !== id)
        if (left.length === doctors.length) return null
        return { ...rest, doctors: left, forget: { ...forget, doctors: [...forget.doctors, id] } }
      })
    },
    deleteMaterial(whose, key) {
      change(whose, ({ materials, forget, ...rest }) => {
        const left = materials.filter((each) => each.key !== key)
        if (left.length === materials.length) return null
        return { ...rest, materials: left, forget: { ...forget, materials: [...forget.materials, key] } }
      })
    },
    clearMethod(whose, key) {
      change(whose, ({ materials, forget, ...rest }) => {
        if (!materials.some((each) => each.key === key && each.method !== null)) return null
        const left = materials
          .map((each) => (each.key === key ? { ...each, method: null } : each))
          .filter(({ material, method }) => material !== null || method !== null)
        return { ...rest, materials: left, forget: { ...forget, methods: [...forget.methods, key] } }
      })
    },
    toForget(whose) {
      const forget = kept(whose)?.forget ?? NOTHING
      return Object.values(forget).some(({ length }) => length > 0) ? forget : null
    },
    forgotten(whose, done) {
      writing(db, () => {
        const before = kept(whose)
        if (before === null) return
        const { doctors, materials, methods } = before.forget
        put(whose, {
          ...before,
          forget: {
            doctors: doctors.filter((id) => !done.doctors.includes(id)),
            materials: materials.filter((key) => !done.materials.includes(key)),
            methods: methods.filter((key) => !done.methods.includes(key)),
          },
        })
      })
    },
  }
}

const NOTHING: Forgotten = { doctors: [], materials: [], methods: [] }

const keptIn = (row: SqlRow): Kept => ({
  doctors: JSON.parse(String(row['doctors'])) as Kept['doctors'],
  materials: JSON.parse(String(row['materials'])) as Kept['materials'],
  forget: JSON.parse(String(row['forget'])) as Forgotten,
})
