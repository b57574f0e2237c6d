import { execFile } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { made } from '../laboratory.ts'
import { without } from '../tools.ts'

const ROOT = join(import.meta.dirname, '../..')

t.setTimeout(280_000)

const skip = without('python3')

t.test(
  'a host in another language, written by docs/bridge.md, brings orders to cases',
  { skip },
  async (t) => {
    const work = t.testdir({ cases: {}, exports: {} })
    await made('single-crown', join(work, 'exports'))
    await made('lab-preference', join(work, 'exports'))
    const { stdout } = await promisify(execFile)('python3', [
      join(import.meta.dirname, 'host.py'),
      process.execPath,
      join(ROOT, 'plugin'),
      ROOT,
      work,
    ])
    const seen = JSON.parse(stdout)
    t.match(seen, {
      state: 'active',
      'there again': true,
      asked: ['clients/list'],
      exit: 0,
      refusals: {
        'before configure': -32002,
        'unknown method': -32601,
        'invalid params': -32602,
        'unknown question': 'question-unknown',
        'a second answer': 'question-closed',
      },
    })
    t.ok(seen.questions.includes('doctor'))
    t.ok(seen.questions.includes('material'))
    t.equal(seen.projects.length, 2)
    for (const project of seen.projects) {
      t.ok(existsSync(join(work, 'cases', project, `${project}.dentalProject`)), project)
    }
    t.same(
      readdirSync(join(work, 'cases'))
        .filter((name) => !name.startsWith('.'))
        .sort(),
      seen.projects,
    )
  },
)
