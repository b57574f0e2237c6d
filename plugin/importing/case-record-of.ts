import type { CaseFile, CaseRecord, MaterialTaken, OrderedTooth, Origin } from '../casefile/case-record.ts'
import type { Warning } from '../errors.ts'
import type { Order, Term } from '../itero/order.ts'
import type { Client } from '../mapping/clients.ts'
import type { Language } from '../mapping/materials.ts'
import { warningText } from '../words/words.ts'

/** Everything that a case's record is put together from. */
export interface RecordParts {
  readonly order: Order
  readonly revisionNumber: number
  readonly origin: Origin
  readonly previousProject: string | null
  readonly client: Client
  readonly materials: readonly MaterialTaken[]
  readonly teeth: readonly OrderedTooth[]
  readonly files: readonly CaseFile[]
  readonly warnings: readonly Warning[]
  readonly language: Language
}

/** The case's record: what the `.dentalProject` cannot carry. */
export function caseRecordOf(parts: RecordParts): CaseRecord {
  const { order, client } = parts
  return {
    origin: parts.origin,
    orderCode: order.code,
    revisionNumber: parts.revisionNumber,
    previousProject: parts.previousProject,
    manifestVersion: order.manifestVersion,
    doctor: { name: order.doctor.name, id: order.doctor.id, licence: order.doctor.licence },
    practiceAddress: order.practiceAddress,
    client: { id: client.id, name: client.name },
    patient: { raw: order.patient.raw, chartNumber: order.patient.chartNumber },
    dueDate: order.dueDate,
    exportTime: order.exportTime,
    procedure: plain(order.procedure) ?? plain(order.caseType),
    shadeSystem: plain(order.shadeSystem),
    notes: order.notes,
    denture: order.denture && filled(order.denture),
    teeth: parts.teeth,
    bridges: order.bridges.map(({ id, type, from, to }) => ({ id, type: plain(type) ?? type.id, from, to })),
    scanBodies: order.scanBodies.map(({ fdi, implantType }) => ({
      fdi,
      implantTypeId: implantType?.id ?? null,
      implantType: implantType?.name ?? null,
    })),
    materials: parts.materials,
    files: parts.files.map(({ name, packageName, bytes, sha256 }) => ({ name, packageName, bytes, sha256 })),
    transforms: order.transforms,
    warnings: parts.warnings.map((warning) => ({
      code: warning.code,
      text: warningText(warning, parts.language),
    })),
  }
}

/** A term as a person reads it: its name, else its number. */
const plain = (term: Term | null): string | null => term && (term.name ?? term.id)

/** What is stated, without what is not. */
function filled(denture: NonNullable<Order['denture']>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(denture).flatMap(([key, value]) => (value === null ? [] : [[key, String(value)]])),
  )
}
