import t from 'tap'
import { DE } from '../../host/web/words/de.ts'
import { EN } from '../../host/web/words/en.ts'

const placeholders = (text: string): readonly string[] =>
  [...text.matchAll(/\{(\w+)/g)].map((match) => match[1] ?? '').sort()

t.test('German shows the same values as English, in every text', async (t) => {
  for (const key of Object.keys(EN) as (keyof typeof EN)[]) {
    t.strictSame(placeholders(DE[key]), placeholders(EN[key]), key)
  }
})

t.test('no text is empty, and no key stands in German alone', async (t) => {
  t.strictSame(Object.keys(DE).sort(), Object.keys(EN).sort())
  for (const text of [...Object.values(EN), ...Object.values(DE)]) t.not(text.trim(), '')
})
