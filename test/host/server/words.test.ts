import t from 'tap'
import { BridgeError, refusing } from '../../../bridge/errors.ts'
import { HostError } from '../../../host/errors.ts'
import { reconstructionName } from '../../../host/web/words/reconstructions.ts'
import { language } from '../../../host/web/words/words.ts'
import { FAILURE_TEXTS } from '../../../host/words/failures.ts'
import { failure, failureOf, pageFailureOf } from '../../../host/words/words.ts'
import { RECONSTRUCTION_TYPES } from '../../../host/words/works.ts'

const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).toSorted()

t.test('Every code is said in both languages, with the same facts, as whole sentences', (t) => {
  for (const [code, { en, de }] of Object.entries(FAILURE_TEXTS)) {
    t.strictSame(placeholders(en), placeholders(de), code)
    t.match(en, /[.]$/, code)
    t.match(de, /[.]$/, code)
    t.not(en, de, code)
  }
  t.end()
})

t.test('What is not known drops out with its brackets', (t) => {
  const { text } = failure('file-unreadable', { file: 'reseller.json' }, 'en')
  t.match(text, /^The file “reseller\.json” cannot be read\. /)
  t.end()
})

t.test('Why the system would not have a file is said in words, and no code is shown', (t) => {
  for (const [code, en, de] of [
    ['ENOENT', 'it is not there', 'nicht vorhanden'],
    ['EISDIR', 'it is a folder', 'es ist ein Ordner'],
    ['EACCES', 'not allowed', 'nicht erlaubt'],
    ['EBUSY', 'in use', 'in Gebrauch'],
    ['ENOSPC', 'the disk is full', 'der Datenträger ist voll'],
    ['EHOSTUNREACH', 'not reachable', 'nicht erreichbar'],
  ] as const) {
    const facts = { file: 'list.xml', reason: code }
    t.match(failure('materials-unreadable', facts, 'en').text, `(${en})`)
    t.match(failure('materials-unreadable', facts, 'de').text, `(${de})`)
  }
  for (const reason of ['EWHATEVER', 'unknown', 'constructor'])
    t.match(failure('materials-unreadable', { file: 'list.xml', reason }, 'en').text, /cannot be read\. /)
  t.end()
})

t.test('A kind of work is called as the page calls it', (t) => {
  const facts = { parameter: 'CementGapThickness', work: 'AnatomicCrown' }
  t.match(failure('parameter-off-step', facts, 'en').text, 'for “full crown” is not on its step')
  t.match(failure('parameter-out-of-bounds', facts, 'de').text, 'für „Vollkrone“')
  const before = language.value
  for (const each of ['en', 'de'] as const) {
    language.value = each
    for (const work of RECONSTRUCTION_TYPES) {
      t.match(failure('parameter-off-step', { ...facts, work }, each).text, `${reconstructionName(work)}`)
    }
  }
  language.value = before
  t.end()
})

t.test('A configuration file says where it is faulty, in its own names', (t) => {
  t.match(
    failure('file-invalid', { file: 'licence.json', field: 'upgradeContract.until' }, 'en').text,
    /^The file “licence\.json” is faulty at “upgradeContract\.until”\. /,
  )
  t.match(failure('file-invalid', { file: 'licence.json', field: '' }, 'en').text, /is faulty\. /)
  t.end()
})

t.test('Days and counts read as the language writes them, builds and ports as they are', (t) => {
  t.match(failure('licence-lapsed', { date: '2026-03-01' }, 'de').text, '01.03.2026')
  t.match(failure('licence-lapsed', { date: '2024-12-31' }, 'en').text, '31 Dec 2024')
  t.match(failure('body-too-large', { limit: 524_288 }, 'de').text, '524.288')
  t.match(failure('build-too-old', { build: '7000', needed: '7662' }, 'en').text, /7000.*7662/)
  t.end()
})

t.test('The page is given a day as it is, to write it by its own locale; a terminal has it written', (t) => {
  const lapsed = new HostError('licence-lapsed', { date: '2026-10-31' })
  t.strictSame(pageFailureOf(lapsed, 'en'), {
    code: 'licence-lapsed',
    text: 'The upgrade contract lapsed on {day}. Renew it, or ask your reseller for a Flex licence.',
    day: '2026-10-31',
  })
  t.match(failureOf(lapsed, 'en').text, '31 Oct 2026')
  t.end()
})

t.test('A folder that is called like a day keeps its name', (t) => {
  t.match(failure('folder-missing', { folder: '2026-03-01' }, 'en').text, '“2026-03-01”')
  t.strictSame(pageFailureOf(new HostError('folder-missing', { folder: '2026-03-01' }), 'en').day, undefined)
  t.end()
})

t.test('Unseen characters of a name are spelt out, and it stays one bounded line', (t) => {
  const { text } = failure('folder-missing', { folder: `/a\u202e\n${'x'.repeat(10_000)}` }, 'en')
  t.match(text, '\\u202e\\u000a')
  t.ok(text.length < 500)
  t.end()
})

t.test('A fact that names itself like a placeholder is not filled in again', (t) => {
  t.match(failure('folder-missing', { folder: '/{folder}[x]' }, 'en').text, '“/{folder}[x]”')
  t.end()
})

t.test('A defect is told without its cause; a plugin’s refusal in its own words', (t) => {
  t.match(failureOf(new Error('Quill'), 'en'), { code: 'unexpected' })
  t.notMatch(failureOf(new Error('Quill'), 'en').text, 'Quill')
  t.strictSame(failureOf(refusing('mapping-unknown', 'Gone.'), 'en'), {
    code: 'mapping-unknown',
    text: 'Gone.',
  })
  t.match(failureOf(new BridgeError('connection-closed'), 'en'), { code: 'plugin-not-running' })
  t.match(failureOf(new BridgeError('invalid-result'), 'en'), { code: 'plugin-unusable' })
  t.match(failureOf(new HostError('question-unknown'), 'de'), { code: 'question-unknown', text: /Frage/ })
  t.end()
})
