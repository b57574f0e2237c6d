import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { made, namesIn } from '../laboratory.ts'
import { myitero } from './run.ts'

function place(t: Test) {
  const root = t.testdir({ cases: {}, exports: {}, data: {} })
  const where = ['--into', join(root, 'cases'), '--data', join(root, 'data'), '--language', 'en']
  return { exports: join(root, 'exports'), where }
}

t.test(
  'a material that no table knows is listed under an id that a shell takes, and taken back by it',
  async (t) => {
    const { exports, where } = place(t)
    const crown = await made('single-crown', exports, { form: 'folder', versions: [50] })
    const [manifest = ''] = (await namesIn(crown.path)).filter((name) => name.endsWith('.xml'))
    const xml = readFileSync(join(crown.path, manifest), 'utf8')
    writeFileSync(
      join(crown.path, manifest),
      xml.replace(/(<Type Id="2010" Name=)"[^"]*"/, '$1"Gold &amp; &quot;Alloy&quot;"'),
    )
    await myitero('import', crown.path, ...where)
    const { questions } = JSON.parse((await myitero('questions', ...where, '--json')).stdout) as {
      questions: {
        id: number
        question: { kind: string; candidates: { code: string; methods: string[] }[] }
      }[]
    }
    const open = questions.find(({ question }) => question.kind === 'material')
    const [candidate] = open?.question.candidates ?? []
    const answer = ['--material', candidate?.code ?? '', '--method', candidate?.methods[0] ?? '']
    t.equal((await myitero('answer', `${open?.id}`, ...where, ...answer)).code, 0)
    const { materials } = JSON.parse((await myitero('mappings', ...where, '--json')).stdout)
    t.match(materials, [{ id: /^m[0-9a-f]{4,}$/, key: /^\["2010",/ }])
    const [{ id }] = materials
    t.match((await myitero('mappings', ...where)).stdout, `  ${id}  Gold & "Alloy" (iTero 2010)\n`)
    t.equal((await myitero('mappings', ...where, '--clear-method', id)).code, 0)
    t.match(JSON.parse((await myitero('mappings', ...where, '--json')).stdout).materials, [{ method: null }])
    t.equal((await myitero('mappings', ...where, '--delete-material', id)).code, 0)
    t.same(JSON.parse((await myitero('mappings', ...where, '--json')).stdout).materials, [])
    const again = await myitero('mappings', ...where, '--delete-material', id)
    t.equal(again.code, 2)
    t.match(again.stderr, id)
  },
)
