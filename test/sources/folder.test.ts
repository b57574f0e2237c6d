import * as fs from 'node:fs/promises'
import { appendFile, mkdir, rename, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import t, { type Test } from 'tap'
import { type FolderSource, type FolderWatch, watchFolder } from '../../plugin/sources/folder.ts'
import { lookAt, mayBePackage, signatureOf } from '../../plugin/sources/whole.ts'
import { rawZip } from '../itero/raw-zip.ts'
import { made } from '../laboratory.ts'

const PACE = { quietMs: 20, patienceMs: 400, relistMs: 100, againMs: 50 } as const

/** The smallest zip that is known for an export: its content is the importer's matter. */
const zip = (order: string, content = '<iTeroExport/>') =>
  rawZip([{ name: `iTero_Export_#${order}_v50.xml`, content }])

interface Handed {
  readonly name: string
  readonly signature: string
}

/** A watch on a real folder, and what it handed on; `until` resolves once that is so. */
async function watching(t: Test, folder: string, more: Partial<FolderSource> = {}) {
  const handed: Handed[] = []
  let waiting: (() => void)[] = []
  const happened = () => {
    const all = waiting
    waiting = []
    for (const each of all) each()
  }
  const { onPackage = async () => 'done' as const, ...rest } = more
  const watch: FolderWatch = await watchFolder({
    disk: fs,
    folder,
    clock: Date.now,
    known: async () => false,
    ...PACE,
    ...rest,
    onPackage: async (path, signature) => {
      handed.push({ name: basename(path), signature })
      happened()
      return onPackage(path, signature)
    },
  })
  t.teardown(() => watch.close())
  return {
    watch,
    handed,
    names: () => handed.map(({ name }) => name),
    async until(condition: () => boolean): Promise<void> {
      while (!condition()) await new Promise<void>((more) => waiting.push(more))
    },
  }
}

t.test('a thousand zips that stand there at the start are handed on two at a time, each once', async (t) => {
  const folder = t.testdir()
  for (let n = 0; n < 1000; n++) await writeFile(join(folder, `iTero_Export_${n}.zip`), zip(String(n)))
  let now = 0
  let most = 0
  const { watch, names } = await watching(t, folder, {
    relistMs: 60_000,
    onPackage: async () => {
      most = Math.max(most, ++now)
      await new Promise((turn) => setImmediate(turn))
      now--
      return 'done'
    },
  })
  await watch.settled
  t.equal(names().length, 1000)
  t.equal(new Set(names()).size, 1000)
  t.equal(most, 2)
})

t.test('what another run has dealt with is not handed on', async (t) => {
  const folder = t.testdir()
  for (const n of [1, 2]) await writeFile(join(folder, `iTero_Export_${n}.zip`), zip(String(n)))
  const known = await signatureOf(fs, join(folder, 'iTero_Export_1.zip'))
  const { watch, names } = await watching(t, folder, {
    known: async (path, signature) => basename(path) === 'iTero_Export_1.zip' && signature === known,
  })
  await watch.settled
  t.same(names(), ['iTero_Export_2.zip'])
})

t.test(
  'a zip that is not whole has been looked at, and is dealt with once it is or its patience is over',
  async (t) => {
    const folder = t.testdir()
    const [late, damaged] = [join(folder, 'iTero_Export_1.zip'), join(folder, 'iTero_Export_2.zip')]
    await writeFile(late, zip('1').subarray(0, -10))
    await writeFile(damaged, zip('2').subarray(0, -10))
    const { watch, names } = await watching(t, folder, { patienceMs: 1500 })
    await watch.settled
    t.same(names(), [])
    await writeFile(late, zip('1'))
    await watch.dealtWith
    t.same([...names()].sort(), ['iTero_Export_1.zip', 'iTero_Export_2.zip'])
  },
)

t.test('a zip that stays damaged is handed on once its patience is over, and not before', async (t) => {
  const folder = t.testdir()
  const path = join(folder, 'iTero_Export_1.zip')
  await writeFile(path, zip('1').subarray(0, -10))
  // Time stands still until the package has been looked at as damaged.
  let now = 1_000_000
  let looks = 0
  const disk = {
    ...fs,
    open: (async (...args: Parameters<typeof fs.open>) => {
      looks++
      if (looks === 3) now += PACE.patienceMs
      return fs.open(...args)
    }) as typeof fs.open,
  }
  const { until, handed, names } = await watching(t, folder, { disk, clock: () => now })
  await until(() => handed.length > 0)
  t.ok(looks >= 3, `${looks} looks`)
  t.same(names(), ['iTero_Export_1.zip'])
})

t.test('a zip that looked damaged and is completed within its patience is handed on whole', async (t) => {
  const folder = t.testdir()
  const path = join(folder, 'iTero_Export_1.zip')
  const whole = zip('1')
  await writeFile(path, whole.subarray(0, -10))
  const { watch, until, handed } = await watching(t, folder, { patienceMs: 60_000 })
  await watch.settled
  t.same(handed, [], 'looked at, and waited for')
  await appendFile(path, whole.subarray(-10))
  await until(() => handed.length > 0)
  t.equal(handed[0]?.signature, await signatureOf(fs, path))
})

t.test('a package that is to be tried again is, until it is done', async (t) => {
  const folder = t.testdir()
  await writeFile(join(folder, 'iTero_Export_1.zip'), zip('1'))
  let tries = 0
  const { until, names, watch } = await watching(t, folder, {
    onPackage: async () => (++tries < 3 ? 'again' : 'done'),
  })
  await until(() => tries === 3)
  // Another package proves that the watch has gone on looking.
  await writeFile(join(folder, 'iTero_Export_2.zip'), zip('2'))
  await until(() => names().includes('iTero_Export_2.zip'))
  await watch.close()
  t.equal(tries - 1, 3, 'three times the first, once the second')
})

t.test('whoever takes a package may fail: the watch goes on, tells it, and tries again', async (t) => {
  const folder = t.testdir()
  await writeFile(join(folder, 'iTero_Export_1.zip'), zip('1'))
  await writeFile(join(folder, 'iTero_Export_2.zip'), zip('2'))
  const failures: unknown[] = []
  const failed = new Set<string>()
  const { watch, until, names } = await watching(t, folder, {
    onFailure: (error) => failures.push(error),
    onPackage: async (path) => {
      if (path.endsWith('1.zip') && !failed.has(path)) {
        failed.add(path)
        throw new Error('the ledger is full')
      }
      return 'done'
    },
  })
  await watch.settled
  await until(() => names().filter((name) => name === 'iTero_Export_1.zip').length === 2)
  t.match(failures, [{ message: 'the ledger is full' }])
  t.equal(names().filter((name) => name === 'iTero_Export_2.zip').length, 1)
})

t.test('whoever knows packages may fail: they are looked at again', async (t) => {
  const folder = t.testdir()
  await writeFile(join(folder, 'iTero_Export_1.zip'), zip('1'))
  let asked = 0
  const failures: unknown[] = []
  const { until, names } = await watching(t, folder, {
    onFailure: (error) => failures.push(error),
    known: async () => {
      if (++asked === 1) throw new Error('the ledger is busy')
      return false
    },
  })
  await until(() => names().length === 1)
  t.equal(failures.length, 1)
})

t.test('close waits for the package in hand, and gives the same promise each time', async (t) => {
  const folder = t.testdir()
  await writeFile(join(folder, 'iTero_Export_1.zip'), zip('1'))
  const { promise: going, resolve: go } = Promise.withResolvers<void>()
  let ended = false
  const { watch, until, names } = await watching(t, folder, {
    onPackage: async () => {
      await going
      ended = true
      return 'again'
    },
  })
  await until(() => names().length === 1)
  const closing = watch.close()
  t.equal(watch.close(), closing)
  t.equal(await Promise.race([closing.then(() => 'closed'), Promise.resolve('open')]), 'open')
  go()
  await closing
  t.ok(ended)
  await watch.settled
  await writeFile(join(folder, 'iTero_Export_2.zip'), zip('2'))
  await watch.close()
  t.same(names(), ['iTero_Export_1.zip'], 'nothing is handed on any more')
})

t.test('close before anything was handed on lets settled end too', async (t) => {
  const folder = t.testdir()
  await writeFile(join(folder, 'iTero_Export_1.zip'), zip('1'))
  const { watch, names } = await watching(t, folder, { quietMs: 60_000 })
  await watch.close()
  await watch.settled
  t.same(names(), [])
})

t.test('another package under the same name is handed on again, the same is not', async (t) => {
  const folder = t.testdir()
  const path = join(folder, 'iTero_Export_1.zip')
  await writeFile(path, zip('1'))
  const { watch, until, handed } = await watching(t, folder)
  await watch.settled
  await writeFile(`${path}.part`, zip('1', '<iTeroExport>after a rescan</iTeroExport>'))
  await rename(`${path}.part`, path)
  await until(() => handed.length === 2)
  await utimes(path, 1, 1)
  await until(() => handed.length === 3)
  t.equal(new Set(handed.map(({ signature }) => signature)).size, 3)
  await rm(path)
  await writeFile(join(folder, 'iTero_Export_2.zip'), zip('2'))
  await until(() => handed.length === 4)
  t.same(
    handed.map(({ name }) => name),
    [...Array(3).fill('iTero_Export_1.zip'), 'iTero_Export_2.zip'],
  )
})

t.test('a package that is replaced while it is in hand is handed on once more', async (t) => {
  const folder = t.testdir()
  const path = join(folder, 'iTero_Export_1.zip')
  await writeFile(path, zip('1'))
  const { until, handed } = await watching(t, folder, {
    onPackage: async () => {
      if (handed.length === 1) await writeFile(path, zip('1', '<iTeroExport>other</iTeroExport>'))
      return 'done'
    },
  })
  await until(() => handed.length === 2)
  t.not(handed[0]?.signature, handed[1]?.signature)
})

t.test('links, hidden names, unfinished downloads and what is not iTero’s are left alone', async (t) => {
  const root = t.testdir({ exports: {}, elsewhere: {} })
  const [folder, elsewhere] = [join(root, 'exports'), join(root, 'elsewhere')]
  await writeFile(join(elsewhere, 'real.zip'), zip('1'))
  const real = await made('single-crown', elsewhere, {
    form: 'folder',
    versions: [50],
    mesh: { format: 'stl-binary', bytes: 50_000 },
  })
  const put = async () => {
    await symlink(join(elsewhere, 'real.zip'), join(folder, 'iTero_Export_1.zip'))
    await symlink(real.path, join(folder, 'iTero_Export_2'))
    await symlink('/', join(folder, 'root'))
    await symlink('/nowhere', join(folder, 'iTero_Export_3.zip'))
    for (const name of [
      '.iTero_Export_4.zip',
      '~iTero_Export_5.zip',
      'iTero_Export_6.zip.part',
      'iTero_Export_7.pdf',
    ])
      await writeFile(join(folder, name), zip('1'))
    await writeFile(join(folder, 'photos.zip'), rawZip([{ name: 'beach.jpg', content: 'x' }]))
    await mkdir(join(folder, '__MACOSX'))
    await mkdir(join(folder, 'holiday'))
  }
  await t.test('standing at the start', async (t) => {
    await put()
    const { watch, names } = await watching(t, folder)
    await watch.settled
    t.same(names(), [])
    await watch.close()
  })
  await t.test('appearing later', async (t) => {
    await rm(folder, { recursive: true })
    await mkdir(folder)
    const { until, names } = await watching(t, folder)
    await put()
    await writeFile(join(folder, 'iTero_Export_8.zip'), zip('8'))
    await until(() => names().length > 0)
    await writeFile(join(folder, 'iTero_Export_9.zip'), zip('9'))
    await until(() => names().length > 1)
    t.same(names(), ['iTero_Export_8.zip', 'iTero_Export_9.zip'])
  })
})

t.test('an export folder that is not there is told at the start', async (t) => {
  const folder = join(t.testdir(), 'none')
  await t.rejects(watching(t, folder), { code: 'export-folder-missing', facts: { folder } })
})

t.test('a look takes a package for what it is', async (t) => {
  const folder = t.testdir()
  const put = (name: string, content: Uint8Array) => writeFile(join(folder, name), content)
  const kind = async (name: string) => (await lookAt(fs, folder, name)).kind
  await put('iTero_Export_1.zip', zip('1'))
  t.equal(await kind('iTero_Export_1.zip'), 'whole')
  await put('renamed by hand.zip', zip('1'))
  t.equal(await kind('renamed by hand.zip'), 'whole')
  await put('OrthoCAD_Export_2 (4).zip', zip('2').subarray(0, 40))
  t.equal(await kind('OrthoCAD_Export_2 (4).zip'), 'growing')
  await put('iTero_Export_3.zip', new Uint8Array())
  t.equal(await kind('iTero_Export_3.zip'), 'growing')
  await put('photos.zip', rawZip([{ name: 'beach.jpg', content: 'x' }]))
  t.equal(await kind('photos.zip'), 'foreign')
  await put('iTero_Export_4.zip', rawZip([{ name: 'beach.jpg', content: 'x' }]))
  t.equal(await kind('iTero_Export_4.zip'), 'growing', 'its name says that it should be one')
  t.not(await kind('nothing.zip'), 'whole')
  const real = await made('single-crown', folder, {
    form: 'folder',
    layout: 'top-folder',
    versions: [50],
    mesh: { format: 'stl-binary', bytes: 50_000 },
  })
  t.equal(await kind(basename(real.path)), 'whole')
  const mesh = real.files.find(({ name }) => name.startsWith('lower_jaw'))?.path ?? ''
  await rename(join(real.path, mesh), join(real.path, `${mesh}.part`))
  t.equal(await kind(basename(real.path)), 'growing')
})

t.test('a signature changes with every file of a folder, and is none where nothing stands', async (t) => {
  const folder = t.testdir({ pkg: { deep: { 'a.stl': 'x' }, 'b.stl': 'y' } })
  const path = join(folder, 'pkg')
  const seen = [await signatureOf(fs, path)]
  t.equal(await signatureOf(fs, path), seen[0])
  for (const change of [
    () => appendFile(join(path, 'deep', 'a.stl'), 'x'),
    () => utimes(join(path, 'b.stl'), 5, 5),
    () => rename(join(path, 'b.stl'), join(path, 'c.stl')),
    () => truncate(join(path, 'c.stl')),
    () => writeFile(join(path, 'deep', 'd.stl'), ''),
  ]) {
    await change()
    seen.push(await signatureOf(fs, path))
  }
  t.equal(new Set(seen).size, seen.length)
  t.equal(await signatureOf(fs, join(folder, 'none')), null)
})

t.test('names that may become a package', (t) => {
  for (const name of ['iTero_Export_1.zip', 'a.ZIP', 'OrthoCAD_Export_1 (4).zip'])
    t.ok(mayBePackage(name, false), name)
  for (const name of ['.a.zip', '~a.zip', 'a.zip.part', 'a.zip.crdownload', 'a.zip.tmp', 'a.pdf', 'a'])
    t.notOk(mayBePackage(name, false), name)
  t.ok(mayBePackage('a', true))
  for (const name of ['__MACOSX', '.a', 'a.part', 'a.crdownload']) t.notOk(mayBePackage(name, true), name)
  t.end()
})
