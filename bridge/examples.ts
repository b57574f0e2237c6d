import type { CloudState, ConnectorState, ListedOrder, Question } from './data.ts'
import type { Method, Params, RequestMethod, Result } from './protocol.ts'

type Example<M extends Method> = M extends RequestMethod
  ? { readonly params: Params<M>; readonly result: Result<M> }
  : { readonly params: Params<M> }

const ACTIVE: ConnectorState = { kind: 'active', since: 1_766_500_000_000, failure: null }

const SUMMARY: ListedOrder['summary'] = {
  patient: 'Muster, Mia',
  doctor: 'Dr. Beispiel',
  teeth: [14],
  material: 'Ceramic: Zirconia',
  dueDate: '2026-02-03',
}

const ORDER: ListedOrder = {
  revision: 12,
  account: 'exports',
  orderId: '300123456',
  orderCode: null,
  number: 1,
  stage: 'waiting',
  project: null,
  client: null,
  summary: SUMMARY,
  waitsFor: [{ question: 3, kind: 'doctor' }],
  warnings: [],
  failure: null,
  receivedAt: 1_766_500_020_000,
  publishedAt: null,
}

const QUESTION: Question = {
  kind: 'doctor',
  id: 3,
  openedAt: 1_766_500_021_000,
  waitingCount: 1,
  waiting: [
    {
      revision: 12,
      orderId: '300123456',
      orderCode: null,
      summary: SUMMARY,
      teeth: [14],
      note: 'Please match the neighbour.',
      receivedAt: 1_766_500_020_000,
    },
  ],
  remembered: true,
  doctor: {
    name: 'Dr. Beispiel',
    id: '4711',
    licence: null,
    practiceAddress: 'Musterweg 1, 12345 Musterstadt',
  },
  likely: [{ client: '001', likeness: 0.92 }],
}

const CLOUD: CloudState = {
  name: 'MyiTero',
  session: { kind: 'signed-in', account: { id: '42', name: 'Dental laboratory Muster' }, kept: 'keychain' },
  lastSync: 1_766_500_060_000,
  syncing: false,
  paused: false,
  trouble: null,
  orders: [
    {
      account: '42',
      rxId: '9001',
      orderId: '300123457',
      orderCode: null,
      status: { kind: 'ready', text: 'Ready for Download' },
      stage: 'downloading',
      attempts: 1,
      failure: null,
    },
  ],
}

const MADE = { at: 1_766_500_040_000, orderId: '300123456', project: '2026-01-20_Muster_Mia' }

/** One of each message, for docs/bridge.md. The names in them are made up. */
export const EXAMPLES: { readonly [M in Method]: Example<M> } = {
  'plugin/configure': {
    params: {
      language: 'en',
      caseFolder: '/srv/cases',
      exportFolder: '/srv/exports',
      cloud: null,
      nameTemplate: '%d_%l_%f',
      patientNameOrder: 'given-family',
      materials: null,
    },
    result: { state: ACTIVE },
  },
  'plugin/state': { params: {}, result: { state: ACTIVE } },
  'plugin/stop': { params: {}, result: {} },
  'orders/list': { params: { limit: 50, stages: ['waiting'] }, result: { orders: [ORDER] } },
  'orders/refused': {
    params: {},
    result: {
      packages: [
        {
          name: 'order.zip',
          failure: { code: 'zip-damaged', text: 'order.zip is damaged. Export the order again.' },
          seenAt: 1_766_500_030_000,
        },
      ],
    },
  },
  'orders/look': { params: {}, result: {} },
  'questions/list': { params: { limit: 20 }, result: { questions: [QUESTION] } },
  'questions/answer': {
    params: { question: 3, answer: { kind: 'doctor', client: '001' } },
    result: { released: 1 },
  },
  'mappings/doctors': {
    params: {},
    result: {
      doctors: [{ id: 1, by: 'id', value: '4711', doctor: 'Dr. Beispiel', client: '001', made: MADE }],
    },
  },
  'mappings/materials': {
    params: {},
    result: {
      materials: [
        {
          key: 'id:12',
          itero: { id: '12', name: 'Ceramic: Zirconia' },
          material: { code: 'zrc', names: { en: 'Zirconia', de: 'Zirkonoxid' }, made: MADE },
          method: null,
        },
      ],
    },
  },
  'mappings/deleteDoctor': { params: { id: 1 }, result: {} },
  'mappings/deleteMaterial': { params: { key: 'id:12' }, result: {} },
  'mappings/clearMethod': { params: { key: 'id:12' }, result: {} },
  'activity/list': {
    params: { limit: 1 },
    result: {
      entries: [
        {
          id: 40,
          at: 1_766_500_050_000,
          kind: 'published',
          orderId: '300123456',
          text: 'Order 300123456 is a case now.',
        },
      ],
    },
  },
  'cloud/state': { params: {}, result: { cloud: CLOUD } },
  'cloud/signIn': {
    params: {},
    result: { url: 'https://login.example.com/authorize?client_id=lab&code_challenge_method=S256' },
  },
  'cloud/cancelSignIn': { params: {}, result: {} },
  'cloud/chooseAccount': { params: { account: '42' }, result: {} },
  'cloud/signOut': { params: {}, result: {} },
  'cloud/retry': { params: { account: '42', rxId: '9001' }, result: {} },
  'clients/changed': { params: {} },
  'clients/list': {
    params: { limit: 500 },
    result: {
      clients: [
        {
          id: '001',
          name: 'Praxis Beispiel',
          address: 'Musterweg 1, 12345 Musterstadt',
          parameters: {
            AnatomicCrown: [{ type: 'CementGap', value: 0.05, minValue: 0, maxValue: 0.5, stepSize: 0.01 }],
          },
        },
      ],
    },
  },
  'plugin/stateChanged': { params: { state: { ...ACTIVE, kind: 'offline' } } },
  'orders/changed': { params: { order: ORDER } },
  'orders/packageRefused': {
    params: {
      package: {
        name: 'order.zip',
        failure: { code: 'zip-damaged', text: 'order.zip is damaged. Export the order again.' },
        seenAt: 1_766_500_030_000,
      },
    },
  },
  'questions/opened': { params: { question: QUESTION } },
  'questions/closed': { params: { id: 3 } },
  'mappings/changed': { params: {} },
  'cloud/changed': { params: { cloud: { ...CLOUD, syncing: true } } },
  'user/command': { params: { command: 'show-cases' } },
  '$/progress': {
    params: { token: 'import-12', value: { kind: 'report', done: 31_000_000, of: 62_000_000 } },
  },
  '$/cancelRequest': { params: { id: 7 } },
}
