import { join } from 'node:path'
import t, { type Test } from 'tap'
import { makeExport } from '../../fixtures/exports/make-export.ts'
import { orderNamed } from '../../fixtures/exports/orders.ts'
import { made } from '../laboratory.ts'
import { myitero } from './run.ts'

interface Asked {
  readonly id: number
  readonly question: { readonly kind: string }
}

/** A case folder where one order waits for its doctor and for its material. */
async function waiting(t: Test) {
  const root = t.testdir({ cases: {}, exports: {} })
  const where = ['--into', join(root, 'cases'), '--data', join(root, 'data'), '--language', 'en']
  await myitero('import', (await made('lab-preference', join(root, 'exports'))).path, ...where)
  const { questions } = JSON.parse((await myitero('questions', ...where, '--json')).stdout) as {
    readonly questions: readonly Asked[]
  }
  const number = (kind: string) => String(questions.find(({ question }) => question.kind === kind)?.id)
  return { where, exports: join(root, 'exports'), doctor: number('doctor'), material: number('material') }
}

/** What was said, in one line. */
const flat = (said: string) => said.replace(/\s+/g, ' ')

t.test('an answer that lacks something says what, and what is possible', async (t) => {
  const { where, doctor, material } = await waiting(t)
  const method = await myitero('answer', material, ...where, '--material', 'ZI')
  t.equal(method.code, 2)
  t.match(flat(method.stderr), /--method is missing, one of: Mill5, Mill4/)
  const nothing = await myitero('answer', material, ...where)
  t.equal(nothing.code, 2)
  t.match(flat(nothing.stderr), /--material is missing, one of: .*\bZI\b/)
  const client = await myitero('answer', doctor, ...where)
  t.equal(client.code, 2)
  t.match(flat(client.stderr), '--client / --new-client is missing')
  const german = await myitero('answer', material, ...where, '--material', 'ZI', '--language', 'de')
  t.match(flat(german.stderr), /Es fehlt --method, möglich sind: Mill5, Mill4/)
  const unfit = await myitero('answer', material, ...where, '--material', 'WAX')
  t.match(flat(unfit.stderr), /does not fit .*material “WAX”/, 'one that is not offered lacks nothing')
})

t.test('codes of material and method are taken however their capitals are', async (t) => {
  const { where, material } = await waiting(t)
  const ran = await myitero('answer', material, ...where, '--material', 'zi', '--method', 'MILL4')
  t.notMatch(flat(ran.stderr), 'does not fit')
  const { stdout } = await myitero('mappings', ...where, '--json')
  t.match(stdout, /"ZI"/)
  t.match(stdout, /"Mill4"/)
})

t.test('of a question that is answered already this is said, however the answer is', async (t) => {
  const { where, doctor, material } = await waiting(t)
  await myitero('answer', doctor, ...where, '--new-client', 'Practice One')
  await myitero('answer', material, ...where, '--material', 'ZI', '--method', 'Mill5')
  for (const given of [[], ['--material', 'ZI'], ['--material', 'WAX'], ['--client', 'nobody']]) {
    const ran = await myitero('answer', material, ...where, ...given)
    t.equal(ran.code, 2)
    t.match(flat(ran.stderr), 'is answered already', given.join(' '))
  }
  t.match(flat((await myitero('answer', '99', ...where)).stderr), 'There is no question 99')
})

t.test(
  'questions tell two doctors of one name apart, say where a list is cut, and keep to 80 columns',
  async (t) => {
    const { where, exports } = await waiting(t)
    const recipe = orderNamed('lab-preference')
    const same = { ...recipe.doctor, name: 'Quill, Petra' }
    const doctors = [
      { ...same, id: '77001', licence: 'Null' },
      { ...same, id: '-1', licence: 'QP-5' },
    ]
    const packages: string[] = []
    for (const [n, doctor] of [...Array.from({ length: 7 }, () => doctors[0]), doctors[1]].entries()) {
      const orderId = String(800_000_001 + n)
      const options = { into: exports, seed: n + 1, orderId, form: 'zip', layout: 'flat' } as const
      const mesh = { format: 'stl-binary', bytes: 20_000 } as const
      packages.push((await makeExport({ ...recipe, doctor: doctor ?? same }, { ...options, mesh })).path)
    }
    await myitero('import', ...packages, ...where)
    const { stdout } = await myitero('questions', ...where)
    const shown = stdout.split('\n')
    const after = (at: number) => shown[at + 1] ?? ''
    const heads = shown.flatMap((line, at) =>
      line.includes('Quill, Petra') && line.startsWith('#') ? [at] : [],
    )
    t.equal(heads.length, 2)
    t.strictSame(
      heads.map((at) => /77001/.test(after(at))),
      [true, false],
    )
    t.match(after(heads[1] ?? 0), 'QP-5')
    t.match(flat(stdout), /7 orders wait for this: (8\d{8} \([\d ]+\), ){5}and 2 more/)
    t.strictSame(
      shown.filter((line) => line.length > 80),
      [],
    )
  },
)
