import { ImportError } from '../errors.ts'
import type {
  CaseFile,
  CaseRecord,
  MaterialTaken,
  OrderedTooth,
  Origin,
  RecordedScanBody,
} from './case-record.ts'
import { decimal } from './treatment-xml.ts'
import { child, childValue, DOCUMENT_LIMIT_BYTES, parseXml, type XmlElement } from './xml-file.ts'
import { element, legalXml, optionalElement, valueElement, type XmlNode, xmlDocument } from './xml-text.ts'

/** Of the document's form (schemas/case.xsd). A reader takes its own and no other. */
export const CASE_SCHEMA_VERSION = '1'

/** The origin stands within the first bytes, so that a case is recognised without reading all of it. */
export const ORIGIN_HEAD_BYTES = 64 * 1024

/**
 * The case XML (`<project>.case.xml`, schemas/case.xsd): UTF-8, no BOM, CRLF. Absent values leave their element out, so
 * that nothing and empty stay apart. Throws document-too-large beyond DOCUMENT_LIMIT_BYTES, for it
 * could not be read again, and RangeError where the ids are too long to be found in the document's head.
 */
export function writeCaseRecord(record: CaseRecord): Uint8Array {
  const xml = xmlDocument(
    element('Case', [originElement(record.origin), ...orderElements(record), ...takenElements(record)], {
      schemaVersion: CASE_SCHEMA_VERSION,
    }),
  )
  refuseLarge(xml)
  if (!sameIds(readOrigin(xml), record.origin))
    throw new RangeError('an origin is found in the head of its case XML')
  return xml
}

/** Where a case came from, by the head of its case XML; null for anything that does not begin as one of ours. Never throws. */
export function readOrigin(xml: Uint8Array): Origin | null {
  const head = new TextDecoder('utf-8').decode(xml.subarray(0, ORIGIN_HEAD_BYTES))
  const found =
    /^<\?xml version="1\.0" encoding="utf-8"\?>\s*<Case schemaVersion="1">\s*(<Origin>[\s\S]*?<\/Origin>)/.exec(
      head,
    )
  if (found?.[1] === undefined) return null
  try {
    return originOf(parseXml(found[1]))
  } catch {
    return null
  }
}

/**
 * Everything that a case XML says. Throws document-too-large, document-not-xml, document-has-doctype, and
 * document-not-case (with the element at fault) for what is none of ours.
 */
export function readCaseRecord(xml: Uint8Array): CaseRecord {
  refuseLarge(xml)
  const root = parseXml(utf8(xml))
  if (root.name !== 'Case' || root.attributes['schemaVersion'] !== CASE_SCHEMA_VERSION) throw notCase('Case')
  const doctor = one(root, 'Doctor')
  const client = one(root, 'Client')
  const patient = one(root, 'Patient')
  const denture = child(root, 'Denture')
  return {
    origin: originOf(one(root, 'Origin')),
    orderCode: childValue(root, 'OrderCode'),
    revisionNumber: integer(value(root, 'RevisionNumber'), 'RevisionNumber'),
    previousProject: childValue(root, 'PreviousProject'),
    manifestVersion: value(root, 'ManifestVersion'),
    doctor: {
      name: childValue(doctor, 'Name'),
      id: childValue(doctor, 'Id'),
      licence: childValue(doctor, 'Licence'),
    },
    practiceAddress: childValue(root, 'PracticeAddress'),
    client: { id: value(client, 'Id'), name: value(client, 'Name') },
    patient: { raw: value(patient, 'Raw'), chartNumber: childValue(patient, 'ChartNumber') },
    dueDate: childValue(root, 'DueDate'),
    exportTime: childValue(root, 'ExportTime'),
    procedure: childValue(root, 'Procedure'),
    shadeSystem: childValue(root, 'ShadeSystem'),
    notes: value(root, 'Notes'),
    denture: denture === null ? null : entriesOf(denture),
    teeth: many(root, 'Teeth', 'Tooth').map(toothOf),
    bridges: many(root, 'Bridges', 'Bridge').map((bridge) => ({
      id: attribute(bridge, 'id'),
      type: attribute(bridge, 'type'),
      from: integer(attribute(bridge, 'from'), 'Bridge'),
      to: integer(attribute(bridge, 'to'), 'Bridge'),
    })),
    scanBodies: (child(root, 'ScanBodies')?.children ?? [])
      .filter((each) => each.name === 'ScanBody')
      .map(scanBodyOf),
    materials: many(root, 'Materials', 'Material').map(materialOf),
    files: many(root, 'Files', 'File').map(fileOf),
    transforms: many(root, 'Transforms', 'Transform').map((transform) => ({
      name: childValue(transform, 'Name'),
      matrix: words(value(transform, 'Matrix')).map((each) => number(each, 'Matrix')),
    })),
    warnings: many(root, 'Warnings', 'Warning').map((warning) => ({
      code: attribute(warning, 'code'),
      text: warning.value,
    })),
  }
}

// Writing, in the order of the schema.

function originElement(origin: Origin): XmlNode {
  return element('Origin', [
    valueElement('Account', origin.account),
    valueElement('OrderId', origin.orderId),
    valueElement('Revision', origin.revision),
  ])
}

function orderElements(record: CaseRecord): readonly XmlNode[] {
  const { doctor, patient } = record
  return [
    ...optionalElement('OrderCode', record.orderCode),
    valueElement('RevisionNumber', String(record.revisionNumber)),
    ...optionalElement('PreviousProject', record.previousProject),
    valueElement('ManifestVersion', record.manifestVersion),
    element('Doctor', [
      ...optionalElement('Name', doctor.name),
      ...optionalElement('Id', doctor.id),
      ...optionalElement('Licence', doctor.licence),
    ]),
    ...optionalElement('PracticeAddress', record.practiceAddress),
    element('Client', [valueElement('Id', record.client.id), valueElement('Name', record.client.name)]),
    element('Patient', [
      valueElement('Raw', patient.raw),
      ...optionalElement('ChartNumber', patient.chartNumber),
    ]),
    ...optionalElement('DueDate', record.dueDate),
    ...optionalElement('ExportTime', record.exportTime),
    ...optionalElement('Procedure', record.procedure),
    ...optionalElement('ShadeSystem', record.shadeSystem),
    valueElement('Notes', record.notes),
    ...(record.denture === null ? [] : [element('Denture', entryElements(record.denture))]),
    element('Teeth', record.teeth.map(toothElement)),
    element(
      'Bridges',
      record.bridges.map(({ id, type, from, to }) =>
        element('Bridge', [], { id, type, from: String(from), to: String(to) }),
      ),
    ),
    ...(record.scanBodies.length === 0
      ? []
      : [element('ScanBodies', record.scanBodies.map(scanBodyElement))]),
  ]
}

function takenElements(record: CaseRecord): readonly XmlNode[] {
  return [
    element('Materials', record.materials.map(materialElement)),
    element(
      'Files',
      record.files.map((file) =>
        element('File', [valueElement('Name', file.name), valueElement('PackageName', file.packageName)], {
          bytes: String(file.bytes),
          sha256: file.sha256,
        }),
      ),
    ),
    element(
      'Transforms',
      record.transforms.map((transform) =>
        element('Transform', [
          ...optionalElement('Name', transform.name),
          valueElement('Matrix', transform.matrix.map(decimal).join(' ')),
        ]),
      ),
    ),
    element(
      'Warnings',
      record.warnings.map((warning) => valueElement('Warning', warning.text, { code: warning.code })),
    ),
  ]
}

function toothElement(tooth: OrderedTooth): XmlNode {
  const { shades } = tooth
  return element(
    'Tooth',
    [
      valueElement('Restoration', tooth.restoration, { id: tooth.restorationId }),
      ...optionalElement('Material', tooth.material),
      ...optionalElement('MaterialId', tooth.materialId),
      element('Shades', [
        ...optionalElement('Incisal', shades.incisal),
        ...optionalElement('Middle', shades.middle),
        ...optionalElement('Gingival', shades.gingival),
        ...optionalElement('Die', shades.die),
      ]),
      ...entryElements(tooth.details),
    ],
    { fdi: String(tooth.fdi), ada: String(tooth.ada) },
  )
}

function scanBodyElement({ fdi, implantTypeId, implantType }: RecordedScanBody): XmlNode {
  return element('ScanBody', optionalElement('ImplantType', implantType), {
    ...(fdi !== null && { fdi: String(fdi) }),
    ...(implantTypeId !== null && { implantTypeId }),
  })
}

function materialElement(material: MaterialTaken): XmlNode {
  return element(
    'Material',
    [
      ...optionalElement('IteroName', material.iteroName),
      valueElement('DisplayName', material.displayName),
      valueElement('Teeth', material.teeth.join(' ')),
    ],
    {
      iteroId: material.iteroId,
      code: material.code,
      method: material.method,
      decidedBy: material.decidedBy,
    },
  )
}

function entryElements(entries: Readonly<Record<string, string>>): readonly XmlNode[] {
  return Object.entries(entries).map(([name, text]) => valueElement('Entry', text, { name }))
}

// Reading.

function originOf(origin: XmlElement): Origin {
  return {
    account: value(origin, 'Account'),
    orderId: value(origin, 'OrderId'),
    revision: value(origin, 'Revision'),
  }
}

function toothOf(tooth: XmlElement): OrderedTooth {
  const restoration = one(tooth, 'Restoration')
  const shades = one(tooth, 'Shades')
  return {
    fdi: integer(attribute(tooth, 'fdi'), 'Tooth'),
    ada: integer(attribute(tooth, 'ada'), 'Tooth'),
    restoration: restoration.value,
    restorationId: attribute(restoration, 'id'),
    material: childValue(tooth, 'Material'),
    materialId: childValue(tooth, 'MaterialId'),
    shades: {
      incisal: childValue(shades, 'Incisal'),
      middle: childValue(shades, 'Middle'),
      gingival: childValue(shades, 'Gingival'),
      die: childValue(shades, 'Die'),
    },
    details: entriesOf(tooth),
  }
}

function scanBodyOf(scanBody: XmlElement): RecordedScanBody {
  const { fdi, implantTypeId } = scanBody.attributes
  return {
    fdi: fdi === undefined ? null : integer(fdi, 'ScanBody'),
    implantTypeId: implantTypeId ?? null,
    implantType: childValue(scanBody, 'ImplantType'),
  }
}

function materialOf(material: XmlElement): MaterialTaken {
  const decidedBy = attribute(material, 'decidedBy')
  if (decidedBy !== 'only-candidate' && decidedBy !== 'default' && decidedBy !== 'answer')
    throw notCase('Material')
  return {
    iteroId: attribute(material, 'iteroId'),
    iteroName: childValue(material, 'IteroName'),
    code: attribute(material, 'code'),
    displayName: value(material, 'DisplayName'),
    method: attribute(material, 'method'),
    decidedBy,
    teeth: words(value(material, 'Teeth')).map((each) => integer(each, 'Material')),
  }
}

function fileOf(file: XmlElement): CaseFile {
  return {
    name: value(file, 'Name'),
    packageName: value(file, 'PackageName'),
    bytes: integer(attribute(file, 'bytes'), 'File'),
    sha256: attribute(file, 'sha256'),
  }
}

function entriesOf(parent: XmlElement): Readonly<Record<string, string>> {
  const entries = parent.children.filter((each) => each.name === 'Entry')
  return Object.fromEntries(entries.map((entry) => [attribute(entry, 'name'), entry.value]))
}

function one(parent: XmlElement, name: string): XmlElement {
  return child(parent, name) ?? fail(name)
}

function many(parent: XmlElement, list: string, name: string): readonly XmlElement[] {
  return one(parent, list).children.filter((each) => each.name === name)
}

const value = (parent: XmlElement, name: string): string => one(parent, name).value

const attribute = (of: XmlElement, name: string): string => of.attributes[name] ?? fail(of.name)

const words = (text: string): readonly string[] => text.split(/\s+/).filter((each) => each !== '')

function integer(text: string, where: string): number {
  if (!/^\d{1,15}$/.test(text)) throw notCase(where)
  return Number(text)
}

function number(text: string, where: string): number {
  const read = Number(text)
  if (!Number.isFinite(read)) throw notCase(where)
  return read
}

function refuseLarge(xml: Uint8Array): void {
  if (xml.length <= DOCUMENT_LIMIT_BYTES) return
  throw new ImportError('document-too-large', { bytes: xml.length, limit: DOCUMENT_LIMIT_BYTES })
}

function utf8(xml: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(xml)
  } catch {
    throw new ImportError('document-not-xml', { reason: 'encoding' })
  }
}

function sameIds(found: Origin | null, written: Origin): boolean {
  return (
    found !== null &&
    found.account === legalXml(written.account) &&
    found.orderId === legalXml(written.orderId) &&
    found.revision === legalXml(written.revision)
  )
}

function notCase(at: string): ImportError {
  return new ImportError('document-not-case', { element: at })
}

function fail(at: string): never {
  throw notCase(at)
}
