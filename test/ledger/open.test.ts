import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import t from 'tap'
import { append, listActivity } from '../../plugin/ledger/activity.ts'
import {
  closeLedger,
  ledgerId,
  notedStagingRoot,
  noteStagingRoot,
  openLedger,
  reading,
  writing,
} from '../../plugin/ledger/open.ts'
import { listOrders, revisionById } from '../../plugin/ledger/orders.ts'
import { child, claimed, contradictions, findOrder, ledgerFor, NOW, received } from './made-up.ts'

const clock = () => NOW

t.test('a ledger that was closed opens again with all that was in it', async (t) => {
  const { l, file } = await ledgerFor(t)
  const revision = await received(l, '300000001')
  await closeLedger(l)
  const again = await openLedger(file, clock)
  t.teardown(() => closeLedger(again))
  t.strictSame(await revisionById(again, revision.id), revision)
})

t.test('a ledger tells where its stagings were at the last work', async (t) => {
  const { l, file } = await ledgerFor(t)
  t.equal(await notedStagingRoot(l), null)
  await ledgerId(l, () => '0123456789ab')
  for (const root of ['/first', '/second', '/second']) await noteStagingRoot(l, root)
  await closeLedger(l)
  const again = await openLedger(file, clock)
  t.teardown(() => closeLedger(again))
  t.equal(await notedStagingRoot(again), '/second')
  t.equal(await ledgerId(again, () => 'another'), '0123456789ab')
})

t.test('every commit is flushed and every reference kept', async (t) => {
  const { l } = await ledgerFor(t)
  const settings = await reading(l, async (tx) => ({
    ...(await sql<object>`pragma journal_mode`.execute(tx)).rows[0],
    ...(await sql<object>`pragma synchronous`.execute(tx)).rows[0],
    ...(await sql<object>`pragma foreign_keys`.execute(tx)).rows[0],
  }))
  t.strictSame(settings, { journal_mode: 'wal', synchronous: 2, foreign_keys: 1 })
})

t.test('a ledger of a newer program is refused and left as it is', async (t) => {
  const { l, file } = await ledgerFor(t)
  await closeLedger(l)
  const db = new DatabaseSync(file)
  db.exec('pragma user_version = 999')
  db.close()
  const before = readFileSync(file)
  await t.rejects(openLedger(file, clock), { code: 'ledger-newer', facts: { found: 999 } })
  t.ok(readFileSync(file).equals(before))
})

t.test(
  'a ledger that a newer program brings up to date while it is open is written to no more',
  async (t) => {
    const { l, file } = await ledgerFor(t)
    const db = new DatabaseSync(file)
    db.exec('pragma user_version = 999')
    db.close()
    await t.rejects(append(l, 'import-started'), { code: 'ledger-newer' })
    await t.rejects(listActivity(l), { code: 'ledger-newer' })
  },
)

t.test('a database of another program is refused and left as it is', async (t) => {
  const file = join(t.testdir(), 'other.db')
  const db = new DatabaseSync(file)
  db.exec('create table patients (name text)')
  db.close()
  const before = readFileSync(file)
  await t.rejects(openLedger(file, clock), { code: 'ledger-unreadable' })
  t.ok(readFileSync(file).equals(before))
})

t.test('a file that is no database is refused and left as it is', async (t) => {
  const file = join(t.testdir({ 'notes.txt': 'call Dr. Example about the shade. '.repeat(200) }), 'notes.txt')
  const before = readFileSync(file)
  await t.rejects(openLedger(file, clock), { code: 'ledger-unreadable' })
  t.ok(readFileSync(file).equals(before))
})

t.test('an empty file becomes a ledger', async (t) => {
  const file = join(t.testdir({ 'ledger.db': '' }), 'ledger.db')
  const l = await openLedger(file, clock)
  t.teardown(() => closeLedger(l))
  t.strictSame(await listOrders(l), [])
})

t.test('a folder is refused', async (t) => {
  await t.rejects(openLedger(t.testdir(), clock), { code: 'ledger-unreadable' })
})

t.test('a folder that is not there is refused', async (t) => {
  await t.rejects(openLedger(join(t.testdir(), 'no', 'ledger.db'), clock), { code: 'ledger-unreadable' })
})

t.test('a ledger whose tables were cut off is refused, at the opening or at its first use', async (t) => {
  const { l, file } = await ledgerFor(t)
  for (let i = 0; i < 50; i++) await received(l, `3000001${i}`)
  await closeLedger(l)
  truncateSync(file, 8192)
  const use = async () => {
    const cut = await openLedger(file, clock)
    try {
      return await listOrders(cut)
    } finally {
      await closeLedger(cut)
    }
  }
  await t.rejects(use(), { code: 'ledger-unreadable' })
})

t.test('text that is not what its column holds is refused', async (t) => {
  const { l, file } = await ledgerFor(t)
  const { id } = await received(l, '300000001')
  const db = new DatabaseSync(file)
  db.exec(`update revisions set summary = '{"patient'`)
  db.close()
  await t.rejects(revisionById(l, id), { code: 'ledger-unreadable' })
})

t.test('a ledger that another program holds is busy, and free when it lets go', async (t) => {
  const { l, file } = await ledgerFor(t)
  const db = new DatabaseSync(file)
  db.exec('begin immediate')
  const hasty = await openLedger(file, clock, { waitMs: 60 })
  t.teardown(() => closeLedger(hasty))
  await t.rejects(append(hasty, 'import-started'), { code: 'ledger-busy' })
  t.strictSame(await listActivity(hasty), [], 'a reader does not wait for a writer')
  const patient = append(l, 'import-started')
  await reading(hasty, async () => {})
  db.exec('commit')
  db.close()
  await patient
  t.equal((await listActivity(hasty)).length, 1)
})

t.test('a file that another program has for itself alone cannot be opened: busy', async (t) => {
  const { l, file } = await ledgerFor(t)
  await closeLedger(l)
  const db = new DatabaseSync(file)
  db.exec('pragma locking_mode = exclusive; begin exclusive')
  t.teardown(() => db.close())
  await t.rejects(openLedger(file, clock, { waitMs: 60 }), { code: 'ledger-busy' })
})

t.test('a fresh file that processes open at once is made once, and all of them work with it', async (t) => {
  for (let round = 0; round < 3; round++) {
    const file = join(t.testdir(), `fresh-${round}.db`)
    const children = [0, 1, 2].map(() => child(t, 'open', [file]))
    for (const one of children) t.equal(await one.line(), 'ready')
    for (const one of children) one.say('go')
    for (const one of children) t.equal(await one.line(), 'opened')
    const l = await openLedger(file, clock)
    t.equal((await listActivity(l)).length, 3)
    await closeLedger(l)
  }
})

t.test(
  'a full disk is told as such, nothing of the transaction stays, and the ledger works on after it',
  async (t) => {
    const { l, file } = await ledgerFor(t)
    await received(l, '300000001')
    await sql`pragma max_page_count = 1`.execute(l.db)
    const fill = async () => {
      for (let i = 0; i < 1000; i++) await claimed(l, `${i}${'x'.repeat(3000)}`)
    }
    await t.rejects(fill(), { code: 'ledger-full' })
    await sql`pragma max_page_count = 1073741823`.execute(l.db)
    await received(l, '300000002')
    t.not(await findOrder(l, 'lab', '300000001'), null)
    t.strictSame(contradictions(file), [])
  },
)

const volume = smallVolume()
const skip = volume === null ? 'mounting is not allowed here' : false
t.test('on a volume that is really full, all that was reported is kept', { skip }, async (t) => {
  const file = join(String(volume), 'ledger.db')
  const l = await openLedger(file, clock)
  let reported = 0
  const fill = async () => {
    for (; ; reported++) await received(l, `${reported}`)
  }
  await t.rejects(fill(), { code: 'ledger-full' })
  await closeLedger(l)
  const again = await openLedger(file, clock)
  t.ok(reported > 0)
  t.equal((await listOrders(again, { limit: 500 })).length, reported)
  await closeLedger(again)
  t.strictSame(contradictions(file), [])
})
t.teardown(() => {
  if (volume === null) return
  execFileSync('umount', [volume])
  rmdirSync(volume)
})

t.test('a transaction that fails in the middle leaves nothing', async (t) => {
  const { l } = await ledgerFor(t)
  const failing = writing(l, async (tx) => {
    await tx
      .insertInto('activity')
      .values({ at: 0, kind: 'import-started', order_key: null, code: null, facts: '{}' })
      .execute()
    throw new TypeError('in the middle')
  })
  await t.rejects(failing, { code: 'ledger-unreadable' })
  t.strictSame(await listActivity(l), [])
})

t.test('transactions of one process do not mix', async (t) => {
  const { l } = await ledgerFor(t)
  await Promise.all(Array.from({ length: 40 }, (_, i) => received(l, `3000000${i}`)))
  t.equal((await listOrders(l, { limit: 500 })).length, 40)
})

t.test('closing waits for what is in hand, and may be said twice', async (t) => {
  const { l, file } = await ledgerFor(t)
  const work = append(l, 'import-started')
  await closeLedger(l)
  await work
  await closeLedger(l)
  await t.rejects(append(l, 'import-started'), { code: 'ledger-unreadable' })
  const again = await openLedger(file, clock)
  t.teardown(() => closeLedger(again))
  t.equal((await listActivity(again)).length, 1)
})

t.test(
  'a ledger copied with its journal, as a machine without power leaves it, opens with all its marks',
  async (t) => {
    const { l, file } = await ledgerFor(t)
    const revision = await received(l, '300000001')
    const copies = join(t.testdirName, 'after')
    mkdirSync(copies)
    const copy = join(copies, 'ledger.db')
    copyFileSync(file, copy)
    copyFileSync(`${file}-wal`, `${copy}-wal`)
    const after = await openLedger(copy, clock)
    t.teardown(() => closeLedger(after))
    t.strictSame(await revisionById(after, revision.id), revision)
  },
)

t.test('a journal torn at its end loses nothing but the transaction it was torn in', async (t) => {
  const { l, file } = await ledgerFor(t)
  const revision = await received(l, '300000001')
  const whole = readFileSync(`${file}-wal`)
  await received(l, '300000002')
  const copies = join(t.testdirName, 'torn')
  mkdirSync(copies)
  const copy = join(copies, 'ledger.db')
  copyFileSync(file, copy)
  const torn = readFileSync(`${file}-wal`).subarray(0, whole.length + 1000)
  writeFileSync(`${copy}-wal`, torn)
  const after = await openLedger(copy, clock)
  t.teardown(() => closeLedger(after))
  t.strictSame(await revisionById(after, revision.id), revision)
  t.equal((await listOrders(after)).length, 1)
})

/** A small volume of its own, or null where mounting is not allowed. */
function smallVolume(): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'small-volume-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=600k', 'tmpfs', folder], { stdio: 'ignore' })
    return folder
  } catch {
    rmdirSync(folder)
    return null
  }
}
