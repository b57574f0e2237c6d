import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/** An export package of one megabyte, by the maker's own command, in a folder that has none yet. Gives its path. */
export function makeExportPackage(into: string, order: string): string {
  const maker = join(import.meta.dirname, '../../fixtures/exports/command.ts')
  const wanted = ['--into', into, '--order', order, '--size', '1MB']
  execFileSync(process.execPath, [maker, ...wanted], { stdio: 'ignore' })
  const [name = ''] = readdirSync(into)
  return join(into, name)
}

/** All that is asked of `single-crown`, as an answers file has it. */
export const ANSWERS = {
  doctors: [{ id: '910001', client: { new: { name: 'Practice at the Harbour' } } }],
  materials: [{ itero: '2010', material: 'MLZI', method: 'Mill5' }],
}
