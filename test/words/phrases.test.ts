import fc from 'fast-check'
import t from 'tap'
import { ALL_PHRASES, type PhraseKey, phrase } from '../../plugin/words/phrases.ts'
import { placeholdersOf } from '../../plugin/words/template.ts'

const KEYS = Object.keys(ALL_PHRASES) as PhraseKey[]
const LANGUAGES = ['en', 'de'] as const

/** Any phrase with one value in all its places. */
function everywhere(key: PhraseKey, language: 'en' | 'de', value: string | number): string {
  const values = Object.fromEntries(placeholdersOf(ALL_PHRASES[key].en).map((name) => [name, value]))
  return (phrase as (l: 'en' | 'de', k: PhraseKey, v: Record<string, string | number>) => string)(
    language,
    key,
    values,
  )
}

t.test('every phrase shows the same values in both languages', async (t) => {
  for (const key of KEYS) {
    const { en, de } = ALL_PHRASES[key]
    t.strictSame([...placeholdersOf(en)].sort(), [...placeholdersOf(de)].sort(), key)
  }
})

t.test('every phrase reads whole with its values', async (t) => {
  for (const key of KEYS) {
    for (const language of LANGUAGES) {
      for (const value of [0, 1, 2, 'Praxis Muster']) {
        t.match(everywhere(key, language, value), /^[^{}[\]|]+$/, `${key} ${language} ${value}`)
      }
    }
  }
})

t.test('one order and two orders take their own forms', async (t) => {
  for (const key of KEYS.filter((key) => ALL_PHRASES[key].en.includes('|'))) {
    for (const language of LANGUAGES) {
      const [one, two] = [1, 2].map((count) => everywhere(key, language, count).replace(/^\d+/, ''))
      t.not(one, two, `${key} ${language}`)
    }
  }
  t.match(phrase('de', 'orders-wait', { count: 1 }), '1 Auftrag wartet')
  t.match(phrase('de', 'orders-wait', { count: 1200 }), '1.200 Aufträge warten')
  t.match(phrase('en', 'orders-wait', { count: 0 }), '0 orders wait')
})

t.test('a phrase without its values does not compile', async (t) => {
  // @ts-expect-error the type check is the test; at run time a mark stands where the value is missing
  t.match(phrase('en', 'orders-wait', {}), '?')
})

t.test('whatever a name holds, a phrase is one bounded line', async () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...KEYS),
      fc.constantFrom(...LANGUAGES),
      fc.string({ unit: 'binary', maxLength: 3000 }),
      (key, language, name) => {
        const text = everywhere(key, language, name)
        return text.length < 800 && !/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069]/u.test(text)
      },
    ),
    { numRuns: 500 },
  )
})
