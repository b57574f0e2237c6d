import { spawnSync } from 'node:child_process'
import * as fs from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { publishCase } from '../../plugin/casefile/publish.ts'
import { openStagedFile, prepareStaging } from '../../plugin/casefile/staging.ts'
import { CAN_MOUNT, codeOf, planFor, received, tree, wholeCase, worldAt } from './worlds.ts'

/** A folder that outlives what is mounted in it: tap removes its own folders before a test's teardown. */
async function ground(t: Test): Promise<string> {
  const folder = await fs.mkdtemp(join(tmpdir(), 'volumes-'))
  t.teardown(async () => {
    for (const name of await fs.readdir(folder)) spawnSync('umount', [join(folder, name)])
    await fs.rm(folder, { recursive: true })
  })
  return folder
}

function mount(folder: string, ...args: readonly string[]): void {
  const mounted = spawnSync('mount', [...args, folder], { encoding: 'utf8' })
  if (mounted.status !== 0) throw new Error(mounted.stderr)
}

/** A real volume, mounted for a test: only the system itself knows how a full or read-only one behaves. */
async function volume(t: Test, options = 'size=1m'): Promise<string> {
  const folder = join(await ground(t), 'volume')
  await fs.mkdir(folder)
  mount(folder, '-t', 'tmpfs', '-o', options, 'tmpfs')
  return folder
}

const remount = (folder: string, mode: 'ro' | 'rw'): void => {
  const done = spawnSync('mount', ['-o', `remount,${mode}`, folder], { encoding: 'utf8' })
  if (done.status !== 0) throw new Error(done.stderr)
}

function canMount(): string | false {
  if (!CAN_MOUNT) return 'volumes are mounted as root on Linux only'
  const tried = spawnSync('unshare', ['--mount', 'true'])
  return tried.status === 0 ? false : 'this machine does not let its root mount a volume'
}

const skip = canMount()

t.test('a case folder on a read-only volume is told before anything is received', { skip }, async (t) => {
  const cases = await volume(t)
  remount(cases, 'ro')
  t.equal(await codeOf(() => prepareStaging(fs, cases, join(cases, '.myitero'))), 'case-folder-read-only')
})

t.test('a volume that turns read-only holds a case up, and no longer than that', { skip }, async (t) => {
  const world = worldAt(fs, await volume(t))
  const staging = await received(world)
  remount(world.cases, 'ro')
  t.equal(await codeOf(() => openStagedFile(fs, staging, 'more')), 'case-folder-read-only')
  t.equal(await codeOf(() => publishCase(fs, world.cases, staging, planFor())), 'case-folder-read-only')
  remount(world.cases, 'rw')
  t.equal(await publishCase(fs, world.cases, staging, planFor()), 'published')
  t.strictSame(await tree(world), wholeCase(planFor()))
})

t.test(
  'a full volume is told as full, and the file that did not fit leaves nothing behind',
  { skip },
  async (t) => {
    const world = worldAt(fs, await volume(t))
    const staging = await received(world)
    const file = await openStagedFile(fs, staging, 'mesh')
    t.equal(await codeOf(() => file.write(new Uint8Array(2 * 1024 * 1024))), 'case-folder-full')
    await file.abandon()
    t.equal(await publishCase(fs, world.cases, staging, planFor()), 'published')
    t.strictSame(await tree(world), wholeCase(planFor()))
  },
)

t.test('a volume that is full at the documents holds a case up until there is room', { skip }, async (t) => {
  const world = worldAt(fs, await volume(t))
  const staging = await received(world)
  const filler = join(world.cases, 'filler')
  await fs.writeFile(filler, new Uint8Array(2 * 1024 * 1024)).catch(() => {})
  t.equal(await codeOf(() => publishCase(fs, world.cases, staging, planFor())), 'case-folder-full')
  await fs.unlink(filler)
  t.equal(await publishCase(fs, world.cases, staging, planFor()), 'published')
  t.strictSame(await tree(world), wholeCase(planFor()))
})

t.test('a volume without room for one more name is told as full', { skip }, async (t) => {
  const cases = await volume(t, 'size=1m,nr_inodes=3')
  await fs.mkdir(join(cases, 'one'))
  await fs.mkdir(join(cases, 'two'))
  t.equal(await codeOf(() => prepareStaging(fs, cases, join(cases, '.myitero'))), 'case-folder-full')
})

t.test(
  'a staging on another volume is told before anything is received, and left as it was',
  { skip },
  async (t) => {
    const world = worldAt(fs, await volume(t))
    const elsewhere = join(t.testdir(), 'elsewhere')
    t.equal(await codeOf(() => prepareStaging(fs, world.cases, elsewhere)), 'staging-other-volume')
    await t.rejects(fs.stat(elsewhere), { code: 'ENOENT' })
  },
)

t.test('a staging root that is a link to another volume is told', { skip }, async (t) => {
  const cases = await volume(t)
  const elsewhere = join(t.testdir(), 'elsewhere')
  await fs.mkdir(elsewhere)
  await fs.symlink(elsewhere, join(cases, '.myitero'))
  t.equal(await codeOf(() => prepareStaging(fs, cases, join(cases, '.myitero'))), 'staging-other-volume')
  t.same(await fs.readdir(elsewhere), [])
})

t.test(
  'one volume mounted twice is told at the rename at the latest, and nothing is copied',
  { skip },
  async (t) => {
    const world = worldAt(fs, await volume(t))
    const cases = join(await ground(t), 'second')
    await fs.mkdir(cases)
    mount(cases, '--bind', world.cases)
    const staging = await received(world)
    const apart = { ...world, cases }
    t.equal(await codeOf(() => publishCase(fs, apart.cases, staging, planFor())), 'staging-other-volume')
    t.same((await fs.readdir(cases)).toSorted(), ['.myitero'])
  },
)

t.test(
  'a case is published among 20,000 others on a real volume, which are not looked at',
  { skip },
  async (t) => {
    const world = worldAt(fs, await volume(t, 'size=64m,nr_inodes=100000'))
    const made = spawnSync('sh', ['-c', 'seq -f "case-%g" 20000 | xargs mkdir'], { cwd: world.cases })
    t.equal(made.status, 0)
    t.equal(await publishCase(fs, world.cases, await received(world), planFor()), 'published')
    t.equal((await fs.readdir(world.cases)).length, 20_001)
  },
)
