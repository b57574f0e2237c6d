import fc from 'fast-check'
import t from 'tap'
import { faultOf, OWN_TEXT, ownTextOf, PLACEHOLDERS } from '../../host/web/settings/template.ts'
import { nameTemplate } from '../../plugin/casefile/naming.ts'

const piece = fc.oneof(
  fc.constantFrom(...PLACEHOLDERS, '%%', '%', '%x', '_', ' ', 'Fälle ', 'abcdefghijkl', '歯科技工所', '😀'),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
)
const template = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''))

t.test('Settings refuses while typing exactly what the importer would refuse', async (t) => {
  fc.assert(
    fc.property(template, (text) => {
      let taken = true
      try {
        nameTemplate(text)
      } catch {
        taken = false
      }
      return (faultOf(text) === null) === taken
    }),
    { numRuns: 2000 },
  )
  t.pass()
})

t.test('Placeholders take nothing of the room for own text, a percent sign two characters', async (t) => {
  t.equal(ownTextOf('%d%l%f%p%n%s%tc'), 0)
  t.equal(ownTextOf('%d_%l_%f'), 2)
  t.equal(ownTextOf('100%% %l'), 6)
  t.equal(ownTextOf(`${'a'.repeat(OWN_TEXT)}%l`), OWN_TEXT)
  t.equal(faultOf(`${'a'.repeat(OWN_TEXT)}%l`), null)
  t.strictSame(faultOf(`${'a'.repeat(OWN_TEXT + 1)}%l`), { kind: 'too-long' })
})

t.test('Wide characters count by their bytes', async (t) => {
  t.equal(ownTextOf(`${'歯'.repeat(21)}%l`), 32)
  t.strictSame(faultOf(`${'歯'.repeat(22)}%l`), { kind: 'too-long' })
})
