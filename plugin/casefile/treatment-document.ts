import { ImportError } from '../errors.ts'
import type { Parameter } from './treatment.ts'
import { encodingOf, type XmlEncoding } from './xml-encoding.ts'
import { child, childValue, DOCUMENT_LIMIT_BYTES, parseXml, type XmlElement } from './xml-file.ts'
import { escapeXml } from './xml-text.ts'

/**
 * A `.dentalProject` of anybody. The text itself is kept and single values are replaced in it by their place: rebuilding
 * a file from parsed nodes loses what no parser hands out (quotes, space inside tags, references, line ends).
 */
export interface TreatmentDocument {
  readonly text: string
  readonly encoding: XmlEncoding
  readonly root: XmlElement
}

/** A step down: an element's name, or its name and which of its like it is, from 0. */
export type Step = string | readonly [name: string, index: number]

/**
 * Reads a `.dentalProject`, whoever wrote it. Throws document-too-large, document-not-xml, document-has-doctype,
 * document-not-treatment.
 */
export function readTreatmentDocument(bytes: Uint8Array): TreatmentDocument {
  if (bytes.length > DOCUMENT_LIMIT_BYTES) {
    throw new ImportError('document-too-large', { bytes: bytes.length, limit: DOCUMENT_LIMIT_BYTES })
  }
  const encoding = encodingOf(bytes)
  return documentOf(encoding.decode(bytes), encoding)
}

/** Byte for byte what was read where nothing was set; otherwise all but the values that were. */
export function writeTreatmentDocument(document: TreatmentDocument): Uint8Array {
  return document.encoding.encode(document.text)
}

/** The value at the end of the path below `Treatment`, or null where no such element stands. */
export function valueAt(document: TreatmentDocument, path: readonly Step[]): string | null {
  return elementAt(document, path)?.value ?? null
}

/**
 * The document with one value replaced, all else as it was. Throws document-value-missing where no such element stands,
 * or where it holds other elements.
 */
export function withValue(
  document: TreatmentDocument,
  path: readonly Step[],
  value: string,
): TreatmentDocument {
  const element = path.length === 0 ? null : elementAt(document, path)
  if (element === null || element.children.length > 0) {
    throw new ImportError('document-value-missing', { element: path.map(String).join('/') })
  }
  const { text } = document
  const newline = text.includes('\r\n') ? '\r\n' : '\n'
  const whole = text.slice(element.start, element.end)
  const tag = startTag(whole)
  const open = tag.endsWith('/>') ? `${tag.slice(0, -'/>'.length).trimEnd()}>` : tag
  const close = tag.endsWith('/>') ? `</${element.name}>` : whole.slice(whole.lastIndexOf('</'))
  const content = escapeXml(value, 'text').replaceAll('\n', newline)
  return documentOf(
    text.slice(0, element.start) + open + content + close + text.slice(element.end),
    document.encoding,
  )
}

/** A treatment as far as a file tells it: what is absent is null, words outside our lists stay as written. */
export interface SeenTreatment {
  readonly dateTime: string | null
  readonly trayNo: string | null
  readonly notes: string | null
  readonly projectGuid: string | null
  readonly projectUniqueId: string | null
  readonly teeth: readonly SeenTooth[]
  readonly practice: { readonly id: string | null; readonly name: string | null }
  readonly patient: {
    readonly id: string | null
    readonly family: string | null
    readonly given: string | null
  }
  readonly productName: string | null
  readonly toothColor: string | null
  readonly antagonistType: string | null
}

export type SeenTooth = SeenRestoredTooth | SeenBystanderTooth

export interface SeenRestoredTooth {
  readonly kind: 'restored'
  readonly number: number | null
  readonly reconstructionType: string | null
  readonly mesialConnector: boolean
  readonly parameters: readonly SeenParameter[]
  readonly materialName: string | null
  readonly material: string | null
  readonly implant: SeenImplantField | null
  readonly preparationType: string | null
  readonly separateGingivaScan: boolean | null
  readonly situScan: boolean | null
  readonly color: string | null
}

export type SeenImplantField =
  | { readonly type: 'None'; readonly scanAbutmentScan: boolean }
  | { readonly type: string; readonly materialAbutment: string | null; readonly scanAbutmentScan: boolean }

export interface SeenBystanderTooth {
  readonly kind: 'bystander'
  readonly number: number | null
  readonly reconstructionType: string
}

export type SeenParameter = { readonly [Field in keyof Parameter]: Parameter[Field] | null }

/**
 * What can be read as a treatment, whoever wrote the file and in whatever order. Of a file that `writeTreatment` wrote:
 * exactly the treatment that was written.
 */
export function treatmentOf(document: TreatmentDocument): SeenTreatment {
  const { root } = document
  const practice = child(root, 'Practice')
  const patient = child(root, 'Patient')
  const teeth = child(root, 'Teeth')?.children ?? []
  return {
    dateTime: childValue(root, 'DateTime'),
    trayNo: childValue(root, 'TrayNo'),
    notes: childValue(root, 'Notes'),
    projectGuid: childValue(root, 'ProjectGUID'),
    projectUniqueId: childValue(root, 'ProjectUniqueId'),
    teeth: teeth.filter((each) => each.name === 'Tooth').map(toothOf),
    practice: { id: valueIn(practice, 'PracticeId'), name: valueIn(practice, 'PracticeName') },
    patient: {
      id: valueIn(patient, 'PatientId'),
      family: valueIn(patient, 'PatientName'),
      given: valueIn(patient, 'PatientFirstName'),
    },
    productName: childValue(root, 'DentalDBProductName'),
    toothColor: childValue(root, 'ToothColor'),
    antagonistType: childValue(root, 'AntagonistType'),
  }
}

const BYSTANDING = ['HealthyTooth', 'Antagonist', 'MissingTooth']

function toothOf(tooth: XmlElement): SeenTooth {
  const number = numberIn(tooth, 'Number')
  const reconstructionType = childValue(tooth, 'ReconstructionType')
  if (reconstructionType !== null && BYSTANDING.includes(reconstructionType)) {
    return { kind: 'bystander', number, reconstructionType }
  }
  return {
    kind: 'restored',
    number,
    reconstructionType,
    mesialConnector: flagIn(tooth, 'MesialConnector') ?? false,
    parameters: (child(tooth, 'Parameters')?.children ?? [])
      .filter((each) => each.name === 'Parameter')
      .map(parameterOf),
    materialName: childValue(tooth, 'MaterialName'),
    material: childValue(tooth, 'Material'),
    implant: implantOf(tooth),
    preparationType: childValue(tooth, 'PreparationType'),
    separateGingivaScan: flagIn(tooth, 'SeparateGingivaScan'),
    situScan: flagIn(tooth, 'SituScan'),
    color: childValue(tooth, 'Color'),
  }
}

function implantOf(tooth: XmlElement): SeenImplantField | null {
  const type = childValue(tooth, 'ImplantType')
  const scanAbutmentScan = flagIn(tooth, 'ScanAbutmentScan') ?? false
  if (type === null) return null
  if (type === 'None') return { type, scanAbutmentScan }
  return { type, materialAbutment: childValue(tooth, 'MaterialAbutment'), scanAbutmentScan }
}

function parameterOf(parameter: XmlElement): SeenParameter {
  return {
    type: childValue(parameter, 'Type'),
    value: numberIn(parameter, 'Value'),
    minValue: numberIn(parameter, 'MinValue'),
    maxValue: numberIn(parameter, 'MaxValue'),
    stepSize: numberIn(parameter, 'StepSize'),
  }
}

const valueIn = (parent: XmlElement | null, name: string): string | null =>
  parent === null ? null : childValue(parent, name)

function flagIn(parent: XmlElement, name: string): boolean | null {
  const value = childValue(parent, name)?.trim().toLowerCase()
  if (value === 'true' || value === '1') return true
  return value === 'false' || value === '0' ? false : null
}

function numberIn(parent: XmlElement, name: string): number | null {
  const value = childValue(parent, name)?.trim() ?? ''
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$/.test(value) ? Number(value) : null
}

function documentOf(text: string, encoding: XmlEncoding): TreatmentDocument {
  const root = parseXml(text)
  if (root.name !== 'Treatment') throw new ImportError('document-not-treatment')
  return { text, encoding, root }
}

function elementAt(document: TreatmentDocument, path: readonly Step[]): XmlElement | null {
  let element: XmlElement | undefined = document.root
  for (const step of path) {
    const [name, index] = typeof step === 'string' ? [step, 0] : step
    element = element.children.filter((each) => each.name === name)[index]
    if (element === undefined) return null
  }
  return element
}

/** The start tag at the beginning of an element's text; a `>` inside quotes does not end it. */
function startTag(whole: string): string {
  return /^<(?:[^"'>]|"[^"]*"|'[^']*')*>/.exec(whole)?.[0] ?? whole
}
