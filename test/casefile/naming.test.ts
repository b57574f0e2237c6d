import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import {
  DEFAULT_TEMPLATE,
  isNameShortened,
  type NameParts,
  nameTemplate,
  PROJECT_BOUND,
  projectName,
} from '../../plugin/casefile/naming.ts'
import { ImportError } from '../../plugin/errors.ts'
import { deceptiveFault, windowsFault } from './windows-names.ts'

const PARTS: NameParts = {
  practice: 'Park Practice',
  practiceId: '003',
  family: 'Sample',
  given: 'Ann',
  date: '2026-09-09',
  tray: '12',
  toothColor: 'A2',
  orderId: '123456789',
}
const FIRST = { revision: 1, collision: 1 }
const named = (template: string, parts: Partial<NameParts> = {}, variant = FIRST): string =>
  projectName(nameTemplate(template), { ...PARTS, ...parts }, variant)

const facts = (template: string): unknown => {
  try {
    nameTemplate(template)
  } catch (error) {
    if (error instanceof ImportError) return { code: error.code, reason: error.facts['reason'] }
    throw error
  }
  return 'nothing thrown'
}

t.test('every placeholder stands for its part', async (t) => {
  t.equal(named('%p-%l-%f-%d-%n-%s-%tc'), 'Park Practice-Sample-Ann-2026-09-09-003-12-A2')
  t.equal(named(DEFAULT_TEMPLATE), '2026-09-09_Sample_Ann')
})

t.test('a word that every object knows is only a word', async (t) => {
  t.equal(named('valueOf%l__proto__%fconstructor'), 'valueOfSample__proto__Annconstructor')
})

t.test('two percent signs are one, and no placeholder', async (t) => {
  t.equal(named('%%l %l%%'), '%l Sample%')
})

t.test('a placeholder in a patient’s name is not filled in again', async (t) => {
  t.equal(named('%l', { family: '%f %% %d' }), '%f %% %d')
})

t.test('characters that a name cannot hold are mapped as DentalDB maps them', async (t) => {
  t.equal(named('%l', { family: 'a"b<c>d:e|f?g*h/i\\j' }), "a'b(c)d_e_f_g_h_i_j")
  t.equal(named('a/b:%l'), 'a_b_Sample', 'in the template too')
})

t.test('leading and trailing dots and spaces are dropped', async (t) => {
  t.equal(named('%l', { family: ' .. Sample. . ' }), 'Sample')
  t.equal(named('. %l .'), 'Sample')
})

t.test('control, bidi and other invisible characters are dropped, spaces of all kinds are one', async (t) => {
  t.equal(named('%l', { family: 'a\u0000b\u0007c\u202ed\u2066e\u200ff\ufeffg\u00adh\u200bi' }), 'abcdefghi')
  t.equal(named('%l', { family: 'a\u00a0\u3000 \t\nb\u2028c' }), 'a b c')
})

t.test(
  'a character that is never seen is dropped, assigned or not, but for what spells a name',
  async (t) => {
    t.equal(named('%l', { family: 'a\u{e0002}b\u034fc\u3164d' }), 'abcd')
    t.equal(named('%l', { family: '葛\u{e0100}城' }), '葛\u{e0100}城')
  },
)

t.test('a right-to-left override cannot turn an extension around', async (t) => {
  t.equal(named('%l', { family: 'gpj\u202e.exe' }), 'gpj.exe')
})

t.test('letters in two spellings make one name', async (t) => {
  t.equal(named('%l', { family: 'Mu\u0308ller' }), named('%l', { family: 'M\u00fcller' }))
})

for (const family of ['Иванова', 'محمد بن علي', '王小明', 'Ñuñez-Øst', 'दीपिका', 'می‌خواهم']) {
  t.test(`a name in its own script stays: ${family}`, async (t) => {
    t.equal(named('%l', { family }), family.normalize('NFC'))
  })
}

for (const family of [
  'CON',
  'nul',
  'Prn',
  'AUX.',
  'COM1',
  'com9',
  'LPT0',
  'COM\u00b9',
  'lpt\u00b2',
  'CONIN$',
  'conout$',
  'CON.x',
  'NUL .txt',
  'aux.a.b',
]) {
  t.test(`${family} is a device of Windows and is prefixed`, async (t) => {
    const name = named('%l', { family })
    t.ok(name.startsWith('_'), name)
    t.equal(windowsFault(name), null)
  })
}

for (const family of ['CONSTANCE', 'COM10', 'Nullmann', 'LPT', 'Connor.CON']) {
  t.test(`${family} only looks like a device and stays`, async (t) => {
    t.equal(named('%l', { family }), family)
  })
}

t.test('a device stays harmless with the marks of its revision', async (t) => {
  t.equal(named('%l', { family: 'CON' }, { revision: 2, collision: 2 }), '_CON_rev2_2')
})

t.test('it is known where a name holds less than the case, and only there', async (t) => {
  const isShort = (family: string, variant = FIRST) =>
    isNameShortened(nameTemplate('%l_%f'), { ...PARTS, family }, variant)
  t.notOk(isShort('Sample'))
  t.notOk(isShort('a:b|c" \u202e...'), 'other characters are no fewer names')
  t.notOk(isShort('F'.repeat(59)))
  t.ok(isShort('F'.repeat(60)), 'one more than there is room for')
  t.ok(isShort('F'.repeat(59), { revision: 2, collision: 1 }), 'a mark takes room')
  t.ok(isShort('名'.repeat(60)), 'bytes count')
  t.ok(isShort('F'.repeat(5000)))
  t.ok(isShort(`${' '.repeat(900)}F`), 'what is not even looked at')
  t.notOk(
    isNameShortened(nameTemplate('%n_%d'), { ...PARTS, family: 'F'.repeat(300) }, FIRST),
    'not in the name',
  )
})

t.test('a revision is marked _rev2, a second case of one name _2', async (t) => {
  t.equal(named('%l', {}, { revision: 1, collision: 2 }), 'Sample_2')
  t.equal(named('%l', {}, { revision: 3, collision: 1 }), 'Sample_rev3')
  t.equal(named('%l', {}, { revision: 2, collision: 3 }), 'Sample_rev2_3')
})

t.test('where nothing readable is left the order names the case', async (t) => {
  t.equal(named('%l %f', { family: '??', given: '...' }), 'order-123456789')
  t.equal(named('%l', { family: '', orderId: '../..' }), 'order-_')
  t.equal(named('%l', { family: '\u202e', orderId: '' }), 'order')
})

t.test('a very long name is cut where it is longest, and the date stays whole', async (t) => {
  const name = named('%l_%f_%d', { family: 'a'.repeat(300), given: 'Ann' }, { revision: 12, collision: 345 })
  t.match(name, /^a+_Ann_2026-09-09_rev12_345$/)
  t.equal(name.length, PROJECT_BOUND.units - 1)
})

t.test('a cut splits neither a surrogate pair nor what is seen as one character', async (t) => {
  for (const character of ['🦷', '👨‍👩‍👧‍👦', 'é̂', 'नि', '🇩🇪']) {
    for (let shift = 1; shift < 12; shift++) {
      const name = named('%l', { family: 'x'.repeat(shift) + character.repeat(60) })
      const whole = 'x'.repeat(shift) + character.normalize('NFC').repeat(60)
      const segments = Array.from(new Intl.Segmenter().segment(whole), (each) => each.segment)
      t.ok(
        segments.some((_, count) => segments.slice(0, count + 1).join('') === name),
        `${character} after ${shift}: ${name}`,
      )
    }
  }
})

t.test('one character with a thousand marks is not cut in two', async (t) => {
  t.equal(named('%l', { family: `a${'\u0316'.repeat(1000)}` }), 'order-123456789')
})

t.test('names of a million characters take no longer than names of a hundred', async (t) => {
  const start = performance.now()
  named('%p%l%f', { practice: 'p'.repeat(1e6), family: '王'.repeat(1e6), given: ' '.repeat(1e6) })
  t.ok(performance.now() - start < 2000)
})

const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'binary-ascii', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.string({
    unit: fc.constantFrom(
      '.',
      ' ',
      '_',
      '\u200d',
      '\u200c',
      '\u202e',
      '/',
      '%',
      'C',
      'O',
      'N',
      '1',
      '\ud800',
      '\udc00',
      '\u0301',
      'ß',
      'İ',
    ),
  }),
  fc.constantFrom('', 'CON', 'nul.', 'COM¹', ' ', '..', '王', '-', 'İstanbul'),
)
const parts = fc.record({
  practice: texts,
  practiceId: texts,
  family: texts,
  given: texts,
  date: fc.oneof(fc.constant('2026-09-09'), texts),
  tray: texts,
  toothColor: texts,
  orderId: texts,
})
const templates = fc
  .array(
    fc.oneof(
      fc.constantFrom('%p', '%l', '%f', '%d', '%n', '%s', '%tc', '%%', '_', '-', '.', ' ', '/'),
      texts,
    ),
    { maxLength: 8 },
  )
  .map(
    (pieces) =>
      `${pieces
        .join('')
        .replace(/%(?!%|tc|[plfdns])/g, '')
        .slice(0, 20)
        .toWellFormed()}%l`,
  )
  .filter((template) => facts(template) === 'nothing thrown')

t.test('whatever template and parts, the name is legal on Windows, honest and bounded', async () => {
  fc.assert(
    fc.property(
      templates,
      parts,
      fc.integer({ min: 1, max: 999 }),
      fc.integer({ min: 1, max: 999 }),
      (template, each, revision, collision) => {
        const name = projectName(nameTemplate(template), each, { revision, collision })
        assert.equal(windowsFault(name), null)
        assert.equal(deceptiveFault(name), null)
        assert.match(name, /[\p{L}\p{N}]/u)
        assert.doesNotMatch(name, /^[. ]/)
        assert.equal(name, name.normalize('NFC'))
        assert.ok(name.length <= PROJECT_BOUND.units, `${name.length} units`)
        assert.ok(Buffer.byteLength(name) <= PROJECT_BOUND.bytes, `${Buffer.byteLength(name)} bytes`)
        assert.equal(
          name.endsWith(
            revision === 1 && collision === 1 ? '' : collision === 1 ? `_rev${revision}` : `_${collision}`,
          ),
          true,
        )
      },
    ),
    { numRuns: 1500 },
  )
})

t.test('two revisions and two collisions of one order never share a name', async () => {
  const variants = fc.record({
    revision: fc.integer({ min: 1, max: 30 }),
    collision: fc.integer({ min: 1, max: 30 }),
  })
  fc.assert(
    fc.property(parts, variants, variants, (each, one, other) => {
      fc.pre(one.revision !== other.revision || one.collision !== other.collision)
      assert.notEqual(projectName(DEFAULT_TEMPLATE, each, one), projectName(DEFAULT_TEMPLATE, each, other))
    }),
    { numRuns: 300 },
  )
})

const refusedTemplates: readonly (readonly [string, string, string])[] = [
  ['an empty template', '', 'empty'],
  ['a template of blanks', '   ', 'empty'],
  ['an unknown placeholder', '%l_%x', 'placeholder'],
  ['a lone percent sign', '%l 100%', 'placeholder'],
  ['half of %tc', '%l_%t', 'placeholder'],
  ['a template without placeholder, by which all cases were called the same', 'case', 'no-placeholder'],
  ['a template of a percent sign alone', '%%', 'no-placeholder'],
  ['a template whose own text leaves no room', `%l${'x'.repeat(40)}`, 'too-long'],
  ['a template of ten thousand characters', '%l'.repeat(5000), 'too-long'],
]
for (const [name, template, reason] of refusedTemplates) {
  t.test(`${name} is refused`, async (t) => {
    t.same(facts(template), { code: 'template-invalid', reason })
  })
}
