import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { WarningCode } from '../../plugin/errors.ts'
import { importPackage } from '../../plugin/importer.ts'
import { deceptiveFault, windowsFault } from '../casefile/windows-names.ts'
import { answerAll, fingerprint, laboratory, made, namesIn } from '../laboratory.ts'
import { type Files, filesOf, withManifest, zipOf } from './bad-packages.ts'
import { type SeenCase, seenCase, warningsIn } from './seen.ts'

// What is strange but does not stop an order: it is published, and the case says what was strange.

const workshop = t.testdir()
const options = { mesh: { format: 'stl-binary', bytes: 100_000 }, versions: [50], form: 'folder' } as const
const crown = filesOf((await made('single-crown', workshop, options)).path)
const bridge = filesOf((await made('bridge-44-46', workshop, options)).path)

interface Published {
  readonly project: string
  readonly found: SeenCase
}

/** The package's case, alone in its folder; nothing else anywhere. That it is valid is looked at as the run ends. */
async function published(t: Test, files: Files, name = 'iTero_Export_1.zip'): Promise<Published | null> {
  const lab = await laboratory(t)
  writeFileSync(join(lab.root, 'canary.txt'), 'sings')
  const path = join(lab.exports, name)
  writeFileSync(path, zipOf(files))
  const before = await fingerprint(lab.exports)
  await importPackage(lab.importer, path)
  await answerAll(lab.importer)
  const result = await importPackage(lab.importer, path)
  if (result.outcome !== 'unchanged') {
    t.fail(`is published: ${JSON.stringify(result)}`)
    return null
  }
  t.same(await namesIn(lab.cases), [result.project])
  t.same(await namesIn(lab.root), ['canary.txt', 'cases', 'data', 'exports'])
  t.same(await fingerprint(lab.exports), before)
  return { project: result.project, found: await seenCase(lab.cases, result.project) }
}

const without = (files: Files, pattern: RegExp): Files =>
  new Map([...files].filter(([name]) => !pattern.test(name)))

const withMesh = (change: (mesh: Buffer) => Buffer): Files =>
  new Map(
    [...crown].map(([name, content]) => [name, name.startsWith('upper_jaw') ? change(content) : content]),
  )

const changed = (pattern: RegExp | string, by: string, files = crown): Files =>
  withManifest(files, (xml) => {
    const other = xml.replace(pattern, () => by)
    if (other === xml) throw new Error(`the manifest has no ${pattern}`)
    return other
  })

const STRANGE: readonly (readonly [what: string, code: WarningCode, files: Files])[] = [
  ['a scan that the manifest names is not there', 'file-missing', without(crown, /^upper_jaw/)],
  ['one jaw is not there', 'jaw-missing', without(crown, /^upper_jaw/)],
  [
    'the manifest names a file outside of the package',
    'file-missing',
    changed(/FileName="lower_jaw[^"]*"/, 'FileName="../../canary.txt"'),
  ],
  ['a version nobody knows', 'manifest-version-unknown', changed('Version="5.0"', 'Version="9.9"')],
  ['tooth 0', 'tooth-number-invalid', changed('<Tooth AdaId="8"', '<Tooth AdaId="0"')],
  ['tooth 99', 'tooth-number-invalid', changed('<Tooth AdaId="8"', '<Tooth AdaId="99"')],
  [
    'a bridge that names absent teeth',
    'bridge-names-absent-tooth',
    changed(
      /<Bridges ?\/>|<Bridges><\/Bridges>/,
      '<Bridges><Bridge Id="1" Type="1" FromAdaId="3" ToAdaId="5"/></Bridges>',
    ),
  ],
  [
    'a bridge that misses one of its teeth',
    'bridge-names-absent-tooth',
    changed(/<Tooth AdaId="29"[^>]*>/, '', bridge),
  ],
  [
    'a due date that is none',
    'date-not-understood',
    changed(/<DueDate>.*<\/DueDate>/, '<DueDate>31/02/2026</DueDate>'),
  ],
  [
    'an export time that is none',
    'date-not-understood',
    changed(/<ExportTime>.*<\/ExportTime>/, '<ExportTime>soon</ExportTime>'),
  ],
  [
    'a restoration nobody knows',
    'restoration-not-understood',
    changed('RestorationType="2"', 'RestorationType="777"'),
  ],
  [
    'a material nobody knows',
    'material-not-understood',
    changed('ToothMaterial="2010"', 'ToothMaterial="987654"'),
  ],
  ['a scan cut short', 'mesh-truncated', withMesh((mesh) => mesh.subarray(0, -70))],
  ['a scan of metres', 'mesh-not-millimetres', withMesh((mesh) => scaled(mesh, 0.001))],
  ['a scan with a coordinate that is none', 'mesh-non-finite', withMesh((mesh) => scaled(mesh, Number.NaN))],
  ['a scan without a triangle', 'mesh-empty', withMesh(() => Buffer.alloc(84))],
]

for (const [what, code, files] of STRANGE) {
  t.test(`${what}: published, with the warning ${code}`, async (t) => {
    const done = await published(t, files)
    if (!done) return
    const { found, project } = done
    t.ok(warningsIn(found).includes(code), `${code} among ${warningsIn(found)}`)
    const texts = found.record.one('Warnings').all('Warning')
    for (const text of texts) {
      t.ok(text.value.length > 20)
      t.notMatch(text.value, /undefined|\{\w+\}/)
    }
    t.equal(project.split('_')[0]?.length, 10, 'its name begins with a date')
    t.equal(found.treatment.text('DateTime')?.slice(0, 10), project.slice(0, 10))
    for (const [fdi] of found.teeth) t.ok(fdi >= 11 && fdi <= 48)
  })
}

for (const [what, code, written, said] of [
  ['unreadable', 'date-not-understood', '<ExportTime>soon</ExportTime>', /time of export.*“soon”/],
  ['not there', 'export-time-missing', '', /no time of export/],
] as const) {
  t.test(
    `a time of export that is ${what}: one warning says so, and which date the case has instead`,
    async (t) => {
      const done = await published(t, changed(/<ExportTime>.*<\/ExportTime>/, written))
      if (!done) return
      const dates = done.found.record
        .one('Warnings')
        .all('Warning')
        .filter((one) => /date|time/.test(one.attribute('code') ?? ''))
      t.same(
        dates.map((one) => one.attribute('code')),
        [code],
      )
      t.match(dates[0]?.value, said)
      t.match(dates[0]?.value, `instead, ${done.project.slice(0, 10)}.`)
    },
  )
}

const ONE_UNKNOWN: readonly (readonly [what: string, code: WarningCode, from: string, to: string])[] = [
  ['restoration', 'restoration-not-understood', 'RestorationType="2"', 'RestorationType="777"'],
  ['restoration not stated', 'restoration-not-understood', 'RestorationType="2"', 'RestorationType="-1"'],
  ['specification', 'specification-not-understood', 'Specification="1"', 'Specification="777"'],
  ['material', 'material-not-understood', 'ToothMaterial="2010"', 'ToothMaterial="987654"'],
  [
    'implant',
    'implant-not-understood',
    'ImplantBasedRestorationType="-1"',
    'ImplantBasedRestorationType="777"',
  ],
  ['shade', 'shade-not-understood', 'MiddleShade="A2"', 'MiddleShade="?!"'],
]
for (const [what, code, from, to] of ONE_UNKNOWN) {
  t.test(`one unknown ${what} is one warning`, async (t) => {
    const done = await published(t, changed(from, to))
    if (!done) return
    const told = done.found.record
      .one('Warnings')
      .all('Warning')
      .filter((one) => one.attribute('code') === code)
    const value = to.split('"')[1] ?? ''
    t.equal(
      told.filter((one) => value === '-1' || one.value.includes(value)).length,
      1,
      `${warningsIn(done.found)}`,
    )
  })
}

t.test('a number with two meanings is no restoration: the tooth is left to the technician', async (t) => {
  const row = /(<RestorationTypes>)/
  const twice = '<RestorationTypes><Type Id="2" Name="Veneer"/><Type Id="2" Name="Crown"/>'
  const done = await published(t, changed(row, twice))
  if (!done) return
  const warnings = warningsIn(done.found)
  t.same(
    warnings.filter((code) => /contradicts|restoration/.test(code)),
    ['definition-contradicts', 'restoration-not-understood'],
  )
  t.notOk(done.found.teeth.get(11), 'neither a crown nor a veneer')
  t.match(done.found.treatment.text('Notes'), 'Crown / Veneer')
})

t.test('a patient of a comma alone is one without a name: the case is called by its order', async (t) => {
  const done = await published(t, changed(/<Patient>.*<\/Patient>/, '<Patient> , </Patient>'))
  if (!done) return
  t.ok(warningsIn(done.found).includes('patient-without-name'))
  t.notMatch(done.project, ',')
  t.equal(done.found.treatment.one('Patient').text('PatientName'), '')
})

t.test('no other scan takes the place of a jaw that is not there', async (t) => {
  const done = await published(t, without(crown, /^upper_jaw/))
  t.same(
    done?.found.names.filter((name) => /jaw/.test(name)),
    ['-lowerjaw.stl'],
  )
})

t.test('a tooth listed twice in two materials is asked for, and the case names both', async (t) => {
  const twice = withManifest(crown, (xml) =>
    xml.replace(
      /<Tooth [^>]*\/>/,
      (row) => row + row.replace('ToothMaterial="2010"', 'ToothMaterial="2023"'),
    ),
  )
  const done = await published(t, twice)
  if (!done) return
  const [told] = done.found.record
    .one('Warnings')
    .all('Warning')
    .filter((one) => one.attribute('code') === 'material-listed-twice')
  t.match(told?.value, 'Ceramic: Translucent Zirconia (iTero 2010)')
  t.match(told?.value, 'Polymer: PEEK (iTero 2023)')
  const [material] = done.found.record.one('Materials').all('Material')
  t.equal(material?.attribute('decidedBy'), 'answer')
})

const HOSTILE_NAMES: readonly (readonly [given: string, family: string])[] = [
  ['', 'CON'],
  ['', 'NUL'],
  ['aux', 'lpt1.txt'],
  ['Anna', 'Ends with dots...'],
  ['Anna   ', ' spaced out '],
  ['../..', '../../canary'],
  ['..\\..', 'C:\\Windows\\System32'],
  ['/etc', '/passwd'],
  ['<b>', 'a|b?c*d:"e"'],
  ['\u202egnp.exe', '\u200fmark\u2067ed'],
  ['G'.repeat(300), 'F'.repeat(300)],
  ['名'.repeat(300), '😀'.repeat(200)],
  ['a\tb', 'line\nend'],
  ['', ''],
  ['.', '..'],
  ['%d', '%l_%f'],
  ['👩‍👩‍👧', 'e\u0301te\u0301'],
]

for (const [given, family] of HOSTILE_NAMES) {
  const shown = JSON.stringify([given.slice(0, 20), family.slice(0, 20)])
  t.test(`the patient ${shown} gets a legal folder, and files of its name`, async (t) => {
    const escaped = `${given}, ${family}`.replace(/[&<>]/g, (c) => `&#${c.charCodeAt(0)};`)
    const done = await published(t, changed(/<Patient>.*<\/Patient>/, `<Patient>${escaped}</Patient>`))
    if (!done) return
    const { project, found } = done
    for (const name of [project, ...found.names.map((end) => project + end)]) {
      t.equal(windowsFault(name), null, name)
      t.equal(deceptiveFault(name), null, name)
      t.ok(name.length <= 255 && Buffer.byteLength(name) <= 255)
    }
    t.ok(
      project.length + Math.max(...found.names.map((end) => project.length + end.length)) < 240,
      'fits in a path',
    )
    t.match(found.record.one('Origin').text('OrderId'), /^\d{9}$/)
    t.equal(
      warningsIn(found).includes('case-name-shortened'),
      given.length >= 300,
      'says where it is shortened',
    )
    if (/^[\p{L} ]{1,40}$/u.test(family.trim())) {
      t.equal(found.treatment.one('Patient').text('PatientName')?.trim(), family.trim().normalize('NFC'))
    }
  })
}

/** A binary STL with every coordinate of its triangles multiplied. */
function scaled(mesh: Buffer, by: number): Buffer {
  const other = Buffer.from(mesh)
  for (let at = 84; at + 50 <= other.length; at += 50)
    for (let c = 12; c < 48; c += 4) other.writeFloatLE(other.readFloatLE(at + c) * by, at + c)
  return other
}
