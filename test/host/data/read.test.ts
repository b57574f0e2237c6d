import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { HostError } from '../../../host/errors.ts'
import { readCaseRecord } from '../../../host/read/case-record.ts'
import { lookAtCase } from '../../../host/read/folder.ts'
import { readTreatment } from '../../../host/read/treatment.ts'
import { caseRecord, dentalDbProject, put, putCase, tooth } from './host-home.ts'

const utf8 = (text: string) => new TextEncoder().encode(text)
const utf16 = (text: string) => new Uint8Array(Buffer.from(text, 'utf16le'))

for (const [what, bytes] of [
  ['UTF-8 with a BOM', utf8(dentalDbProject({}))],
  ['UTF-8 without a BOM', utf8(dentalDbProject({}).slice(1))],
  ['UTF-16, little end first', utf16(dentalDbProject({}).replace('utf-8', 'utf-16'))],
  [
    'UTF-16, big end first',
    new Uint8Array(Buffer.from(dentalDbProject({}).replace('utf-8', 'utf-16'), 'utf16le').swap16()),
  ],
  ['UTF-16 without a BOM', utf16(dentalDbProject({}).slice(1).replace('utf-8', 'utf-16'))],
  ['UTF-8 that calls itself UTF-16', utf8(dentalDbProject({}).replace('utf-8', 'utf-16'))],
] as const) {
  t.test(`a treatment in ${what} is read`, async (t) => {
    t.match(readTreatment(bytes, 'x'), {
      guid: '0b3c9a4e-0000-4000-8000-000000000001',
      notes: 'Bitte <rasch> & genau',
      practice: { id: '003', name: 'Praxis am See' },
      patient: { id: '17', family: 'Muster', given: 'Mia' },
      toothColor: 'A2',
      teeth: [{ number: 11, reconstructionType: 'AnatomicCrown', materialName: 'Zirkon', material: 'ZI' }],
    })
  })
}

t.test('a treatment in an old code page is read by what it declares', async (t) => {
  const text = dentalDbProject({ family: 'Müller' }).slice(1).replace('utf-8', 'windows-1252')
  t.equal(readTreatment(Buffer.from(text, 'latin1'), 'x').patient.family, 'Müller')
})

t.test('connectors, parameters and implants of a tooth are read', async (t) => {
  const parameter =
    '<Parameters><Parameter><Type>CementGapThickness</Type><Value>0.04</Value><MinValue>0</MinValue><MaxValue>0.2</MaxValue><StepSize>0.005</StepSize></Parameter><Parameter><Type>Odd</Type><Value>many</Value></Parameter></Parameters>'
  const one = tooth(46, 'AnatomicCrown', `${parameter}<ImplantType>CustomAbutment</ImplantType>`)
  const text = dentalDbProject({ teeth: one.replace('false', 'true') + tooth(99, 'AnatomicCrown') })
  t.match(readTreatment(utf8(text), 'x').teeth, [
    {
      number: 46,
      mesialConnector: true,
      implantType: 'CustomAbutment',
      parameters: [{ type: 'CementGapThickness', value: 0.04, minValue: 0, maxValue: 0.2, stepSize: 0.005 }],
    },
  ])
  t.equal(readTreatment(utf8(text), 'x').teeth.length, 1, 'a tooth that nobody has is none of them')
})

t.test('an entry whose number is no FDI number is told with what stands there', async (t) => {
  const numbered = (said: string) => tooth(11, 'AnatomicCrown').replace('<Number>11</Number>', said)
  const teeth = [
    tooth(48, 'AnatomicCrown'),
    tooth(85, 'AnatomicCrown'),
    tooth(99, 'AnatomicCrown'),
    tooth(56, 'AnatomicCrown'),
    tooth(19, 'Antagonist'),
    numbered(''),
    numbered('<Number>1-1</Number>'),
    numbered(`<Number>${'1'.repeat(500)}</Number>`),
  ].join('')
  const read = readTreatment(utf8(dentalDbProject({ teeth })), 'x')
  t.same(
    read.teeth.map(({ number }) => number),
    [48, 85],
  )
  t.same(read.misnumbered, ['99', '56', '19', '', '1-1', '1'.repeat(20)])
})

const xml = (body: string) => utf8(`<?xml version="1.0"?>${body}`)

for (const [what, bytes, code] of [
  ['nothing', new Uint8Array(), 'document-not-xml'],
  ['no XML', utf8('PK\u0003\u0004'), 'document-not-xml'],
  ['zeros, as a crash leaves them', new Uint8Array(4096), 'document-not-xml'],
  ['one that ends too early', utf8(dentalDbProject({}).slice(0, -60)), 'document-not-xml'],
  [
    'characters that are no UTF-8',
    Buffer.from([...utf8('<Treatment>'), 0xff, 0xfe, 0x41]),
    'document-not-xml',
  ],
  ['an unknown encoding', utf8('<?xml version="1.0" encoding="klingon"?><Treatment/>'), 'document-not-xml'],
  ['two roots', xml('<Treatment/><Treatment/>'), 'document-not-xml'],
  ['a comment that never ends', xml('<Treatment><!-- </Treatment>'), 'document-not-xml'],
  ['another root', xml('<Order/>'), 'document-foreign'],
  ['a root of the prototype', xml('<__proto__/>'), 'document-not-xml'],
  ['a DTD', xml('<!DOCTYPE Treatment [<!ENTITY a "b">]><Treatment>&a;</Treatment>'), 'document-has-doctype'],
  [
    'an external DTD',
    xml('<!DOCTYPE Treatment SYSTEM "file:///etc/passwd"><Treatment/>'),
    'document-has-doctype',
  ],
  ['more than 4 MiB', Buffer.alloc(4 * 1024 * 1024 + 1, 0x20), 'document-too-large'],
  ['a million elements', xml(`<Treatment>${'<a/>'.repeat(1_000_000)}</Treatment>`), 'document-too-large'],
  [
    'elements a thousand deep',
    xml(`<Treatment>${'<a>'.repeat(1000)}${'</a>'.repeat(1000)}</Treatment>`),
    'document-not-xml',
  ],
] as const) {
  t.test(`a document that is ${what} is refused as ${code}, and told by its name alone`, async (t) => {
    try {
      readTreatment(bytes, 'case.dentalProject')
      t.fail('it was read')
    } catch (error) {
      t.ok(error instanceof HostError)
      t.match(error, { code, facts: { file: 'case.dentalProject' } })
    }
  })
}

t.test('whatever is thrown at it, a reader answers or refuses with a code of ours', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.string(), fc.nat(900), (bytes, text, at) => {
      const whole = dentalDbProject({})
      for (const each of [bytes, utf8(whole.slice(0, at) + text + whole.slice(at))]) {
        for (const read of [readTreatment, readCaseRecord]) {
          try {
            read(each, 'x')
          } catch (error) {
            if (!(error instanceof HostError)) return false
          }
        }
      }
      return true
    }),
    { numRuns: 300 },
  )
})

for (const [what, text, element] of [
  ['a version that is not known', caseRecord({}).replace('"1"', '"2"'), undefined],
  ['no order', caseRecord({}).replace(/<OrderId>.*<\/OrderId>/, ''), 'Origin'],
  ['no revision', caseRecord({}).replace(/<RevisionNumber>1/, '<RevisionNumber>none'), 'RevisionNumber'],
  [
    'a file of no size',
    caseRecord({ files: [{ name: 'a', bytes: 1 }] }).replace('bytes="1"', 'bytes="-1"'),
    'File',
  ],
] as const) {
  t.test(`a case XML with ${what} is none of the plugin’s`, async (t) => {
    const broken = what.startsWith('a version')
      ? text.replace('schemaVersion="1"', 'schemaVersion="2"')
      : text
    t.throws(() => readCaseRecord(utf8(broken), 'x'), {
      code: 'document-foreign',
      facts: { file: 'x', ...(element && { element }) },
    })
  })
}

const problemOf = (folder: string, name: string) => {
  const look = lookAtCase(folder, name, null)
  return look.kind === 'case' ? (look.seen.problem?.code ?? 'whole') : look.kind
}

t.test('what stands in a case folder is a case, is told why it is none, or is left alone', async (t) => {
  const folder = t.testdir()
  putCase(folder, 'whole')
  mkdirSync(join(folder, 'empty'))
  put(folder, 'scans only', { 'upperjaw.stl': 'solid' })
  put(folder, 'renamed', { 'before.dentalProject': dentalDbProject({}) })
  put(folder, 'half', { 'half.dentalProject': dentalDbProject({}).slice(0, 300) })
  mkdirSync(join(folder, 'odd', 'odd.dentalProject'), { recursive: true })
  symlinkSync(join(folder, 'whole'), join(folder, 'link'))
  symlinkSync(join(folder, 'nowhere'), join(folder, 'dead link'))
  put(folder, 'linked document', {})
  symlinkSync(
    join(folder, 'whole', 'whole.dentalProject'),
    join(folder, 'linked document', 'linked document.dentalProject'),
  )
  writeFileSync(join(folder, 'file.txt'), 'x')
  execFileSync('mkfifo', [join(folder, 'empty', 'pipe')])
  put(folder, 'pipe', {})
  execFileSync('mkfifo', [join(folder, 'pipe', 'pipe.dentalProject')])
  t.equal(problemOf(folder, 'whole'), 'whole')
  t.equal(problemOf(folder, 'empty'), 'case-without-document')
  t.equal(problemOf(folder, 'scans only'), 'case-without-document')
  t.equal(problemOf(folder, 'renamed'), 'case-name-mismatch')
  t.equal(problemOf(folder, 'half'), 'document-not-xml')
  t.equal(problemOf(folder, 'odd'), 'case-unreadable')
  t.equal(problemOf(folder, 'link'), 'case-is-link')
  t.equal(problemOf(folder, 'dead link'), 'case-is-link')
  t.equal(problemOf(folder, 'linked document'), 'case-unreadable')
  t.equal(problemOf(folder, 'pipe'), 'case-unreadable')
  t.equal(problemOf(folder, 'file.txt'), 'gone')
  t.equal(problemOf(folder, 'nothing'), 'gone')
})

t.test(
  'a case whose name is spelled in another composition or case than its document is whole',
  async (t) => {
    const folder = t.testdir()
    const name = 'Müller_Zoë'
    put(folder, name.normalize('NFC'), { [`${name.normalize('NFD')}.DENTALPROJECT`]: dentalDbProject({}) })
    t.equal(problemOf(folder, name.normalize('NFC')), 'whole')
  },
)

t.test('a delivered case is whole with all its files, unless a technician works on it', async (t) => {
  const folder = t.testdir()
  const files = { 'a.stl': '12345', 'b.stl': '12345' }
  const record = caseRecord({ files: Object.keys(files).map((name) => ({ name, bytes: 5 })) })
  const documents = { 'c.dentalProject': dentalDbProject({}), 'c.case.xml': record }
  put(folder, 'c', { ...documents, 'a.stl': '12345' })
  t.match(lookAtCase(folder, 'c', null), {
    seen: {
      problem: { code: 'case-incomplete', facts: { file: 'b.stl' } },
      content: { origin: { orderId: '300000001' } },
    },
  })
  put(folder, 'c', { 'b.stl': '123' })
  t.equal(problemOf(folder, 'c'), 'case-incomplete')
  put(folder, 'c', { 'b.stl': '1234567' })
  t.equal(problemOf(folder, 'c'), 'whole')
  put(folder, 'c', { 'b.stl': '1', 'c.constructionInfo': '<x/>' })
  t.equal(problemOf(folder, 'c'), 'whole')
})

t.test('a case of another program has its teeth as on the chart, too', async (t) => {
  const folder = t.testdir()
  const teeth = [36, 44, 45, 11].map((number) => tooth(number, 'AnatomicCrown')).join('')
  put(folder, 'c', { 'c.dentalProject': dentalDbProject({ teeth }) })
  t.match(lookAtCase(folder, 'c', null), { seen: { content: { teeth: [11, 45, 44, 36] } } })
})

t.test('a case XML that lists a file elsewhere does not make anybody look there', async (t) => {
  const folder = t.testdir({ 'secret.txt': '12345' })
  put(folder, 'c', {
    'c.dentalProject': dentalDbProject({}),
    'c.case.xml': caseRecord({ files: [{ name: '../secret.txt', bytes: 5 }] }),
  })
  t.equal(problemOf(folder, 'c'), 'case-incomplete')
})

t.test('a case that has not changed is not read again; one that has is', async (t) => {
  const folder = t.testdir()
  putCase(folder, 'whole')
  put(folder, 'broken', { 'broken.stl': 'x' })
  for (const name of ['whole', 'broken']) {
    const first = lookAtCase(folder, name, null)
    const signature = first.kind === 'case' ? first.seen.signature : ''
    t.equal(lookAtCase(folder, name, signature).kind, 'same')
    put(folder, name, { 'more.txt': 'y' })
    t.equal(lookAtCase(folder, name, signature).kind, 'case')
  }
})
