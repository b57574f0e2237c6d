import * as fs from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { publishCase, restoreStagedNames } from '../../plugin/casefile/publish.ts'
import { removeStaging } from '../../plugin/casefile/staging.ts'
import { originAt } from '../../plugin/casefile/standing-case.ts'
import type { Disk } from '../../plugin/disk.ts'
import { validate } from '../xsd.ts'
import { type Call, systemError, watchedDisk } from './failing-disk.ts'
import {
  codeOf,
  ORIGIN,
  OTHER_ORIGIN,
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

for (const [where, makeWorld] of Object.entries(WORLDS)) {
  t.test(`on ${where}`, async (t) => {
    t.test('a case appears whole, and no staging is left', async (t) => {
      const world = await makeWorld(t)
      const plan = planFor()
      t.equal(await publishCase(world.disk, world.cases, await received(world), plan), 'published')
      t.strictSame(await tree(world), wholeCase(plan))
      t.same(await originAt(world.disk, world.cases, PROJECT), ORIGIN)
      const [treatment, record] = plan.documents
      await validate(t, 'dental-project', treatment?.content ?? '')
      await validate(t, 'case', record?.content ?? '')
    })

    t.test('the same case again is already there, and its staging goes', async (t) => {
      const world = await makeWorld(t)
      await publishCase(world.disk, world.cases, await received(world), planFor())
      const again = await received(world, 'staging-2')
      t.equal(await publishCase(world.disk, world.cases, again, planFor()), 'already-there')
      t.strictSame(await tree(world), wholeCase(planFor()))
    })

    t.test(
      'after the rename the same call tells that the case is there, with its staging gone',
      async (t) => {
        const world = await makeWorld(t)
        const staging = await received(world)
        await publishCase(world.disk, world.cases, staging, planFor())
        t.equal(await publishCase(world.disk, world.cases, staging, planFor()), 'already-there')
        t.strictSame(await tree(world), wholeCase(planFor()))
      },
    )

    t.test('another staging beside it stays', async (t) => {
      const world = await makeWorld(t)
      const staging = await received(world)
      await received(world, 'of-another-order')
      await publishCase(world.disk, world.cases, staging, planFor())
      t.ok('.myitero/of-another-order/file-0000' in (await tree(world)))
    })

    const taken: Readonly<
      Record<string, (world: Awaited<ReturnType<typeof makeWorld>>) => Promise<unknown>>
    > = {
      'a file': (world) => put(world, PROJECT, 'a file'),
      'an empty folder': (world) => world.disk.mkdir(join(world.cases, PROJECT)),
      "somebody's folder": (world) => put(world, `${PROJECT}/notes.txt`, 'mine'),
      'a folder with a case XML that is none': (world) =>
        put(world, `${PROJECT}/${PROJECT}.case.xml`, '<Case/>'),
      'a folder with a case XML that is a folder': (world) =>
        put(world, `${PROJECT}/${PROJECT}.case.xml/x`, ''),
      'a case of another order': async (world) =>
        publishCase(world.disk, world.cases, await received(world, 'other'), planFor(PROJECT, OTHER_ORIGIN)),
      'our own case without one of its files': async (world) => {
        await publishCase(world.disk, world.cases, await received(world, 'other'), planFor())
        await world.disk.unlink(join(world.cases, PROJECT, `${PROJECT}-upperjaw.stl`))
      },
      'our own case with a file of another size': async (world) => {
        await publishCase(world.disk, world.cases, await received(world, 'other'), planFor())
        await put(world, `${PROJECT}/${PROJECT}-upperjaw.stl`, 'cut')
      },
      'our own case without its .dentalProject': async (world) => {
        await publishCase(world.disk, world.cases, await received(world, 'other'), planFor())
        await world.disk.unlink(join(world.cases, PROJECT, `${PROJECT}.dentalProject`))
      },
    }
    for (const [what, take] of Object.entries(taken)) {
      t.test(`${what} at its name is never touched, and the next name takes the same staging`, async (t) => {
        const world = await makeWorld(t)
        await take(world)
        const before = await tree(world)
        const staging = await received(world)
        const waiting = await tree(world)
        t.equal(await publishCase(world.disk, world.cases, staging, planFor()), 'name-taken')
        t.strictSame(await tree(world), waiting, 'nothing changed')
        t.equal(await publishCase(world.disk, world.cases, staging, planFor(SECOND)), 'published')
        t.strictSame(await tree(world), { ...before, ...wholeCase(planFor(SECOND)) })
      })
    }

    t.test('a name taken at the last moment leaves the staging as it was', async (t) => {
      const world = await makeWorld(t)
      const staging = await received(world)
      const waiting = await tree(world)
      const { disk } = watchedDisk(world.disk, async (call) => {
        if (call.name === 'rename' && call.args[0] === staging.folder)
          await put(world, `${PROJECT}/x`, 'first')
      })
      t.equal(await publishCase(disk, world.cases, staging, planFor()), 'name-taken')
      t.strictSame(await tree(world), { ...waiting, [`${PROJECT}/`]: '', [`${PROJECT}/x`]: 'first' })
    })

    t.test('two publishers of one case at once make one case', async (t) => {
      const world = await makeWorld(t)
      const stagings = [await received(world, 'one'), await received(world, 'two')]
      const results = await Promise.all(
        stagings.map((staging) => publishCase(world.disk, world.cases, staging, planFor())),
      )
      t.same(results.toSorted(), ['already-there', 'published'])
      t.strictSame(await tree(world), wholeCase(planFor()))
    })

    t.test('two orders of one name at once: one takes it, the other keeps its staging', async (t) => {
      const world = await makeWorld(t)
      const [one, two] = [await received(world, 'one'), await received(world, 'two')]
      const results = await Promise.all([
        publishCase(world.disk, world.cases, one, planFor()),
        publishCase(world.disk, world.cases, two, planFor(PROJECT, OTHER_ORIGIN)),
      ])
      t.same(results.toSorted(), ['name-taken', 'published'])
      t.equal(Object.keys(await tree(world)).filter((path) => /^\.myitero\/\w+\/file-/.test(path)).length, 3)
    })

    t.test('a staging that lost a file is told, and nothing of it is thrown away', async (t) => {
      const world = await makeWorld(t)
      const staging = await received(world)
      await world.disk.unlink(join(staging.folder, 'file-0001'))
      t.equal(await codeOf(() => publishCase(world.disk, world.cases, staging, planFor())), 'staging-damaged')
      t.notOk(`${PROJECT}/` in (await tree(world)))
      t.ok(`.myitero/staging-1/${PROJECT}-upperjaw.stl` in (await tree(world)))
    })

    t.test('a staged file that changed its size while it waited is told', async (t) => {
      const world = await makeWorld(t)
      const staging = await received(world)
      await put(world, '.myitero/staging-1/file-0000', 'short')
      t.equal(await codeOf(() => publishCase(world.disk, world.cases, staging, planFor())), 'staging-damaged')
    })

    t.test('a staging that is gone is told', async (t) => {
      const world = await makeWorld(t)
      const staging = await received(world)
      await removeStaging(world.disk, world.stagingRoot, 'staging-1')
      t.equal(await codeOf(() => publishCase(world.disk, world.cases, staging, planFor())), 'staging-damaged')
    })

    t.test('what an earlier run left in a staging does not get into the case', async (t) => {
      const world = await makeWorld(t)
      const staging = await received(world)
      await put(world, '.myitero/staging-1/Other.dentalProject', 'old')
      await publishCase(world.disk, world.cases, staging, planFor())
      t.strictSame(await tree(world), wholeCase(planFor()))
    })

    t.test('a staging that was cut short under one name goes on under another', async (t) => {
      const world = await makeWorld(t)
      const staging = await received(world)
      const [first] = planFor().files
      await world.disk.rename(join(staging.folder, 'file-0000'), join(staging.folder, first?.name ?? ''))
      await restoreStagedNames(world.disk, staging, planFor().files)
      t.equal(await publishCase(world.disk, world.cases, staging, planFor(SECOND)), 'published')
      t.strictSame(await tree(world), wholeCase(planFor(SECOND)))
    })

    const mistaken: readonly (readonly [
      string,
      (plan: ReturnType<typeof planFor>) => ReturnType<typeof planFor>,
    ])[] = [
      [
        'two files of one name',
        (plan) => ({ ...plan, files: plan.files.map((file) => ({ ...file, name: 'same' })) }),
      ],
      [
        'names that differ in case only',
        (plan) => ({
          ...plan,
          documents: [
            ...plan.documents,
            ...plan.files
              .slice(0, 1)
              .map(({ name }) => ({ name: name.toUpperCase(), content: new Uint8Array() })),
          ],
        }),
      ],
      [
        'a way out of the folder',
        (plan) => ({ ...plan, documents: [{ name: '../x', content: new Uint8Array() }] }),
      ],
      [
        'a final name that is another file’s staged one',
        (plan) => ({
          ...plan,
          files: plan.files.map((file) =>
            file.stagedAs === 'file-0000' ? { ...file, name: 'file-0001' } : file,
          ),
        }),
      ],
    ]
    for (const [what, spoil] of mistaken) {
      t.test(`a plan with ${what} is refused before anything is touched`, async (t) => {
        const world = await makeWorld(t)
        const staging = await received(world)
        const before = await tree(world)
        t.equal(
          await codeOf(() => publishCase(world.disk, world.cases, staging, spoil(planFor()))),
          'staging-damaged',
        )
        t.strictSame(await tree(world), before)
      })
    }

    t.test('the case folder is never listed, however many cases it holds', async (t) => {
      const world = await makeWorld(t)
      const { disk, calls } = watchedDisk(world.disk, (call) => {
        if (call.name === 'readdir' && call.args[0] === world.cases) throw systemError('EIO')
      })
      const watched = { ...world, disk }
      t.equal(await publishCase(disk, world.cases, await received(watched), planFor()), 'published')
      t.equal(await publishCase(disk, world.cases, await received(watched), planFor()), 'already-there')
      t.ok(calls.length > 0)
    })

    t.test('a case folder that vanished is told, and the staging goes on when it is back', async (t) => {
      const world = await makeWorld(t)
      const apart = { ...world, cases: join(world.cases, 'cases'), stagingRoot: join(world.cases, 'staging') }
      await world.disk.mkdir(apart.cases)
      const staging = await received(apart)
      await world.disk.rmdir(apart.cases)
      t.equal(
        await codeOf(() => publishCase(world.disk, apart.cases, staging, planFor())),
        'case-folder-missing',
      )
      await world.disk.mkdir(apart.cases)
      t.equal(await publishCase(world.disk, apart.cases, staging, planFor()), 'published')
      t.strictSame(await tree(apart), wholeCase(planFor()))
    })
  })
}

t.test('a link that leads nowhere at its name is never touched', async (t) => {
  const world = await WORLDS['the real disk'](t)
  await fs.symlink('/nowhere', join(world.cases, PROJECT))
  const staging = await received(world)
  t.equal(await publishCase(fs, world.cases, staging, planFor()), 'name-taken')
  t.equal(await fs.readlink(join(world.cases, PROJECT)), '/nowhere')
})

t.test('a link to a case of ours outside the case folder counts as that case', async (t) => {
  const world = await WORLDS['the real disk'](t)
  await publishCase(fs, world.cases, await received(world), planFor())
  await fs.mkdir(join(world.cases, 'archive'))
  await fs.rename(join(world.cases, PROJECT), join(world.cases, 'archive', PROJECT))
  await fs.symlink(join('archive', PROJECT), join(world.cases, PROJECT))
  t.equal(await publishCase(fs, world.cases, await received(world), planFor()), 'already-there')
})

t.test('among 100,000 other cases one is published as fast as alone', async (t) => {
  const world = await WORLDS['a disk in memory'](t)
  for (let index = 0; index < 100_000; index++) await world.disk.mkdir(`${world.cases}/case-${index}`)
  const counted = watchedDisk(world.disk, () => {})
  const staging = await received({ ...world, disk: counted.disk })
  t.equal(await publishCase(counted.disk, world.cases, staging, planFor()), 'published')
  const alone = await WORLDS['a disk in memory'](t)
  const few = watchedDisk(alone.disk, () => {})
  await publishCase(few.disk, alone.cases, await received({ ...alone, disk: few.disk }), planFor())
  t.equal(counted.calls.length, few.calls.length, 'the same calls')
})

/** Windows, where a watcher of somebody else's holds a folder for a moment. */
async function heldFor(
  t: Parameters<(typeof WORLDS)['a disk in memory']>[0],
  refusals: number,
  code: string,
  wait: () => Promise<void> = async () => {},
) {
  const world = await WORLDS['a disk in memory'](t)
  const staging = await received(world)
  const pauses: number[] = []
  let left = refusals
  const { disk, calls } = watchedDisk(world.disk, (call) => {
    if (call.name === 'rename' && call.args[0] === staging.folder && left-- > 0) throw systemError(code)
  })
  const timing = {
    platform: 'win32' as const,
    pause: async (ms: number) => {
      pauses.push(ms)
      await wait()
    },
  }
  return { world, calls, pauses, publish: () => publishCase(disk, world.cases, staging, planFor(), timing) }
}

for (const code of ['EPERM', 'EACCES', 'EBUSY']) {
  t.test(`on Windows a folder that is held (${code}) is renamed as soon as it is let go`, async (t) => {
    const { world, calls, pauses, publish } = await heldFor(t, 4, code)
    t.equal(await publish(), 'published')
    t.strictSame(await tree(world), wholeCase(planFor()))
    t.equal(pauses.length, 4)
    t.same(
      pauses,
      pauses.toSorted((a, b) => a - b),
      'growing',
    )
    t.notOk(
      calls.some((call) => call.name === 'open' && call.args[0] === world.cases),
      'no folder is opened to be flushed',
    )
  })

  t.test(
    `on Windows a folder that is never let go (${code}) is left for a later try, uncopied`,
    async (t) => {
      const { world, publish } = await heldFor(t, 1000, code)
      t.equal(await codeOf(publish), 'case-folder-unreachable')
      t.notOk(`${PROJECT}/` in (await tree(world)))
    },
  )
}

/** What Windows refuses while somebody holds a file or a folder. */
const isHoldable = ({ name, args }: Call) =>
  ['rename', 'unlink', 'rm'].includes(name) || (name === 'open' && args[1] === 'w')

/** Refuses what is done to this one thing for as long as `held` says. */
function holding(world: World, one: Call, held: () => boolean) {
  return watchedDisk(world.disk, (call) => {
    if (call.name === one.name && call.args[0] === one.args[0] && held()) throw systemError('EBUSY')
  }).disk
}

t.test('on Windows whatever is held is waited for, and gone on with when the wait was in vain', async (t) => {
  const plan = planFor()
  const dry = await WORLDS['a disk in memory'](t)
  const watched = watchedDisk(dry.disk, () => {})
  const plain = { platform: 'win32' as const, pause: async () => {} }
  await publishCase(watched.disk, dry.cases, await received({ ...dry, disk: watched.disk }), plan, plain)
  const steps = watched.calls.filter(isHoldable)
  t.ok(steps.length > plan.files.length + plan.documents.length)
  for (const step of steps) {
    const world = await WORLDS['a disk in memory'](t)
    const staging = await received(world)
    let left = 4
    const passing = holding(world, step, () => left-- > 0)
    t.equal(await publishCase(passing, world.cases, staging, plan, plain), 'published', step.name)
    t.strictSame(await tree(world), wholeCase(plan))

    const again = await WORLDS['a disk in memory'](t)
    const waiting = await received(again)
    const waits: number[] = []
    const timing = { platform: 'win32' as const, pause: async (ms: number) => void waits.push(ms) }
    const publish = (disk: Disk) => publishCase(disk, again.cases, waiting, plan, timing)
    t.equal(await codeOf(() => publish(holding(again, step, () => true))), 'case-folder-unreachable')
    t.ok(waits.reduce((sum, ms) => sum + ms, 0) < 15_000, 'not for ever')
    t.notOk(`${PROJECT}/` in (await tree(again)), 'nothing half stands')
    t.equal(await publish(again.disk), 'published')
    t.strictSame(await tree(again), wholeCase(plan))
  }
})

t.test('on Windows a stop ends the wait for who holds a file, and the staging is gone on with', async (t) => {
  const { world, publish } = await heldFor(t, 1000, 'EPERM', async () => {
    throw new Error('stopped')
  })
  t.equal(await codeOf(publish), 'case-folder-unreachable')
  t.notOk(`${PROJECT}/` in (await tree(world)))
})

t.test('elsewhere a refusal is no hold, and is told at once', async (t) => {
  const world = await WORLDS['a disk in memory'](t)
  const staging = await received(world)
  const { disk } = watchedDisk(world.disk, (call) => {
    if (call.name === 'rename' && call.args[0] === staging.folder) throw systemError('EACCES')
  })
  const timing = { platform: 'linux' as const, pause: async () => void t.fail('no pause') }
  t.equal(
    await codeOf(() => publishCase(disk, world.cases, staging, planFor(), timing)),
    'case-folder-read-only',
  )
})
