import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import type { Test } from 'tap'

const ROOT = resolve(import.meta.dirname, '../..')

/** A copy of this checkout at another place, as it stands, with the packages that are installed here: to be packed in. */
export function checkoutElsewhere(): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'myitero-checkout-'))
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  for (const path of listed.split('\0')) {
    if (path === '' || path.startsWith('test/') || !existsSync(join(ROOT, path))) continue
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    cpSync(join(ROOT, path), join(folder, path))
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** A folder outside of the checkout, where Node finds no package of it in the folders above; it goes with the test. */
export function folderElsewhere(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'myitero-elsewhere-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The machine's own npm and whatever Node it has: nothing of the checkout, nor of the runner that runs a test. */
export function ownEnvironment(): NodeJS.ProcessEnv {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const own = folders.filter((folder) => !folder.includes('node_modules')).join(delimiter)
  return Object.fromEntries(
    Object.entries({ ...process.env, PATH: own }).filter(([name]) => !/^(npm_|NODE)/i.test(name)),
  )
}
