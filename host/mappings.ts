import type { DoctorMapping, MaterialMapping } from '../bridge/data.ts'
import { BridgeError } from '../bridge/errors.ts'
import type { Mappings } from './api.ts'
import { caseIdOf } from './cases.ts'
import { clientById } from './clients.ts'
import type { Database } from './database.ts'
import type { KeptMappings, ToldMappings, Whose } from './kept-mappings.ts'
import { pages } from './mirror.ts'
import type { PluginSwitch } from './plugin-switch.ts'

/**
 * The review: what doctors and materials are mapped to, and how to take it back. While the plugin is off it is what it told
 * last; what is taken back then it forgets at its next start, before any order. Errors: `mapping-unknown`, `plugin-…`.
 */
export interface MappingReview {
  list(): Promise<Mappings>
  deleteDoctor(id: number): Promise<void>
  deleteMaterial(key: string): Promise<void>
  clearMethod(key: string): Promise<void>
  /** Reads them for the time in which the plugin is off. Never rejects. */
  keep(): Promise<void>
}

export interface MappingReviewOptions {
  readonly db: Database
  readonly plugin: Pick<PluginSwitch, 'ask' | 'idle'>
  readonly kept: KeptMappings
  /** Of the plugin at work, else of the one that is off; null: there is none. */
  readonly whose: () => Whose | null
  /** One was taken back while the plugin is off. */
  readonly onTakenBack: () => void
  readonly onFault: (fault: unknown, where: string) => void
}

export function createMappingReview(options: MappingReviewOptions): MappingReview {
  const { db, plugin, kept, whose, onTakenBack, onFault } = options
  const { ask } = plugin
  let keeping: Promise<void> | null = null
  let changed = false

  async function told(): Promise<ToldMappings> {
    const [doctors, materials] = await Promise.all([
      pages(
        async (limit, last: DoctorMapping | undefined) =>
          (await ask('mappings/doctors', { limit, ...(last && { after: last.id }) })).doctors,
        500,
      ),
      pages(
        async (limit, last: MaterialMapping | undefined) =>
          (await ask('mappings/materials', { limit, ...(last && { after: last.key }) })).materials,
        500,
      ),
    ])
    return { doctors, materials }
  }

  /** What a person saw is what there is to be seen later. */
  async function read(mine: Whose | null): Promise<ToldMappings> {
    const all = await told()
    if (mine !== null) kept.keep(mine, all)
    return all
  }

  async function keepAll(): Promise<void> {
    do {
      changed = false
      const mine = whose()
      if (mine === null || plugin.idle() !== null) return
      try {
        await read(mine)
      } catch (error) {
        // What it told before stays; a connection that is gone is said elsewhere.
        if (!(error instanceof BridgeError)) onFault(error, 'mappings')
      }
    } while (changed)
  }

  function shown({ doctors, materials }: ToldMappings): Mappings {
    return {
      doctors: doctors.map((mapping) => ({
        ...mapping,
        clientName: clientById(db, mapping.client)?.name ?? null,
        caseId: caseIdOf(db, mapping.made),
      })),
      materials: materials.map((mapping) => {
        const made = mapping.material?.made ?? mapping.method?.made
        return { ...mapping, caseId: made === undefined ? null : caseIdOf(db, made) }
      }),
    }
  }

  /** Whose are kept while nobody can be asked; null: the plugin can. */
  function off(): Whose | null {
    const why = plugin.idle()
    if (why === null) return null
    const mine = whose()
    if (mine === null || kept.read(mine) === null) throw why
    return mine
  }

  async function takeBack(here: (mine: Whose) => void, there: () => Promise<unknown>): Promise<void> {
    const mine = off()
    if (mine === null) await there()
    else {
      here(mine)
      onTakenBack()
    }
  }

  return {
    async list() {
      const mine = off()
      const known = mine === null ? await read(whose()) : kept.read(mine)
      return shown(known ?? { doctors: [], materials: [] })
    },
    deleteDoctor: (id) =>
      takeBack(
        (mine) => kept.deleteDoctor(mine, id),
        () => ask('mappings/deleteDoctor', { id }),
      ),
    deleteMaterial: (key) =>
      takeBack(
        (mine) => kept.deleteMaterial(mine, key),
        () => ask('mappings/deleteMaterial', { key }),
      ),
    clearMethod: (key) =>
      takeBack(
        (mine) => kept.clearMethod(mine, key),
        () => ask('mappings/clearMethod', { key }),
      ),
    keep() {
      changed = true
      keeping ??= keepAll().finally(() => {
        keeping = null
      })
      return keeping
    },
  }
}
