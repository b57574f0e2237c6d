import { existsSync } from 'node:fs'
import * as fs from 'node:fs/promises'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { CaseRecord } from '../../plugin/casefile/case-record.ts'
import { writeCaseRecord } from '../../plugin/casefile/case-record-xml.ts'
import type { ProjectName } from '../../plugin/casefile/naming.ts'
import type { CasePlan } from '../../plugin/casefile/publish.ts'
import {
  createStaging,
  flushStaging,
  openStagedFile,
  prepareStaging,
  type Staging,
} from '../../plugin/casefile/staging.ts'
import { caseRecordName, treatmentName } from '../../plugin/casefile/standing-case.ts'
import { writeTreatment } from '../../plugin/casefile/treatment-xml.ts'
import type { Disk } from '../../plugin/disk.ts'
import { ImportError } from '../../plugin/errors.ts'
import { noteByHand } from '../written-documents.ts'
import { type MemoryDisk, memoryDisk } from './memory-disk.ts'
import { RECORD, TREATMENT } from './samples.ts'

/** A disk with an empty case folder on it. */
export interface World {
  readonly disk: Disk
  readonly cases: string
  readonly stagingRoot: string
  /** null on the real disk, where nobody can pull the plug. */
  readonly memory: MemoryDisk | null
}

export type WorldMaker = (t: Test) => Promise<World>

/** The same suite runs over each of them. */
export const WORLDS: Readonly<Record<'the real disk' | 'a disk in memory', WorldMaker>> = {
  'the real disk': async (t) => worldAt(fs, t.testdir(), null),
  'a disk in memory': async () => {
    const memory = memoryDisk()
    await memory.disk.mkdir('/cases')
    await (await memory.disk.open('/', 'r')).sync()
    return worldAt(memory.disk, '/cases', memory)
  },
}

export const worldAt = (disk: Disk, cases: string, memory: MemoryDisk | null = null): World => ({
  disk,
  cases,
  stagingRoot: join(cases, '.myitero'),
  memory,
})

export const PROJECT = '2026-09-09_Sample_Ann' as ProjectName
export const SECOND = '2026-09-09_Sample_Ann_2' as ProjectName

const CONTENTS: Readonly<Record<string, string>> = {
  'file-0000': 'solid upper '.repeat(40),
  'file-0001': 'solid lower '.repeat(50),
  'file-0002': '<html>Rx</html>',
}

const SUFFIXES: Readonly<Record<string, string>> = {
  'file-0000': '-upperjaw.stl',
  'file-0001': '-lowerjaw.stl',
  'file-0002': '-Rx_1.html',
}

/** A file that stands in the case once more, under a name without the project's. */
export const TWIN = 'colours.jpg'

export const ORIGIN = RECORD.origin
export const OTHER_ORIGIN = { ...ORIGIN, orderId: '987654321' }

export function planFor(project: ProjectName = PROJECT, origin = ORIGIN): CasePlan {
  const files = Object.entries(CONTENTS).map(([stagedAs, content]) => ({
    stagedAs,
    name: project + (SUFFIXES[stagedAs] ?? ''),
    bytes: content.length,
  }))
  const copies = files.slice(0, 1).map(({ name, bytes }) => ({ of: name, name: TWIN, stagedAs: 'x', bytes }))
  const record: CaseRecord = {
    ...RECORD,
    origin,
    files: [...files, ...copies].map(({ stagedAs, name, bytes }) => ({
      name,
      packageName: stagedAs,
      bytes,
      sha256: 'a'.repeat(64),
    })),
  }
  return {
    project,
    origin,
    files,
    copies,
    documents: [
      { name: treatmentName(project), content: writeTreatment(TREATMENT) },
      { name: caseRecordName(project), content: writeCaseRecord(record) },
    ],
  }
}

/** Everything received and flushed, as it is when the ledger has noted the revision. */
export async function received(world: World, name = 'staging-1'): Promise<Staging> {
  const { disk } = world
  await prepareStaging(disk, world.cases, world.stagingRoot)
  const staging = await createStaging(disk, world.stagingRoot, name)
  for (const [stagedAs, content] of Object.entries(CONTENTS)) {
    const file = await openStagedFile(disk, staging, stagedAs)
    await file.write(Buffer.from(content.slice(0, 10)))
    await file.write(Buffer.from(content.slice(10)))
    await file.commit()
  }
  await flushStaging(disk, staging)
  return staging
}

/** What stands in the case folder: every path below it, with its content. */
export async function tree({ disk, cases }: World): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {}
  const walk = async (path: string): Promise<void> => {
    for (const name of await disk.readdir(join(cases, path))) {
      const below = path === '' ? name : `${path}/${name}`
      const stats = await disk.lstat(join(cases, below))
      if (stats.isDirectory()) {
        found[`${below}/`] = ''
        await walk(below)
      } else {
        found[below] = stats.isFile() ? String(await disk.readFile(join(cases, below))) : '(no file)'
      }
    }
  }
  await walk('')
  return found
}

/** The one whole case of a plan, as `tree` shows it. */
export function wholeCase(plan: CasePlan): Readonly<Record<string, string>> {
  const found: Record<string, string> = { [`${plan.project}/`]: '' }
  for (const { stagedAs, name } of plan.files) found[`${plan.project}/${name}`] = CONTENTS[stagedAs] ?? ''
  for (const { of, name } of plan.copies ?? [])
    found[`${plan.project}/${name}`] = found[`${plan.project}/${of}`] ?? ''
  for (const { name, content } of plan.documents)
    found[`${plan.project}/${name}`] = Buffer.from(content).toString()
  return found
}

/** Something of somebody else's, on any disk. */
export async function put({ disk, cases }: World, path: string, content: string): Promise<void> {
  const full = join(cases, path)
  noteByHand(full, content)
  await disk.mkdir(join(full, '..'), { recursive: true })
  const handle = await disk.open(full, 'w')
  await handle.write(Buffer.from(content), 0)
  await handle.sync()
  await handle.close()
}

/** Code of the ImportError that a step ends with. */
export async function codeOf(step: () => Promise<unknown>): Promise<string> {
  try {
    await step()
  } catch (error) {
    if (error instanceof ImportError) return error.code
    throw error
  }
  return 'nothing thrown'
}

/** Whether the machine has what the tests of real volumes need. */
export const CAN_MOUNT =
  process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/proc/self/mounts')
