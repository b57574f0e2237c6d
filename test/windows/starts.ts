import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inPackedFolder } from '../../bench/packed.ts'
import type { Row } from '../../bench/table.ts'
import { ROOT } from './packages.ts'
import type { WindowsMachine } from './wine.ts'
import { inWorkFolder } from './work-folder.ts'

export interface Starts {
  readonly wine: readonly Row[]
  readonly here: readonly Row[]
}

/** The plugin, from its start by the host to its work: under Wine, and on this machine without it; the same rows of both. */
export function startsOf(machine: WindowsMachine): Promise<Starts> {
  const script = 'test/windows/start-to-ready.ts'
  return inPackedFolder((packed) =>
    inWorkFolder('starts', async (work) => {
      const [there, here, output] = ['windows.json', 'here.json', 'out.txt'].map((name) =>
        join(work, name),
      ) as [string, string, string]
      const code = await machine.start(script, [there, packed].map(machine.pathOf), output).ended
      if (code !== 0) throw new Error(`ended with ${code}\n${readFileSync(output, 'utf8')}`)
      execFileSync(process.execPath, [join(ROOT, script), here, packed], { stdio: 'inherit' })
      const rows = (file: string): readonly Row[] => JSON.parse(readFileSync(file, 'utf8'))
      return { wine: rows(there), here: rows(here) }
    }),
  )
}
