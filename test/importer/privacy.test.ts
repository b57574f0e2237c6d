import { writeFileSync } from 'node:fs'
import * as fs from 'node:fs/promises'
import { basename, join } from 'node:path'
import { inspect, stripVTControlCharacters } from 'node:util'
import t, { type Test } from 'tap'
import { makeExport } from '../../fixtures/exports/make-export.ts'
import { orderNamed } from '../../fixtures/exports/orders.ts'
import { answerAndGoOn } from '../../plugin/answering.ts'
import type { Disk } from '../../plugin/disk.ts'
import { asImportError } from '../../plugin/errors.ts'
import { importPackage } from '../../plugin/importer.ts'
import type { Importer, ImportResult } from '../../plugin/importing/setup.ts'
import { listActivity } from '../../plugin/ledger/activity.ts'
import { listOrders } from '../../plugin/ledger/orders.ts'
import { notePackage, refusedPackages } from '../../plugin/ledger/packages.ts'
import { listQuestions } from '../../plugin/ledger/questions.ts'
import { failureText, warningText } from '../../plugin/words/words.ts'
import { answerAll, emptyFolder, firstOf, laboratory, namesIn } from '../laboratory.ts'
import { myitero } from '../terminal/run.ts'
import { BAD_PACKAGES, type Files, filesOf, withManifest, zipOf } from './bad-packages.ts'
import { seenCase } from './seen.ts'

// Words that stand nowhere but in the order of one patient of one doctor: each is looked for in all that is told of a failure.
const SECRET = {
  given: 'Zzqgiven',
  family: 'Zzqfamily',
  patientId: 'ZZQ-PID-7711',
  chart: 'ZZQ-CHART-7722',
  doctor: 'Zzqdoctor, Zzqdoc',
  doctorId: '7733773377',
  licence: 'ZZQ-LICENCE-7744',
  company: '7755775577',
  address: 'Zzqstreet 9, Zzqtown',
  notes: 'Zzqnotes of what the patient said',
} as const
const TOKENS = /zzq|7733773377|7755775577/i

const workshop = t.testdir()
const recipe = orderNamed('single-crown')
if (!recipe) throw new Error('no single crown')
const secret = await makeExport(
  {
    ...recipe,
    patient: { given: SECRET.given, family: SECRET.family, id: SECRET.patientId, chartNumber: SECRET.chart },
    doctor: {
      name: SECRET.doctor,
      id: SECRET.doctorId,
      licence: SECRET.licence,
      companyId: SECRET.company,
      practiceAddress: SECRET.address,
    },
    notes: SECRET.notes,
  },
  {
    into: workshop,
    seed: 5,
    form: 'folder',
    layout: 'flat',
    mesh: { format: 'stl-binary', bytes: 100_000 },
    versions: [50],
  },
)
const base = filesOf(secret.path)

function assertSilent(t: Test, what: string, ...told: readonly unknown[]): void {
  for (const one of told) {
    const text = typeof one === 'string' ? one : inspect(one, { depth: 20, maxArrayLength: null })
    t.notMatch(text, TOKENS, what)
  }
}

/** Everything that a refusal carries: facts, words in both languages, and the developer's chain of causes with its stacks. */
function assertRefusalSilent(t: Test, what: string, result: ImportResult): void {
  if (result.outcome !== 'refused') return
  assertSilent(t, what, result.failure, result.cause, result.orderId)
  for (const language of ['en', 'de'] as const) assertSilent(t, what, failureText(result.failure, language))
  let cause: unknown = result.cause
  for (let depth = 0; cause instanceof Error && depth < 10; depth++) {
    assertSilent(t, what, cause.message, cause.stack ?? '', String(cause))
    cause = cause.cause
  }
}

async function assertLedgerSilent(t: Test, { ledger }: Importer): Promise<void> {
  assertSilent(t, 'the activity log', await listActivity(ledger, { limit: 500 }))
  assertSilent(t, 'refused packages', await refusedPackages(ledger))
  for (const { failure } of await listOrders(ledger)) assertSilent(t, 'a failure on the order', failure)
}

t.test('the words are in the package and in the case, so that they could be told', async (t) => {
  const lab = await laboratory(t)
  await importPackage(lab.importer, secret.path)
  const [published] = await answerAll(lab.importer)
  if (published?.outcome !== 'published') return t.fail('is published')
  t.match(published.project, SECRET.family)
  const { record } = await seenCase(lab.cases, published.project)
  t.match(record.one('Doctor').text('Licence'), SECRET.licence)
  await assertLedgerSilent(t, lab.importer)
})

t.test('a refused package tells nothing of patient and doctor', async (t) => {
  const lab = await laboratory(t)
  for (const [index, bad] of BAD_PACKAGES.entries()) {
    const path = join(lab.exports, `iTero_Export_${3000 + index}.zip`)
    bad.put(path, base)
    const result = await importPackage(lab.importer, path)
    t.equal(result.outcome, 'refused')
    if (result.outcome !== 'refused') continue
    assertRefusalSilent(t, bad.what, result)
    await notePackage(
      lab.importer.ledger,
      { path, signature: '1' },
      { kind: 'refused', failure: result.failure },
    )
  }
  await assertLedgerSilent(t, lab.importer)
})

t.test('nor does the command, on either stream', async (t) => {
  const root = t.testdir({ cases: {}, exports: {} })
  const paths = BAD_PACKAGES.map((bad, index) => {
    const path = join(root, 'exports', `iTero_Export_${3000 + index}.zip`)
    bad.put(path, base)
    return path
  })
  const where = ['--into', join(root, 'cases'), '--data', join(root, 'data'), '--language', 'en']
  for (const json of [[], ['--json']]) {
    const ran = await myitero('import', ...paths, ...where, ...json)
    t.equal(ran.code, 4)
    assertSilent(t, 'stdout', stripVTControlCharacters(ran.stdout))
    assertSilent(t, 'stderr', ran.stderr)
  }
})

const without = (files: Files, pattern: RegExp): Files =>
  new Map([...files].filter(([name]) => !pattern.test(name)))

/** Everything at once that is strange but stops nothing. */
const STRANGE: readonly Files[] = [
  without(base, /^upper_jaw/),
  withManifest(base, (xml) =>
    xml
      .replace('Version="5.0"', 'Version="9.9"')
      .replace('<Tooth AdaId="8"', '<Tooth AdaId="99"/><Tooth AdaId="0"/><Tooth AdaId="8"')
      .replace('RestorationType="2"', 'RestorationType="777"')
      .replace('ToothMaterial="2010"', 'ToothMaterial="987654"')
      .replace(/<DueDate>.*<\/DueDate>/, '<DueDate>31/02/2026</DueDate>')
      .replace(/<ExportTime>.*<\/ExportTime>/, '<ExportTime>soon</ExportTime>')
      .replace(/FileName="lower_jaw[^"]*"/, 'FileName="../../lower.stl"'),
  ),
  withManifest(base, (xml) =>
    xml
      .replace(/<UniquePatientIdentifier>.*<\/UniquePatientIdentifier>/, '')
      .replace(/<ChartNumber>.*<\/ChartNumber>/, '')
      .replace(
        /<Bridges ?\/>|<Bridges><\/Bridges>/,
        '<Bridges><Bridge Id="1" Type="1" FromAdaId="3" ToAdaId="5"/></Bridges>',
      )
      .replace('MiddleShade="A2"', 'MiddleShade="Z9"'),
  ),
  new Map(
    [...base].map(([name, content]) => [
      name,
      name.startsWith('upper_jaw') ? content.subarray(0, -70) : content,
    ]),
  ),
]

t.test('a warning tells nothing of patient and doctor', async (t) => {
  const codes = new Set<string>()
  for (const [index, files] of STRANGE.entries()) {
    await t.test(`strange ${index}`, async (t) => {
      const lab = await laboratory(t)
      const path = join(lab.exports, 'iTero_Export_1.zip')
      writeFileSync(path, zipOf(files))
      await importPackage(lab.importer, path)
      const [published] = await answerAll(lab.importer)
      if (published?.outcome !== 'published') return t.fail('is published')
      for (const warning of published.warnings) {
        codes.add(warning.code)
        assertSilent(t, warning.code, warning, warningText(warning, 'en'), warningText(warning, 'de'))
      }
      const { record } = await seenCase(lab.cases, published.project)
      for (const warning of record.one('Warnings').all('Warning'))
        assertSilent(t, 'in the case', warning.value)
      await assertLedgerSilent(t, lab.importer)
    })
  }
  t.ok(codes.size >= 10, `${[...codes]}`)
})

t.test(
  'a disk that fails at any call of an import tells nothing, though its own message has the path',
  async (t) => {
    const lab = await laboratory(t)
    const failures: string[] = []
    const named: string[] = []
    const path = join(lab.exports, 'iTero_Export_1.zip')
    writeFileSync(path, zipOf(base))
    for (const code of ['EIO', 'ENOSPC']) {
      for (let at = 0; ; at++) {
        const counted = failingAt(at, code)
        const place = emptyFolder(join(lab.root, 'places', `${code}-${at}`))
        const opened = await lab.reopened({
          into: emptyFolder(join(place, 'cases')),
          data: join(place, 'data'),
        })
        const importer: Importer = { ...opened, disk: counted.disk }
        const results = [await importPackage(importer, path)]
        for (const open of await listQuestions(importer.ledger)) {
          results.push(
            ...(await answerAndGoOn(importer, open.id, firstOf(open)).catch((error: unknown) => {
              assertSilent(t, 'an answer', asImportError(error))
              return []
            })),
          )
        }
        for (const result of results) {
          assertRefusalSilent(t, `${code} at call ${at}: ${counted.name()}`, result)
          if (result.outcome === 'refused') failures.push(result.failure.code)
        }
        await assertLedgerSilent(t, importer)
        if (code === 'EIO') {
          // Once the disk is well again, the same package becomes its one whole case.
          await importPackage(opened, path)
          await answerAll(opened)
          const again = await importPackage(opened, path)
          t.equal(again.outcome, 'unchanged', `after ${counted.name()}`)
          t.same(await namesIn(opened.caseFolder), ['project' in again ? again.project : ''])
        }
        if (counted.withName()) named.push(counted.name())
        if (!counted.failed()) break
      }
    }
    t.ok(failures.length > 60, `${failures.length} failures`)
    t.ok(named.length > 20, 'many of them at a path that has the patient’s name')
    t.notOk(failures.includes('unexpected'), 'and each is one that has words')
  },
)

/** The real disk, whose call number `at` fails as the system would: with its path, and so a name, in the message. */
function failingAt(
  at: number,
  code: string,
): { disk: Disk; failed: () => boolean; withName: () => boolean; name: () => string } {
  let calls = 0
  let failed = ''
  let withName = false
  const fail = (name: string, path: unknown) => {
    if (calls++ !== at) return
    withName = TOKENS.test(String(path))
    failed = `${name} ${basename(String(path)).replace(TOKENS, '…')}`
    throw Object.assign(new Error(`${code}: no, ${name} '${path}'`), {
      code,
      syscall: name,
      path: String(path),
    })
  }
  const names = [
    'open',
    'mkdir',
    'readdir',
    'lstat',
    'stat',
    'rename',
    'rm',
    'rmdir',
    'unlink',
    'readFile',
  ] as const
  const real: Disk = fs
  const disk = Object.fromEntries(
    names.map((name) => [
      name,
      async (...args: unknown[]) => {
        fail(name, args[0])
        return (real[name] as (...args: unknown[]) => unknown)(...args)
      },
    ]),
  ) as unknown as Disk
  return { disk, failed: () => failed !== '', withName: () => withName, name: () => failed }
}
