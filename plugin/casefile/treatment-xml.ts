import type { ImplantField, Parameter, RestoredTooth, Tooth, Treatment } from './treatment.ts'
import { element, optionalElement, valueElement, type XmlNode, xmlDocument } from './xml-text.ts'

/**
 * The `.dentalProject` of a treatment in the third-party profile: UTF-8 without BOM, CRLF, two-space indent, root
 * `<Treatment UseRecipientMaterialConfiguration="true">` [C], elements in the order of DentalDB [V], without those that
 * only DentalDB itself writes. Characters that XML cannot hold become U+FFFD.
 * Throws RangeError where the treatment cannot be written so that it is read back the same: a patient id that is empty
 * or `0` (it collides on import [C]), a parameter that is no number.
 */
export function writeTreatment(treatment: Treatment): Uint8Array {
  const { practice, patient } = treatment
  if (patient.id === '' || patient.id === '0') throw new RangeError('a patient id is neither empty nor 0')
  return xmlDocument(
    element(
      'Treatment',
      [
        valueElement('DateTime', treatment.dateTime),
        valueElement('TrayNo', treatment.trayNo),
        valueElement('Notes', treatment.notes),
        valueElement('ProjectGUID', treatment.projectGuid),
        valueElement('ProjectUniqueId', treatment.projectUniqueId),
        element('Teeth', treatment.teeth.map(toothElement)),
        element('Practice', [
          valueElement('PracticeId', practice.id),
          valueElement('PracticeName', practice.name),
        ]),
        element('Patient', [
          valueElement('PatientId', patient.id),
          valueElement('PatientName', patient.family),
          valueElement('PatientFirstName', patient.given),
        ]),
        valueElement('DentalDBProductName', treatment.productName),
        valueElement('ToothColor', treatment.toothColor),
        valueElement('AntagonistType', treatment.antagonistType),
      ],
      { UseRecipientMaterialConfiguration: 'true' },
    ),
  )
}

/** What stands for a tooth that is not made. PreparationType of a missing tooth is unknown [?], so it is left out. */
export const BYSTANDERS = {
  HealthyTooth: { material: 'Healthy', preparationType: 'Healthy' },
  Antagonist: { material: 'Healthy', preparationType: 'Antagonist' },
  MissingTooth: { material: 'None', preparationType: null },
} as const

function toothElement(tooth: Tooth): XmlNode {
  const head = [
    valueElement('Number', String(tooth.number)),
    valueElement('ReconstructionType', tooth.reconstructionType),
  ]
  if (tooth.kind === 'restored') return element('Tooth', [...head, ...restoredElements(tooth)])
  const { material, preparationType } = BYSTANDERS[tooth.reconstructionType]
  return element('Tooth', [
    ...head,
    valueElement('MesialConnector', 'false'),
    valueElement('Material', material),
    ...optionalElement('PreparationType', preparationType),
  ])
}

function restoredElements(tooth: RestoredTooth): readonly XmlNode[] {
  const gingiva = optionalElement('SeparateGingivaScan', flag(tooth.separateGingivaScan))
  const situ = optionalElement('SituScan', flag(tooth.situScan))
  return [
    valueElement('MesialConnector', String(tooth.mesialConnector)),
    // Third-party writers may omit Parameters [C].
    ...(tooth.parameters.length === 0 ? [] : [element('Parameters', tooth.parameters.map(parameterElement))]),
    valueElement('MaterialName', tooth.materialName),
    valueElement('Material', tooth.material),
    ...(tooth.implant === null ? [] : implantElements(tooth.implant)),
    valueElement('PreparationType', tooth.preparationType),
    // A crown has gingiva before situ, every other tooth situ before gingiva [V].
    ...(tooth.preparationType === 'Crown' ? [...gingiva, ...situ] : [...situ, ...gingiva]),
    ...optionalElement('Color', tooth.color),
  ]
}

function implantElements(implant: ImplantField): readonly XmlNode[] {
  const parent = { ParentParamRef: 'ImplantType' }
  return [
    valueElement('ImplantType', implant.type),
    ...(implant.type === 'None' || implant.materialAbutment === null
      ? []
      : [valueElement('MaterialAbutment', implant.materialAbutment, parent)]),
    valueElement('ScanAbutmentScan', String(implant.scanAbutmentScan), parent),
  ]
}

function parameterElement(parameter: Parameter): XmlNode {
  return element('Parameter', [
    valueElement('Type', parameter.type),
    valueElement('Value', decimal(parameter.value)),
    valueElement('MinValue', decimal(parameter.minValue)),
    valueElement('MaxValue', decimal(parameter.maxValue)),
    valueElement('StepSize', decimal(parameter.stepSize)),
  ])
}

const flag = (value: boolean | null): string | null => (value === null ? null : String(value))

/** The shortest decimal that reads back as the same number, never with an exponent: a reader of settings knows none. */
export function decimal(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError('a parameter is a finite number')
  const [mantissa = '0', exponent] = String(Math.abs(value)).split('e')
  const sign = value < 0 ? '-' : ''
  if (exponent === undefined) return sign + mantissa
  const [whole = '', fraction = ''] = mantissa.split('.')
  const shift = Number(exponent)
  return shift < 0
    ? `${sign}0.${'0'.repeat(-shift - 1)}${whole}${fraction}`
    : sign + whole + fraction.padEnd(shift, '0')
}
