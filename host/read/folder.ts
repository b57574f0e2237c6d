import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { closeSync, constants, lstatSync, openSync, readdirSync, readSync, type Stats } from 'node:fs'
import { extname, join } from 'node:path'
import { inArchOrder } from '../arch-order.ts'
import { HostError } from '../errors.ts'
import type { CaseContent, SeenCase } from '../listed-cases.ts'
import { type ReadCaseRecord, readCaseRecord } from './case-record.ts'
import { isMade, type ReadTreatment, readTreatment } from './treatment.ts'
import { DOCUMENT_LIMIT } from './xml.ts'

/** gone: nothing stands there, or a file · same: as the signature that was given says. */
export type Look = { readonly name: string } & (
  | { readonly kind: 'gone' }
  | { readonly kind: 'same'; readonly signature: string }
  | { readonly kind: 'case'; readonly seen: SeenCase }
)

/** A link or a pipe that took a file's place is neither followed nor waited for. */
export const PLAIN_READ = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/** More than any case has; what holds more is no case. */
export const FILE_LIMIT = 10_000

export const treatmentName = (project: string): string => `${project}.dentalProject`
export const recordName = (project: string): string => `${project}.case.xml`

/**
 * Looks at one folder of the case folder. Synchronous, for a thread of its own: a hundred small calls are far cheaper so.
 * Never throws. `signature` is what the last look found, or null.
 */
export function lookAtCase(caseFolder: string, name: string, signature: string | null): Look {
  const folder = join(caseFolder, name)
  let print = ''
  let writtenAt = 0
  let content: CaseContent | null = null
  try {
    const own = unlessAbsent(() => lstatSync(folder))
    const misnamed = own === null ? foldersMisnamed(caseFolder, name) : null
    if (misnamed !== null) {
      writtenAt = misnamed.writtenAt
      print = `name:${misnamed.count}`
      if (signature === print) return { kind: 'same', name, signature }
      throw new HostError('case-name-not-text', misnamed.count > 1 ? { more: misnamed.count - 1 } : {})
    }
    if (own === null || !(own.isDirectory() || own.isSymbolicLink())) return { kind: 'gone', name }
    writtenAt = own.mtimeMs
    print = `link:${own.ctimeMs}`
    if (own.isSymbolicLink()) throw new HostError('case-is-link')
    const light = lightPrint(folder, name, own)
    print = light
    if (signature === light) return { kind: 'same', name, signature }
    const names = namesIn(folder)
    if (signature !== null) {
      // It was no whole case: unless one of its files moved on, it is none still.
      print = fullPrint(folder, names, light)
      if (signature === print) return { kind: 'same', name, signature }
    }
    const document = documentIn(names, name)
    const written = bounded(join(folder, document), document)
    const treatment = readTreatment(written.bytes, document)
    writtenAt = written.at
    content = contentOf(treatment, null)
    const record = names.find((each) => sameName(each, recordName(name)))
    if (record !== undefined) {
      const recorded = bounded(join(folder, record), record)
      const read = readCaseRecord(recorded.bytes, record)
      content = contentOf(treatment, read)
      writtenAt = recorded.at
      refuseIncomplete(folder, names, read)
    }
    return {
      kind: 'case',
      name,
      seen: { project: name, signature: light, writtenAt, content, problem: null },
    }
  } catch (error) {
    const { code, facts } = caseFailure(error)
    print = fullPrintOr(print, folder)
    return {
      kind: 'case',
      name,
      seen: { project: name, signature: print, writtenAt, content, problem: { code, facts } },
    }
  }
}

/** What the list shows of a case. */
export function contentOf(treatment: ReadTreatment, record: ReadCaseRecord | null): CaseContent {
  const made = treatment.teeth.filter(isMade)
  const materials = [...new Set(made.flatMap(({ materialName, material }) => materialName ?? material ?? []))]
  const taken = [...new Set(record?.materials.map((each) => each.taken))]
  return {
    guid: treatment.guid,
    origin: record?.origin ?? null,
    orderCode: record?.orderCode ?? null,
    revision: record?.revision ?? 1,
    patient: treatment.patient,
    practice: treatment.practice,
    teeth: inArchOrder([...new Set(made.map(({ number }) => number))]),
    material: (materials.length > 0 ? materials : taken).join(', ') || null,
    due: record?.due ?? null,
    warnings: record?.warnings.length ?? 0,
  }
}

/** An error of the disk as ours. */
export function caseFailure(error: unknown, file?: string): HostError {
  if (error instanceof HostError) return error
  const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  return new HostError('case-unreadable', { ...(file !== undefined && { file }), reason }, error)
}

/** Names are one file on Windows, macOS or a share whatever their case and composition. */
export function sameName(a: string, b: string): boolean {
  return a === b || a.normalize('NFC').toLowerCase() === b.normalize('NFC').toLowerCase()
}

/**
 * Folders whose names are no UTF-8: a listing shows them with U+FFFD for what is no text, and by that nobody can open them.
 * Those that are shown as this name, and when the first of them was written; null: there is none.
 */
function foldersMisnamed(
  caseFolder: string,
  name: string,
): { readonly count: number; readonly writtenAt: number } | null {
  if (!name.includes('\ufffd')) return null
  const entries =
    unlessAbsent(() => readdirSync(caseFolder, { encoding: 'buffer', withFileTypes: true })) ?? []
  const found = entries.filter(
    (entry) => entry.isDirectory() && !isUtf8(entry.name) && entry.name.toString() === name,
  )
  const [first] = found
  if (first === undefined) return null
  const written = unlessAbsent(() =>
    lstatSync(Buffer.concat([Buffer.from(join(caseFolder, '/')), first.name])),
  )
  return { count: found.length, writtenAt: written?.mtimeMs ?? 0 }
}

/** The document that makes a folder a case: of the folder's own name [C]. */
export function documentIn(names: readonly string[], project: string): string {
  const own = names.find((each) => sameName(each, treatmentName(project)))
  if (own !== undefined) return own
  const other = names.find((each) => extname(each).toLowerCase() === '.dentalproject')
  if (other !== undefined) throw new HostError('case-name-mismatch', { file: other })
  throw names.length === 0
    ? new HostError('case-empty')
    : new HostError('case-without-document', { file: treatmentName(project) })
}

/** Enough to see that a whole case changed: a name came or went, or one of its two documents was written. */
function lightPrint(folder: string, name: string, own: Stats): string {
  const documents = [treatmentName(name), recordName(name)].map((each) => {
    const found = unlessAbsent(() => lstatSync(join(folder, each)))
    return found === null ? '-' : printOf(found)
  })
  return `${printOf(own)}|${documents.join('|')}`
}

/** Of a folder that is no whole case: any file of it may be what is still on its way. */
function fullPrint(folder: string, names: readonly string[], light: string): string {
  const hash = createHash('sha256')
  for (const name of names) {
    const found = unlessAbsent(() => lstatSync(join(folder, name)))
    hash.update(`${name}\0${found === null ? '-' : printOf(found)}\0`)
  }
  return `${light}|${hash.digest('base64url').slice(0, 22)}`
}

/** The time of change tells of rights too: what could not be read may be readable now. */
const printOf = ({ size, mtimeMs, ctimeMs }: Stats): string => `${size}:${mtimeMs}:${ctimeMs}`

/** The light one where not even the names can be read, or that is the full one already. */
function fullPrintOr(print: string, folder: string): string {
  if (!/^[^|]+\|[^|]+\|[^|]+$/.test(print)) return print
  try {
    return fullPrint(folder, namesIn(folder), print)
  } catch {
    return print
  }
}

function namesIn(folder: string): readonly string[] {
  const names = readdirSync(folder).filter((name) => !name.startsWith('.'))
  if (names.length > FILE_LIMIT) throw new HostError('case-unreadable', { reason: 'too-many-files' })
  return names.sort()
}

/** The whole of a document, and when it was written, ms since the epoch. */
function bounded(path: string, file: string): { readonly bytes: Uint8Array; readonly at: number } {
  const found = lstatSync(path)
  if (!found.isFile()) throw new HostError('case-unreadable', { file, reason: 'no-file' })
  if (found.size > DOCUMENT_LIMIT) throw new HostError('document-too-large', { file, bytes: found.size })
  let descriptor: number
  try {
    // A pipe that took its place must not hold the thread up.
    descriptor = openSync(
      path,
      constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
    )
  } catch (error) {
    throw caseFailure(error, file)
  }
  try {
    const bytes = new Uint8Array(found.size)
    let filled = 0
    while (filled < bytes.length) {
      const read = readSync(descriptor, bytes, filled, bytes.length - filled, filled)
      if (read === 0) break
      filled += read
    }
    return { bytes: bytes.subarray(0, filled), at: found.mtimeMs }
  } catch (error) {
    throw caseFailure(error, file)
  } finally {
    closeSync(descriptor)
  }
}

/** Every file that came with the order is there and no shorter. Once a technician works on the case it is his to change. */
function refuseIncomplete(folder: string, names: readonly string[], record: ReadCaseRecord): void {
  if (names.some(isTechniciansWork)) return
  const missing = record.files.filter(({ name, bytes }) => {
    if (/[/\\\0]/.test(name)) return true
    const found = unlessAbsent(() => lstatSync(join(folder, name)))
    return found === null || !found.isFile() || found.size < bytes
  })
  const [first] = missing
  if (first === undefined) return
  throw new HostError('case-incomplete', {
    file: first.name,
    ...(missing.length > 1 && { more: missing.length - 1 }),
  })
}

/** Signs that a technician has worked on a case [C]. */
function isTechniciansWork(name: string): boolean {
  const lower = name.toLowerCase()
  return /\.(constructioninfo|dentalcad)$/.test(lower) || lower.endsWith('_cad.stl')
}

const ABSENT: readonly string[] = ['ENOENT', 'ENOTDIR']

function unlessAbsent<T>(look: () => T): T | null {
  try {
    return look()
  } catch (error) {
    if (error instanceof Error && 'code' in error && ABSENT.includes(String(error.code))) return null
    throw error
  }
}
