import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import type { Test } from 'tap'
import { type Claimant, claimOrder } from '../../plugin/ledger/claims.ts'
import { mapDoctorIn, setMaterialDefaultIn } from '../../plugin/ledger/mappings.ts'
import { closeLedger, type Ledger, openLedger, reading, writing } from '../../plugin/ledger/open.ts'
import type { OrderSummary, ReceivedFile, Revision } from '../../plugin/ledger/orders.ts'
import { noteReceipt, receiptDone } from '../../plugin/ledger/receipts.ts'
import type { OrderKey } from '../../plugin/ledger/schema.ts'
import type { ClientId } from '../../plugin/mapping/clients.ts'
import type {
  DoctorIdentity,
  DoctorQuestion,
  MaterialQuestion,
  QuestionKey,
  Waiting,
} from '../../plugin/mapping/questions.ts'
import type { FdiTooth } from '../../plugin/teeth.ts'

export const ME: Claimant = { host: 'lab-pc', pid: 4242, token: 'this-run' }
export const OTHER: Claimant = { host: 'lab-pc', pid: 4243, token: 'another-run' }
export const yes = () => true
export const no = () => false

export const NOW = 1_800_000_000_000

/** A ledger of its own, closed with the test, and a clock that a test moves. */
export async function ledgerFor(t: Test): Promise<{ l: Ledger; file: string; time: { now: number } }> {
  const file = join(t.testdir(), 'ledger.db')
  const time = { now: NOW }
  const l = await openLedger(file, () => time.now)
  t.teardown(() => closeLedger(l))
  return { l, file, time }
}

export const order = (orderId: string, account = 'lab') => ({ account, orderId, orderCode: null })

export const SUMMARY: OrderSummary = {
  patient: 'Muster, Mia',
  doctor: 'Dr. Example',
  teeth: [44, 45, 46],
  material: 'Zirconia',
  dueDate: '2027-01-31',
}

export const FILE: ReceivedFile = {
  packageName: 'scan/upper.stl',
  stagedAs: 'file-0000',
  bytes: 84,
  sha256: 'ab'.repeat(32),
  role: { kind: 'jaw', jaw: 'upper' },
  mesh: null,
}

export async function claimed(l: Ledger, orderId: string, me = ME): Promise<OrderKey> {
  const claim = await claimOrder(l, order(orderId), me, yes)
  if (!claim.claimed) throw new Error('not claimed')
  return claim.order
}

/** An order received by the public way; its claim stays. */
export async function received(
  l: Ledger,
  orderId: string,
  hash = `hash-${orderId}`,
  summary = SUMMARY,
): Promise<Revision> {
  const claim = await claimOrder(l, order(orderId), ME, no)
  const key = claim.claimed ? claim.order : await ours(l, orderId)
  const receipt = await noteReceipt(l, key, ME, {
    packagePath: `/in/${orderId}.zip`,
    stagingName: `.s-${hash}`,
  })
  return (await receiptDone(l, receipt, { hash, files: [FILE], summary, warnings: [] })).revision
}

/** The order is this run's already. */
async function ours(l: Ledger, orderId: string): Promise<OrderKey> {
  const key = await findOrder(l, 'lab', orderId)
  if (key === null) throw new Error('no such order')
  return key
}

/** The ledger's own number of an order, or null where it was never claimed. */
export async function findOrder(l: Ledger, account: string, orderId: string): Promise<OrderKey | null> {
  const row = await reading(l, (tx) =>
    tx
      .selectFrom('orders')
      .select('id')
      .where('account', '=', account)
      .where('order_id', '=', orderId)
      .executeTakeFirst(),
  )
  return row?.id ?? null
}

/** As an answer did it before the revision that asked was kept. */
export async function mapDoctor(
  l: Ledger,
  identity: DoctorIdentity,
  client: ClientId,
  order: OrderKey | null = null,
): Promise<void> {
  await writing(l, (tx) => mapDoctorIn(tx, identity, client, { at: l.clock(), order, revision: null }))
}

/** As an answer did it before the revision that asked was kept. */
export async function setMaterialDefault(
  l: Ledger,
  of: Parameters<typeof setMaterialDefaultIn>[1],
  halves: Parameters<typeof setMaterialDefaultIn>[2],
  order: OrderKey | null = null,
): Promise<void> {
  const made = { at: l.clock(), order, revision: null }
  await writing(l, (tx) => setMaterialDefaultIn(tx, of, halves, made))
}

export const WAITING: Waiting = {
  teeth: [44, 45, 46] as unknown as readonly FdiTooth[],
  note: 'as discussed',
}

export function doctorQuestion(value: string, remembered = true): DoctorQuestion {
  return {
    kind: 'doctor',
    key: `doctor:${value}` as QuestionKey,
    identity: { account: 'lab', by: remembered ? 'id' : 'order', value },
    remembered,
    doctor: { name: 'Dr. Example', id: value, licence: null, companyId: null, practiceAddress: null },
    likely: [],
  }
}

export function materialQuestion(id: string | null): MaterialQuestion {
  return {
    kind: 'material',
    key: `material:${id}` as QuestionKey,
    itero: { id, name: id === null ? null : `Material ${id}` },
    defaultKey: id,
    candidates: [{ code: 'NP', methods: ['milled', 'cast'] }],
    work: { reconstructionTypes: ['AnatomicCrown'], connectors: false, abutment: false },
    proposed: { material: null, method: null },
    makeDefault: { material: true, method: true },
  }
}

export const client = (id: string) => id as ClientId

/** What a ledger says against itself, by plain SQL past the room's own code. Empty when all is well. */
export function contradictions(file: string): readonly string[] {
  const db = new DatabaseSync(file)
  try {
    const found: string[] = []
    const check = (name: string, sql: string) => {
      const rows = db.prepare(sql).all()
      if (rows.length > 0) found.push(`${name}: ${JSON.stringify(rows.slice(0, 3))}`)
    }
    check('damaged', `select * from pragma_integrity_check where integrity_check <> 'ok'`)
    check('dangling', 'select * from pragma_foreign_key_check')
    check(
      'published without a case',
      `select id from revisions where stage = 'published'
       and (project is null or project_key is null or published_at is null or staging_name is not null)`,
    )
    check(
      'publishing without a name',
      `select id from revisions where stage = 'publishing' and project_key is null`,
    )
    check(
      'open without a staging',
      `select id from revisions where stage in ('received', 'waiting', 'publishing') and staging_name is null`,
    )
    check(
      'refused without a reason',
      `select id from revisions where stage = 'refused' and failure_code is null`,
    )
    check(
      'question for nobody',
      `select id from questions q where closed_at is null
       and not exists (select 1 from waiting_orders w where w.question_id = q.id)`,
    )
    check(
      'closed without an answer',
      'select id from questions where (closed_at is null) <> (answer is null)',
    )
    check(
      'published while asked',
      `select r.id from revisions r join waiting_orders w on w.revision_id = r.id
       join questions q on q.id = w.question_id where q.closed_at is null and r.stage <> 'waiting'`,
    )
    check(
      'numbers with a gap',
      'select order_key from revisions group by order_key having max(number) <> count(*) or min(number) <> 1',
    )
    return found
  } finally {
    db.close()
  }
}

export interface Child {
  readonly pid: number
  /** The next line that it writes; null at its end. */
  line(): Promise<string | null>
  say(line: string): void
  kill(): void
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string | null>
}

/** A process of its own, run on `test/ledger/children/<name>.ts`. */
export function child(t: Test, name: string, args: readonly string[]): Child {
  const script = join(import.meta.dirname, 'children', `${name}.ts`)
  const process_ = spawn(process.execPath, [script, ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  t.teardown(() => process_.kill('SIGKILL'))
  const lines = createInterface({ input: process_.stdout })[Symbol.asyncIterator]()
  process_.stdin.on('error', () => {})
  return {
    pid: process_.pid ?? 0,
    line: async () => (await lines.next()).value ?? null,
    say: (line) => process_.stdin.write(`${line}\n`),
    kill: () => process_.kill('SIGKILL'),
    ended: new Promise((resolve) => process_.on('exit', (code, signal) => resolve(code ?? signal))),
  }
}
