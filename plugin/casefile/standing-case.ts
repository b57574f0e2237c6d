import { join } from 'node:path'
import type { Disk } from '../disk.ts'
import { onDisk, unless } from './case-disk.ts'
import type { CaseRecord, Origin } from './case-record.ts'
import { ORIGIN_HEAD_BYTES, readCaseRecord, readOrigin } from './case-record-xml.ts'
import { nameKey } from './legal-name.ts'
import type { ProjectName } from './naming.ts'
import { isTechniciansWork } from './spoken-for.ts'
import { DOCUMENT_LIMIT_BYTES } from './xml-file.ts'

/** Name of the case XML in a project's folder. */
export const caseRecordName = (project: ProjectName): string => `${project}.case.xml`

/** Name of DentalDB's own document in a project's folder. */
export const treatmentName = (project: ProjectName): string => `${project}.dentalProject`

/** Where the case of that name came from; null where nothing stands there, or nothing of ours. Reads the head of one file. */
export async function originAt(disk: Disk, caseFolder: string, project: ProjectName): Promise<Origin | null> {
  return await onDisk({ folder: caseFolder }, async () => {
    const head = await readHead(disk, join(caseFolder, project, caseRecordName(project)), ORIGIN_HEAD_BYTES)
    return head === null ? null : readOrigin(head)
  })
}

/** True where a case of this origin stands under that name with every file that its case XML lists, each at its size. */
export async function isWholeCase(
  disk: Disk,
  caseFolder: string,
  project: ProjectName,
  origin: Origin,
): Promise<boolean> {
  const found = await originAt(disk, caseFolder, project)
  if (found === null || !sameOrigin(found, origin)) return false
  return await onDisk({ folder: caseFolder }, async () => {
    const folder = join(caseFolder, project)
    const record = await recordIn(disk, folder, project)
    if (record === null) return false
    if ((await fileBytes(disk, join(folder, treatmentName(project)))) === null) return false
    for (const file of record.files) {
      // A name with a way in it was never written by us.
      if (/[/\\]/.test(file.name) || (await fileBytes(disk, join(folder, file.name))) !== file.bytes)
        return false
    }
    return true
  })
}

/**
 * True where a technician has worked on the case: any `.constructionInfo`, `.dentalCAD`, `*_cad.stl` or `.html` output in
 * its folder [C]. What the case XML lists came with the order and does not count, unless its size has changed.
 */
export async function touchedByTechnician(
  disk: Disk,
  caseFolder: string,
  project: ProjectName,
): Promise<boolean> {
  return await onDisk({ folder: caseFolder }, async () => {
    const folder = join(caseFolder, project)
    const names = await unless(['ENOENT', 'ENOTDIR'], [], () => disk.readdir(folder))
    const signs = names.filter(isTechniciansWork)
    if (signs.length === 0) return false
    const record = await recordIn(disk, folder, project)
    const delivered = new Map(record?.files.map((file) => [nameKey(file.name), file.bytes]))
    for (const name of signs) {
      const bytes = delivered.get(nameKey(name))
      if (bytes === undefined || (await fileBytes(disk, join(folder, name))) !== bytes) return true
    }
    return false
  })
}

/** All that the case XML of that name says; null where none stands, or it is none. */
export async function recordAt(
  disk: Disk,
  caseFolder: string,
  project: ProjectName,
): Promise<CaseRecord | null> {
  return await onDisk({ folder: caseFolder }, () => recordIn(disk, join(caseFolder, project), project))
}

function sameOrigin(a: Origin, b: Origin): boolean {
  return a.account === b.account && a.orderId === b.orderId && a.revision === b.revision
}

/** null where the case XML is missing, or is none: the folder is then somebody else's. */
async function recordIn(disk: Disk, folder: string, project: ProjectName): Promise<CaseRecord | null> {
  const xml = await readHead(disk, join(folder, caseRecordName(project)), DOCUMENT_LIMIT_BYTES)
  if (xml === null) return null
  try {
    return readCaseRecord(xml)
  } catch {
    return null
  }
}

const ABSENT = ['ENOENT', 'ENOTDIR', 'ELOOP']

/** Size of a regular file; null where none stands. A link is none: it could lead anywhere. */
async function fileBytes(disk: Disk, path: string): Promise<number | null> {
  const found = await unless(ABSENT, null, () => disk.lstat(path))
  return found?.isFile() ? found.size : null
}

async function readHead(disk: Disk, path: string, limit: number): Promise<Uint8Array | null> {
  const size = await fileBytes(disk, path)
  if (size === null) return null
  const handle = await unless(ABSENT, null, () => disk.open(path, 'r'))
  if (handle === null) return null
  try {
    const head = new Uint8Array(Math.min(size, limit))
    let filled = 0
    while (filled < head.length) {
      const { bytesRead } = await handle.read(head, filled, head.length - filled, filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return head.subarray(0, filled)
  } finally {
    await handle.close()
  }
}
