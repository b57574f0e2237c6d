import {
  appendFile,
  copyFile,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  unlink,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { made, namesIn } from '../laboratory.ts'
import { started } from './run.ts'

const ANSWERS = {
  doctors: [{ id: '910001', client: { new: { name: 'Practice One' } } }],
  materials: [
    { itero: '2010', material: 'MLZI', method: 'Mill5' },
    { itero: '12', material: 'ZI', method: 'Mill5' },
  ],
}

/** A watch that runs: its export folder, and a package that lies outside of it. */
async function watching(t: Test, ...more: readonly string[]) {
  const root = t.testdir({ cases: {}, exports: {}, aside: {}, 'answers.json': JSON.stringify(ANSWERS) })
  const [cases, exports] = [join(root, 'cases'), join(root, 'exports')]
  const package_ = await made('single-crown', join(root, 'aside'))
  const start = () => {
    const where = ['--into', cases, '--data', join(root, 'data'), '--answers', join(root, 'answers.json')]
    const run = started('watch', exports, ...where, '--language', 'en', ...more)
    t.teardown(() => run.child.kill('SIGKILL'))
    return run
  }
  return { root, cases, exports, aside: join(root, 'aside'), package_, start }
}

t.test('a package that is dropped into the folder becomes a case', async (t) => {
  const { cases, exports, package_, start } = await watching(t)
  const run = start()
  await run.until(/Watching/)
  await copyFile(package_.path, join(exports, 'iTero_Export_1 (4).zip'))
  await run.until(/✔ \d+/)
  t.equal((await namesIn(cases)).length, 1)
  run.child.kill('SIGTERM')
  t.equal(await run.exited, 0, 'and it stops when it is told to')
})

t.test('a download is waited for, under the names that browsers give it', async (t) => {
  const { cases, exports, package_, start } = await watching(t)
  const run = start()
  await run.until(/Watching/)
  const bytes = await readFile(package_.path)
  const half = bytes.length >> 1
  // Chrome: a name of its own, then a rename. Firefox: an empty placeholder beside the part. A copy: the name at once.
  await writeFile(join(exports, 'iTero_Export_1.zip.crdownload'), bytes.subarray(0, half))
  await writeFile(join(exports, 'iTero_Export_2.zip'), '')
  await writeFile(join(exports, 'iTero_Export_2.zip.part'), bytes.subarray(0, half))
  await writeFile(join(exports, 'iTero_Export_3.zip'), bytes.subarray(0, half))
  // Another order proves that the watch has looked, and passed these over.
  const other = await made('lab-preference', join(exports, '..', 'aside'))
  await rename(other.path, join(exports, 'iTero_Export_4.zip'))
  await run.until(new RegExp(`✔ ${other.orderId}`))
  t.equal((await namesIn(cases)).length, 1, 'nothing half came in')
  t.notMatch(run.said(), /✖/, 'and nothing was refused')
  await appendFile(join(exports, 'iTero_Export_1.zip.crdownload'), bytes.subarray(half))
  await rename(join(exports, 'iTero_Export_1.zip.crdownload'), join(exports, 'iTero_Export_1.zip'))
  await run.until(new RegExp(`✔ ${package_.orderId}`))
  await appendFile(join(exports, 'iTero_Export_2.zip.part'), bytes.subarray(half))
  await unlink(join(exports, 'iTero_Export_2.zip'))
  await rename(join(exports, 'iTero_Export_2.zip.part'), join(exports, 'iTero_Export_2.zip'))
  await appendFile(join(exports, 'iTero_Export_3.zip'), bytes.subarray(half))
  await run.until(new RegExp(`(= ${package_.orderId}[^]*){2}`))
  t.equal((await namesIn(cases)).length, 2, 'the same order under two more names is no second case')
  run.child.kill('SIGTERM')
  await run.exited
})

t.test('a folder is waited for until everything that its manifest names is there', async (t) => {
  const { cases, exports, aside, start } = await watching(t)
  const folder = await made('single-crown', aside, { form: 'folder', seed: 2 })
  const run = start()
  await run.until(/Watching/)
  const target = join(exports, 'iTero_Export_5')
  await mkdir(target)
  const names = (await readdir(folder.path)).sort((a) => (a.endsWith('.xml') ? -1 : 1))
  const [last] = names.filter((name) => name.startsWith('lower_jaw')).slice(-1)
  for (const name of names) if (name !== last) await copyFile(join(folder.path, name), join(target, name))
  const other = await made('lab-preference', aside)
  await rename(other.path, join(exports, 'iTero_Export_6.zip'))
  await run.until(new RegExp(`✔ ${other.orderId}`))
  t.equal((await namesIn(cases)).length, 1)
  await copyFile(join(folder.path, last ?? ''), join(target, last ?? ''))
  await run.until(new RegExp(`✔ ${folder.orderId}`))
  t.equal((await namesIn(cases)).length, 2)
  run.child.kill('SIGTERM')
  await run.exited
})

t.test('other files of a download folder are left alone', async (t) => {
  const { cases, exports, package_, start } = await watching(t, '--once')
  await writeFile(join(exports, 'invoice.pdf'), '%PDF-1.4')
  await writeFile(join(exports, 'photos.zip'), 'PK\u0005\u0006'.padEnd(22, '\0'))
  await mkdir(join(exports, 'holiday'))
  await writeFile(join(exports, 'holiday', 'beach.jpg'), 'x')
  await copyFile(package_.path, join(exports, 'renamed by hand.zip'))
  const run = start()
  t.equal(await run.exited, 0, run.said())
  t.notMatch(run.said(), /✖/)
  t.equal((await namesIn(cases)).length, 1, 'and an export is known by its content, whatever it is called')
})

t.test('a second start passes over what the first dealt with', async (t) => {
  const { cases, exports, package_, start } = await watching(t, '--once')
  await copyFile(package_.path, join(exports, 'iTero_Export_7.zip'))
  const first = start()
  await first.exited
  t.match(first.said(), /✔/)
  const second = start()
  t.equal(await second.exited, 0)
  t.notMatch(second.said(), package_.orderId)
  t.equal((await namesIn(cases)).length, 1)
})

t.test('the export folder may go and come back', async (t) => {
  const { cases, exports, package_, start } = await watching(t, '--relist', '1')
  const run = start()
  await run.until(/Watching/)
  await rm(exports, { recursive: true })
  await run.until(/not there/)
  await mkdir(exports)
  await copyFile(package_.path, join(exports, 'iTero_Export_8.zip'))
  await run.until(/✔/)
  t.equal((await namesIn(cases)).length, 1)
  run.child.kill('SIGTERM')
  await run.exited
})

t.test(
  'an answer given beforehand that does not suit is told once, however many packages come',
  async (t) => {
    const { root, exports, package_, start } = await watching(t)
    const unfit = [{ itero: '2010', material: 'NP', method: 'Mill5' }, ...ANSWERS.materials.slice(1)]
    await writeFile(join(root, 'answers.json'), JSON.stringify({ ...ANSWERS, materials: unfit }))
    const other = await made('lab-preference', join(root, 'aside'))
    const run = start()
    await run.until(/Watching/)
    await copyFile(package_.path, join(exports, 'iTero_Export_1.zip'))
    await run.until(/stays open.*NP/)
    await copyFile(other.path, join(exports, 'iTero_Export_2.zip'))
    await run.until(new RegExp(`✔ ${other.orderId}`))
    t.equal(run.said().match(/stays open/g)?.length, 1)
    run.child.kill('SIGTERM')
    await run.exited
  },
)
