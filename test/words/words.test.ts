import * as fs from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { nameTemplate } from '../../plugin/casefile/naming.ts'
import {
  asImportError,
  FAILURES,
  type Facts,
  type FailureCode,
  type WarningCode,
} from '../../plugin/errors.ts'
import { readManifest } from '../../plugin/itero/manifest.ts'
import { openPackage } from '../../plugin/itero/package.ts'
import { readMaterialList } from '../../plugin/mapping/materials.ts'
import { FAILURE_TEXTS, HOST_FAILURE_TEXTS } from '../../plugin/words/failures.ts'
import { placeholdersOf, type Text } from '../../plugin/words/template.ts'
import { TERMS } from '../../plugin/words/terms.ts'
import { WARNING_TEXTS } from '../../plugin/words/warnings.ts'
import { failureText, hostFailureText, warningText } from '../../plugin/words/words.ts'
import { factsGiven, literalsOf } from './source-facts.ts'

const LANGUAGES = ['en', 'de'] as const
const MANNER = { patientNameOrder: 'given-family' } as const

type Code = FailureCode | WarningCode
const TEXTS: readonly (readonly [Code, Text])[] = [
  ...(Object.entries(FAILURE_TEXTS) as [FailureCode, Text][]),
  ...(Object.entries(HOST_FAILURE_TEXTS) as [FailureCode, Text][]),
  ...(Object.entries(WARNING_TEXTS) as [WarningCode, Text][]),
]

function textOf(code: Code, facts: Facts, language: 'en' | 'de'): string {
  return code in FAILURES
    ? failureText({ code: code as FailureCode, facts }, language)
    : warningText({ code: code as WarningCode, facts }, language)
}

/** A fact as the sources give it: teeth and counts are numbers, names are names. */
const SIZES = /^(bytes|limit|expected)$/
const NUMBERS = /^(entries|count|files|rows|line|tried|tooth|found|known|sqlite|method)$/

function realistic(code: Code): Facts {
  const names = placeholdersOf(TEXTS.find(([each]) => each === code)?.[1].en ?? '')
  return Object.fromEntries(
    names.map((name) => [name, SIZES.test(name) ? 14_000_000 : NUMBERS.test(name) ? 14 : `${name}-1.stl`]),
  )
}

t.test('every failure and every warning says the same facts in both languages', async (t) => {
  for (const [code, text] of TEXTS) {
    t.strictSame([...placeholdersOf(text.en)].sort(), [...placeholdersOf(text.de)].sort(), code)
  }
})

t.test('every text reads whole with all its facts and shows each of them', async (t) => {
  for (const [code] of TEXTS) {
    for (const language of LANGUAGES) {
      const facts = realistic(code)
      const text = textOf(code, facts, language)
      t.notMatch(text, /[{}[\]|]|\?| {2}| [.,;:)](?!\w)/, `${code} ${language}`)
      for (const [name, value] of Object.entries(facts)) {
        // A size of 14,000,000 bytes is `14 MB`.
        t.ok(text.includes(String(value).replace(/0{6}$/, '')), `${code} ${language} shows ${name}`)
      }
    }
  }
})

t.test('every text reads whole where the thrower knew no facts', async (t) => {
  for (const [code] of TEXTS) {
    for (const language of LANGUAGES) {
      const text = textOf(code, {}, language)
      t.notMatch(text, /[{}[\]|“”„()]|\?| {2}| [.,;:](?!\w)|[:,][.;]/, `${code} ${language}`)
      t.match(text, /^\p{Lu}.*\.$/u, `${code} ${language} is a sentence`)
    }
  }
})

t.test('every fact that a text shows is given where its code is raised', async (t) => {
  for (const [code, text] of TEXTS) {
    const { sites, facts } = factsGiven(code)
    if (sites === 0) continue
    t.strictSame(
      placeholdersOf(text.en).filter((name) => !facts.has(name)),
      [],
      code,
    )
  }
})

t.test('no text has a place for a name of a patient, a doctor or a case', async (t) => {
  for (const [code, text] of TEXTS) {
    t.strictSame(
      placeholdersOf(text.en).filter((name) =>
        /patient|doctor|practice|project|note|family|given/i.test(name),
      ),
      [],
      code,
    )
  }
})

t.test('every reason that the sources give has words', async (t) => {
  const given = literalsOf(
    /(?:\breason: |\brefuse\(|notUnderstood\(|notXml\(|\binvalid\((?='[a-z-]+', '))'([^']+)'/g,
  )
  t.ok(given.size > 20, 'the sources were found')
  t.strictSame(
    [...given].filter((reason) => TERMS['reason']?.[reason] === undefined),
    [],
  )
})

t.test('every problem of a configuration file that the sources give has words', async (t) => {
  const given = literalsOf(/(?:\bproblem: |\binvalid\([^()]*, )'([a-z][^'.]*)'/g)
  t.ok(given.size > 5, 'the sources were found')
  t.strictSame(
    [...given].filter((problem) => TERMS['problem']?.[problem] === undefined),
    [],
  )
})

t.test('every field of an answer that can be unfit has words', async (t) => {
  const given = literalsOf(/'answer-unfit', \{[^}]*field: '([^']+)'/g)
  t.ok(given.size > 3, 'the sources were found')
  t.strictSame(
    [...given].filter((field) => TERMS['field']?.[field] === undefined),
    [],
  )
})

t.test('every term has words in both languages and none with marks of its own', async (t) => {
  for (const [fact, table] of Object.entries(TERMS)) {
    for (const [code, text] of Object.entries(table)) {
      for (const language of LANGUAGES)
        t.match(text[language], /^[^{}[\]|“”„]+$/, `${fact} ${code} ${language}`)
    }
  }
})

t.test('a code that nobody foresaw is shown as it is', async (t) => {
  const text = failureText(
    { code: 'package-unreadable', facts: { package: 'a.zip', reason: 'EWEIRD' } },
    'de',
  )
  t.match(text, /EWEIRD/)
})

t.test('at a host nothing is to be started again', (t) => {
  for (const { en, de } of Object.values(HOST_FAILURE_TEXTS)) t.notMatch(`${en} ${de}`, /start/i)
  t.match(
    hostFailureText({ code: 'material-list-invalid', facts: { line: 3 } }, 'en'),
    /line 3\. Correct the file; it is read again when Settings is opened\.$/,
  )
  t.equal(
    hostFailureText({ code: 'zip-damaged', facts: {} }, 'de'),
    failureText({ code: 'zip-damaged', facts: {} }, 'de'),
  )
  t.end()
})

t.test('sizes and counts are written as the language writes them', async (t) => {
  const large: Facts = { package: 'a.zip', bytes: 1_500_000, limit: 2_000_000_000 }
  t.match(failureText({ code: 'zip-bomb', facts: large }, 'en'), /1\.5 MB.*2 GB/)
  t.match(failureText({ code: 'zip-bomb', facts: large }, 'de'), /1,5 MB.*2 GB/)
  const many: Facts = { package: 'a.zip', entries: 100_000, limit: 20_000 }
  t.match(failureText({ code: 'zip-too-many-entries', facts: many }, 'en'), /100,000.*20,000/)
  t.match(failureText({ code: 'zip-too-many-entries', facts: many }, 'de'), /100\.000.*20\.000/)
})

t.test('a wait is said in minutes where it is long, and never shorter than it is', async (t) => {
  const text = (seconds: number, language: 'en' | 'de') =>
    failureText({ code: 'cloud-busy', facts: { status: 429, seconds } }, language)
  t.match(text(0, 'en'), 'in 1 second.')
  t.match(text(1, 'en'), 'in 1 second.')
  t.match(text(90, 'de'), 'in 90 Sekunden ')
  t.match(text(121, 'en'), 'in 3 minutes.')
  t.match(text(3600, 'de'), 'in 60 Minuten ')
})

t.test('a number of files takes the form that goes with it', async (t) => {
  const text = (files: number) => failureText({ code: 'manifest-missing', facts: { files } }, 'de')
  t.match(text(1), /1 Datei /)
  t.match(text(3), /3 Dateien /)
})

t.test('a margin line is named with its tooth', async (t) => {
  const facts = { file: 'a.pts', role: 'margin 11', taken: 'b.pts' }
  t.match(warningText({ code: 'scan-beside', facts }, 'de'), /Zahn 11/)
})

t.test('what a real fault throws is said without a code in it', async (t) => {
  const said = async (name: string, raise: () => unknown, ...parts: readonly string[]) => {
    try {
      await raise()
      t.fail(`${name} did not fail`)
    } catch (error) {
      const { code, facts } = asImportError(error)
      for (const language of LANGUAGES) {
        const text = failureText({ code, facts }, language)
        for (const part of parts) t.match(text, part, `${name} ${language}`)
        for (const key of ['reason', 'problem']) {
          // In English a code may be the very word.
          if (language === 'de' && facts[key] !== undefined)
            t.notMatch(text, String(facts[key]), `${name} ${language} ${key}`)
        }
      }
    }
  }
  const folder = t.testdir({ 'a.zip': 'PK\u0003\u0004 and no more', 'b.txt': 'text' })
  const gone = join(folder, 'gone.zip')
  await said('a package that is not there', () => openPackage(fs, gone), 'gone.zip')
  await said('a zip cut off', () => openPackage(fs, join(folder, 'a.zip')), 'a.zip')
  await said('a text file', () => openPackage(fs, join(folder, 'b.txt')), 'b.txt')
  await said('a template without placeholders', () => nameTemplate('case'))
  await said('a template with an unknown placeholder', () => nameTemplate('%d_%q'), '%q')
  await said(
    'a material list with a slip',
    () => readMaterialList(Buffer.from('<MaterialList Version="2"/>')),
    '1',
  )
  await said(
    'a manifest that breaks off',
    () => readManifest(Buffer.from('<iTeroExport><a'), 'm.xml', MANNER),
    'm.xml',
  )
})

t.test('hostile facts', async (t) => {
  const everywhere = (value: string) =>
    TEXTS.flatMap(([code]) =>
      LANGUAGES.map((language) => {
        const facts = Object.fromEntries(Object.keys(realistic(code)).map((name) => [name, value]))
        return textOf(code, facts, language)
      }),
    )

  t.test('a name of 10,000 characters is cut', async (t) => {
    for (const text of everywhere('x'.repeat(10_000))) t.ok(text.length < 1500)
  })
  t.test('the end of a long name stays', async (t) => {
    const file = `${'x'.repeat(10_000)}-lower.stl`
    t.match(warningText({ code: 'mesh-empty', facts: { file } }, 'en'), /-lower\.stl/)
  })
  t.test('an escape sequence is shown, not sent', async (t) => {
    for (const text of everywhere('\u001b[2Jgone')) t.notMatch(text, '\u001b')
    t.match(warningText({ code: 'mesh-empty', facts: { file: '\u001b[2J' } }, 'en'), '\\u001b[2J')
  })
  t.test('a right-to-left override is shown, not sent', async (t) => {
    for (const text of everywhere('lts.\u202eexe')) t.notMatch(text, '\u202e')
    t.match(warningText({ code: 'mesh-empty', facts: { file: 'a\u202eb' } }, 'en'), 'a\\u202eb')
  })
  t.test('a line break does not make a second line', async (t) => {
    for (const text of everywhere('a\r\nb\u2028c')) t.equal(text.split(/[\r\n\u2028]/).length, 1)
  })
  t.test('a name that looks like a placeholder stays a name', async (t) => {
    const facts = { file: '{package}[{file}]', package: 'a.zip' }
    t.match(failureText({ code: 'zip-entry-damaged', facts }, 'en'), '“{package}[{file}]”')
  })
  t.test('a letter joiner, which Persian names need, stays', async (t) => {
    t.match(warningText({ code: 'mesh-empty', facts: { file: 'می\u200cخ.stl' } }, 'en'), 'می\u200cخ.stl')
  })

  t.test('whatever the facts are, the text is one bounded line', async () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 2000 }),
      fc.double(),
      fc.constantFrom('constructor', '__proto__', 'toString', 'margin 11', 'constructor 11'),
    )
    const code = fc.constantFrom(...TEXTS.map(([each]) => each))
    fc.assert(
      fc.property(code, fc.array(value, { minLength: 8, maxLength: 8 }), (code, values) => {
        const facts = Object.fromEntries(
          Object.keys(realistic(code)).map((name, index) => [name, values[index % values.length] ?? '']),
        )
        for (const language of LANGUAGES) {
          const text = textOf(code, facts, language)
          if (text.length > 1500) return false
          if (/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u.test(text))
            return false
        }
        return true
      }),
      { numRuns: 500 },
    )
  })
})
