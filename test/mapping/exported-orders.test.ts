import * as disk from 'node:fs/promises'
import t from 'tap'
import { makeExport } from '../../fixtures/exports/make-export.ts'
import { ORDERS } from '../../fixtures/exports/orders.ts'
import { writeTreatment } from '../../plugin/casefile/treatment-xml.ts'
import type { FileRole } from '../../plugin/file-role.ts'
import { orderFiles } from '../../plugin/itero/files.ts'
import { MANIFEST_LIMIT_BYTES, manifestVersionOf, readManifest } from '../../plugin/itero/manifest.ts'
import type { Order } from '../../plugin/itero/order.ts'
import { openPackage, readWhole } from '../../plugin/itero/package.ts'
import type { Answer, QuestionKey } from '../../plugin/mapping/questions.ts'
import { treatmentFromOrder } from '../../plugin/mapping/treatment-from-order.ts'
import { faultsOf } from '../xsd.ts'
import { codes, input, MATERIALS, type Mapped, shown } from './made-up.ts'

/** What the teeth of an export become, per manifest version; the first of everything offered is answered. */
const EXPECTED: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  'single-crown': { 50: '12 HealthyTooth, 11 AnatomicCrown, 21 HealthyTooth, 41 Antagonist' },
  'bridge-44-46': {
    50: '14 Antagonist, 47 HealthyTooth, 46 AnatomicCrown+, 45 AnatomicPontic+, 44 AnatomicCrown, 43 HealthyTooth',
    24: '14 Antagonist, 47 HealthyTooth, 46 AnatomicCrown+, 45 AnatomicPontic+, 44 AnatomicCrown, 43 HealthyTooth',
  },
  'bridge-midline': {
    50: '13 HealthyTooth, 12 AnatomicCrown+, 11 AnatomicPontic+, 21 AnatomicPontic, 22 AnatomicCrown+, 23 HealthyTooth, 42 Antagonist',
  },
  'maryland-bridge': {
    50: '11 HealthyTooth, 21 AnatomicInlay, 22 AnatomicPontic+, 23 HealthyTooth, 31 Antagonist',
  },
  'inlay-onlay-veneer': {
    50: '11 HealthyTooth, 21 Veneer, 22 HealthyTooth, 34 HealthyTooth, 35 AnatomicInlay, 36 AnatomicInlay, 37 HealthyTooth',
  },
  denture: { 50: '' },
  'study-model': { 50: '', 24: '' },
}

const written: Uint8Array[] = []

for (const recipe of ORDERS) {
  t.test(`the export ${recipe.name} becomes a treatment`, async (t) => {
    const made = await makeExport(recipe, {
      into: t.testdir(),
      seed: 7,
      form: 'folder',
      layout: 'flat',
      naming: 'lab',
      versions: [10, 24, 50],
      mesh: { format: 'stl-binary', bytes: 50_000 },
    })
    const pkg = await openPackage(disk, made.path)
    t.teardown(() => pkg.close())
    for (const entry of pkg.entries) {
      const version = manifestVersionOf(entry.name)
      if (version === null) continue
      const xml = await readWhole(pkg, entry, MANIFEST_LIMIT_BYTES, 'manifest-too-large')
      const order = readManifest(xml, entry.name, { patientNameOrder: 'given-family' })
      const files = orderFiles(order, pkg.entries).files.map(({ role }) => role)
      const result = settled(order, files)
      const expected = EXPECTED[recipe.name]?.[version]
      if (expected !== undefined) t.equal(shown(result.treatment.teeth).join(', '), expected, `v${version}`)
      if (version === 50) t.notMatch(codes(result.warnings).join(), /restoration|role|bridge|material/)
      written.push(writeTreatment(result.treatment))
    }
  })
}

t.test("DentalDB's schema takes them all", async (t) => {
  t.ok(written.length > ORDERS.length)
  t.same(await faultsOf('dental-project', ...written), [])
})

function settled(order: Order, files: readonly FileRole[]): Mapped {
  const answers = new Map<QuestionKey, Answer>()
  for (let round = 0; round < 2; round++) {
    const outcome = treatmentFromOrder(input(order, { files, materials: MATERIALS, known: { answers } }))
    if (outcome.kind === 'treatment') return outcome
    for (const { question } of outcome.questions) {
      const [first] = question.kind === 'material' ? question.candidates : []
      const [method] = first?.methods ?? []
      if (first && method)
        answers.set(question.key, {
          kind: 'material',
          material: first.code,
          method,
          makeDefault: { material: false, method: false },
        })
    }
  }
  throw new Error('still asked')
}
