import t, { type Test } from 'tap'
import type { MadeExport, MakeOptions } from '../../fixtures/exports/make-export.ts'
import { MESH_FORMATS } from '../../fixtures/exports/mesh.ts'
import { ORDERS } from '../../fixtures/exports/orders.ts'
import type { OrderRecipe } from '../../fixtures/exports/recipe.ts'
import type { WarningCode } from '../../plugin/errors.ts'
import { importPackage } from '../../plugin/importer.ts'
import { adaOf } from '../../plugin/itero/teeth.ts'
import type { FdiTooth } from '../../plugin/teeth.ts'
import { answerAll, laboratory, namesIn } from '../laboratory.ts'
import { assertAllValid, type SeenCase, seenCase, warningsIn } from './seen.ts'

/** Everything in which one export differs from another. */
const DIMENSIONS = {
  versions: [[10], [21], [22], [23], [24], [30], [50], [10, 21, 22, 23, 24, 50]],
  mesh: MESH_FORMATS,
  layout: ['flat', 'top-folder', 'mac'],
  form: ['zip', 'folder'],
  naming: ['lab', 'ortho'],
  resaved: [false, true],
  fullImplantTable: [false, true],
} as const

type Dimension = keyof typeof DIMENSIONS
type Cell = { readonly [D in Dimension]: (typeof DIMENSIONS)[D][number] }

/** Every value of each dimension beside every value of each other, in few cells; the orders take turns. */
const CELLS = pairwise()

t.test('the cells hold every pair of values, and every order', async (t) => {
  const pairs = new Set(CELLS.flatMap(pairsOf))
  const names = Object.keys(DIMENSIONS) as Dimension[]
  let expected = 0
  for (const [index, a] of names.entries())
    for (const b of names.slice(index + 1)) expected += DIMENSIONS[a].length * DIMENSIONS[b].length
  t.equal(pairs.size, expected)
  t.ok(CELLS.length >= ORDERS.length)
})

t.test('an order in any form of export becomes its whole case', async (t) => {
  const lab = await laboratory(t)
  const all: { readonly made: MadeExport; readonly cell: Cell; readonly label: string }[] = []
  for (const [index, cell] of CELLS.entries()) {
    const recipe = ORDERS[index % ORDERS.length]?.name ?? ''
    const label = `${recipe} ${JSON.stringify(cell)}`
    const made = await lab.make(recipe, optionsOf(cell, index + 1))
    all.push({ made, cell, label })
    const result = await importPackage(lab.importer, made.path)
    t.not(result.outcome, 'refused', label)
  }
  const answered = await answerAll(lab.importer)
  const published = [
    ...answered,
    ...(await Promise.all(all.map(({ made }) => importPackage(lab.importer, made.path)))),
  ]
  t.same(
    published.filter(({ outcome }) => outcome === 'refused' || outcome === 'waiting'),
    [],
  )
  const projects = new Map(
    published.map((result) => [result.orderId as string, 'project' in result ? result.project : '']),
  )
  t.same(await namesIn(lab.cases), [...projects.values()].sort(), 'one case for each order, and no staging')
  await assertAllValid(t, lab.cases, [...projects.values()])

  for (const { made, cell, label } of all) {
    t.test(label, async (t) => {
      const project = projects.get(made.orderId) ?? ''
      const found = await seenCase(lab.cases, project)
      assertFiles(t, found, made, cell)
      const { family, given } = made.recipe.patient
      const patient = found.treatment.one('Patient')
      t.same([patient.text('PatientName'), patient.text('PatientFirstName')], [family, given])
      t.ok(project.includes(`_${family}_${given}`), 'and the folder has that name')
      t.equal(found.record.one('Origin').text('OrderId'), made.orderId)
      t.equal(found.record.text('OrderCode'), made.orderCode)
      t.equal(found.record.text('ManifestVersion'), versionText(Math.max(...cell.versions)))
      assertTeeth(t, found, made.recipe, Math.max(...cell.versions))
      t.same(
        new Set(warningsIn(found)),
        new Set(warningsFor(made.recipe, cell)),
        'and told is what is strange',
      )
    })
  }
})

/** What an order in this form cannot say, or says strangely: no more and no less. */
function warningsFor(recipe: OrderRecipe, { versions, naming }: Cell): readonly WarningCode[] {
  const version = Math.max(...versions)
  const has = (shape: string) => recipe.teeth.some((tooth) => tooth.shape === shape)
  const bridged = (type: string) =>
    recipe.teeth.some(({ bridge, restoration }) => bridge && restoration.v50 === type)
  const when = (condition: boolean, ...codes: WarningCode[]) => (condition ? codes : [])
  return [
    // v10 has no bridges, and its list of files knows no margin line.
    ...when(version === 10 && (bridged('21') || bridged('20')), 'role-in-bridge-missing'),
    ...when(version === 10 && naming === 'lab' && has('crown-preparation'), 'file-role-not-understood'),
    // No export showed how a wing is written.
    ...when(![10, 30].includes(version) && recipe.name === 'maryland-bridge', 'wing-inferred'),
    // v30 knows no identifier of a patient.
    ...when(version === 30 || recipe.name === 'other-material', 'patient-without-id'),
    ...when(version === 50 && recipe.denture !== null, 'denture-not-mapped'),
    ...when(
      naming === 'lab' && version !== 10 && recipe.preTreatment.includes('lower'),
      'file-role-corrected',
    ),
    // v24 and older do not say how an implant's crown is fixed, and an orthodontist's package has no scan body.
    ...when(version !== 30 && version < 50 && has('implant'), 'implant-not-understood'),
    ...when(version !== 30 && naming === 'ortho' && has('implant'), 'scan-body-missing'),
  ]
}

function assertFiles(t: Test, found: SeenCase, made: MadeExport, { versions, mesh, naming }: Cell): void {
  const files = new Map(made.files.map((file) => [file.name, file.sha256]))
  t.same(
    new Set(Object.entries(found.contents).flatMap(([name, hash]) => (isDocument(name) ? [] : [hash]))),
    new Set(files.values()),
    'every file of the package, unchanged, and no other',
  )
  t.equal(found.names.length, made.files.length + 2)
  const id = made.orderId
  const format = mesh.startsWith('stl') ? 'stl' : 'ply'
  const scans: Record<string, string> = {}
  for (const jaw of ['upper', 'lower'] as const) {
    if (naming === 'ortho') {
      scans[`-${jaw}jaw.${format}`] = `${id}_shell_occlusion_${jaw[0]}.${format}`
      continue
    }
    if (Math.max(...versions) === 10)
      scans[`-${jaw}jaw.ply`] = jaw === 'upper' ? 'Maxilla_Base.ply' : 'Mandible_Base.ply'
    else scans[`-${jaw}jaw.${format}`] = `${jaw}_jaw_with_ditch_#${id}.${format}`
    if (made.recipe.preTreatment.includes(jaw))
      scans[`-${jaw}jaw-situ.ply`] = `${jaw}_jaw_pretreatment_#${id}.ply`
    if (made.recipe.teeth.some(({ shape, fdi }) => shape === 'implant' && fdi > 30 === (jaw === 'lower')))
      scans[`-${jaw}jaw-marker.${format}`] = `${jaw}_jaw_scan_body_#${id}.${format}`
  }
  // v10 does not say which tooth a margin line belongs to.
  if (naming === 'lab' && Math.max(...versions) > 10)
    for (const { fdi, shape } of made.recipe.teeth)
      if (shape === 'crown-preparation')
        scans[`-${fdi}-Margin.pts`] = `margin_#${id}_${adaOf(fdi as FdiTooth)}.pts`
  for (const [name, source] of Object.entries(scans)) {
    t.ok(files.has(source), source)
    t.equal(found.contents[name], files.get(source), `${name} is ${source}`)
  }
  const underScanNames = found.names.filter((name) =>
    /^-((upper|lower)jaw(-(situ|marker|gingiva))?|occlusionfirst|\d\d-Margin)\.(stl|ply|obj|pts|xyz)$/.test(
      name,
    ),
  )
  t.same(underScanNames, Object.keys(scans).sort(), 'and no other file bears the name of a scan')
}

function assertTeeth(t: Test, found: SeenCase, recipe: OrderRecipe, version: number): void {
  const made = [...found.teeth].flatMap(([fdi, tooth]) =>
    ['HealthyTooth', 'Antagonist', 'MissingTooth'].includes(tooth.text('ReconstructionType') ?? '')
      ? []
      : [fdi],
  )
  // v30 lists no teeth; v10 says no bridges, so that a pontic is but a missing tooth.
  if (version === 30) {
    t.same([...found.teeth.keys()], [])
    return
  }
  const ordered = recipe.teeth.filter(
    ({ shape, restoration }) =>
      shape !== 'missing' || (version !== 10 && restoration.v50 !== '9') || restoration.v50 === '20',
  )
  t.same(
    made.sort(),
    ordered
      .filter(({ restoration }) => version !== 10 || restoration.v50 !== '20')
      .map(({ fdi }) => fdi)
      .sort(),
    'the teeth that are ordered are made, and no other',
  )
}

const isDocument = (name: string) => name === '.dentalProject' || name === '.case.xml'

const versionText = (version: number) => `${Math.floor(version / 10)}.${version % 10}`

function optionsOf(cell: Cell, seed: number): Partial<MakeOptions> {
  return { ...cell, seed, mesh: { format: cell.mesh, bytes: 120_000 } }
}

function pairsOf(cell: Partial<Cell>): readonly string[] {
  const entries = Object.entries(cell)
  return entries.flatMap(([a, x], index) => entries.slice(index + 1).map(([b, y]) => `${a}=${x} ${b}=${y}`))
}

/** Greedy: each cell takes, dimension by dimension, the value that adds most pairs not seen yet. */
function pairwise(): readonly Cell[] {
  const names = Object.keys(DIMENSIONS) as Dimension[]
  const seen = new Set<string>()
  const cells: Cell[] = []
  for (const versions of DIMENSIONS.versions) {
    for (const mesh of DIMENSIONS.mesh) {
      let cell: Record<string, unknown> = { versions, mesh }
      for (const name of names.slice(2)) {
        const options = DIMENSIONS[name].map((value) => {
          const next = { ...cell, [name]: value }
          return { next, fresh: pairsOf(next).filter((pair) => !seen.has(pair)).length }
        })
        const most = Math.max(...options.map(({ fresh }) => fresh))
        // Among equals another one each time, so that no value stands with the last in the list only.
        const equals = options.filter(({ fresh }) => fresh === most)
        cell = equals[cells.length % equals.length]?.next ?? cell
      }
      for (const pair of pairsOf(cell)) seen.add(pair)
      cells.push(cell as Cell)
    }
  }
  return cells
}
