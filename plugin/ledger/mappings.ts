import type { Kysely } from 'kysely'
import { ImportError } from '../errors.ts'
import type { ClientId } from '../mapping/clients.ts'
import type { DoctorIdentity, MaterialQuestion } from '../mapping/questions.ts'
import { appendActivity } from './activity.ts'
import { type Ledger, reading, writing } from './open.ts'
import type { DoctorMappingId, OrderKey, Tables } from './schema.ts'

/** When a mapping was made, and at which order. */
export interface Made {
  /** ms since the epoch. */
  readonly at: number
  readonly order: OrderKey | null
}

export interface DoctorMapping {
  readonly id: DoctorMappingId
  readonly identity: DoctorIdentity
  readonly client: ClientId
  readonly made: Made
}

export interface MaterialMapping {
  /** `defaultKey` of the question. */
  readonly key: string
  readonly itero: MaterialQuestion['itero']
  /** null: asked each time. */
  readonly material: { readonly code: string; readonly made: Made } | null
  readonly method: { readonly code: string; readonly made: Made } | null
}

export interface MaterialDefault {
  readonly material: string | null
  readonly method: string | null
}

/** null where this doctor has to be asked for. */
export async function clientOf(l: Ledger, identity: DoctorIdentity): Promise<ClientId | null> {
  const row = await reading(l, (tx) =>
    tx
      .selectFrom('doctor_mappings')
      .select('client_id')
      .where('account', '=', identity.account)
      .where('identified_by', '=', identity.by)
      .where('value', '=', identity.value)
      .executeTakeFirst(),
  )
  return row?.client_id ?? null
}

/** Maps a doctor, or maps him anew. A question that is open about him stays open. */
export async function mapDoctor(
  l: Ledger,
  identity: DoctorIdentity,
  client: ClientId,
  order: OrderKey | null = null,
): Promise<void> {
  const made = { at: l.clock(), order }
  await writing(l, (tx) => mapDoctorIn(tx, identity, client, made))
}

/** All, the oldest first. */
export async function doctorMappings(l: Ledger): Promise<readonly DoctorMapping[]> {
  const rows = await reading(l, (tx) => tx.selectFrom('doctor_mappings').selectAll().orderBy('id').execute())
  return rows.map((row) => ({
    id: row.id,
    identity: { account: row.account, by: row.identified_by, value: row.value },
    client: row.client_id,
    made: { at: row.made_at, order: row.made_by_order },
  }))
}

/** His next order asks again. Error: `mapping-unknown`. */
export async function deleteDoctorMapping(l: Ledger, id: DoctorMappingId): Promise<void> {
  const now = l.clock()
  await writing(l, async (tx) => {
    const done = await tx.deleteFrom('doctor_mappings').where('id', '=', id).executeTakeFirst()
    if (done.numDeletedRows === 0n) throw new ImportError('mapping-unknown', { mapping: id })
    await appendActivity(tx, now, 'doctor-mapping-deleted', { facts: { mapping: id } })
  })
}

/** The defaults there are for these keys. */
export async function materialDefaults(
  l: Ledger,
  keys: readonly string[],
): Promise<ReadonlyMap<string, MaterialDefault>> {
  if (keys.length === 0) return new Map()
  const rows = await reading(l, (tx) =>
    tx
      .selectFrom('material_mappings')
      .select(['key', 'material', 'method'])
      .where('key', 'in', keys)
      .execute(),
  )
  return new Map(rows.map(({ key, material, method }) => [key, { material, method }]))
}

/** Sets one half or both; what is not named stays. */
export async function setMaterialDefault(
  l: Ledger,
  of: { readonly key: string; readonly itero: MaterialQuestion['itero'] },
  halves: { readonly material?: string; readonly method?: string },
  order: OrderKey | null = null,
): Promise<void> {
  const made = { at: l.clock(), order }
  await writing(l, (tx) => setMaterialDefaultIn(tx, of, halves, made))
}

/** All, by key. */
export async function materialMappings(l: Ledger): Promise<readonly MaterialMapping[]> {
  const rows = await reading(l, (tx) =>
    tx.selectFrom('material_mappings').selectAll().orderBy('key').execute(),
  )
  return rows.map((row) => ({
    key: row.key,
    itero: { id: row.itero_id, name: row.itero_name },
    material: half(row.material, row.material_at, row.material_by_order),
    method: half(row.method, row.method_at, row.method_by_order),
  }))
}

/** Both defaults of a material: its next order asks again. Error: `mapping-unknown`. */
export async function deleteMaterialMapping(l: Ledger, key: string): Promise<void> {
  await clear(l, key, { ...NO_MATERIAL, ...NO_METHOD })
}

/** Its material alone; the method stays. Error: `mapping-unknown` (there is no such default). */
export async function clearMaterialDefault(l: Ledger, key: string): Promise<void> {
  await clear(l, key, NO_MATERIAL)
}

/** Its production method alone; the material stays. Error: `mapping-unknown` (there is no such default). */
export async function clearMethodDefault(l: Ledger, key: string): Promise<void> {
  await clear(l, key, NO_METHOD)
}

/** Inside a transaction. */
export async function mapDoctorIn(
  tx: Kysely<Tables>,
  identity: DoctorIdentity,
  client: ClientId,
  made: Made,
): Promise<void> {
  const value = { client_id: client, made_at: made.at, made_by_order: made.order }
  await tx
    .insertInto('doctor_mappings')
    .values({ account: identity.account, identified_by: identity.by, value: identity.value, ...value })
    .onConflict((conflict) => conflict.columns(['account', 'identified_by', 'value']).doUpdateSet(value))
    .execute()
  await appendActivity(tx, made.at, 'doctor-mapped', { order: made.order })
}

/** Inside a transaction. */
export async function setMaterialDefaultIn(
  tx: Kysely<Tables>,
  { key, itero }: { readonly key: string; readonly itero: MaterialQuestion['itero'] },
  halves: { readonly material?: string; readonly method?: string },
  made: Made,
): Promise<void> {
  const { material, method } = halves
  const set = {
    itero_id: itero.id,
    itero_name: itero.name,
    ...(material === undefined ? {} : { material, material_at: made.at, material_by_order: made.order }),
    ...(method === undefined ? {} : { method, method_at: made.at, method_by_order: made.order }),
  }
  await tx
    .insertInto('material_mappings')
    .values({ key, ...NO_MATERIAL, ...NO_METHOD, ...set })
    .onConflict((conflict) => conflict.column('key').doUpdateSet(set))
    .execute()
  await appendActivity(tx, made.at, 'material-default-made', { order: made.order })
}

const NO_MATERIAL = { material: null, material_at: null, material_by_order: null } as const
const NO_METHOD = { method: null, method_at: null, method_by_order: null } as const

async function clear(
  l: Ledger,
  key: string,
  halves: Partial<typeof NO_MATERIAL & typeof NO_METHOD>,
): Promise<void> {
  const now = l.clock()
  await writing(l, async (tx) => {
    const row = await tx
      .selectFrom('material_mappings')
      .select(['material', 'method'])
      .where('key', '=', key)
      .executeTakeFirst()
    const there =
      row !== undefined &&
      (('material' in halves && row.material !== null) || ('method' in halves && row.method !== null))
    if (!there) throw new ImportError('mapping-unknown', { mapping: key })
    const left = { ...row, ...halves }
    if (left.material === null && left.method === null) {
      await tx.deleteFrom('material_mappings').where('key', '=', key).execute()
    } else {
      await tx.updateTable('material_mappings').set(halves).where('key', '=', key).execute()
    }
    await appendActivity(tx, now, 'material-default-cleared')
  })
}

const half = (code: string | null, at: number | null, order: OrderKey | null) =>
  code === null ? null : { code, made: { at: at ?? 0, order } }
