import type { DoctorMapping, MaterialMapping } from '../bridge/data.ts'
import type { Mappings } from './api.ts'
import { caseIdOf } from './cases.ts'
import { clientById } from './clients.ts'
import type { Database } from './database.ts'
import { pages } from './mirror.ts'
import type { Ask } from './plugin-switch.ts'

/** The review: what doctors and materials are mapped to, and how to take it back. Errors: `mapping-unknown`, `plugin-…`. */
export interface MappingReview {
  list(): Promise<Mappings>
  deleteDoctor(id: number): Promise<void>
  deleteMaterial(key: string): Promise<void>
  clearMethod(key: string): Promise<void>
}

export function createMappingReview(db: Database, ask: Ask): MappingReview {
  return {
    async list() {
      const doctors = await pages(
        async (limit, last: DoctorMapping | undefined) =>
          (await ask('mappings/doctors', { limit, ...(last && { after: last.id }) })).doctors,
        500,
      )
      const materials = await pages(
        async (limit, last: MaterialMapping | undefined) =>
          (await ask('mappings/materials', { limit, ...(last && { after: last.key }) })).materials,
        500,
      )
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
    },
    async deleteDoctor(id) {
      await ask('mappings/deleteDoctor', { id })
    },
    async deleteMaterial(key) {
      await ask('mappings/deleteMaterial', { key })
    },
    async clearMethod(key) {
      await ask('mappings/clearMethod', { key })
    },
  }
}
