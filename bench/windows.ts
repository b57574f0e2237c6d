import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { filesIn } from '../packaging/emit.ts'
import { makeFolder, sourceEpoch } from '../packaging/windows/folder.ts'
import { makeInstaller, nsisVersion } from '../packaging/windows/installer.ts'
import { without } from '../test/tools.ts'
import { startsOf } from '../test/windows/starts.ts'
import { onWindowsMachine } from '../test/windows/wine.ts'
import type { Row } from './table.ts'

/** What the package for Windows weighs, as it is shipped, and how long a start takes under Wine beside the same without it. */
export async function windowsRows(say: (text: string) => void): Promise<readonly Row[]> {
  return [...sizes(say), ...(await starts(say))]
}

function sizes(say: (text: string) => void): readonly Row[] {
  const missing = without('makensis')
  if (missing !== false) {
    say(`sizes for Windows skipped: ${missing}`)
    return []
  }
  const into = mkdtempSync(join(tmpdir(), 'windows-bench-'))
  try {
    const [folder, epoch] = [join(into, 'myitero-import'), sourceEpoch()]
    makeFolder({ into: folder, node: null, epoch, nsis: nsisVersion() })
    const installer = makeInstaller({ folder, into, epoch, compression: 'lzma' })
    const bytes = filesIn(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0)
    return [
      row('windows: the installer', statSync(installer).size / 1e6, 'MB'),
      row('windows: the installed folder', bytes / 1e6, 'MB'),
    ]
  } finally {
    rmSync(into, { recursive: true, force: true })
  }
}

async function starts(say: (text: string) => void): Promise<readonly Row[]> {
  const missing = without('wine', 'Xvfb', 'x86_64-w64-mingw32-gcc')
  if (missing !== false) {
    say(`starts under Wine skipped: ${missing}`)
    return []
  }
  const rows: Row[] = []
  await onWindowsMachine(async (machine) => {
    const { wine, here } = await startsOf(machine)
    rows.push(
      ...wine.map(({ name, value, unit }) => row(`under Wine: ${name}`, value, unit)),
      ...here.map(({ name, value, unit }) => row(`beside it: ${name}`, value, unit)),
    )
  })
  return rows
}

/** Wine's own slowness is nobody's goal. */
const row = (name: string, value: number, unit: string): Row => ({ name, value, unit, goal: null })
