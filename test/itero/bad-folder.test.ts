import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import * as fs from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { openPackage, PACKAGE_LIMITS } from '../../plugin/itero/package.ts'
import { drain, openFiles, refusal } from './packages.ts'

t.test('a link in a folder package is refused, to a file, a folder or nothing', async (t) => {
  for (const target of ['/etc/passwd', '/etc', './nothing']) {
    const root = t.testdir({ pkg: { 'a.stl': 'x' } })
    symlinkSync(target, join(root, 'pkg/upper.stl'))
    t.match(await refusal(() => openPackage(fs, join(root, 'pkg'))), { code: 'entry-is-link' })
  }
})

t.test('a pipe in a folder package is refused and not waited for', async (t) => {
  const root = t.testdir({ pkg: { 'a.stl': 'x' } })
  execFileSync('mkfifo', [join(root, 'pkg/upper.stl')])
  t.match(await refusal(() => openPackage(fs, join(root, 'pkg'))), { code: 'entry-not-a-file' })
})

t.test(
  'a file replaced, grown, emptied or gone after the folder was listed is told as changed',
  async (t) => {
    const changes: ((path: string) => Promise<unknown>)[] = [
      (path) => fs.appendFile(path, 'more'),
      (path) => fs.truncate(path, 1),
      (path) => fs.rm(path),
      async (path) => {
        await fs.rm(path)
        await fs.symlink('/etc/passwd', path)
      },
      async (path) => {
        await fs.writeFile(`${path}.new`, 'x'.repeat(10))
        await fs.rename(`${path}.new`, path)
      },
    ]
    for (const change of changes) {
      const root = t.testdir({ pkg: { 'a.stl': 'y'.repeat(10) } })
      const pkg = await openPackage(fs, join(root, 'pkg'))
      await change(join(root, 'pkg/a.stl'))
      const before = await openFiles()
      const result = await refusal(() => drain(pkg.read(pkg.entries[0] as never)))
      t.match(result, { code: 'package-changed-while-read' })
      t.equal(await openFiles(), before)
      await pkg.close()
    }
  },
)

t.test('a folder of more files than any package has is refused', async (t) => {
  const root = t.testdir()
  for (let i = 0; i < 20; i++) writeFileSync(join(root, String(i)), '')
  const limits = { ...PACKAGE_LIMITS, entries: 19 }
  t.match(await refusal(() => openPackage(fs, root, limits)), { code: 'zip-too-many-entries' })
})

t.test('a folder nested deeper than any package is refused', async (t) => {
  const root = t.testdir()
  mkdirSync(join(root, 'd/'.repeat(40)), { recursive: true })
  t.match(await refusal(() => openPackage(fs, root)), {
    code: 'entry-name-unsafe',
    facts: { reason: 'too-deep' },
  })
})
