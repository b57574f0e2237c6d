import type { Parameter } from '../../bridge/data.ts'
import { child, children, childText, childValue, type Element, rootOf } from './xml.ts'

/** A `.dentalProject` as far as it tells, whoever wrote it and in whatever order: what is absent is null. */
export interface ReadTreatment {
  readonly dateTime: string | null
  readonly tray: string | null
  readonly notes: string
  readonly guid: string | null
  readonly practice: { readonly id: string | null; readonly name: string | null }
  readonly patient: { readonly id: string | null; readonly family: string; readonly given: string }
  readonly toothColor: string | null
  readonly teeth: readonly ReadTooth[]
}

export interface ReadTooth {
  /** FDI. */
  readonly number: number
  readonly reconstructionType: string
  readonly mesialConnector: boolean
  readonly materialName: string | null
  readonly material: string | null
  readonly color: string | null
  readonly implantType: string | null
  readonly parameters: readonly Parameter[]
}

/** Teeth that are listed but not made [V/C]. */
const NOT_MADE: readonly string[] = ['HealthyTooth', 'Antagonist', 'MissingTooth']

export const isMade = (tooth: ReadTooth): boolean => !NOT_MADE.includes(tooth.reconstructionType)

/** More teeth than any treatment has, deciduous ones with them. */
const TOOTH_LIMIT = 200
const PARAMETER_LIMIT = 200

/** Errors: as `rootOf`; a document with another root is `document-foreign`. */
export function readTreatment(bytes: Uint8Array, file: string): ReadTreatment {
  const root = rootOf(bytes, file, 'Treatment')
  const practice = child(root, 'Practice')
  const patient = child(root, 'Patient')
  return {
    dateTime: childValue(root, 'DateTime'),
    tray: childValue(root, 'TrayNo'),
    notes: childText(root, 'Notes') ?? '',
    guid: childValue(root, 'ProjectGUID'),
    practice: { id: childValue(practice, 'PracticeId'), name: childValue(practice, 'PracticeName') },
    patient: {
      id: childValue(patient, 'PatientId'),
      family: childValue(patient, 'PatientName') ?? '',
      given: childValue(patient, 'PatientFirstName') ?? '',
    },
    toothColor: childValue(root, 'ToothColor'),
    teeth: children(child(root, 'Teeth'), 'Tooth').slice(0, TOOTH_LIMIT).flatMap(toothOf),
  }
}

function toothOf(tooth: Element): readonly ReadTooth[] {
  const number = childValue(tooth, 'Number')
  if (number === null || !/^[1-8][1-8]$/.test(number)) return []
  return [
    {
      number: Number(number),
      reconstructionType: childValue(tooth, 'ReconstructionType') ?? '',
      mesialConnector: /^(true|1)$/i.test(childValue(tooth, 'MesialConnector') ?? ''),
      materialName: childValue(tooth, 'MaterialName'),
      material: childValue(tooth, 'Material'),
      color: childValue(tooth, 'Color'),
      implantType: childValue(tooth, 'ImplantType'),
      parameters: children(child(tooth, 'Parameters'), 'Parameter')
        .slice(0, PARAMETER_LIMIT)
        .flatMap(parameterOf),
    },
  ]
}

/** One without a number of its own shows nothing; bounds that are not told are taken as open. */
function parameterOf(parameter: Element): readonly Parameter[] {
  const type = childValue(parameter, 'Type')
  const value = numberIn(parameter, 'Value')
  if (type === null || value === null) return []
  return [
    {
      type,
      value,
      minValue: numberIn(parameter, 'MinValue') ?? value,
      maxValue: numberIn(parameter, 'MaxValue') ?? value,
      stepSize: numberIn(parameter, 'StepSize') ?? 0,
    },
  ]
}

/** With a decimal point [V]. */
function numberIn(parent: Element, name: string): number | null {
  const value = childValue(parent, name) ?? ''
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$/.test(value) ? Number(value) : null
}
