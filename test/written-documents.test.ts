import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import t, { type Test } from 'tap'
import { importPackage } from '../plugin/importer.ts'
import { answerAll, laboratory } from './laboratory.ts'

const WATCH = new URL('./written-documents.ts', import.meta.url).href

/** A process that is watched as every test is: it runs a few lines, and says how it ended. */
function watched(lines: string): { readonly code: number | null; readonly told: string } {
  const head =
    "import { cpSync, rmSync, writeFileSync } from 'node:fs'\nimport { rm } from 'node:fs/promises'\n"
  const argv = ['--import', WATCH, '--input-type=module', '--eval', head + lines]
  const ran = spawnSync(process.execPath, argv, { encoding: 'utf8' })
  return { code: ran.status, told: ran.stdout + ran.stderr }
}

/** A case as the product published it, with one of its documents changed where `change` is given. */
async function published(t: Test, ending: string, change: (xml: string) => string = (xml) => xml) {
  const lab = await laboratory(t)
  await importPackage(lab.importer, (await lab.make('single-crown')).path)
  const [result] = await answerAll(lab.importer)
  if (result?.outcome !== 'published') throw new Error('is published')
  const folder = join(lab.cases, result.project)
  const document = join(folder, result.project + ending)
  writeFileSync(document, change(readFileSync(document, 'utf8')))
  const to = join(lab.root, 'other', result.project)
  return { copied: `cpSync(${quoted(folder)}, ${quoted(to)}, { recursive: true })`, to }
}

const quoted = JSON.stringify
const misspelled = (xml: string) =>
  xml.replace(/<(\/?)Files>/g, '<$1Fils>').replace(/<(\/?)Teeth>/g, '<$1Teth>')

t.test('a run that removes a case with valid documents ends well', async (t) => {
  const { copied, to } = await published(t, '.case.xml')
  const { code, told } = watched(`${copied}; rmSync(${quoted(to)}, { recursive: true })`)
  t.equal(code, 0, told)
})

for (const ending of ['.case.xml', '.dentalProject']) {
  t.test(`a run that removes a case whose ${ending} is not valid fails and names it`, async (t) => {
    const { copied, to } = await published(t, ending, misspelled)
    for (const removal of [
      `rmSync(${quoted(to)}, { recursive: true })`,
      `await rm(${quoted(to)}, { recursive: true })`,
    ]) {
      const { code, told } = watched(`${copied}; ${removal}`)
      t.equal(code, 1, removal)
      t.match(told, new RegExp(`not valid against .*${ending}`), 'and says which')
    }
  })
}

t.test('what a run puts in the place of a document by its own hand is its own affair', async (t) => {
  const { copied, to } = await published(t, '.case.xml')
  const document = quoted(join(to, `${basename(to)}.case.xml`))
  const { code, told } = watched(
    `${copied}; writeFileSync(${document}, '<Other/>'); rmSync(${quoted(to)}, { recursive: true })`,
  )
  t.equal(code, 0, told)
})

t.test(
  'a test that leaves a document which is not valid to the runner’s own removal fails, too',
  async (t) => {
    const root = t.testdir({
      'some.test.ts': `
      import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
      import t from 'tap'
      t.test('writes', async (t) => {
        t.testdir({ Case: {} })
        const file = openSync(t.testdirName + '/Case/Case.case.xml', 'w')
        writeSync(file, '<Case/>')
        closeSync(file)
        t.teardown(() => {})
        t.pass('but for its document')
      })`,
    })
    // As the runner starts a test: what it loads first has got hold of the removal already.
    const first = ['--import', import.meta.resolve('@tapjs/mock/import'), '--import', WATCH]
    const ran = spawnSync(process.execPath, [...first, join(root, 'some.test.ts')], { encoding: 'utf8' })
    t.match(ran.stdout, /^ok 1 - writes/m)
    t.equal(ran.status, 1)
    t.match(ran.stderr, /not valid against case\.xsd: .*Case\.case\.xml/)
  },
)
