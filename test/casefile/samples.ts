import type { CaseRecord } from '../../plugin/casefile/case-record.ts'
import type { RestoredTooth, Treatment } from '../../plugin/casefile/treatment.ts'

/** A crown in zirconia; the other kinds of tooth are told by what differs. */
export const CROWN: RestoredTooth = {
  kind: 'restored',
  number: 46,
  reconstructionType: 'AnatomicCrown',
  mesialConnector: false,
  parameters: [{ type: 'CementGapThickness', value: 0.04, minValue: 0, maxValue: 0.2, stepSize: 0.005 }],
  materialName: 'Zirconia',
  material: 'ZI',
  implant: { type: 'None', scanAbutmentScan: false },
  preparationType: 'Crown',
  separateGingivaScan: false,
  situScan: false,
  color: 'A2',
}

export const TREATMENT: Treatment = {
  dateTime: '2026-09-09T22:24:58.2771872+09:00',
  trayNo: '12',
  notes: '',
  projectGuid: '01234567-89ab-cdef-0123-456789abcdef',
  projectUniqueId: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  teeth: [CROWN],
  practice: { id: '003', name: 'Practice at the Park' },
  patient: { id: '1.0', family: 'Sample', given: '' },
  productName: 'MyiTero import',
  toothColor: '---',
  antagonistType: 'DigitalImpressionScan',
}

export const RECORD: CaseRecord = {
  origin: { account: 'account', orderId: '123456789', revision: 'a'.repeat(64) },
  orderCode: 'CODE',
  revisionNumber: 1,
  previousProject: null,
  manifestVersion: '5.0',
  doctor: { name: 'Dr. Sample', id: '77', licence: null },
  practiceAddress: '1 Park Lane',
  client: { id: '003', name: 'Practice at the Park' },
  patient: { raw: 'Given, Sample', chartNumber: null },
  dueDate: '2026-10-01',
  exportTime: null,
  procedure: 'Fixed Restorative',
  shadeSystem: null,
  notes: '',
  denture: null,
  teeth: [],
  bridges: [],
  scanBodies: [],
  materials: [],
  files: [],
  transforms: [],
  warnings: [],
}
