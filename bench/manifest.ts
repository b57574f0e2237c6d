import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeExport } from '../fixtures/exports/make-export.ts'
import { orderNamed } from '../fixtures/exports/orders.ts'
import { readManifest } from '../plugin/itero/manifest.ts'
import { median, type Row } from './table.ts'

const TRIES = 9

/** A manifest with the 7,000 rows of implant types: first in a fresh process, then in one that has read before. */
export async function manifestRows(): Promise<readonly Row[]> {
  const root = await mkdtemp(join(tmpdir(), 'manifest-bench-'))
  try {
    const made = await makeExport(orderNamed('implant-crown'), {
      into: root,
      seed: 1,
      form: 'folder',
      layout: 'flat',
      versions: [50],
      fullImplantTable: true,
      mesh: { format: 'stl-binary', bytes: 1_000_000 },
    })
    const name = (await readdir(made.path)).find((one) => one.endsWith('_v50.xml')) ?? ''
    const path = join(made.path, name)
    const cold = Array.from({ length: TRIES }, () => coldMs(path))
    const xml = await readFile(path)
    const warm = Array.from({ length: TRIES * 3 }, () => readingMs(xml, name)).slice(TRIES)
    const rows = (xml.toString().match(/<Type /g) ?? []).length
    const what = `manifest of ${rows.toLocaleString('en')} implant types`
    return [
      { name: `${what}, the first of a process`, value: median(cold), unit: 'ms', goal: 50 },
      { name: `${what}, later`, value: median(warm), unit: 'ms', goal: 50 },
    ]
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

function coldMs(path: string): number {
  const { stdout } = spawnSync(process.execPath, [import.meta.filename, path], { encoding: 'utf8' })
  return Number(stdout)
}

function readingMs(xml: Uint8Array, name: string): number {
  const start = performance.now()
  readManifest(xml, name, { patientNameOrder: 'given-family' })
  return performance.now() - start
}

if (import.meta.main) {
  const path = process.argv[2] ?? ''
  process.stdout.write(String(readingMs(await readFile(path), path)))
}
