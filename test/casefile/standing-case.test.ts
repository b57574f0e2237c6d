import * as fs from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { ProjectName } from '../../plugin/casefile/naming.ts'
import { publishCase } from '../../plugin/casefile/publish.ts'
import { isWholeCase, originAt, touchedByTechnician } from '../../plugin/casefile/standing-case.ts'
import {
  ORIGIN,
  OTHER_ORIGIN,
  PROJECT,
  planFor,
  put,
  received,
  WORLDS,
  type World,
  type WorldMaker,
} from './worlds.ts'

async function published(t: Parameters<WorldMaker>[0], makeWorld: WorldMaker): Promise<World> {
  const world = await makeWorld(t)
  await publishCase(world.disk, world.cases, await received(world), planFor())
  return world
}

const touched = ({ disk, cases }: World) => touchedByTechnician(disk, cases, PROJECT)
const whole = ({ disk, cases }: World) => isWholeCase(disk, cases, PROJECT, ORIGIN)

for (const [where, makeWorld] of Object.entries(WORLDS)) {
  t.test(`on ${where}`, async (t) => {
    t.test(
      'a case that was just published is touched by nobody, its Rx sheet in HTML notwithstanding',
      async (t) => {
        const world = await published(t, makeWorld)
        t.ok((await world.disk.readdir(join(world.cases, PROJECT))).some((name) => name.endsWith('.html')))
        t.equal(await touched(world), false)
      },
    )

    for (const name of [
      `${PROJECT}.constructionInfo`,
      `${PROJECT}.dentalCAD`,
      `${PROJECT}-46_cad.stl`,
      'report.html',
      `${PROJECT}.CONSTRUCTIONINFO`,
      'X_CAD.STL',
    ]) {
      t.test(`${name} tells of a technician's work`, async (t) => {
        const world = await published(t, makeWorld)
        await put(world, `${PROJECT}/${name}`, 'work')
        t.equal(await touched(world), true)
      })
    }

    for (const name of ['notes.txt', 'scan.stl', 'cad.stl', 'constructionInfo', '.dentalcadx']) {
      t.test(`${name} tells of none`, async (t) => {
        const world = await published(t, makeWorld)
        await put(world, `${PROJECT}/${name}`, 'x')
        t.equal(await touched(world), false)
      })
    }

    t.test('an Rx sheet that has another size by now tells of work', async (t) => {
      const world = await published(t, makeWorld)
      await put(world, `${PROJECT}/${PROJECT}-Rx_1.html`, 'written over by an output')
      t.equal(await touched(world), true)
    })

    t.test('without a readable case XML every sign counts', async (t) => {
      const world = await published(t, makeWorld)
      await put(world, `${PROJECT}/${PROJECT}.case.xml`, '<Case schemaVersion="1">')
      t.equal(await touched(world), true)
    })

    t.test(
      'a case that is not there is touched by nobody, comes from nowhere, and is not whole',
      async (t) => {
        const world = await makeWorld(t)
        t.equal(await touched(world), false)
        t.equal(await originAt(world.disk, world.cases, PROJECT), null)
        t.equal(await whole(world), false)
      },
    )

    t.test('a file at its name is no case', async (t) => {
      const world = await makeWorld(t)
      await put(world, PROJECT, 'x')
      t.equal(await touched(world), false)
      t.equal(await originAt(world.disk, world.cases, PROJECT), null)
      t.equal(await whole(world), false)
    })

    t.test('a case is whole for its own origin only', async (t) => {
      const world = await published(t, makeWorld)
      t.equal(await whole(world), true)
      for (const origin of [
        OTHER_ORIGIN,
        { ...ORIGIN, account: 'x' },
        { ...ORIGIN, revision: 'b'.repeat(64) },
      ]) {
        t.equal(await isWholeCase(world.disk, world.cases, PROJECT, origin), false)
      }
    })

    t.test('a case stays whole when a technician adds work to it', async (t) => {
      const world = await published(t, makeWorld)
      await put(world, `${PROJECT}/${PROJECT}.constructionInfo`, 'work')
      await put(world, `${PROJECT}/${PROJECT}.dentalProject`, '<Treatment>saved by DentalDB</Treatment>')
      t.equal(await whole(world), true)
    })

    t.test('a case XML that lists files elsewhere is not believed', async (t) => {
      const world = await published(t, makeWorld)
      await put(world, 'elsewhere', 'x')
      const record = planFor().documents.find((each) => each.name.endsWith('.case.xml'))
      const forged = Buffer.from(record?.content ?? '')
        .toString()
        .replace(/<File bytes="\d+"/, '<File bytes="1"')
        .replace(/<Name>[^<]*upperjaw\.stl</, '<Name>../elsewhere<')
      t.ok(forged.includes('../elsewhere'))
      await put(world, `${PROJECT}/${PROJECT}.case.xml`, forged)
      t.equal(await whole(world), false)
    })
  })
}

t.test('a link in place of a scan is not the scan', async (t) => {
  const world = await published(t, WORLDS['the real disk'])
  const scan = join(world.cases, PROJECT, `${PROJECT}-upperjaw.stl`)
  await fs.rename(scan, join(world.cases, 'moved'))
  await fs.symlink('../moved', scan)
  t.equal(await whole(world), false)
})

t.test(
  'a pipe in place of the case XML holds nobody up',
  { skip: process.platform === 'win32' },
  async (t) => {
    const world = await WORLDS['the real disk'](t)
    const { spawnSync } = await import('node:child_process')
    await fs.mkdir(join(world.cases, PROJECT))
    t.equal(spawnSync('mkfifo', [join(world.cases, PROJECT, `${PROJECT}.case.xml`)]).status, 0)
    t.equal(await originAt(fs, world.cases, PROJECT), null)
  },
)

t.test('the origin of a case is read from the head of one file', async (t) => {
  const world = await published(t, WORLDS['the real disk'])
  const name = join(world.cases, PROJECT, `${PROJECT}.case.xml`)
  const handle = await fs.open(name, 'r+')
  await handle.truncate(3 * 1024 * 1024 * 1024)
  await handle.close()
  const before = process.memoryUsage().rss
  t.same(await originAt(fs, world.cases, PROJECT), ORIGIN)
  t.ok(process.memoryUsage().rss - before < 100 * 1024 * 1024, 'not the 3 GB behind it')
  t.equal(await originAt(fs, world.cases, 'other' as ProjectName), null)
})
