import t from 'tap'
import { type MadeExport, makeExport } from '../../fixtures/exports/make-export.ts'
import { orderNamed } from '../../fixtures/exports/orders.ts'
import { answerAndGoOn, keepAnswer } from '../../plugin/answering.ts'
import { importPackage, resume } from '../../plugin/importer.ts'
import type { ImportResult } from '../../plugin/importing/setup.ts'
import { doctorMappings } from '../../plugin/ledger/mappings.ts'
import { answerQuestion, listQuestions } from '../../plugin/ledger/questions.ts'
import { answerAll, assertWhole, firstOf, laboratory, namesIn } from '../laboratory.ts'

const SMALL = { mesh: { format: 'stl-binary', bytes: 100_000 }, versions: [50] } as const

/** An order of that name whose every tooth is of one iTero material. */
async function inMaterial(name: string, material: string, into: string): Promise<MadeExport> {
  const recipe = orderNamed(name)
  if (!recipe) throw new Error(`no order named ${name}`)
  const teeth = recipe.teeth.map((tooth) => ({ ...tooth, material: { v50: material, older: material } }))
  return makeExport({ ...recipe, teeth }, { ...SMALL, into, seed: 7, form: 'zip', layout: 'flat' })
}

t.test('a default given for a crown decides a bridge that waited for a question of its own', async (t) => {
  const lab = await laboratory(t)
  const crown = await inMaterial('single-crown', '78', lab.exports)
  const bridge = await inMaterial('bridge-44-46', '78', lab.exports)
  for (const { path } of [crown, bridge]) await importPackage(lab.importer, path)
  const materials = (await listQuestions(lab.importer.ledger)).filter(
    ({ question }) => question.kind === 'material',
  )
  t.equal(materials.length, 2, 'a bridge has fewer materials to choose from')
  const results: ImportResult[] = []
  for (const open of await listQuestions(lab.importer.ledger)) {
    if (open.id === materials[1]?.id) continue
    results.push(...(await answerAndGoOn(lab.importer, open.id, firstOf(open))))
  }
  const result = results.find(({ orderId }) => orderId === bridge.orderId)
  if (result?.outcome !== 'published') return t.fail('goes on at once')
  await assertWhole(t, lab.cases, result.project, bridge)
  t.same(await listQuestions(lab.importer.ledger), [], 'and nobody is asked what is decided')
  t.equal((await namesIn(lab.cases)).length, 2)
})

t.test(
  'what was answered just before a cut decides at the next start, for other questions too',
  async (t) => {
    const lab = await laboratory(t)
    const crown = await inMaterial('single-crown', '78', lab.exports)
    const bridge = await inMaterial('bridge-44-46', '78', lab.exports)
    for (const { path } of [crown, bridge]) await importPackage(lab.importer, path)
    const [first, ...others] = await listQuestions(lab.importer.ledger)
    if (!first) return t.fail('the doctor is asked for first')
    for (const open of others) {
      if (open.question.kind === 'doctor') await keepAnswer(lab.importer, open.id, firstOf(open))
    }
    await keepAnswer(lab.importer, first.id, firstOf(first))
    const material = others.find(({ question }) => question.kind === 'material')
    if (!material) return t.fail('a material is asked for')
    await keepAnswer(lab.importer, material.id, firstOf(material))
    const results = await resume(await lab.reopened())
    t.strictSame(
      results.map(({ outcome }) => outcome),
      ['published', 'published'],
    )
    t.same(await listQuestions(lab.importer.ledger), [])
  },
)

t.test('a question that is answered while an order is about to wait for it is not asked again', async (t) => {
  const lab = await laboratory(t)
  const first = await lab.make('study-model', { mesh: SMALL.mesh })
  const second = await lab.make('study-model', { mesh: SMALL.mesh, seed: 2 })
  await importPackage(lab.importer, first.path)
  const [open] = await listQuestions(lab.importer.ledger)
  if (!open) return t.fail('the doctor is asked for')
  // Another seat answers at the worst moment: when the second order has decided to wait, and the ledger has not heard of it.
  const { ledger } = lab.importer
  let answered = false
  const racing = {
    ...lab.importer,
    clients: async () => {
      if (!answered) {
        answered = true
        await answerQuestion(ledger, open.id, firstOf(open))
        // What was read before the answer came.
        return []
      }
      return lab.importer.clients()
    },
  }
  const result = await importPackage(racing, second.path)
  t.equal(result.outcome, 'published', JSON.stringify(result))
  t.same(await listQuestions(ledger), [])
  t.equal((await doctorMappings(ledger)).length, 1, 'one doctor is one client')
  await answerAll(lab.importer)
})
