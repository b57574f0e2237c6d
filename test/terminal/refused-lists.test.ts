import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { readAnswers } from '../../plugin/terminal/answers-file.ts'
import { myitero } from './run.ts'

function place(t: Test) {
  const root = t.testdir({ cases: {}, data: {} })
  const where = ['--into', join(root, 'cases'), '--data', join(root, 'data'), '--language', 'en']
  return { root, where }
}

t.test('a list that is refused is told by the name of its file, and what is wrong in it', async (t) => {
  const { root, where } = place(t)
  const [materials, clients] = [join(root, 'our materials.xml'), join(root, 'our clients.json')]
  writeFileSync(materials, '<MaterialList Version="1">\n<Metal/></MaterialList>')
  writeFileSync(clients, '{"version":1,"clients":[{"id":"1"}]}')
  const flat = (said: string) => said.replace(/\s+/g, ' ')
  const named = await myitero('orders', ...where, '--materials', materials)
  t.equal(named.code, 2)
  t.match(flat(named.stderr), 'our materials.xml” cannot be used, line 2')
  const listed = await myitero('orders', ...where, '--clients', clients, '--json')
  t.match(JSON.parse(listed.stdout), { error: { code: 'client-list-invalid', facts: { file: clients } } })
  t.match(flat(listed.stderr), 'our clients.json” cannot be used, “/clients/0/name”')
  writeFileSync(join(root, 'data', 'materials.xml'), 'nothing')
  t.match(
    (await myitero('orders', ...where)).stderr,
    join('data', 'materials.xml'),
    'also the one that lies there',
  )
})

t.test('an answers file that lacks something is told with the name of what it lacks', async (t) => {
  const lacking = JSON.stringify({ materials: [{ itero: '12', material: 'ZI' }] })
  t.throws(() => readAnswers(lacking, 'answers.json'), {
    code: 'answers-invalid',
    facts: { file: 'answers.json', field: '/materials/0/method', problem: 'required' },
  })
})
