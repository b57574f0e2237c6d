import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import {
  ORIGIN_HEAD_BYTES,
  readCaseRecord,
  readOrigin,
  writeCaseRecord,
} from '../../plugin/casefile/case-record-xml.ts'
import { DOCUMENT_LIMIT_BYTES } from '../../plugin/casefile/xml-file.ts'
import { ImportError } from '../../plugin/errors.ts'
import { faultsOf, validate } from '../xsd.ts'
import { caseRecords } from './arbitraries.ts'
import { RECORD } from './samples.ts'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const textOf = (record: typeof RECORD): string => Buffer.from(writeCaseRecord(record)).toString()
const code = (step: () => unknown): string => {
  try {
    step()
  } catch (error) {
    if (error instanceof ImportError) return error.code
    throw error
  }
  return 'nothing thrown'
}

t.test('any case record is read back as it was written, and is valid', async (t) => {
  const written: Uint8Array[] = []
  fc.assert(
    fc.property(caseRecords, (record) => {
      const xml = writeCaseRecord(record)
      written.push(xml)
      assert.deepEqual(readCaseRecord(xml), record)
      assert.deepEqual(readOrigin(xml), record.origin)
    }),
    { numRuns: 120 },
  )
  t.same(await faultsOf('case', ...written), [])
})

t.test('a full mouth with hundreds of files is read back and valid', async (t) => {
  const files = Array.from({ length: 500 }, (_, index) => ({
    name: `case-${index}.stl`,
    packageName: `folder/${index}.stl`,
    bytes: 2_147_483_648 + index,
    sha256: 'f'.repeat(64),
  }))
  const xml = writeCaseRecord({ ...RECORD, files })
  t.same(readCaseRecord(xml).files, files)
  await validate(t, 'case', xml)
})

t.test('as many files as a package may hold are read back', async (t) => {
  const files = Array.from({ length: 10_000 }, (_, index) => ({
    name: `case-${index}.stl`,
    packageName: `folder/${index}.stl`,
    bytes: index,
    sha256: 'f'.repeat(64),
  }))
  t.same(readCaseRecord(writeCaseRecord({ ...RECORD, files })).files.length, files.length)
})

t.test('a record that no reader would take is never written', async (t) => {
  t.equal(
    code(() => writeCaseRecord({ ...RECORD, notes: 'x'.repeat(DOCUMENT_LIMIT_BYTES) })),
    'document-too-large',
  )
})

t.test('nothing and empty stay apart', async (t) => {
  for (const orderCode of [null, '']) {
    const xml = writeCaseRecord({ ...RECORD, orderCode })
    t.equal(readCaseRecord(xml).orderCode, orderCode)
    await validate(t, 'case', xml)
  }
})

t.test('the origin is found in the head alone, however long the rest and however it ends', async (t) => {
  const xml = writeCaseRecord({ ...RECORD, notes: 'x'.repeat(1_000_000) })
  t.same(readOrigin(xml), RECORD.origin)
  t.same(readOrigin(xml.subarray(0, ORIGIN_HEAD_BYTES)), RECORD.origin)
  t.same(readOrigin(Buffer.concat([xml.subarray(0, 2000), Buffer.from('\0\0<<<')])), RECORD.origin)
})

t.test('an origin keeps markup, blanks and all scripts of its account', async (t) => {
  const origin = { account: ' </Account><Account> & конто 帐户 ', orderId: '1', revision: 'b'.repeat(64) }
  const xml = writeCaseRecord({ ...RECORD, origin })
  t.same(readOrigin(xml), origin)
  await validate(t, 'case', xml)
})

t.test('an origin too long to be found again is never written', async (t) => {
  const origin = { ...RECORD.origin, account: 'x'.repeat(ORIGIN_HEAD_BYTES) }
  t.throws(() => writeCaseRecord({ ...RECORD, origin }), RangeError)
})

const valid = textOf(RECORD)
const strangers: readonly (readonly [string, Uint8Array])[] = [
  ['nothing', utf8('')],
  ['another document', utf8('<?xml version="1.0" encoding="utf-8"?><Treatment/>')],
  ['a later form', utf8(valid.replace('schemaVersion="1"', 'schemaVersion="2"'))],
  ['a doctype', utf8(valid.replace('<Case', '<!DOCTYPE Case [<!ENTITY a "b">]><Case'))],
  ['a truncated origin', utf8(valid.slice(0, valid.indexOf('</Revision>')))],
  ['an origin without order', utf8(valid.replace(/<OrderId>.*<\/OrderId>/, ''))],
  ['an origin beyond the head', utf8(valid.replace('<Origin>', `${' '.repeat(ORIGIN_HEAD_BYTES)}<Origin>`))],
  [
    'a hundred thousand openings',
    utf8(`${valid.slice(0, valid.indexOf('<Origin>'))}${'<Origin>'.repeat(100_000)}`),
  ],
  ['random bytes', Uint8Array.from({ length: 5000 }, (_, index) => (index * 7919) % 256)],
]
for (const [name, xml] of strangers) {
  t.test(`${name} has no origin, and nothing is thrown`, async (t) => {
    t.equal(readOrigin(xml), null)
  })
}

const damaged: readonly (readonly [string, string, Uint8Array])[] = [
  ['a case XML cut short', 'document-not-xml', utf8(valid.slice(0, -10))],
  ['a case XML with a doctype', 'document-has-doctype', utf8(valid.replace('<Case', '<!DOCTYPE Case><Case'))],
  ['a treatment', 'document-not-case', utf8('<Treatment/>')],
  [
    'a later form of the case XML',
    'document-not-case',
    utf8(valid.replace('schemaVersion="1"', 'schemaVersion="2"')),
  ],
  ['a case XML without client', 'document-not-case', utf8(valid.replace(/<Client>[\s\S]*<\/Client>/, ''))],
  [
    'a revision that is no number',
    'document-not-case',
    utf8(valid.replace('<RevisionNumber>1', '<RevisionNumber>x')),
  ],
  ['a case XML beyond the limit', 'document-too-large', new Uint8Array(DOCUMENT_LIMIT_BYTES + 1)],
  ['bytes that are no UTF-8', 'document-not-xml', Uint8Array.of(0x3c, 0xff, 0x3e)],
]
for (const [name, expected, xml] of damaged) {
  t.test(`${name} is refused as ${expected}`, async (t) => {
    t.equal(
      code(() => readCaseRecord(xml)),
      expected,
    )
  })
}

t.test('the schema refuses what a case record does not say', async (t) => {
  const forgeries: readonly (readonly [string, string | RegExp, string])[] = [
    ['no version', ' schemaVersion="1"', ''],
    ['another version', 'schemaVersion="1"', 'schemaVersion="2"'],
    ['a hash that is none', 'a'.repeat(64), 'a'.repeat(63)],
    ['no origin', /<Origin>[\s\S]*<\/Origin>/, ''],
    ['revision 0', '<RevisionNumber>1<', '<RevisionNumber>0<'],
    ['an element of its own', '<Notes />', '<Notes /><Mine />'],
    ['an attribute of its own', '<Notes />', '<Notes mine="1" />'],
  ]
  for (const [name, from, to] of forgeries) {
    t.not(valid.replace(from, to), valid, name)
    t.not((await faultsOf('case', valid.replace(from, to))).length, 0, name)
  }
})
