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
  /** What further entries say in the place of a tooth's FDI number; '' where they say nothing. */
  readonly misnumbered: readonly string[]
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
/** Of what stands in a number's place. */
const MISNUMBER_LIMIT = 20

/** Errors: as `rootOf`; a document with another root is `document-foreign`. */
export function readTreatment(bytes: Uint8Array, file: string): ReadTreatment {
  const root = rootOf(bytes, file, 'Treatment')
  const practice = child(root, 'Practice')
  const patient = child(root, 'Patient')
  const teeth = children(child(root, 'Teeth'), 'Tooth').slice(0, TOOTH_LIMIT)
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
    teeth: teeth.flatMap(toothOf),
    misnumbered: teeth.flatMap((tooth) => (numberOf(tooth) === null ? [saidNumber(tooth)] : [])),
  }
}

function toothOf(tooth: Element): readonly ReadTooth[] {
  const number = numberOf(tooth)
  if (number === null) return []
  return [
    {
      number,
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

/** Permanent or deciduous; null: no tooth has this number. */
function numberOf(tooth: Element): number | null {
  const said = childValue(tooth, 'Number') ?? ''
  return /^([1-4][1-8]|[5-8][1-5])$/.test(said) ? Number(said) : null
}

const saidNumber = (tooth: Element): string =>
  (childValue(tooth, 'Number') ?? '').replace(/\p{C}/gu, '').slice(0, MISNUMBER_LIMIT)

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
