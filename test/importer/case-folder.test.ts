import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, renameSync, rmSync, statfsSync, unlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import t, { type Test } from 'tap'
import { makeExport } from '../../fixtures/exports/make-export.ts'
import { CASE_FOLDER_UNITS, PROJECT_BOUND, SUFFIX_BOUND } from '../../plugin/casefile/naming.ts'
import { asImportError, type ImportError } from '../../plugin/errors.ts'
import { importPackage } from '../../plugin/importer.ts'
import type { ImportResult } from '../../plugin/importing/setup.ts'
import { tryCaseFolder } from '../../plugin/installation.ts'
import { listOrders } from '../../plugin/ledger/orders.ts'
import { ordersWithReceipts } from '../../plugin/ledger/receipts.ts'
import { openLaboratory } from '../../plugin/terminal/laboratory-files.ts'
import { failureText } from '../../plugin/words/words.ts'
import { answerAll, assertWhole, fingerprint, laboratory, made, namesIn } from '../laboratory.ts'
import { myitero } from '../terminal/run.ts'
import { cannotMount, remount, volume } from './volumes.ts'

const SMALL = { mesh: { format: 'stl-binary', bytes: 100_000 }, versions: [50] } as const
const skip = cannotMount()

const workshop = t.testdir()
const crown = await made('single-crown', workshop, SMALL)
const bridge = await made('bridge-44-46', workshop, SMALL)

const ANSWERS = {
  doctors: [{ client: { new: { name: 'Practice One' } }, licence: 'X-40011' }],
  materials: [{ itero: '2010', material: 'MLZI', method: 'Mill5' }],
}

/** The command on that case folder, with everything answered beforehand. */
function command(cases: string, ...more: readonly string[]) {
  const root = mkdtempSync(join(workshop, 'command-'))
  writeFileSync(join(root, 'answers.json'), JSON.stringify(ANSWERS))
  const data = join(root, 'data')
  return {
    data,
    run: async (...packages: readonly string[]) => {
      const where = ['--into', cases, '--data', data, '--answers', join(root, 'answers.json')]
      const ran = await myitero('import', ...packages, ...where, '--json', '--language', 'en', ...more)
      const results = ran.stdout === '' ? [] : (JSON.parse(ran.stdout).results as ImportResult[])
      return { ...ran, results }
    },
  }
}

t.test('a case folder that is missing, or is a file, is told, and is not made', async (t) => {
  const root = t.testdir({ file: 'x' })
  for (const name of ['missing', 'file', 'file/below']) {
    const { run, data } = command(join(root, name))
    const ran = await run(crown.path)
    t.equal(ran.code, 4, name)
    t.match(ran.stderr, basename(name))
    t.notMatch(ran.stderr, /\n\s+at /, 'in words, not as a stack')
    t.same(await namesIn(root), ['file'])
    t.rejects(namesIn(data), { code: 'ENOENT' }, 'nor is a ledger')
  }
})

t.test('a read-only case folder is told before anything is received', { skip }, async (t) => {
  const cases = await volume(t, 20e6)
  remount(cases, 'ro')
  const { run } = command(cases)
  const ran = await run(crown.path)
  t.equal(ran.code, 4)
  t.match(ran.stderr, cases)
  t.notMatch(ran.stderr, /myitero-import-try/, 'by its own name, not by that of what was tried in it')
  t.same(await namesIn(cases), [])
  remount(cases, 'rw')
  t.equal((await run(crown.path)).code, 0, 'and once it can be written the same command succeeds')
})

t.test('a case folder that turns read-only between receive and answer costs nothing', { skip }, async (t) => {
  const cases = await volume(t, 20e6)
  const lab = await laboratory(t, { into: cases })
  await importPackage(lab.importer, crown.path)
  remount(cases, 'ro')
  const results = await answerAll(lab.importer)
  t.match(results, [{ outcome: 'refused', failure: { code: 'case-folder-read-only' } }])
  remount(cases, 'rw')
  const again = await importPackage(lab.importer, crown.path)
  if (again.outcome !== 'published') return t.fail('is published once there is a way')
  t.same(await namesIn(cases), [again.project])
  await assertWhole(t, cases, again.project, crown)
})

t.test(
  'a disk that is full in the middle of a receive holds up that order only until there is room',
  { skip },
  async (t) => {
    const cases = await volume(t, 8e6)
    const large = await made('single-crown', t.testdir(), {
      ...SMALL,
      mesh: { format: 'stl-binary', bytes: 2_500_000 },
      seed: 3,
    })
    writeFileSync(join(cases, 'other.bin'), new Uint8Array(4e6))
    // One after the other: which of two at once takes the last room is chance.
    const { run } = command(cases, '--parallel', '1')
    const full = await run(large.path, crown.path)
    t.equal(full.code, 4)
    t.match(
      full.results.find(({ source }) => source === large.path),
      { outcome: 'refused', failure: { code: 'case-folder-full' } },
    )
    const beside = full.results.find((result) => result.outcome === 'published')
    if (beside?.outcome !== 'published') return t.fail('the small order has room')
    t.same(await namesIn(cases), [beside.project, 'other.bin'].sort(), 'nothing half stands there')
    await assertWhole(t, cases, beside.project, crown)
    unlinkSync(join(cases, 'other.bin'))
    const freed = await run(large.path, crown.path)
    t.equal(freed.code, 0, freed.stdout)
    const [published] = freed.results.filter((result) => result.outcome === 'published')
    if (published?.outcome !== 'published') return t.fail('is published')
    await assertWhole(t, cases, published.project, large)
    t.same(await namesIn(cases), [beside.project, published.project].sort())
  },
)

t.test(
  'a disk without room for the documents alone holds an order up until there is room',
  { skip },
  async (t) => {
    const cases = await volume(t, 8e6)
    const lab = await laboratory(t, { into: cases })
    await importPackage(lab.importer, crown.path)
    const { bavail, bsize } = statfsSync(cases)
    writeFileSync(join(cases, 'filler'), new Uint8Array(bavail * bsize))
    t.match(await answerAll(lab.importer), [{ outcome: 'refused', failure: { code: 'case-folder-full' } }])
    t.equal((await namesIn(cases)).filter((name) => !/^[.]|filler/.test(name)).length, 0, 'no half case')
    unlinkSync(join(cases, 'filler'))
    const again = await importPackage(await lab.reopened({ into: cases }), crown.path)
    if (again.outcome !== 'published') return t.fail('is published')
    await assertWhole(t, cases, again.project, crown)
    t.same(await namesIn(cases), [again.project])
  },
)

t.test(
  'a staging on another volume is told at once, and nothing is written to either',
  { skip },
  async (t) => {
    const elsewhere = await volume(t, 20e6)
    const root = t.testdir({ cases: {} })
    const cases = join(root, 'cases')
    const { run, data } = command(cases, '--staging', elsewhere)
    const ran = await run(crown.path)
    t.equal(ran.code, 4)
    t.match(ran.stderr.replace(/\s+/g, ' '), elsewhere, 'it names the staging')
    t.same(await namesIn(elsewhere), [])
    t.same(await namesIn(cases), [])
    t.rejects(namesIn(data), { code: 'ENOENT' })
  },
)

t.test('a staging beside the case folder on its volume serves, and is empty afterwards', async (t) => {
  const root = t.testdir({ cases: {}, staging: {} })
  const { run } = command(join(root, 'cases'), '--staging', join(root, 'staging'))
  const ran = await run(crown.path)
  t.equal(ran.code, 0, ran.stdout + ran.stderr)
  t.same(await namesIn(join(root, 'staging')), [])
  t.equal((await namesIn(join(root, 'cases'))).length, 1)
})

t.test('two patients of one name on one day get two folders, and each keeps its own files', async (t) => {
  const lab = await laboratory(t)
  const pair = [crown, await lab.make('single-crown', { ...SMALL, seed: 2 })]
  for (const { path } of pair) await importPackage(lab.importer, path)
  const results = await answerAll(lab.importer)
  t.same(results.map((result) => ('project' in result ? result.project : result)).sort(), [
    '2026-03-09_Lindqvist-Test_Nora',
    '2026-03-09_Lindqvist-Test_Nora_2',
  ])
  for (const result of results) {
    const from = pair.find(({ orderId }) => orderId === result.orderId)
    if (from && result.outcome === 'published') await assertWhole(t, lab.cases, result.project, from)
  }
})

const OTHER_CASE =
  '<?xml version="1.0" encoding="utf-8"?>\r\n<Case schemaVersion="1"><Origin><Account>exports</Account>' +
  '<OrderId>1</OrderId><Revision>0</Revision></Origin></Case>'

function folderWith(path: string, name: string, content: string): void {
  mkdirSync(path)
  writeFileSync(join(path, name), content)
}

const STANDING: readonly (readonly [what: string, name: string, put: (path: string) => void])[] = [
  [
    'a folder of somebody else',
    '2026-03-09_Lindqvist-Test_Nora',
    (path) => folderWith(path, 'work.dentalProject', '<Treatment/>'),
  ],
  ['a file', '2026-03-09_Lindqvist-Test_Nora', (path) => writeFileSync(path, 'not a case')],
  [
    'a dangling link',
    '2026-03-09_Lindqvist-Test_Nora',
    (path) => void spawnSync('ln', ['-s', '/nowhere', path]),
  ],
  [
    'a case of that very name that names another order',
    '2026-03-09_Lindqvist-Test_Nora',
    (path) => folderWith(path, `${basename(path)}.case.xml`, OTHER_CASE),
  ],
]

for (const [what, name, put] of STANDING) {
  t.test(`${what} that has the name already stays as it is, and the case stands beside it`, async (t) => {
    const lab = await laboratory(t)
    put(join(lab.cases, name))
    const before = await fingerprint(lab.cases)
    await importPackage(lab.importer, crown.path)
    const [result] = await answerAll(lab.importer)
    if (result?.outcome !== 'published') return t.fail('is published')
    t.equal(result.project, `${name}_2`)
    await assertWhole(t, lab.cases, result.project, crown)
    const after = await fingerprint(lab.cases)
    t.same(Object.fromEntries(Object.keys(before).map((path) => [path, after[path]])), before)
    t.match(await importPackage(lab.importer, crown.path), { outcome: 'unchanged', project: result.project })
    t.equal((await namesIn(lab.cases)).length, 2)
  })
}

t.test('names that differ in case only are one name: the second is marked', async (t) => {
  const lab = await laboratory(t)
  await importPackage(lab.importer, crown.path)
  const { recipe } = crown
  const shouted = await makeExport(
    { ...recipe, patient: { ...recipe.patient, given: 'NORA', family: 'LINDQVIST-TEST' } },
    { ...SMALL, into: lab.exports, seed: 9, form: 'zip', layout: 'flat' },
  )
  await importPackage(lab.importer, shouted.path)
  const projects = (await answerAll(lab.importer)).map((result) =>
    'project' in result ? result.project : '',
  )
  t.same(projects.sort(), ['2026-03-09_LINDQVIST-TEST_NORA_2', '2026-03-09_Lindqvist-Test_Nora'])
})

t.test('100,000 cases that stand there already make an import no slower', { skip }, async (t) => {
  const next = await made('bridge-44-46', join(workshop, 'next'), { ...SMALL, seed: 2 })
  const msAmong = async (t: Test, standing: number): Promise<number> => {
    const cases = await volume(t, 600e6)
    const lab = await laboratory(t, { into: cases })
    if (standing > 0) {
      const filled = spawnSync('sh', ['-c', `seq -f 'case-%.0f' ${standing} | xargs mkdir`], { cwd: cases })
      t.equal(filled.status, 0)
    }
    // The first import answers the questions; the second is timed, from the opening of the case folder to its case.
    await importPackage(lab.importer, bridge.path)
    await answerAll(lab.importer)
    const started = performance.now()
    const installation = await openLaboratory({ into: cases, data: lab.data, language: 'en' }, 'write')
    const result = await importPackage(installation.importer, next.path)
    await installation.close()
    const took = performance.now() - started
    t.equal(result.outcome, 'published')
    t.equal((await namesIn(cases)).length, standing + 2)
    return took
  }
  let empty = 0
  let full = 0
  await t.test('an empty case folder', async (t) => {
    empty = await msAmong(t, 0)
  })
  await t.test('100,000 cases', async (t) => {
    full = await msAmong(t, 100_000)
  })
  t.ok(
    full < 3 * empty + 250,
    `${full.toFixed()} ms among 100,000 cases, ${empty.toFixed()} ms in an empty folder`,
  )
})

t.test(
  'a case folder that vanishes between receive and answer is told, and the order is not lost',
  async (t) => {
    const lab = await laboratory(t)
    await importPackage(lab.importer, crown.path)
    renameSync(lab.cases, `${lab.cases}-away`)
    const missing = { outcome: 'refused', failure: { code: 'case-folder-missing' } } as const
    t.match(await answerAll(lab.importer), [missing])
    t.match(await importPackage(lab.importer, crown.path), missing)
    t.match(await importPackage(lab.importer, bridge.path), missing, 'nor is a new order received')
    await t.rejects(namesIn(lab.cases), { code: 'ENOENT' }, 'it is not made anew: a share may be away')
    renameSync(`${lab.cases}-away`, lab.cases)
    const again = await importPackage(await lab.reopened(), crown.path)
    if (again.outcome !== 'published') return t.fail(`is published: ${JSON.stringify(again)}`)
    await assertWhole(t, lab.cases, again.project, crown)
    t.same(await namesIn(lab.cases), [again.project])
    t.equal((await importPackage(lab.importer, bridge.path)).outcome, 'waiting')
  },
)

t.test('a staging that somebody removed is told, and the package is taken anew', async (t) => {
  const lab = await laboratory(t)
  await importPackage(lab.importer, crown.path)
  for (const name of await namesIn(lab.cases)) rmSync(join(lab.cases, name), { recursive: true })
  const [damaged] = await answerAll(lab.importer)
  t.match(damaged, { outcome: 'refused', failure: { code: 'staging-damaged' } })
  const again = await importPackage(lab.importer, crown.path)
  if (again.outcome !== 'published')
    return t.fail(`the files are still in the package: ${JSON.stringify(again)}`)
  await assertWhole(t, lab.cases, again.project, crown)
  t.same(await namesIn(lab.cases), [again.project])
  t.same(await ordersWithReceipts(lab.importer.ledger), [])
  t.same(
    (await listOrders(lab.importer.ledger)).map(({ stage, number }) => [stage, number]),
    [['published', 1]],
  )
})

for (const [what, folder] of Object.entries({
  'of a drive': `C:\\${'a'.repeat(78)}`,
  'of a share': `\\\\server\\dental\\${'a'.repeat(61)}`,
  'of a share by its device name': `\\\\.\\UNC\\server\\dental\\${'a'.repeat(61)}`,
})) {
  t.test(`on Windows a case folder ${what} whose cases others could not open is refused`, async (t) => {
    const refusal = await tryCaseFolder({ caseFolder: folder }, 'win32').catch(asImportError)
    t.match(refusal, { code: 'case-folder-path-too-long' })
    const shown = failureText(refusal as ImportError, 'en')
    t.match(shown, /\d\d characters, at most (80|76) are possible/)
    t.notMatch(shown, /UNC/)
    const shorter = { caseFolder: folder.slice(0, -1) }
    t.match(await tryCaseFolder(shorter, 'win32').catch(asImportError), { code: 'case-folder-missing' })
  })
}

t.test('the longest case of the longest case folder stays within what Windows programs open', async (t) => {
  const most = PROJECT_BOUND.units + 1 + PROJECT_BOUND.units + SUFFIX_BOUND.units
  t.ok(CASE_FOLDER_UNITS.drive + 1 + most < 260)
  t.ok('\\\\.\\UNC\\'.length - 2 + CASE_FOLDER_UNITS.share + 1 + most < 260)
})
