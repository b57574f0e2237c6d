import t from 'tap'
import { FAILURES, type FailureCode } from '../../plugin/errors.ts'
import { ACTIVITY_TEXTS, activityText } from '../../plugin/words/activity.ts'
import { placeholdersOf } from '../../plugin/words/template.ts'

type Kind = keyof typeof ACTIVITY_TEXTS
const KINDS = Object.keys(ACTIVITY_TEXTS) as Kind[]
const nothing = { orderId: null, code: null, facts: {} }

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
        { kind, orderId: '300000001', code: null, facts },
      ]) {
        t.match(activityText(entry, language), /^[A-ZÄÖÜ][^{}[\]|?]*\.$/, `${kind} ${language}`)
      }
    }
  }
})

t.test('a refusal says why', async (t) => {
  for (const code of Object.keys(FAILURES) as FailureCode[]) {
    const text = activityText({ ...nothing, kind: 'package-refused', code }, 'en')
    t.ok(text.length > ACTIVITY_TEXTS['package-refused'].en.length + 20, code)
  }
})
