import type { DoctorQuestion, ListedOrder, MaterialQuestion } from '../../../bridge/data.ts'

/** Made-up orders and questions, as a plugin tells them. */
const SUMMARY = {
  patient: 'Quill, Wren',
  doctor: 'Dr. Made Up',
  teeth: [26],
  material: 'Zirconia: Lab Preference',
  dueDate: '2026-12-01',
}

export function order(revision: number, rest: Partial<ListedOrder> = {}): ListedOrder {
  return {
    revision,
    account: 'exports',
    orderId: String(100_000_000 + revision),
    orderCode: null,
    number: 1,
    stage: 'waiting',
    project: null,
    client: null,
    summary: SUMMARY,
    waitsFor: [],
    warnings: [],
    failure: null,
    receivedAt: 1_700_000_000_000 + revision,
    publishedAt: null,
    ...rest,
  }
}

const waiting = [
  {
    revision: 1,
    orderId: '100000001',
    orderCode: null,
    summary: SUMMARY,
    teeth: [26],
    note: '',
    receivedAt: 1_700_000_000_001,
  },
]

export function doctorQuestion(id: number): DoctorQuestion {
  return {
    kind: 'doctor',
    id,
    openedAt: 1_700_000_000_000,
    waitingCount: 1,
    waiting,
    remembered: true,
    doctor: { name: 'Dr. Made Up', id: '4711', licence: null, practiceAddress: '1 Nowhere Lane' },
    likely: [],
  }
}

export function materialQuestion(id: number): MaterialQuestion {
  const method = { code: 'Mill5', names: { en: '5-axis milling' } }
  return {
    kind: 'material',
    id,
    openedAt: 1_700_000_000_000,
    waitingCount: 1,
    waiting,
    itero: { id: '12', name: 'Zirconia: Lab Preference' },
    candidates: [{ code: 'ZI', names: { en: 'Zirconia' }, methods: [method] }],
    work: { reconstructionTypes: ['AnatomicCrown'], connectors: false, abutment: false },
    proposed: { material: null, method: null },
    canDefault: true,
    makeDefault: { material: true, method: true },
  }
}
