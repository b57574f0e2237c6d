import { join } from 'node:path'
import t from 'tap'
import { publishCase } from '../../plugin/casefile/publish.ts'
import {
  createStaging,
  openStagedFile,
  prepareStaging,
  removeStaging,
} from '../../plugin/casefile/staging.ts'
import { ImportError } from '../../plugin/errors.ts'
import { failingAt, systemError, watchedDisk } from './failing-disk.ts'
import { codeOf, planFor, put, received, tree, WORLDS, wholeCase } from './worlds.ts'

for (const [where, makeWorld] of Object.entries(WORLDS)) {
  t.test(`on ${where}`, async (t) => {
    t.test('a root is made where it is missing, with the folders above it', async (t) => {
      const { disk, cases } = await makeWorld(t)
      await prepareStaging(disk, cases, join(cases, 'a/b/staging'))
      t.same(await disk.readdir(join(cases, 'a/b/staging')), [])
    })

    t.test('preparing twice is fine', async (t) => {
      const { disk, cases, stagingRoot } = await makeWorld(t)
      await prepareStaging(disk, cases, stagingRoot)
      await prepareStaging(disk, cases, stagingRoot)
      t.same(await disk.readdir(cases), ['.myitero'])
    })

    t.test('a case folder that is missing is told, and not made', async (t) => {
      const { disk, cases } = await makeWorld(t)
      const missing = join(cases, 'missing')
      t.equal(
        await codeOf(() => prepareStaging(disk, missing, join(missing, '.myitero'))),
        'case-folder-missing',
      )
      t.same(await disk.readdir(cases), [])
    })

    t.test('a case folder that is a file is told', async (t) => {
      const world = await makeWorld(t)
      await put(world, 'file', 'x')
      const file = join(world.cases, 'file')
      t.equal(
        await codeOf(() => prepareStaging(world.disk, file, join(file, '.myitero'))),
        'case-folder-missing',
      )
      t.equal(
        await codeOf(() => prepareStaging(world.disk, join(file, 'cases'), join(file, 'cases/.myitero'))),
        'case-folder-missing',
      )
    })

    t.test('a file where the root should be is told, and left', async (t) => {
      const world = await makeWorld(t)
      await put(world, '.myitero', 'x')
      t.equal(
        await codeOf(() => prepareStaging(world.disk, world.cases, world.stagingRoot)),
        'staging-damaged',
      )
      t.strictSame(await tree(world), { '.myitero': 'x' })
    })

    t.test('a staging is made once', async (t) => {
      const { disk, cases, stagingRoot } = await makeWorld(t)
      await prepareStaging(disk, cases, stagingRoot)
      await createStaging(disk, stagingRoot, 'one')
      t.equal(await codeOf(() => createStaging(disk, stagingRoot, 'one')), 'staging-damaged')
    })

    t.test('a root that another importer removed in between is made again', async (t) => {
      const { disk, cases, stagingRoot } = await makeWorld(t)
      await prepareStaging(disk, cases, stagingRoot)
      await disk.rmdir(stagingRoot)
      await createStaging(disk, stagingRoot, 'one')
      t.same(await disk.readdir(stagingRoot), ['one'])
    })

    t.test('a staged file is made once, and the first stays as it is', async (t) => {
      const world = await makeWorld(t)
      const staging = await received(world)
      const before = await tree(world)
      t.equal(await codeOf(() => openStagedFile(world.disk, staging, 'file-0000')), 'staging-damaged')
      t.strictSame(await tree(world), before)
    })

    t.test('a staged file that is abandoned is gone', async (t) => {
      const world = await makeWorld(t)
      const staging = await received(world)
      const file = await openStagedFile(world.disk, staging, 'half')
      await file.write(Buffer.from('half'))
      await file.abandon()
      await file.abandon()
      t.notOk('.myitero/staging-1/half' in (await tree(world)))
    })

    t.test('removing takes the staging, and the root only when nothing else stands in it', async (t) => {
      const world = await makeWorld(t)
      await received(world, 'one')
      await received(world, 'two')
      await removeStaging(world.disk, world.stagingRoot, 'one')
      t.same(await world.disk.readdir(world.stagingRoot), ['two'])
      await removeStaging(world.disk, world.stagingRoot, 'two')
      t.strictSame(await tree(world), {})
    })

    t.test('removing what is not there is fine', async (t) => {
      const world = await makeWorld(t)
      await removeStaging(world.disk, world.stagingRoot, 'never-made')
      t.strictSame(await tree(world), {})
    })

    for (const name of ['..', '.', '', 'a/b', '../x', '/etc', 'a\\b', '.hidden', 'nul\0', 'x'.repeat(200)]) {
      t.test(`the name ${JSON.stringify(name).slice(0, 20)} never reaches the disk`, async (t) => {
        const world = await makeWorld(t)
        const staging = await received(world)
        const before = await tree(world)
        t.equal(await codeOf(() => createStaging(world.disk, world.stagingRoot, name)), 'staging-damaged')
        t.equal(await codeOf(() => removeStaging(world.disk, world.stagingRoot, name)), 'staging-damaged')
        t.equal(await codeOf(() => openStagedFile(world.disk, staging, name)), 'staging-damaged')
        t.strictSame(await tree(world), before)
      })
    }
  })
}

t.test('a root with the folders above it outlives a power cut, with the staging in it', async (t) => {
  const world = await WORLDS['a disk in memory'](t)
  const deep = { ...world, stagingRoot: join(world.cases, 'a/b/staging') }
  await received(deep)
  world.memory?.powerCut()
  t.equal((await tree(deep))['a/b/staging/staging-1/file-0002'], '<html>Rx</html>')
})

t.test('a disk that takes less than it is given gets the rest', async (t) => {
  const world = await WORLDS['a disk in memory'](t)
  const staging = await received(world)
  const { disk } = watchedDisk(world.disk, (call) => {
    // The length of the write, cut to what this disk takes at once.
    if (call.name === 'handle.write') (call.args as number[])[2] = Math.min(3, Number(call.args[2]))
  })
  const file = await openStagedFile(disk, staging, 'slow')
  await file.write(Buffer.from('0123456789'))
  await file.commit()
  t.equal((await tree(world))['.myitero/staging-1/slow'], '0123456789')
})

t.test('a disk that becomes full in the middle of a write is told as full, never as written', async (t) => {
  const world = await WORLDS['a disk in memory'](t)
  const staging = await received(world)
  const used = Object.values(await tree(world)).join('').length
  world.memory?.limit(used + 5)
  const file = await openStagedFile(world.disk, staging, 'too-large')
  t.equal(await codeOf(() => file.write(Buffer.from('0123456789'))), 'case-folder-full')
  await file.abandon()
  t.notOk('.myitero/staging-1/too-large' in (await tree(world)))
})

t.test(
  'a disk that is full for the documents is told, and the case is published once there is room',
  async (t) => {
    const world = await WORLDS['a disk in memory'](t)
    const staging = await received(world)
    world.memory?.limit(Object.values(await tree(world)).join('').length + 100)
    t.equal(await codeOf(() => publishCase(world.disk, world.cases, staging, planFor())), 'case-folder-full')
    world.memory?.limit(Number.POSITIVE_INFINITY)
    t.equal(await publishCase(world.disk, world.cases, staging, planFor()), 'published')
    t.strictSame(await tree(world), wholeCase(planFor()))
  },
)

t.test('a file whose flush fails is not committed', async (t) => {
  const world = await WORLDS['a disk in memory'](t)
  const staging = await received(world)
  const { disk } = watchedDisk(world.disk, (call) => {
    if (call.name === 'handle.sync') throw systemError('EIO')
  })
  const file = await openStagedFile(disk, staging, 'unflushed')
  await file.write(Buffer.from('x'))
  t.equal(await codeOf(() => file.commit()), 'case-folder-unreachable')
})

const MIB = 1024 * 1024

t.test(
  'a large file is flushed on its way, one flush after the other, and once more at its end',
  async (t) => {
    const world = await WORLDS['a disk in memory'](t)
    const staging = await received(world)
    const { disk, calls } = watchedDisk(world.disk, () => {})
    const file = await openStagedFile(disk, staging, 'large')
    for (let n = 0; n < 40; n++) await file.write(Buffer.alloc(MIB, 'x'))
    await file.commit()
    const steps = calls.flatMap(({ name }) => (name === 'handle.write' || name === 'open' ? [] : [name]))
    t.strictSame(steps, ['handle.datasync', 'handle.datasync', 'handle.sync', 'handle.close'])
    t.equal((await tree(world))['.myitero/staging-1/large']?.length, 40 * MIB)
  },
)

t.test('a flush on the way that fails is not forgotten by the one at the end', async (t) => {
  const world = await WORLDS['a disk in memory'](t)
  const staging = await received(world)
  const { disk } = watchedDisk(world.disk, (call) => {
    if (call.name === 'handle.datasync') throw systemError('EIO')
  })
  const file = await openStagedFile(disk, staging, 'large')
  await file.write(Buffer.alloc(17 * MIB))
  t.equal(await codeOf(() => file.commit()), 'case-folder-unreachable')
})

t.test('a flush on the way that fails ends the writing, and the file is taken away', async (t) => {
  const world = await WORLDS['a disk in memory'](t)
  const staging = await received(world)
  const { disk } = watchedDisk(world.disk, (call) => {
    if (call.name === 'handle.datasync') throw systemError('ENOSPC')
  })
  const file = await openStagedFile(disk, staging, 'large')
  await file.write(Buffer.alloc(17 * MIB))
  t.equal(await codeOf(() => file.write(Buffer.alloc(17 * MIB))), 'case-folder-full')
  await file.abandon()
  t.notOk('.myitero/staging-1/large' in (await tree(world)))
})

const codes: Readonly<Record<string, string>> = {
  ENOSPC: 'case-folder-full',
  EDQUOT: 'case-folder-full',
  EFBIG: 'case-folder-full',
  EROFS: 'case-folder-read-only',
  EACCES: 'case-folder-read-only',
  EPERM: 'case-folder-read-only',
  EXDEV: 'staging-other-volume',
  EIO: 'case-folder-unreachable',
  ETIMEDOUT: 'case-folder-unreachable',
  EHOSTDOWN: 'case-folder-unreachable',
  ESTALE: 'case-folder-unreachable',
  EMFILE: 'case-folder-unreachable',
}
for (const [reason, code] of Object.entries(codes)) {
  t.test(`${reason} of the disk leaves as ${code}, with its reason and without the path`, async (t) => {
    const world = await WORLDS['a disk in memory'](t)
    const { disk } = failingAt(world.disk, 1, reason)
    try {
      await prepareStaging(disk, world.cases, world.stagingRoot)
      t.fail('told')
    } catch (error) {
      t.ok(error instanceof ImportError)
      t.match(error, { code, facts: { reason } })
      // The system's message holds a path, and a case's path a patient's name.
      t.equal((error as ImportError).cause, undefined)
    }
  })
}
