import { HostError } from '../errors.ts'
import { child, children, childText, childValue, type Element, rootOf } from './xml.ts'

/** A case XML (schemas/case.xsd) as far as the host shows it. */
export interface ReadCaseRecord {
  readonly origin: { readonly account: string; readonly orderId: string }
  readonly orderCode: string | null
  readonly revision: number
  readonly previousProject: string | null
  readonly doctor: {
    readonly name: string | null
    readonly id: string | null
    readonly licence: string | null
  }
  readonly practiceAddress: string | null
  readonly patient: { readonly raw: string | null; readonly chartNumber: string | null }
  /** yyyy-mm-dd. */
  readonly due: string | null
  readonly exportTime: string | null
  readonly procedure: string | null
  readonly shadeSystem: string | null
  readonly notes: string
  readonly denture: readonly Entry[]
  readonly teeth: readonly { readonly number: number; readonly ordered: readonly Entry[] }[]
  readonly bridges: readonly { readonly type: string; readonly from: string; readonly to: string }[]
  readonly materials: readonly {
    readonly ordered: string
    readonly taken: string
    readonly method: string
    readonly decidedBy: string
    readonly teeth: readonly number[]
  }[]
  readonly files: readonly { readonly name: string; readonly bytes: number }[]
  readonly warnings: readonly { readonly code: string; readonly text: string }[]
}

export interface Entry {
  readonly name: string
  readonly value: string
}

/** Errors: as `rootOf`; `document-foreign` names the element that is missing or says what it may not. */
export function readCaseRecord(bytes: Uint8Array, file: string): ReadCaseRecord {
  const root = rootOf(bytes, file, 'Case')
  const foreign = (element: string) => new HostError('document-foreign', { file, element })
  if (root.attributes['schemaVersion'] !== '1') throw foreign('schemaVersion')
  const origin = child(root, 'Origin')
  const account = childText(origin, 'Account') ?? ''
  const orderId = childText(origin, 'OrderId') ?? ''
  const revision = childValue(root, 'RevisionNumber') ?? ''
  if (account === '' || orderId === '') throw foreign('Origin')
  if (!/^[1-9]\d{0,8}$/.test(revision)) throw foreign('RevisionNumber')
  const doctor = child(root, 'Doctor')
  const patient = child(root, 'Patient')
  return {
    origin: { account, orderId },
    orderCode: childValue(root, 'OrderCode'),
    revision: Number(revision),
    previousProject: childValue(root, 'PreviousProject'),
    doctor: {
      name: childValue(doctor, 'Name'),
      id: childValue(doctor, 'Id'),
      licence: childValue(doctor, 'Licence'),
    },
    practiceAddress: childValue(root, 'PracticeAddress'),
    patient: { raw: childValue(patient, 'Raw'), chartNumber: childValue(patient, 'ChartNumber') },
    due: dayOf(childValue(root, 'DueDate')),
    exportTime: childValue(root, 'ExportTime'),
    procedure: childValue(root, 'Procedure'),
    shadeSystem: childValue(root, 'ShadeSystem'),
    notes: childText(root, 'Notes') ?? '',
    denture: entriesOf(child(root, 'Denture')),
    teeth: children(child(root, 'Teeth'), 'Tooth').map((tooth) => ({
      number: Number(tooth.attributes['fdi']),
      ordered: orderedOf(tooth),
    })),
    bridges: children(child(root, 'Bridges'), 'Bridge').map(({ attributes }) => ({
      type: attributes['type'] ?? '',
      from: attributes['from'] ?? '',
      to: attributes['to'] ?? '',
    })),
    materials: children(child(root, 'Materials'), 'Material').map((material) => ({
      ordered: childValue(material, 'IteroName') ?? material.attributes['iteroId'] ?? '',
      taken: childValue(material, 'DisplayName') ?? material.attributes['code'] ?? '',
      method: material.attributes['method'] ?? '',
      decidedBy: material.attributes['decidedBy'] ?? '',
      teeth: (childText(material, 'Teeth') ?? '').split(/\s+/).flatMap(fdi),
    })),
    files: children(child(root, 'Files'), 'File').map((each) => {
      const name = childText(each, 'Name') ?? ''
      const bytes = each.attributes['bytes'] ?? ''
      if (name === '' || !/^\d{1,15}$/.test(bytes)) throw foreign('File')
      return { name, bytes: Number(bytes) }
    }),
    warnings: children(child(root, 'Warnings'), 'Warning').map(({ attributes, text }) => ({
      code: attributes['code'] ?? '',
      text,
    })),
  }
}

function orderedOf(tooth: Element): readonly Entry[] {
  const shades = child(tooth, 'Shades')
  const entries: readonly (readonly [string, string | null])[] = [
    ['restoration', childValue(tooth, 'Restoration')],
    ['material', childValue(tooth, 'Material')],
    ['shade-incisal', childValue(shades, 'Incisal')],
    ['shade-middle', childValue(shades, 'Middle')],
    ['shade-gingival', childValue(shades, 'Gingival')],
    ['shade-die', childValue(shades, 'Die')],
  ]
  const told = entries.flatMap(([name, value]) => (value === null ? [] : [{ name, value }]))
  return [...told, ...entriesOf(tooth)]
}

const entriesOf = (parent: Element | null): readonly Entry[] =>
  children(parent, 'Entry').map(({ attributes, text }) => ({ name: attributes['name'] ?? '', value: text }))

const fdi = (text: string): readonly number[] => (/^[1-4][1-8]$/.test(text) ? [Number(text)] : [])

const dayOf = (text: string | null): string | null => /^\d{4}-\d\d-\d\d/.exec(text ?? '')?.[0] ?? null
