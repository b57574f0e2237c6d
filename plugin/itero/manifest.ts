import { ImportError, type Warning } from '../errors.ts'
import { dateOf, momentOf } from './dates.ts'
import {
  attribute,
  child,
  children,
  id,
  idOrNothing,
  ownText,
  text,
  textOrNothing,
  told,
  type Warn,
} from './manifest-fields.ts'
import { readDenture, readObjects, readScanBodies, readTransforms } from './manifest-scans.ts'
import { readBridges, readTeeth, toothOf } from './manifest-teeth.ts'
import { MANIFEST_LIMIT_BYTES, type Node, parseManifest } from './manifest-xml.ts'
import type { Order, OrderId, Term } from './order.ts'
import type { PackageEntry } from './package.ts'
import { type FdiTooth, type Jaw, jawOf } from './teeth.ts'
import { readVocabulary, type TableName, type Vocabulary } from './vocabulary.ts'

export { MANIFEST_LIMIT_BYTES }

export interface ManifestSettings {
  /** What `Patient` reads: "Given, Family" in the manifests seen [V]. */
  readonly patientNameOrder: 'given-family' | 'family-given'
}

/** v10, v21–v24, v30 and v50, as their roots say it [V]. */
const KNOWN_VERSIONS = new Set(['1.0', '2.1', '2.2', '2.3', '2.4', '3.0', '5.0'])

/** `iTero_Export_#<OrderID>_v50.xml` [V]; a browser or a second copy adds ` (4)`, a URL writes `%23` for `#`. */
const MANIFEST_NAME = /^itero_export_(?:#|%23)?(.{1,64}?)_v(\d{1,4})(?: ?\(\d{1,3}\))?\.xml$/i

/** v10 → 10; null when the name is not a manifest's. */
export function manifestVersionOf(fileName: string): number | null {
  const found = MANIFEST_NAME.exec(fileName)
  return found === null ? null : Number(found[2])
}

/**
 * The manifest of the highest version; of two, the one nearest to the top.
 * Throws manifest-missing, and order-mixed where the names tell of more than one order.
 */
export function pickManifest(entries: readonly PackageEntry[]): PackageEntry {
  const manifests = entries
    .map((entry) => ({ entry, named: MANIFEST_NAME.exec(entry.name) }))
    .filter(({ named }) => named !== null)
    .map(({ entry, named }) => ({ entry, order: named?.[1] ?? '', version: Number(named?.[2]) }))
    .sort(
      (a, b) =>
        b.version - a.version || depth(a.entry) - depth(b.entry) || compare(a.entry.path, b.entry.path),
    )
  const [best] = manifests
  if (best === undefined) throw new ImportError('manifest-missing', { files: entries.length })
  const other = manifests.find(({ order }) => order !== best.order)
  if (other !== undefined) {
    throw new ImportError('order-mixed', { file: best.entry.path, other: other.entry.path })
  }
  return best.entry
}

/**
 * The order that a manifest tells of. What cannot be understood is a warning on it, never a silent default.
 * Throws manifest-empty, manifest-too-large, manifest-too-many-rows, manifest-has-doctype, manifest-not-xml,
 * manifest-wrong-root, manifest-without-order; order-mixed where its name tells of another order.
 */
export function readManifest(xml: Uint8Array, fileName: string, settings: ManifestSettings): Order {
  const { root, implantRows } = parseManifest(xml, fileName)
  const rxInfos = children(root, 'RxInfo')
  const [rxInfo] = rxInfos
  if (rxInfo === undefined || rxInfos.length > 1) {
    throw new ImportError('manifest-without-order', { file: fileName, rxInfos: rxInfos.length })
  }
  const orderId = readOrderId(rxInfo, fileName)
  const warnings: Warning[] = []
  const warn: Warn = (code, facts) => warnings.push({ code, facts })
  const manifestVersion = attribute(root, 'Version')
  if (!KNOWN_VERSIONS.has(manifestVersion)) {
    warn('manifest-version-unknown', { file: fileName, version: told(manifestVersion) })
  }
  warnRepeated(rxInfo, warn)
  const vocabulary = readVocabulary(child(root, 'RxDefines'), implantRows, warn)
  const teeth = readTeeth(rxInfo, vocabulary, warn)
  return {
    id: orderId,
    code: id(rxInfo, 'OrderCode'),
    manifestVersion,
    patient: readPatient(rxInfo, settings),
    doctor: {
      name: text(rxInfo, 'Doctor'),
      id: id(rxInfo, 'DoctorID'),
      licence: id(rxInfo, 'DoctorLicense'),
      companyId: id(rxInfo, 'DoctorCompanyID'),
    },
    practiceAddress: text(rxInfo, 'PracticeShipToAddress'),
    laboratory: { id: id(rxInfo, 'LabID'), name: text(rxInfo, 'LabName') },
    technician: text(rxInfo, 'LabTechnician'),
    dueDate: readDueDate(rxInfo, warn),
    exportTime: readExportTime(rxInfo, warn),
    procedure: term(rxInfo, 'Procedure', 'Procedures', vocabulary),
    procedureType: term(rxInfo, 'ProcedureType', 'ProcedureTypes', vocabulary),
    caseType: readCaseType(rxInfo),
    treatmentStage: id(rxInfo, 'TreatmentStage'),
    shadeSystem: term(rxInfo, 'ToothShadeSystem', 'ToothShadeSystems', vocabulary),
    scanRange: { upper: readRange(rxInfo, 'upper', warn), lower: readRange(rxInfo, 'lower', warn) },
    teeth,
    bridges: readBridges(rxInfo, teeth, vocabulary, warn),
    denture: readDenture(rxInfo),
    scanBodies: readScanBodies(root, vocabulary, warn),
    notes: text(rxInfo, 'Notes') ?? '',
    software: { caas: id(rxInfo, 'CaaSVersion'), itero: id(rxInfo, 'iTeroVersion') },
    objects: readObjects(root, warn),
    transforms: readTransforms(root, warn),
    warnings,
  }
}

/** Warnings whose value is not in the order itself: a technician acts on it all the same. */
const TOLD_ONLY_BY_WARNING = new Set([
  'date-not-understood',
  'tooth-number-invalid',
  'tooth-listed-twice',
  'material-listed-twice',
  'bridge-not-understood',
  'manifest-row-skipped',
])

/**
 * Canonical text of what the order means: the manifest's part of the revision hash. Left out is what differs between
 * two exports of the same order or two settings of ours: ExportTime, the versions of manifest and scanner software,
 * and the patient's name as cut in two (its raw text stays). Order of rows does not count.
 */
export function meaningOf(order: Order): string {
  const {
    exportTime: _time,
    software: _software,
    manifestVersion: _version,
    patient,
    warnings,
    ...meant
  } = order
  return canonical({
    ...meant,
    patient: { raw: patient.raw, id: patient.id, chartNumber: patient.chartNumber },
    teeth: sorted(order.teeth),
    bridges: sorted(order.bridges),
    scanBodies: sorted(order.scanBodies),
    objects: sorted(order.objects),
    transforms: sorted(order.transforms),
    notUnderstood: sorted(
      warnings.filter(({ code, facts }) => TOLD_ONLY_BY_WARNING.has(code) && facts['field'] !== 'ExportTime'),
    ),
  })
}

function sorted(rows: readonly unknown[]): readonly string[] {
  return rows.map(canonical).sort()
}

/** JSON with the keys of every object in order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => compare(a, b)))
      : inner,
  )
}

/** v10–v24 say `CaseId`, v30 and v50 `OrderID` [V]. */
function readOrderId(rxInfo: Node, file: string): OrderId {
  const written = [id(rxInfo, 'OrderID'), id(rxInfo, 'CaseId')].find((value) => value !== null)
  if (written === undefined || written === null || !/^[a-z0-9][a-z0-9._-]{0,63}$/i.test(written)) {
    throw new ImportError('manifest-without-order', { file, id: told(written ?? '') })
  }
  const named = MANIFEST_NAME.exec(file)?.[1]
  if (named !== undefined && /^\d+$/.test(named) && named !== written) {
    throw new ImportError('order-mixed', { file, id: told(written) })
  }
  return written as OrderId
}

/** A field that stands twice with different values: the first is taken, and said so. */
function warnRepeated(rxInfo: Node, warn: Warn): void {
  for (const name of Object.keys(rxInfo)) {
    if (name.startsWith('@') || name === '#text' || name === 'Teeth' || name === 'Bridges') continue
    const values = children(rxInfo, name).map((node) => JSON.stringify(node))
    if (new Set(values).size > 1) {
      warn('manifest-row-skipped', { row: told(name), rows: values.length, reason: 'stands-twice' })
    }
  }
}

function readPatient(rxInfo: Node, settings: ManifestSettings): Order['patient'] {
  const written = text(rxInfo, 'Patient') ?? ''
  // A comma alone is no name, nor is a dash or a placeholder [V] beside it. `Null` beside a name may be one.
  const nameOf = (part: string) =>
    /[\p{L}\p{N}]/u.test(part) && !/^(-1|0+)$/.test(part.trim()) ? part.trim() : ''
  const named = written.split(',').some((part) => textOrNothing(nameOf(part)) !== null)
  const raw = named ? written : ''
  const comma = raw.indexOf(',')
  // Without a comma nothing tells given from family: all of it is the name to file by.
  const [first, second] = comma < 0 ? ['', raw] : [nameOf(raw.slice(0, comma)), nameOf(raw.slice(comma + 1))]
  const swapped = comma >= 0 && settings.patientNameOrder === 'family-given'
  const [given, family] = swapped ? [second, first] : [first, second]
  return {
    raw,
    given: family === '' ? '' : given,
    family: family === '' ? given : family,
    id: id(rxInfo, 'UniquePatientIdentifier'),
    chartNumber: id(rxInfo, 'ChartNumber'),
  }
}

function readDueDate(rxInfo: Node, warn: Warn): string | null {
  const written = id(rxInfo, 'DueDate')
  const date = written === null ? null : dateOf(written)
  if (written !== null && date === null)
    warn('date-not-understood', { field: 'DueDate', value: told(written) })
  return date
}

function readExportTime(rxInfo: Node, warn: Warn): string | null {
  const written = id(rxInfo, 'ExportTime')
  if (written === null) return null
  const offset = ownText(child(rxInfo, 'UtcOffset'))
  const moment = momentOf(written, offset)
  if (moment === null) {
    warn('date-not-understood', { field: 'ExportTime', value: told(written), offset: told(offset) })
  }
  return moment
}

/** An id of a table, or, where no export showed which [?], the name itself. */
function term(rxInfo: Node, field: string, table: TableName, vocabulary: Vocabulary): Term | null {
  const written = id(rxInfo, field)
  if (written === null) return null
  const known = vocabulary(table, written)
  return known.name === null && !/^-?\d+$/.test(written) ? { id: written, name: written } : known
}

function readCaseType(rxInfo: Node): Term | null {
  const typeId = id(rxInfo, 'CaseTypeID')
  const name = text(rxInfo, 'CaseTypeName')
  return typeId === null && name === null ? null : { id: typeId ?? '', name }
}

function readRange(rxInfo: Node, jaw: Jaw, warn: Warn): { from: FdiTooth; to: FdiTooth } | null {
  const field = jaw === 'upper' ? 'UpperRange' : 'LowerRange'
  const range = child(child(rxInfo, 'ScanRange'), field)
  const [from, to] = [attribute(range, 'FromAdaId'), attribute(range, 'ToAdaId')]
  if (idOrNothing(from) === null && idOrNothing(to) === null) return null
  const [first, last] = [toothOf(from), toothOf(to)]
  if (first === null || last === null || jawOf(first) !== jaw || jawOf(last) !== jaw) {
    warn('tooth-number-invalid', { tooth: told(`${from}-${to}`), field })
    return null
  }
  return { from: first, to: last }
}

function depth(entry: PackageEntry): number {
  return entry.path.split('/').length
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
