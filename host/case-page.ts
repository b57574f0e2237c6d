import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Language } from '../bridge/data.ts'
import type { CasePage, CaseRow, CaseTooth } from './api.ts'
import { filesOf } from './case-files.ts'
import { caseRowOf } from './cases.ts'
import { type Database, firstRow, rows, type SqlRow } from './database.ts'
import { HostError } from './errors.ts'
import type { OrderDetails } from './incoming.ts'
import { listedName } from './listed-cases.ts'
import { type Entry, type ReadCaseRecord, readCaseRecord } from './read/case-record.ts'
import { caseFailure, documentIn, PLAIN_READ, recordName, sameName } from './read/folder.ts'
import { type ReadTreatment, readTreatment } from './read/treatment.ts'
import { DOCUMENT_LIMIT } from './read/xml.ts'
import { failureOf } from './words/words.ts'

/**
 * The page of a row: what the list knows and, of a case, what its folder holds now. What cannot be read is left out and
 * told as the row's `reason`. Error: `case-unknown`.
 */
export async function casePage(
  db: Database,
  caseFolder: string,
  id: number,
  language: Language,
): Promise<CasePage> {
  const row = firstRow(db, 'select * from cases where id = ?', id)
  if (row === null) throw new HostError('case-unknown', { case: id })
  const revisions = revisionsOf(db, row, language)
  if (row['kind'] !== 'case') return incomingPage(db, row, language, revisions)
  const project = String(row['project'])
  const folder = join(caseFolder, project)
  const found = await readCase(folder, project)
  const { treatment, record } = found
  const listed = caseRowOf(db, row, language)
  // By a name that is no text nothing can be opened: that it is not there would be wrong.
  const reason =
    found.problem === null || listed.reason?.code === 'case-name-not-text'
      ? listed.reason
      : failureOf(found.problem, language)
  const patient = treatment?.patient ?? keptPatient(db, row)
  return {
    row: { ...listed, reason },
    folder,
    family: patient.family,
    given: patient.given,
    patientId: patient.id,
    practice: treatment?.practice.name ?? (row['practice'] as string | null),
    toothColor: treatment?.toothColor ?? null,
    notes: record?.notes || treatment?.notes || '',
    teeth: teethOf(treatment, record),
    misnumbered: misnumberedIn(treatment),
    rx: rxOf(treatment, record),
    materials: record?.materials ?? [],
    warnings: record?.warnings ?? [],
    files: found.files,
    revisions,
  }
}

interface FoundCase {
  readonly treatment: ReadTreatment | null
  readonly record: ReadCaseRecord | null
  readonly files: CasePage['files']
  readonly problem: HostError | null
}

/** As much as can be read; the first thing that cannot be is the problem. */
async function readCase(folder: string, project: string): Promise<FoundCase> {
  let problem: HostError | null = null
  const attempt = async <T>(work: () => Promise<T>): Promise<T | null> => {
    try {
      return await work()
    } catch (error) {
      problem ??= caseFailure(error)
      return null
    }
  }
  const names = (await attempt(() => readdir(folder))) ?? []
  const treatment = await attempt(() => treatmentIn(folder, project, names))
  const file = names.find((each) => sameName(each, recordName(project)))
  const record =
    file === undefined
      ? null
      : await attempt(async () => readCaseRecord(await contentOf(join(folder, file), file), file))
  const files = (await attempt(() => filesOf(folder, project))) ?? []
  return { treatment, record, files, problem }
}

/** What a case's folder is to hold. Errors: those of its document. */
export async function treatmentIn(
  folder: string,
  project: string,
  names?: readonly string[],
): Promise<ReadTreatment> {
  const file = documentIn(names ?? (await readdir(folder)), project)
  return readTreatment(await contentOf(join(folder, file), file), file)
}

async function contentOf(path: string, file: string): Promise<Uint8Array> {
  const handle = await open(path, PLAIN_READ)
  try {
    const found = await handle.stat()
    if (!found.isFile()) throw new HostError('case-unreadable', { file, reason: 'no-file' })
    if (found.size > DOCUMENT_LIMIT) throw new HostError('document-too-large', { file, bytes: found.size })
    return await handle.readFile()
  } finally {
    await handle.close()
  }
}

function teethOf(treatment: ReadTreatment | null, record: ReadCaseRecord | null): readonly CaseTooth[] {
  const ordered = new Map(record?.teeth.map((tooth) => [tooth.number, tooth.ordered]))
  return (treatment?.teeth ?? []).map((tooth) => ({ ...tooth, ordered: ordered.get(tooth.number) ?? [] }))
}

function misnumberedIn(treatment: ReadTreatment | null): CasePage['misnumbered'] {
  const said = Map.groupBy(treatment?.misnumbered ?? [], (number) => number)
  return [...said].map(([number, entries]) => ({ number, count: entries.length }))
}

/** In the order they are to be read; a name is a key of the page's words. */
function rxOf(treatment: ReadTreatment | null, record: ReadCaseRecord | null): readonly Entry[] {
  const fields: readonly (readonly [string, string | null | undefined])[] = [
    ['order-number', record?.origin.orderId],
    ['order-code', record?.orderCode],
    ['revision', record && String(record.revision)],
    ['previous-project', record?.previousProject],
    ['doctor', record?.doctor.name],
    ['doctor-id', record?.doctor.id],
    ['doctor-licence', record?.doctor.licence],
    ['practice-address', record?.practiceAddress],
    ['patient-as-ordered', record?.patient.raw],
    ['chart-number', record?.patient.chartNumber],
    ['due-date', record?.due],
    ['export-time', record?.exportTime],
    ['procedure', record?.procedure],
    ['shade-system', record?.shadeSystem],
    ...(record?.bridges ?? []).map(({ type, from, to }) => ['bridge', `${type} ${from}-${to}`] as const),
    ...(record?.denture ?? []).map(({ name, value }) => ['denture', `${name}: ${value}`] as const),
    ['tray', treatment?.tray],
  ]
  return fields.flatMap(([name, value]) => (value ? [{ name, value }] : []))
}

/** The row's own name, never another's: two patients may have come under one number, which is kept once, by the last name. */
function keptPatient(db: Database, row: SqlRow): ReadTreatment['patient'] {
  const kept =
    typeof row['patient_key'] === 'number'
      ? firstRow(db, 'select patient_id, family, given from patients where id = ?', row['patient_key'])
      : null
  const id = (kept?.['patient_id'] ?? null) as string | null
  const name = String(row['patient'])
  const parts = { family: String(kept?.['family'] ?? ''), given: String(kept?.['given'] ?? '') }
  return listedName(parts) === name ? { id, ...parts } : { id, family: name, given: '' }
}

function revisionsOf(db: Database, row: SqlRow, language: Language): CasePage['revisions'] {
  const { account, order_id: orderId } = row
  const all =
    row['kind'] !== 'cloud' && typeof account === 'string' && typeof orderId === 'string'
      ? rows(
          db,
          `select * from cases where account = ? and order_id = ? and kind <> 'cloud'
           order by revision desc, id desc limit 200`,
          account,
          orderId,
        )
      : [row]
  return all.map((each) => {
    const { id, revision, project, receivedAt, status } = caseRowOf(db, each, language)
    return { id, revision, project, receivedAt, status }
  })
}

/** An order or a package without a folder. */
function incomingPage(
  db: Database,
  row: SqlRow,
  language: Language,
  revisions: CasePage['revisions'],
): CasePage {
  const details = row['details'] === null ? null : (JSON.parse(String(row['details'])) as OrderDetails)
  const listed: CaseRow = caseRowOf(db, row, language)
  const rx: readonly (readonly [string, string | null | undefined])[] = [
    ['order-number', listed.orderId],
    ['order-code', listed.orderCode],
    ['revision', listed.orderId && String(listed.revision)],
    ['doctor', details?.doctor],
    ['due-date', listed.due],
  ]
  return {
    row: listed,
    folder: null,
    family: listed.patient,
    given: '',
    patientId: null,
    practice: null,
    toothColor: null,
    notes: '',
    teeth: [],
    misnumbered: [],
    rx: rx.flatMap(([name, value]) => (value ? [{ name, value }] : [])),
    materials: [],
    warnings: details?.warnings ?? [],
    files: [],
    revisions,
  }
}
