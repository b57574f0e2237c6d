import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { ListedOrder } from '../../bridge/data.ts'
import type { Params } from '../../bridge/protocol.ts'
import { assertWhole, namesIn } from '../laboratory.ts'
import { answerEverything, CLIENT, hosting } from './hosting.ts'

t.test('a package that is no order is told by its name alone, and once', async (t) => {
  const lab = await hosting(t)
  await lab.configure()
  await writeFile(join(lab.exports, 'iTero_Export_1.zip'), 'PK\x05\x06 and nothing that follows it')
  const { package: refused } = await lab.until('orders/packageRefused', undefined, 0)
  t.match(refused, { name: 'iTero_Export_1.zip', failure: { code: 'zip-damaged', text: String } })
  t.strictSame(await lab.ask('orders/refused', {}), { packages: [refused] })
  await lab.restart()
  const from = lab.told.length
  await lab.configure()
  await lab.order((await lab.drop('study-model')).orderId, 'waiting')
  t.notOk(lab.told.slice(from).some(({ method }) => method === 'orders/packageRefused'))
  t.strictSame(await lab.ask('orders/refused', {}), { packages: [refused] })
})

t.test(
  'a refused package whose file is gone is in the list no more; should it return, it is told anew',
  async (t) => {
    const lab = await hosting(t)
    await lab.configure()
    const file = join(lab.exports, 'iTero_Export_1.zip')
    const damaged = 'PK\x05\x06 and nothing that follows it'
    await writeFile(file, damaged)
    await lab.until('orders/packageRefused')
    t.match(await lab.ask('orders/refused', {}), { packages: [{ name: 'iTero_Export_1.zip' }] })
    await rm(file)
    t.strictSame(await lab.ask('orders/refused', {}), { packages: [] })
    const from = lab.told.length
    await writeFile(file, `${damaged}, again`)
    await lab.until('orders/packageRefused', undefined, from)
    t.match(await lab.ask('orders/refused', {}), { packages: [{ name: 'iTero_Export_1.zip' }] })
  },
)

t.test('while the export folder is away no refused package is forgotten', async (t) => {
  const lab = await hosting(t)
  await lab.configure()
  await writeFile(join(lab.exports, 'iTero_Export_1.zip'), 'PK\x05\x06 and nothing that follows it')
  await lab.until('orders/packageRefused')
  await rename(lab.exports, `${lab.exports}-away`)
  t.match(await lab.ask('orders/refused', {}), { packages: [{ name: 'iTero_Export_1.zip' }] })
  await rename(`${lab.exports}-away`, lab.exports)
})

t.test(
  'refused packages of an export folder that is watched no more leave the list, and are there again with it',
  async (t) => {
    const lab = await hosting(t)
    await lab.configure()
    await writeFile(join(lab.exports, 'iTero_Export_1.zip'), 'PK\x05\x06 and nothing that follows it')
    const { package: refused } = await lab.until('orders/packageRefused')
    const other = join(lab.root, 'other')
    await mkdir(other)
    await lab.configure({ exportFolder: other })
    t.strictSame(await lab.ask('orders/refused', {}), { packages: [] })
    await lab.configure({ exportFolder: null })
    t.strictSame(await lab.ask('orders/refused', {}), { packages: [] })
    await lab.configure()
    t.strictSame(await lab.ask('orders/refused', {}), { packages: [refused] })
  },
)

t.test('mappings that were taken back while it was off are forgotten before it takes an order', async (t) => {
  const lab = await hosting(t)
  await lab.configure()
  const first = await lab.drop('single-crown')
  await lab.order(first.orderId, 'waiting')
  await answerEverything(lab)
  await lab.order(first.orderId, 'published')
  const [doctor] = (await lab.ask('mappings/doctors', {})).doctors
  const [material] = (await lab.ask('mappings/materials', {})).materials
  if (!doctor || !material) return t.fail('both are mapped')
  await lab.connector.stop()
  const second = await lab.drop('single-crown', { seed: 2 })
  await lab.restart()
  const forget = { doctors: [doctor.id, 4711], materials: [material.key], methods: [material.key] }
  await lab.configure({ forget })
  t.strictSame(await lab.ask('mappings/doctors', {}), { doctors: [] })
  t.strictSame(await lab.ask('mappings/materials', {}), { materials: [] })
  const { waitsFor } = await lab.order(second.orderId, 'waiting')
  t.strictSame(
    waitsFor.map(({ kind }) => kind),
    ['doctor', 'material'],
    'the order of meanwhile asks anew',
  )
  await answerEverything(lab)
  const [again] = (await lab.ask('mappings/doctors', {})).doctors
  if (!again) return t.fail('it is mapped anew')
  await lab.configure({ forget: { ...forget, doctors: [again.id], materials: [] } })
  t.strictSame(await lab.ask('mappings/doctors', {}), { doctors: [] }, 'also where nothing else changes')
})

t.test('mappings can be reviewed and taken back, and are asked for again', async (t) => {
  const lab = await hosting(t)
  await lab.configure()
  const first = await lab.drop('single-crown')
  await lab.order(first.orderId, 'waiting')
  await answerEverything(lab)
  const { project } = await lab.order(first.orderId, 'published')
  const { doctors } = await lab.ask('mappings/doctors', {})
  const { materials } = await lab.ask('mappings/materials', {})
  const made = { orderId: first.orderId, project }
  t.match(doctors, [{ by: 'id', client: CLIENT.id, doctor: /Alder/, made }])
  t.match(materials, [
    {
      material: { code: 'ZIHT', names: { de: /Zirkon/ }, made },
      method: { code: 'Mill5', names: { de: /Fräsen/ }, made },
    },
  ])
  const [doctor, material] = [doctors[0], materials[0]]
  if (!doctor || !material) return t.fail('one of each')
  t.strictSame(await lab.ask('mappings/doctors', { after: doctor.id }), { doctors: [] })
  t.strictSame(await lab.ask('mappings/materials', { after: material.key }), { materials: [] })
  const from = lab.told.length
  await lab.ask('mappings/clearMethod', { key: material.key })
  await lab.until('mappings/changed', undefined, from)
  await t.rejects(lab.ask('mappings/clearMethod', { key: material.key }), { code: 'mapping-unknown' })
  t.match((await lab.ask('mappings/materials', {})).materials, [{ material: { code: 'ZIHT' }, method: null }])
  await lab.ask('mappings/deleteMaterial', { key: material.key })
  await lab.ask('mappings/deleteDoctor', { id: doctor.id })
  await t.rejects(lab.ask('mappings/deleteDoctor', { id: doctor.id }), { code: 'mapping-unknown' })
  const second = await lab.drop('single-crown', { seed: 2 })
  const { waitsFor } = await lab.order(second.orderId, 'waiting')
  t.strictSame(
    waitsFor.map(({ kind }) => kind),
    ['doctor', 'material'],
  )
})

t.test('who waits for a material is asked anew when its mapping is taken back', async (t) => {
  const lab = await hosting(t)
  await lab.configure()
  const first = await lab.drop('lab-preference')
  await lab.order(first.orderId, 'waiting')
  await answerEverything(lab)
  await lab.order(first.orderId, 'published')
  const [material] = (await lab.ask('mappings/materials', {})).materials
  if (!material) return t.fail('a mapping')
  await lab.ask('mappings/clearMethod', { key: material.key })
  const second = await lab.drop('lab-preference', { seed: 2 })
  await lab.order(second.orderId, 'waiting')
  const offered = async () => {
    const { questions } = await lab.ask('questions/list', {})
    return questions.map((each) => (each.kind === 'material' ? each.candidates.length : 0))
  }
  t.strictSame(await offered(), [1], 'the material is settled, its method is not')
  const from = lab.told.length
  await lab.ask('mappings/deleteMaterial', { key: material.key })
  await lab.until('questions/opened', undefined, from)
  const [now = 0, ...more] = await offered()
  t.ok(now > 1, 'all that suits is offered again')
  t.same(more, [])
})

t.test('an order is told with its client once its doctor is answered for or mapped', async (t) => {
  const lab = await hosting(t)
  await lab.configure()
  const first = await lab.drop('single-crown')
  t.equal((await lab.order(first.orderId, 'waiting')).client, null)
  const [doctor, material] = await lab.questions()
  if (doctor?.kind !== 'doctor' || material?.kind !== 'material') return t.fail('both are asked for')
  const from = lab.told.length
  const answer = { kind: 'doctor', client: CLIENT.id } as const
  await lab.ask('questions/answer', { question: doctor.id, answer })
  const mine = (orderId: string, client: string | null) => (params: { readonly order: ListedOrder }) =>
    params.order.orderId === orderId && params.order.client === client
  const { order } = await lab.until('orders/changed', mine(first.orderId, CLIENT.id), from)
  t.match(order, { stage: 'waiting', waitsFor: [{ kind: 'material' }] })
  // Never asked for: its doctor is mapped.
  const second = await lab.drop('single-crown', { seed: 1, orderId: '987654321' })
  t.match(await lab.order(second.orderId, 'waiting'), {
    client: CLIENT.id,
    waitsFor: [{ kind: 'material' }],
  })

  // The first was answered for by itself; the second rests on the mapping.
  const [mapping] = (await lab.ask('mappings/doctors', {})).doctors
  const since = lab.told.length
  await lab.ask('mappings/deleteDoctor', { id: mapping?.id ?? 0 })
  await lab.until('orders/changed', mine(second.orderId, null), since)
  const { orders } = await lab.ask('orders/list', {})
  t.same(
    new Map(orders.map((each) => [each.orderId, each.client])),
    new Map([
      [first.orderId, CLIENT.id],
      [second.orderId, null],
    ]),
  )
})

t.test('lists come page by page, and the end is an empty page', async (t) => {
  const lab = await hosting(t)
  await lab.configure()
  for (let seed = 1; seed <= 3; seed++) {
    await lab.order((await lab.drop('study-model', { seed })).orderId, 'waiting')
  }
  const pages = []
  for (let after: number | undefined; ; ) {
    const { orders } = await lab.ask('orders/list', { limit: 2, ...(after ? { after } : {}) })
    pages.push(orders.length)
    if (orders.length === 0) break
    after = orders.at(-1)?.revision
  }
  t.strictSame(pages, [2, 1, 0])
  t.strictSame((await lab.ask('orders/list', { stages: ['published'] })).orders, [])
  const [question] = (await lab.ask('questions/list', { limit: 1 })).questions
  t.equal(question?.waitingCount, 3)
  t.strictSame((await lab.ask('questions/list', { after: question?.id ?? 0 })).questions, [])
  const { entries } = await lab.ask('activity/list', { limit: 2 })
  const { entries: older } = await lab.ask('activity/list', { limit: 2, after: entries.at(-1)?.id ?? 0 })
  t.ok((older[0]?.id ?? 0) < (entries.at(-1)?.id ?? 0))
})

t.test('a client that is added while a doctor is asked for is offered at once', async (t) => {
  const lab = await hosting(t)
  await lab.configure()
  await lab.order((await lab.drop('study-model')).orderId, 'waiting')
  const [question] = await lab.questions()
  if (question?.kind !== 'doctor') return t.fail('the doctor is asked for')
  t.strictSame(question.likely, [])
  const from = lab.told.length
  const name = question.doctor.name ?? ''
  lab.changeClients(CLIENT, { id: '002', name, parameters: {} })
  const again = await lab.until('questions/opened', undefined, from)
  t.match(again.question, { id: question.id, likely: [{ client: '002' }] })
  await lab.ask('questions/answer', { question: question.id, answer: { kind: 'doctor', client: '002' } })
})

t.test(
  'a host that is slow to name its clients is told who is likely as soon as it has named them',
  async (t) => {
    const lab = await hosting(t)
    await lab.configure()
    await lab.order((await lab.drop('study-model')).orderId, 'waiting')
    const [question] = await lab.questions()
    if (question?.kind !== 'doctor') return t.fail('the doctor is asked for')
    const from = lab.told.length
    const release = lab.holdClients()
    lab.changeClients(CLIENT, { id: '002', name: question.doctor.name ?? '', parameters: {} })
    t.match((await lab.until('questions/opened', undefined, from)).question, { id: question.id, likely: [] })
    release()
    const isLikely = ({ question }: Params<'questions/opened'>) =>
      question.kind === 'doctor' && question.likely.length > 0
    const again = await lab.until('questions/opened', isLikely, from)
    t.match(again.question, { id: question.id, likely: [{ client: '002' }] })
  },
)

t.test('a doctor whose client is deleted is asked for again', async (t) => {
  const lab = await hosting(t)
  await lab.configure()
  const first = await lab.drop('study-model')
  await lab.order(first.orderId, 'waiting')
  await answerEverything(lab)
  await lab.order(first.orderId, 'published')
  lab.changeClients({ ...CLIENT, id: '777' })
  const second = await lab.drop('study-model', { seed: 2 })
  t.match(await lab.order(second.orderId, 'waiting'), { waitsFor: [{ kind: 'doctor' }] })
})

t.test('a client’s parameters go into the case', async (t) => {
  const lab = await hosting(t)
  const gap = { type: 'CementGap', value: 0.06, minValue: 0, maxValue: 0.2, stepSize: 0.01 }
  lab.changeClients({ ...CLIENT, parameters: { AnatomicCrown: [gap], NoSuchWork: [gap] } })
  await lab.configure()
  const pkg = await lab.drop('single-crown')
  await lab.order(pkg.orderId, 'waiting')
  await answerEverything(lab)
  const { project } = await lab.order(pkg.orderId, 'published')
  const xml = await readFile(join(lab.cases, project ?? '', `${project}.dentalProject`), 'utf8')
  t.match(xml, /CementGap/)
})

t.test('another patient under the number of an order is told with it', async (t) => {
  const lab = await hosting(t)
  await lab.configure()
  const first = await lab.drop('single-crown', { orderId: '123456789' })
  await lab.order(first.orderId, 'waiting')
  const from = lab.told.length
  await lab.drop('bridge-44-46', { orderId: '123456789' })
  const { order } = await lab.until('orders/changed', ({ order }) => order.number === 2, from)
  t.ok(order.warnings.some(({ code }) => code === 'patient-differs'))
})

t.test('an order whose kept files were damaged is taken anew from its package', async (t) => {
  const lab = await hosting(t)
  await lab.configure()
  const pkg = await lab.drop('study-model')
  await lab.order(pkg.orderId, 'waiting')
  const [staging] = (await namesIn(lab.cases)).filter((name) => name.startsWith('.'))
  await rm(join(lab.cases, staging ?? ''), { recursive: true })
  await answerEverything(lab)
  const { project } = await lab.order(pkg.orderId, 'published')
  await assertWhole(t, lab.cases, project ?? '', pkg)
})

t.test('a material list that is changed asks anew what waits, of the new list', async (t) => {
  const lab = await hosting(t)
  await lab.configure()
  const pkg = await lab.drop('single-crown')
  await lab.order(pkg.orderId, 'waiting')
  const [, before] = await lab.questions()
  const from = lab.told.length
  const materials = `<MaterialList Version="1">
    <ProductionMethod Code="Hand"><Name Language="en">By hand</Name></ProductionMethod>
    <ProductionMethod Code="Mill5"><Name Language="en">Milled</Name></ProductionMethod>
    <Material Code="NEW" Connectors="true"><Name Language="en">The new one</Name>
      <Suits>AnatomicCrown</Suits><Method>Hand</Method><Method>Mill5</Method></Material>
  </MaterialList>`
  await lab.configure({ materials })
  const closed = lab.until('questions/closed', ({ id }) => id === before?.id, from)
  const { question } = await lab.until(
    'questions/opened',
    ({ question }) => question.kind === 'material',
    from,
  )
  await closed
  t.match(question, { candidates: [{ code: 'NEW', names: { en: 'The new one' } }] })
})

t.test('a look is answered at once', async (t) => {
  const lab = await hosting(t)
  await lab.configure()
  t.strictSame(await lab.ask('orders/look', {}), {})
})
