import { execFileSync } from 'node:child_process'
import { copyFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import t, { type Test } from 'tap'
import { importPackage } from '../../plugin/importer.ts'
import type { ImportResult } from '../../plugin/importing/setup.ts'
import { listOrders } from '../../plugin/ledger/orders.ts'
import { ordersWithReceipts, stagingsInUse } from '../../plugin/ledger/receipts.ts'
import { shownResult } from '../../plugin/terminal/show.ts'
import {
  answerAll,
  assertWhole,
  contentsOf,
  fingerprint,
  firstOf,
  type Laboratory,
  laboratory,
  made,
  namesIn,
} from '../laboratory.ts'
import { myitero } from '../terminal/run.ts'
import { BAD_PACKAGES, filesOf, zipOf } from './bad-packages.ts'

const SMALL = { mesh: { format: 'stl-binary', bytes: 100_000 }, versions: [50] } as const

const workshop = t.testdir()
const good = await made('lab-preference', workshop, SMALL)
const base = filesOf((await made('single-crown', workshop, { ...SMALL, form: 'folder' })).path)

/** All but what the import may write to: its case folder and its data. */
async function outside(lab: Laboratory): Promise<Readonly<Record<string, string>>> {
  const all = Object.entries(await fingerprint(lab.root))
  return Object.fromEntries(all.filter(([path]) => !/^(cases|data)(\/|$)/.test(path)))
}

/** The good order is whole, and the case folder holds nothing else; nothing of the bad one is left in ledger or staging. */
async function assertOnlyGood(t: Test, lab: Laboratory): Promise<void> {
  const [published, ...more] = await answerAll(lab.importer)
  t.same(more, [])
  if (published?.outcome !== 'published') {
    t.fail('the other order goes on')
    return
  }
  t.equal(published.orderId, good.orderId)
  t.same(await namesIn(lab.cases), [published.project], 'nothing stands in the case folder but its case')
  const contents = await contentsOf(join(lab.cases, published.project))
  t.ok(
    good.files.every(({ sha256 }) => contents.has(sha256)),
    'whole',
  )
  const { ledger } = lab.importer
  t.same(await ordersWithReceipts(ledger), [], 'no receipt is open')
  t.same([...(await stagingsInUse(ledger))], [])
  t.same(
    (await listOrders(ledger)).map(({ orderId, stage }) => [orderId, stage]),
    [[good.orderId, 'published']],
    'and the ledger knows of the good order only',
  )
}

for (const bad of BAD_PACKAGES) {
  t.test(`${bad.what}: refused as ${bad.code}, and the order beside it goes on`, async (t) => {
    const lab = await laboratory(t)
    writeFileSync(join(lab.root, 'canary.txt'), 'sings')
    const beside = join(lab.exports, basename(good.path))
    copyFileSync(good.path, beside)
    const path = join(lab.exports, 'iTero_Export_100000001.zip')
    bad.put(path, base)
    const before = await outside(lab)

    const [refused] = await Promise.all([
      importPackage(lab.importer, path),
      importPackage(lab.importer, beside),
    ])
    t.match(refused, {
      outcome: 'refused',
      source: path,
      failure: { code: bad.code, facts: bad.facts ?? {} },
    })
    if (refused.outcome !== 'refused') return
    assertTold(t, refused)
    await assertOnlyGood(t, lab)
    t.same(await outside(lab), before, 'exports and all around stand untouched')

    t.match(
      await importPackage(await lab.reopened(), path),
      { outcome: 'refused', failure: { code: bad.code } },
      'and the same again, held up by nothing',
    )
    t.equal((await namesIn(lab.cases)).length, 1)
  })
}

/** In words, as the terminal shows it: which package, which file of it where one is at fault, and harmless. */
function assertTold(t: Test, refused: Extract<ImportResult, { outcome: 'refused' }>): void {
  for (const language of ['en', 'de'] as const) {
    const text = stripVTControlCharacters(shownResult(refused, language)).replace(/\s+/g, ' ')
    t.ok(text.includes(basename(refused.source)), `names the package: ${text}`)
    const { file } = refused.failure.facts
    if (file !== undefined) t.ok(text.includes(String(file).slice(0, 40)), `and ${file}`)
    t.notMatch(text, /[\p{Cc}\u202e]/u)
    t.notMatch(text, /undefined|\{\w+\}/)
  }
}

t.test('all of them in one run of the command beside a good one: exit 4, each by its code', async (t) => {
  const root = t.testdir({ cases: {}, exports: {}, 'canary.txt': 'sings' })
  const exports = join(root, 'exports')
  const beside = join(exports, basename(good.path))
  copyFileSync(good.path, beside)
  const paths = BAD_PACKAGES.map((bad, index) => {
    const path = join(exports, `iTero_Export_2000000${String(index).padStart(2, '0')}.zip`)
    bad.put(path, base)
    return path
  })
  const before = await fingerprint(exports)
  const answers = join(root, 'answers.json')
  writeFileSync(
    answers,
    JSON.stringify({
      doctors: [{ name: good.recipe.doctor.name, client: { new: { name: 'Practice One' } } }],
      materials: [{ itero: '12', material: 'ZI', method: 'Mill5' }],
    }),
  )
  const where = ['--into', join(root, 'cases'), '--data', join(root, 'data'), '--answers', answers]
  const half = paths.length >> 1
  const ran = await myitero(
    'import',
    ...paths.slice(0, half),
    beside,
    ...paths.slice(half),
    ...where,
    '--json',
    '--language',
    'en',
  )
  t.equal(ran.code, 4)
  t.equal(ran.stderr, '')
  const { results } = JSON.parse(ran.stdout) as { results: ImportResult[] }
  const codes = new Map(
    results.map((result) => [
      result.source,
      result.outcome === 'refused' ? result.failure.code : result.outcome,
    ]),
  )
  for (const [index, path] of paths.entries()) t.equal(codes.get(path), BAD_PACKAGES[index]?.code)
  const published = results.find((result) => result.outcome === 'published')
  if (published?.outcome !== 'published') return t.fail('the good one is published')
  t.same(await namesIn(join(root, 'cases')), [published.project])
  await assertWhole(t, join(root, 'cases'), published.project, good)
  t.same(await fingerprint(exports), before)
  t.same(await namesIn(root), ['answers.json', 'canary.txt', 'cases', 'data', 'exports'])
})

t.test('zip64 is no fault: the same files in a zip64 are a whole case', async (t) => {
  const lab = await laboratory(t)
  const folder = await made('single-crown', lab.exports, { ...SMALL, form: 'folder' })
  const path = join(lab.exports, 'iTero_Export_64.zip')
  execFileSync('python3', ['-c', ZIP64, path, folder.path])
  await rm(folder.path, { recursive: true })
  t.match(await importPackage(lab.importer, path), { outcome: 'waiting' })
  const [published] = await answerAll(lab.importer, firstOf)
  if (published?.outcome !== 'published') return t.fail('is published')
  await assertWhole(t, lab.cases, published.project, folder)
})

const ZIP64 = `
import os, sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED, allowZip64=True) as z:
    for name in os.listdir(sys.argv[2]):
        with open(os.path.join(sys.argv[2], name), 'rb') as f, z.open(name, 'w', force_zip64=True) as e:
            e.write(f.read())
`

t.test('the good package itself, zipped in the same way, is no fault', async (t) => {
  const lab = await laboratory(t)
  const path = join(lab.exports, 'iTero_Export_1.zip')
  writeFileSync(path, zipOf(base))
  t.match(await importPackage(lab.importer, path), { outcome: 'waiting' })
})
