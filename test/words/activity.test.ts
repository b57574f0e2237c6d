import t from 'tap'
import { FAILURES, type FailureCode } from '../../plugin/errors.ts'
import { ACTIVITY_TEXTS, activityText } from '../../plugin/words/activity.ts'
import { placeholdersOf } from '../../plugin/words/template.ts'

type Kind = keyof typeof ACTIVITY_TEXTS
const KINDS = Object.keys(ACTIVITY_TEXTS) as Kind[]
const nothing = { orderId: null, orderCode: null, about: null, code: null, facts: {} }

t.test('every entry says the same facts in both languages', async (t) => {
  for (const kind of KINDS) {
    const { en, de } = ACTIVITY_TEXTS[kind]
    t.strictSame([...placeholdersOf(en)].sort(), [...placeholdersOf(de)].sort(), kind)
  }
})

t.test('every entry reads whole, with all that it may know and with nothing', async (t) => {
  for (const kind of KINDS) {
    for (const language of ['en', 'de'] as const) {
      const facts = { question: 7, released: 2, revision: 3 }
      for (const entry of [
        { ...nothing, kind },
        {
          kind,
          orderId: '300000001',
          orderCode: 'AB-12',
          about: { kind: 'material' as const, material: 'Zirconia' },
          code: null,
          facts,
        },
      ]) {
        t.match(activityText(entry, language), /^[A-ZÄÖÜ][^{}[\]|?]*\.$/, `${kind} ${language}`)
      }
    }
  }
})

t.test('a question says of what kind it is, a default of which material, an order its code', (t) => {
  const entry = { ...nothing, orderId: '300000001', orderCode: 'AB-12', facts: { question: 9, released: 1 } }
  const material = { kind: 'material', material: 'Gold {x}' } as const
  t.equal(
    activityText({ ...entry, kind: 'question-opened', about: { kind: 'doctor', material: null } }, 'en'),
    'Question 9 (doctor) was asked, first by order 300000001 (AB-12).',
  )
  t.equal(
    activityText({ ...entry, kind: 'question-opened', about: material }, 'de'),
    'Frage 9 (Material „Gold {x}“) wurde gestellt, zuerst von Auftrag 300000001 (AB-12).',
  )
  t.equal(
    activityText({ ...entry, kind: 'material-default-made', about: material }, 'en'),
    'A default for a material, “Gold {x}”, was made, at order 300000001 (AB-12).',
  )
  t.equal(
    activityText({ ...nothing, kind: 'material-default-made' }, 'en'),
    'A default for a material was made.',
  )
  t.end()
})

t.test('an answer says how many orders go on by it, or that they wait for another one', (t) => {
  const about = { kind: 'doctor', material: null } as const
  const entry = { ...nothing, kind: 'question-answered', orderId: '520780089', about } as const
  const said = (released: number, language: 'en' | 'de' = 'en') =>
    activityText({ ...entry, facts: { question: 1, released } }, language)
  t.equal(said(2), 'Question 1 (doctor) was answered, at order 520780089; 2 orders go on.')
  t.equal(
    said(0),
    'Question 1 (doctor) was answered, at order 520780089. What waited for it still waits for another answer.',
  )
  t.equal(
    said(0, 'de'),
    'Frage 1 (Behandler) wurde beantwortet, bei Auftrag 520780089. Was darauf wartete, wartet noch auf eine andere Antwort.',
  )
  t.end()
})

t.test('a refusal says why', async (t) => {
  for (const code of Object.keys(FAILURES) as FailureCode[]) {
    const text = activityText({ ...nothing, kind: 'package-refused', code }, 'en')
    t.ok(text.length > ACTIVITY_TEXTS['package-refused'].en.length + 20, code)
  }
})
