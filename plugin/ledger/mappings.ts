import type { Kysely } from 'kysely'
import { ImportError } from '../errors.ts'
import type { ClientId } from '../mapping/clients.ts'
import { recognisedName } from '../mapping/doctors.ts'
import type { DoctorIdentity, MaterialQuestion } from '../mapping/questions.ts'
import { appendActivity } from './activity.ts'
import { type Ledger, reading, writing } from './open.ts'
import { type OrderSummary, pageLimit } from './orders.ts'
import type { DoctorMappingId, OrderKey, QuestionId, RevisionId, Tables } from './schema.ts'

/** When a mapping was made, and at which order. */
export interface Made {
  /** ms since the epoch. */
  readonly at: number
  readonly order: OrderKey | null
  /** The revision of it that asked. */
  readonly revision: RevisionId | null
}

/** The same for those who do not know the ledger's keys. */
export interface ListedMade extends Omit<Made, 'revision'> {
  /** The order's own number. */
  readonly orderId: string | null
  /** The case of the revision that asked; null: it has none, or not yet. */
  readonly project: string | null
}

export interface DoctorMapping {
  readonly id: DoctorMappingId
  readonly identity: DoctorIdentity
  /** The identity's value as the order has it: a name with its capitals. */
  readonly written: string
  /** As the order that made the mapping names him. */
  readonly doctor: string | null
  readonly client: ClientId
  readonly made: ListedMade
}

export interface MaterialMapping {
  /** `defaultKey` of the question. */
  readonly key: string
  readonly itero: MaterialQuestion['itero']
  /** null: asked each time. */
  readonly material: { readonly code: string; readonly made: ListedMade } | null
  readonly method: { readonly code: string; readonly made: ListedMade } | null
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

/** Oldest first: all, or one page. `after` is the last id of the page before. */
export async function doctorMappings(
  l: Ledger,
  page?: { readonly limit?: number; readonly after?: DoctorMappingId },
): Promise<readonly DoctorMapping[]> {
  return reading(l, async (tx) => {
    const all = tx.selectFrom('doctor_mappings').selectAll().orderBy('id')
    const rows = await (page === undefined
      ? all
      : all.where('id', '>', page.after ?? (0 as DoctorMappingId)).limit(pageLimit(page.limit))
    ).execute()
    const orders = await madeBy(
      tx,
      rows.map((row) => row.made_by_order),
    )
    return rows.map((row) => {
      const identity = { account: row.account, by: row.identified_by, value: row.value }
      const made = { at: row.made_at, order: row.made_by_order, revision: row.made_by_revision }
      const revisions = orders.get(row.made_by_order)?.revisions ?? []
      const asking = revisions.find(({ id }) => id === made.revision)
      const named = [asking, ...revisions].flatMap((revision) => revision?.doctor ?? [])
      // Another revision of the order may name another doctor.
      const own =
        identity.by === 'name' ? named.find((name) => recognisedName(name) === identity.value) : undefined
      return {
        id: row.id,
        identity,
        written: own ?? identity.value,
        doctor: own ?? named[0] ?? null,
        client: row.client_id,
        made: listedMade(orders, made),
      }
    })
  })
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

/** By key: all, or one page. `after` is the last key of the page before. */
export async function materialMappings(
  l: Ledger,
  page?: { readonly limit?: number; readonly after?: string },
): Promise<readonly MaterialMapping[]> {
  return reading(l, async (tx) => {
    const all = tx.selectFrom('material_mappings').selectAll().orderBy('key')
    const rows = await (page === undefined
      ? all
      : all.where('key', '>', page.after ?? '').limit(pageLimit(page.limit))
    ).execute()
    const orders = await madeBy(
      tx,
      rows.flatMap((row) => [row.material_by_order, row.method_by_order]),
    )
    const half = (
      code: string | null,
      at: number | null,
      order: OrderKey | null,
      revision: RevisionId | null,
    ) => (code === null ? null : { code, made: listedMade(orders, { at: at ?? 0, order, revision }) })
    return rows.map((row) => ({
      key: row.key,
      itero: { id: row.itero_id, name: row.itero_name },
      material: half(row.material, row.material_at, row.material_by_order, row.material_by_revision),
      method: half(row.method, row.method_at, row.method_by_order, row.method_by_revision),
    }))
  })
}

/**
 * Revisions that wait at a question for a material whose default stands by now: a default was made elsewhere, and whoever
 * made it was cut off before he took them on. Oldest first.
 */
export async function decidedMeanwhile(l: Ledger): Promise<readonly RevisionId[]> {
  return reading(l, async (tx) => {
    const defaults = await tx
      .selectFrom('material_mappings')
      .select('key')
      .where('material', 'is not', null)
      .execute()
    if (defaults.length === 0) return []
    return waitingForMaterials(tx, new Set(defaults.map(({ key }) => key)))
  })
}

/** Revisions that wait at a question for this material: what is proposed to them was drawn from its defaults. Oldest first. */
export async function waitingForMaterial(l: Ledger, key: string): Promise<readonly RevisionId[]> {
  return reading(l, (tx) => waitingForMaterials(tx, new Set([key])))
}

async function waitingForMaterials(
  tx: Kysely<Tables>,
  keys: ReadonlySet<string>,
): Promise<readonly RevisionId[]> {
  const open = await tx
    .selectFrom('questions')
    .select(['id', 'question'])
    .where('closed_at', 'is', null)
    .where('kind', '=', 'material')
    .execute()
  const asked = open.filter(({ question }) =>
    keys.has((JSON.parse(question) as MaterialQuestion).defaultKey ?? ''),
  )
  if (asked.length === 0) return []
  const rows = await tx
    .selectFrom('waiting_orders')
    .select('revision_id')
    .distinct()
    .where(
      'question_id',
      'in',
      asked.map(({ id }) => id),
    )
    .orderBy('revision_id')
    .execute()
  return rows.map((row) => row.revision_id)
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
  const value = {
    client_id: client,
    made_at: made.at,
    made_by_order: made.order,
    made_by_revision: made.revision,
  }
  await tx
    .insertInto('doctor_mappings')
    .values({ account: identity.account, identified_by: identity.by, value: identity.value, ...value })
    .onConflict((conflict) => conflict.columns(['account', 'identified_by', 'value']).doUpdateSet(value))
    .execute()
  await appendActivity(tx, made.at, 'doctor-mapped', { order: made.order })
}

/** Inside a transaction. `made.question`: by whose answer. */
export async function setMaterialDefaultIn(
  tx: Kysely<Tables>,
  { key, itero }: { readonly key: string; readonly itero: MaterialQuestion['itero'] },
  halves: { readonly material?: string; readonly method?: string },
  made: Made & { readonly question?: QuestionId },
): Promise<void> {
  const { material, method } = halves
  const { at, order, revision } = made
  const set = {
    itero_id: itero.id,
    itero_name: itero.name,
    ...(material === undefined
      ? {}
      : { material, material_at: at, material_by_order: order, material_by_revision: revision }),
    ...(method === undefined
      ? {}
      : { method, method_at: at, method_by_order: order, method_by_revision: revision }),
  }
  await tx
    .insertInto('material_mappings')
    .values({ key, ...NO_MATERIAL, ...NO_METHOD, ...set })
    .onConflict((conflict) => conflict.column('key').doUpdateSet(set))
    .execute()
  await appendActivity(tx, made.at, 'material-default-made', {
    order: made.order,
    ...(made.question === undefined ? {} : { facts: { question: made.question } }),
  })
}

const NO_MATERIAL = {
  material: null,
  material_at: null,
  material_by_order: null,
  material_by_revision: null,
} as const
const NO_METHOD = { method: null, method_at: null, method_by_order: null, method_by_revision: null } as const

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
    const kind = 'material' in halves ? 'material-default-cleared' : 'material-method-cleared'
    await appendActivity(tx, now, kind)
  })
}

interface MadeBy {
  readonly orderId: string
  /** The newest first. */
  readonly revisions: readonly RevisionMade[]
}

interface RevisionMade {
  readonly id: RevisionId
  /** As it names him. */
  readonly doctor: string | null
  /** Its case, once that stands. */
  readonly published: { readonly at: number; readonly project: string } | null
}

/** The orders that made mappings, as far as their mappings tell of them. */
async function madeBy(
  tx: Kysely<Tables>,
  keys: readonly (OrderKey | null)[],
): Promise<ReadonlyMap<OrderKey | null, MadeBy>> {
  const found = new Map<OrderKey | null, MadeBy>()
  for (const key of new Set(keys)) {
    if (key === null) continue
    const rows = await tx
      .selectFrom('revisions')
      .innerJoin('orders', 'orders.id', 'revisions.order_key')
      .select([
        'orders.order_id',
        'revisions.id',
        'revisions.summary',
        'revisions.stage',
        'revisions.project',
        'revisions.published_at',
      ])
      .where('revisions.order_key', '=', key)
      .orderBy('revisions.number', 'desc')
      .execute()
    const [newest] = rows
    if (newest === undefined) continue
    found.set(key, {
      orderId: newest.order_id,
      revisions: rows.map(({ id, summary, stage, project, published_at }) => ({
        id,
        doctor: (JSON.parse(summary) as OrderSummary).doctor,
        published:
          stage === 'published' && project !== null && published_at !== null
            ? { at: published_at, project }
            : null,
      })),
    })
  }
  return found
}

function listedMade(orders: ReadonlyMap<OrderKey | null, MadeBy>, { at, order, revision }: Made): ListedMade {
  const by = orders.get(order)
  const revisions = by?.revisions ?? []
  // Which revision asked was not always kept. It was not published yet then, and came before all later ones.
  const asking =
    revision === null
      ? revisions.findLast(({ published }) => published !== null && published.at >= at)
      : revisions.find(({ id }) => id === revision)
  return { at, order, orderId: by?.orderId ?? null, project: asking?.published?.project ?? null }
}
