import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeExportPackage } from '../packaging/made-export.ts'
import type { WindowsMachine } from './wine.ts'

/** An export in a folder, `named` as Windows does, becomes the one case there; or one in a folder of its own. */
export async function oneCase(
  machine: WindowsMachine,
  folder: string,
  named: string,
  own: string,
  exportFolder?: string,
): Promise<void> {
  for (const name of ['cases', 'exports']) mkdirSync(join(folder, name), { recursive: true })
  makeExportPackage(exportFolder ?? join(folder, 'exports'), 'single-crown')
  const told = await hosted(machine, named, own, exportFolder)
  assert(!/"fault"|"refused"/.test(told), told)
  assert.match(told, /"process":"running","state":"active"/)
  const [project = '', ...rest] = readdirSync(join(folder, 'cases')).filter((name) => !name.startsWith('.'))
  assert.deepEqual(rest, [])
  assert(existsSync(join(folder, 'cases', project, `${project}.dentalProject`)), told)
}

/** Runs share-host.ts until its end, and gives what it told. */
export async function hosted(
  machine: WindowsMachine,
  folder: string,
  own: string,
  exportFolder?: string,
): Promise<string> {
  mkdirSync(own)
  const script = join(machine.app, 'test/windows/share-host.ts')
  const elsewhere = exportFolder === undefined ? [] : [machine.pathOf(exportFolder)]
  const host = machine.start(script, [folder, machine.pathOf(own), ...elsewhere], join(own, 'out.txt'))
  const late = setTimeout(host.kill, 180_000)
  const code = await host.ended
  clearTimeout(late)
  const told = existsSync(join(own, 'told.jsonl')) ? readFileSync(join(own, 'told.jsonl'), 'utf8') : ''
  assert.equal(code, 0, `${told}\n${readFileSync(join(own, 'out.txt'), 'utf8')}`)
  return told
}
