import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import t, { type Test } from 'tap'
import { makeExport } from '../../fixtures/exports/make-export.ts'
import { orderNamed } from '../../fixtures/exports/orders.ts'
import { made, namesIn } from '../laboratory.ts'
import { myitero } from './run.ts'

const ANSWERS = {
  doctors: [
    { id: '910001', client: { new: { name: 'Practice One' } } },
    { id: '910002', client: { new: { name: 'Practice Two' } } },
  ],
  materials: [
    { itero: '2010', material: 'MLZI', method: 'Mill5' },
    { itero: '2011', material: 'MLZI', method: 'Mill5' },
  ],
}

async function place(t: Test) {
  const root = t.testdir({ cases: {}, exports: {}, 'answers.json': JSON.stringify(ANSWERS) })
  const where = ['--into', join(root, 'cases'), '--data', join(root, 'data'), '--language', 'en']
  return {
    root,
    cases: join(root, 'cases'),
    exports: join(root, 'exports'),
    answers: join(root, 'answers.json'),
    where,
  }
}

t.test('exit 3 while orders wait, 0 once all are published', async (t) => {
  const { exports, cases, answers, where } = await place(t)
  const crown = await made('single-crown', exports)
  const bridge = await made('bridge-44-46', exports)
  const waiting = await myitero('import', crown.path, bridge.path, ...where)
  t.equal(waiting.code, 3)
  t.match(waiting.stdout, crown.orderId)
  const published = await myitero('import', crown.path, bridge.path, ...where, '--answers', answers)
  t.equal(published.code, 0, published.stdout + published.stderr)
  t.equal((await namesIn(cases)).length, 2)
  const again = await myitero('import', crown.path, bridge.path, ...where)
  t.equal(again.code, 0)
  t.equal((await namesIn(cases)).length, 2)
})

t.test('exit 4 where a package is refused, and the others go on', async (t) => {
  const { exports, cases, answers, where } = await place(t)
  const crown = await made('single-crown', exports)
  const broken = await made('bridge-44-46', exports)
  truncateSync(broken.path, 100_000)
  const ran = await myitero('import', broken.path, crown.path, ...where, '--answers', answers)
  t.equal(ran.code, 4)
  t.equal((await namesIn(cases)).length, 1)
})

t.test('exit 2 for wrong usage', async (t) => {
  const { exports, where, root } = await place(t)
  t.equal((await myitero()).code, 2, 'no command')
  t.equal((await myitero('import', ...where)).code, 2, 'no package')
  t.equal((await myitero('import', exports)).code, 2, 'no case folder')
  t.equal((await myitero('import', exports, '--into', '')).code, 2, 'a variable that is not set')
  t.equal((await myitero('impot', exports, ...where)).code, 2, 'an unknown command')
  t.equal((await myitero('orders', ...where, '--limit', 'many')).code, 2)
  t.equal((await myitero('answer', '7', ...where, '--client', '1')).code, 2, 'an unknown question')
  const word = await myitero('answer', 'seven', ...where)
  t.equal(word.code, 2)
  t.match(word.stderr, 'seven', 'and says what was wrong')
  t.equal((await myitero('orders', ...where, '--template', 'no placeholder')).code, 2)
  writeFileSync(join(root, 'answers.json'), '{"doctors":[{"client":{}}]}')
  const ran = await myitero('import', exports, ...where, '--answers', join(root, 'answers.json'))
  t.equal(ran.code, 2)
  t.match(ran.stderr, /answers\.json/, 'names the file')
  t.match(ran.stderr, '/doctors/0', 'and the field')
})

t.test('a case folder that is not there is said, and nothing is made', async (t) => {
  const { exports, root } = await place(t)
  const crown = await made('single-crown', exports)
  const ran = await myitero(
    'import',
    crown.path,
    '--into',
    join(root, 'nowhere'),
    '--data',
    join(root, 'data'),
  )
  t.equal(ran.code, 4)
  t.match(ran.stderr, 'nowhere')
  t.same(await namesIn(root), ['answers.json', 'cases', 'exports'])
})

t.test('--json gives one document that a program can act on', async (t) => {
  const { exports, answers, where } = await place(t)
  const crown = await made('single-crown', exports)
  const ran = await myitero('import', crown.path, join(exports, 'none.zip'), ...where, '--json')
  const { results, exit } = JSON.parse(ran.stdout)
  t.equal(exit, 4)
  t.equal(ran.code, 4)
  t.match(
    results.find((one: { outcome: string }) => one.outcome === 'waiting'),
    { orderId: crown.orderId, revision: 1, questions: [{ id: Number, question: { kind: 'doctor' } }, {}] },
  )
  t.match(
    results.find((one: { outcome: string }) => one.outcome === 'refused'),
    { failure: { code: 'package-missing' }, text: String },
  )
  const done = JSON.parse(
    (await myitero('import', crown.path, ...where, '--json', '--answers', answers)).stdout,
  )
  t.equal(done.results.length, 1, 'the last word on an order, and no other')
  t.match(done.results, [{ outcome: 'published', project: String, warnings: [] }])
  const failed = await myitero('orders', '--into', join(exports, 'nowhere'), '--json')
  t.match(JSON.parse(failed.stdout), { error: { code: 'case-folder-missing', text: String }, exit: 4 })
})

t.test('questions tells how to answer, and answer publishes', async (t) => {
  const { exports, cases, where } = await place(t)
  const crown = await made('lab-preference', exports)
  await myitero('import', crown.path, ...where)
  const listed = await myitero('questions', ...where)
  t.match(listed.stdout, /#1 .*\n/)
  t.match(listed.stdout, '--material ZI --method Mill5')
  t.match(listed.stdout, /910001 · X-40011 · 12 Harbour Street/, 'a doctor is told from another of his name')
  const first = await myitero('answer', '1', ...where, '--new-client', 'Practice One')
  t.equal(first.code, 0)
  t.match(first.stdout, /^Answered/, 'also where nothing goes on by it')
  const [, number] = /#(\d+) .*Lab Preference/.exec(listed.stdout) ?? []
  const wrong = await myitero('answer', `${number}`, ...where, '--material', 'WAX')
  t.equal(wrong.code, 2, 'a material that does not suit the work')
  const ran = await myitero(
    'answer',
    `#${number}`,
    ...where,
    '--material',
    'ZI',
    '--method',
    'Mill4',
    '--no-default-method',
  )
  t.equal(ran.code, 0, ran.stderr)
  t.equal((await namesIn(cases)).length, 1)
  t.equal(
    (await myitero('answer', `${number}`, ...where, '--material', 'ZI', '--method', 'Mill4')).code,
    2,
    'closed',
  )

  const { doctors, materials } = JSON.parse((await myitero('mappings', ...where, '--json')).stdout)
  t.match(doctors, [{ identity: { by: 'id', value: '910001' } }])
  t.match(materials, [{ key: '12', material: { code: 'ZI' }, method: null }])
  t.equal((await myitero('mappings', ...where, '--delete-material', '12')).code, 0)
  t.equal((await myitero('mappings', ...where, '--delete-doctor', '#1')).code, 0)
  t.equal((await myitero('mappings', ...where, '--delete-doctor', '#1')).code, 2, 'deleted already')
  const empty = JSON.parse((await myitero('mappings', ...where, '--json')).stdout)
  t.same(empty, { doctors: [], materials: [] })
})

t.test('orders lists what came, newest first, and what was refused', async (t) => {
  const { exports, where } = await place(t)
  const crown = await made('single-crown', exports)
  const bridge = await made('bridge-44-46', exports)
  await myitero('import', crown.path, ...where)
  await myitero('import', bridge.path, ...where)
  const { orders } = JSON.parse((await myitero('orders', ...where, '--json')).stdout)
  t.same(
    orders.map((order: { orderId: string }) => order.orderId),
    [bridge.orderId, crown.orderId],
  )
  t.match((await myitero('orders', ...where, '--stage', 'published')).stdout, /No orders/)
  const shown = (await myitero('orders', ...where, '--language', 'en')).stdout
  t.match(shown, /waits for an answer to #1, #2/, 'each says which questions it waits for')
  t.strictSame(orders[1].waitsFor, [1, 2])
})

t.test(
  'a doctor whom nothing identifies is asked for with the word that it holds for this order only',
  async (t) => {
    const { exports, where } = await place(t)
    const recipe = orderNamed('study-model')
    const doctor = { ...recipe.doctor, name: '', id: 'Null', licence: '0000000' }
    const unknown = await makeExport(
      { ...recipe, doctor },
      { into: exports, seed: 1, form: 'zip', layout: 'flat', mesh: { format: 'stl-binary', bytes: 50_000 } },
    )
    const known = await made('single-crown', exports)
    await myitero('import', unknown.path, known.path, ...where)
    const shown = (await myitero('questions', ...where, '--language', 'en')).stdout
    t.equal(shown.match(/for\s+this\s+order\s+only/g)?.length, 1)
  },
)

t.test('every command explains itself in 80 columns', async (t) => {
  for (const command of ['', 'import', 'watch', 'orders', 'questions', 'answer', 'mappings', 'clients']) {
    const ran = await myitero(...(command === '' ? [] : [command]), '--help')
    t.equal(ran.code, 0)
    t.ok(ran.stdout.length > 100)
    t.same(
      ran.stdout.split('\n').filter((line) => line.length > 80),
      [],
      `${command || 'myitero'} --help`,
    )
  }
})

t.test('German where German is asked for', async (t) => {
  const { root, exports } = await place(t)
  const crown = await made('single-crown', exports)
  const ran = await myitero(
    'import',
    crown.path,
    '--into',
    join(root, 'cases'),
    '--data',
    join(root, 'data'),
    '--language',
    'de',
  )
  t.match(ran.stdout, 'Behandler')
})

t.test('what it says of a failure names the package, never the patient', async (t) => {
  const { exports, where } = await place(t)
  const crown = await made('single-crown', exports)
  const bytes = readFileSync(crown.path)
  bytes.writeUInt32LE(0xdeadbeef, bytes.length - 6)
  writeFileSync(crown.path, bytes)
  const ran = await myitero('import', crown.path, ...where)
  t.equal(ran.code, 4)
  for (const name of [crown.recipe.patient.family, crown.recipe.patient.given, crown.recipe.doctor.name]) {
    t.notMatch(ran.stdout + ran.stderr, name)
  }
})

t.test('orders shows what an import refused, until the package is a good one', async (t) => {
  const { exports, where } = await place(t)
  const crown = await made('single-crown', exports)
  const whole = readFileSync(crown.path)
  truncateSync(crown.path, 100_000)
  t.equal((await myitero('import', crown.path, ...where)).code, 4)
  t.match((await myitero('orders', ...where, '--stage', 'refused')).stdout, basename(crown.path))
  writeFileSync(crown.path, whole)
  t.equal((await myitero('import', crown.path, ...where)).code, 3)
  t.notMatch((await myitero('orders', ...where, '--stage', 'refused')).stdout, basename(crown.path))
})

t.test('each result names its package, and a waiting one only what is open still', async (t) => {
  const { exports, where, root } = await place(t)
  const crown = await made('single-crown', exports)
  const bridge = await made('bridge-44-46', exports)
  const [doctor] = ANSWERS.doctors
  const answers = join(root, 'some.json')
  writeFileSync(answers, JSON.stringify({ ...ANSWERS, doctors: [doctor] }))
  const ran = await myitero('import', crown.path, bridge.path, ...where, '--answers', answers, '--json')
  const { results } = JSON.parse(ran.stdout) as {
    results: { outcome: string; source: string; questions?: { question: { kind: string } }[] }[]
  }
  t.same(results.map(({ source }) => source).sort(), [crown.path, bridge.path].sort())
  const waiting = results.find(({ outcome }) => outcome === 'waiting')
  t.equal(waiting?.source, bridge.path)
  t.same(waiting?.questions?.length, 1, 'the material is answered, the doctor is open')
})

t.test('an entry whose material does not suit the work is told, and the question stays open', async (t) => {
  const { exports, cases, where, root } = await place(t)
  const crown = await made('single-crown', exports)
  const answers = join(root, 'unfit.json')
  const [zirconia] = ANSWERS.materials
  const given = (...materials: unknown[]) => writeFileSync(answers, JSON.stringify({ ...ANSWERS, materials }))
  given({ ...zirconia, material: 'NP' })
  const ran = await myitero('import', crown.path, ...where, '--answers', answers)
  t.equal(ran.code, 3)
  t.match(ran.stderr, /Question \d+ stays open.*material “NP”/)
  t.same(
    (await namesIn(cases)).filter((name) => !name.startsWith('.')),
    [],
  )
  given({ ...zirconia, method: 'Press' })
  t.match((await myitero('import', crown.path, ...where, '--answers', answers)).stderr, /stays open.*method/)
  given(
    { ...zirconia, material: 'NP' },
    { ...zirconia, material: zirconia?.material.toLowerCase(), method: zirconia?.method.toUpperCase() },
  )
  const done = await myitero('import', crown.path, ...where, '--answers', answers)
  t.equal(done.code, 0, 'of several entries the one that suits is taken, whatever its capitals')
  t.notMatch(done.stderr, 'stays open')
})

t.test('an entry for an iTero number does not answer for another material under that number', async (t) => {
  const { exports, cases, where, root } = await place(t)
  const crown = await made('single-crown', exports, { form: 'folder', versions: [50] })
  const [manifest] = (await namesIn(crown.path)).filter((name) => name.endsWith('.xml'))
  const path = join(crown.path, manifest ?? '')
  const xml = readFileSync(path, 'utf8')
  const renamed = xml.replace(/(Id="2010" Name=")[^"]*/, '$1Gold')
  t.not(renamed, xml)
  writeFileSync(path, renamed)
  const answers = join(root, 'reused.json')
  const [zirconia] = ANSWERS.materials
  const given = (more: object) =>
    writeFileSync(answers, JSON.stringify({ ...ANSWERS, materials: [{ ...zirconia, ...more }] }))
  given({})
  t.equal((await myitero('import', crown.path, ...where, '--answers', answers)).code, 3)
  given({ name: 'Gold' })
  t.equal((await myitero('import', crown.path, ...where, '--answers', answers)).code, 0)
  t.equal((await namesIn(cases)).length, 1)
})

/** As editors of Windows save a text. */
const SAVED: Readonly<Record<string, (text: string) => Uint8Array>> = {
  'UTF-8': (text) => Buffer.from(text),
  'UTF-8 with its mark and Windows’ line ends': (text) =>
    Buffer.from(`\ufeff${text.replaceAll('\n', '\r\n')}`),
  'UTF-16': (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
}
const CLIENTS = { version: 1, clients: [{ id: '007', name: 'Praxis Müller' }] }

for (const [how, save] of Object.entries(SAVED)) {
  t.test(`clients and answers saved as ${how} are read`, async (t) => {
    const { exports, answers, where, root } = await place(t)
    const clients = join(root, 'clients.json')
    writeFileSync(clients, save(JSON.stringify(CLIENTS, null, 2)))
    writeFileSync(answers, save(JSON.stringify(ANSWERS, null, 2)))
    const crown = await made('single-crown', exports)
    const ran = await myitero('import', crown.path, ...where, '--answers', answers, '--clients', clients)
    t.equal(ran.code, 0, ran.stdout + ran.stderr)
    t.match((await myitero('clients', ...where, '--clients', clients)).stdout, 'Praxis Müller')
  })
}

t.test('a list in a code page is refused, so that no name comes out wrong', async (t) => {
  const { exports, answers, where, root } = await place(t)
  const crown = await made('single-crown', exports)
  const clients = join(root, 'clients.json')
  writeFileSync(clients, Buffer.from(JSON.stringify(CLIENTS), 'latin1'))
  const byClients = await myitero('import', crown.path, ...where, '--clients', clients)
  t.equal(byClients.code, 2)
  t.match(byClients.stderr, 'not saved as UTF-8')
  const text = JSON.stringify(ANSWERS).replace('Practice One', 'Praxis Müller')
  writeFileSync(answers, Buffer.from(text, 'latin1'))
  const byAnswers = await myitero('import', crown.path, ...where, '--answers', answers)
  t.equal(byAnswers.code, 2)
  t.match(byAnswers.stderr, 'not saved as UTF-8')
  t.same(await namesIn(join(root, 'cases')), [])
})
