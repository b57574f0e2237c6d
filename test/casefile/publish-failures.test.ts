import { basename, join } from 'node:path'
import t from 'tap'
import { type CasePlan, publishCase } from '../../plugin/casefile/publish.ts'
import { removeStaging, type Staging } from '../../plugin/casefile/staging.ts'
import { isWholeCase } from '../../plugin/casefile/standing-case.ts'
import type { Disk } from '../../plugin/disk.ts'
import { ImportError } from '../../plugin/errors.ts'
import { dyingAt, failingAt, type WatchedDisk, watchedDisk } from './failing-disk.ts'
import {
  ORIGIN,
  PROJECT,
  planFor,
  put,
  received,
  SECOND,
  tree,
  WORLDS,
  type World,
  wholeCase,
} from './worlds.ts'

/** What a ledger remembers between two runs. */
interface Memory {
  staging: Staging | null
  plan: CasePlan
}

/** One run of an importer, over whatever the run before has left. */
async function run(world: World, memory: Memory): Promise<void> {
  const { disk, cases, stagingRoot } = world
  if (memory.staging === null) {
    await removeStaging(disk, stagingRoot, 'staging-1')
    memory.staging = await received(world)
  }
  const result = await publishCase(disk, cases, memory.staging, memory.plan)
  if (result !== 'name-taken') return
  memory.plan = planFor(SECOND)
  await publishCase(disk, cases, memory.staging, memory.plan)
}

/** A run on a spoilt disk; true where it failed as it should, with a code. */
async function spoiltRun(world: World, memory: Memory, spoilt: WatchedDisk): Promise<boolean> {
  try {
    await run({ ...world, disk: spoilt.disk }, memory)
    return false
  } catch (error) {
    if (!(error instanceof ImportError)) throw error
    if (/Sample/.test(JSON.stringify(error.facts) + String(error.cause ?? '')))
      throw new Error('a name is told')
    return true
  } finally {
    await spoilt.closeAll()
  }
}

async function callsOf(world: World, prepare: (world: World) => Promise<unknown>): Promise<number> {
  await prepare(world)
  const counting = watchedDisk(world.disk, () => {})
  await run({ ...world, disk: counting.disk }, { staging: null, plan: planFor() })
  return counting.calls.length
}

const nothing = async () => {}

/** Flushed, for it is not theirs that a power cut is to try. */
async function foreignFolder(world: World): Promise<void> {
  await put(world, `${PROJECT}/notes.txt`, 'mine')
  if (process.platform === 'win32') return
  for (const folder of [join(world.cases, PROJECT), world.cases]) {
    const handle = await world.disk.open(folder, 'r')
    await handle.sync()
    await handle.close()
  }
}

type Spoiler = (disk: Disk, number: number) => WatchedDisk

const spoilers: Readonly<Record<string, Spoiler>> = {
  'dies before': dyingAt,
  'fails with ENOSPC at': (disk, number) => failingAt(disk, number, 'ENOSPC'),
  'fails with EIO at': (disk, number) => failingAt(disk, number, 'EIO'),
  'fails with EACCES at': (disk, number) => failingAt(disk, number, 'EACCES'),
  'fails with EROFS at': (disk, number) => failingAt(disk, number, 'EROFS'),
  'fails with EBUSY at': (disk, number) => failingAt(disk, number, 'EBUSY'),
  'fails with EXDEV at': (disk, number) => failingAt(disk, number, 'EXDEV'),
  'fails with ENOTEMPTY at': (disk, number) => failingAt(disk, number, 'ENOTEMPTY'),
}

for (const [where, makeWorld] of Object.entries(WORLDS)) {
  for (const [how, spoil] of Object.entries(spoilers)) {
    // The real disk is slow, and knows one kind of failure from another no better.
    if (where === 'the real disk' && !how.startsWith('dies') && !how.includes('EIO')) continue

    t.test(`a run that ${how} any call on ${where} is made whole by the next`, async (t) => {
      const calls = await callsOf(await makeWorld(t), nothing)
      t.ok(calls > 30, `${calls} calls`)
      let failed = 0
      for (let number = 1; number <= calls; number++) {
        const world = await makeWorld(t)
        const memory: Memory = { staging: null, plan: planFor() }
        if (await spoiltRun(world, memory, spoil(world.disk, number))) failed++
        await run(world, memory)
        const found = await tree(world)
        t.strictSame(found, wholeCase(planFor()), `at call ${number}`, { diagnostic: false })
      }
      t.ok(failed > calls / 2, `${failed} of ${calls} failed`)
    })
  }

  t.test(
    `a run that dies before any call on ${where} while its name is taken ends under the next name`,
    async (t) => {
      const calls = await callsOf(await makeWorld(t), foreignFolder)
      for (let number = 1; number <= calls; number++) {
        const world = await makeWorld(t)
        await foreignFolder(world)
        const memory: Memory = { staging: null, plan: planFor() }
        await spoiltRun(world, memory, dyingAt(world.disk, number))
        await run(world, memory)
        t.strictSame(
          await tree(world),
          { [`${PROJECT}/`]: '', [`${PROJECT}/notes.txt`]: 'mine', ...wholeCase(planFor(SECOND)) },
          `at call ${number}`,
        )
      }
    },
  )
}

/** Somebody takes the name in the moment between the look and the rename. */
function takenAtLast(world: World): World {
  const { disk } = watchedDisk(world.disk, async (call) => {
    if (call.name === 'rename' && basename(String(call.args[1])) === PROJECT) await foreignFolder(world)
  })
  return { ...world, disk }
}

for (const cut of [false, true]) {
  const how = cut ? 'loses power' : 'dies'
  t.test(
    `a run whose name is taken at the last moment and that ${how} before any call ends under the next`,
    async (t) => {
      const makeWorld = async () => WORLDS['a disk in memory'](t)
      const calls = await callsOf(takenAtLast(await makeWorld()), nothing)
      let halfway = 0
      for (let number = 1; number <= calls; number++) {
        const world = await makeWorld()
        const memory: Memory = { staging: null, plan: planFor() }
        await spoiltRun(world, memory, dyingAt(takenAtLast(world).disk, number))
        if (cut) world.memory?.powerCut()
        if (`.myitero/staging-1/${PROJECT}-upperjaw.stl` in (await tree(world))) halfway++
        await run(takenAtLast(world), memory)
        t.strictSame(
          await tree(world),
          { [`${PROJECT}/`]: '', [`${PROJECT}/notes.txt`]: 'mine', ...wholeCase(planFor(SECOND)) },
          `at call ${number}`,
        )
      }
      t.ok(halfway > 3, `${halfway} runs ended with renamed files`)
    },
  )
}

t.test(
  'a power cut before any call leaves a whole case or none, and the next run ends with one',
  async (t) => {
    const calls = await callsOf(await WORLDS['a disk in memory'](t), nothing)
    let cases = 0
    for (let number = 1; number <= calls + 1; number++) {
      const world = await WORLDS['a disk in memory'](t)
      const memory: Memory = { staging: null, plan: planFor() }
      await spoiltRun(world, memory, dyingAt(world.disk, number))
      world.memory?.powerCut()
      const left = Object.entries(await tree(world)).filter(([path]) => !path.startsWith('.myitero'))
      if (left.length > 0) {
        cases++
        t.strictSame(Object.fromEntries(left), wholeCase(planFor()), `whole after ${number - 1} calls`)
      }
      await run(world, memory)
      t.strictSame(await tree(world), wholeCase(planFor()), `one case after ${number - 1} calls`)
    }
    t.ok(cases > 0 && cases < calls / 2, `${cases} of ${calls} cuts came after the rename was flushed`)
  },
)

t.test('what is told to be published outlives a power cut', async (t) => {
  const world = await WORLDS['a disk in memory'](t)
  await run(world, { staging: null, plan: planFor() })
  world.memory?.powerCut()
  t.strictSame(await tree(world), wholeCase(planFor()))
})

t.test(
  'what is told to be already there outlives a power cut, also where its own run died unflushed',
  async (t) => {
    const world = await WORLDS['a disk in memory'](t)
    const memory: Memory = { staging: null, plan: planFor() }
    const renaming = watchedDisk(world.disk, async (call) => {
      if (
        call.name === 'open' &&
        call.args[0] === world.cases &&
        (await isWholeCase(world.disk, world.cases, PROJECT, ORIGIN))
      ) {
        throw Object.assign(new Error('dead'), { code: 'EDEAD' })
      }
    })
    t.ok(await spoiltRun(world, memory, renaming))
    t.equal(
      await publishCase(world.disk, world.cases, memory.staging ?? { folder: '' }, planFor()),
      'already-there',
    )
    world.memory?.powerCut()
    const { '.myitero/': leftRoot, ...cases } = await tree(world)
    t.strictSame(cases, wholeCase(planFor()))
    t.ok(leftRoot === undefined || leftRoot === '', 'of the staging at most its empty root')
  },
)

t.test('a waiting staging outlives a power cut', async (t) => {
  const world = await WORLDS['a disk in memory'](t)
  const staging = await received(world)
  world.memory?.powerCut()
  t.equal(await publishCase(world.disk, world.cases, staging, planFor()), 'published')
  t.strictSame(await tree(world), wholeCase(planFor()))
})
