import type { DoctorQuestion, MaterialQuestion } from '../../bridge/data.ts'
import type { CaseRow, CaseStatus, ClientRow, FirstStartWords, PluginRow } from '../../host/api.ts'
import type { Script } from './scripted-host.ts'

const FAMILIES = ['Ahrens', 'Brandt', 'Çelik', 'Dietrich', 'Ebert', 'Franke', 'Günther', 'Horvat', 'Ivanova']
const GIVEN = ['Anna', 'Boris', 'Clara', 'Deniz', 'Emil', 'Freya', 'Gustav', 'Hanna']
const MATERIALS = ['Zirconia multilayer', 'Zirconia HT', 'Lithium disilicate', 'PMMA', 'Titanium', 'Wax']
const TEETH = [[11], [21, 22], [14, 15, 16], [36], [46, 47], [13, 12, 11, 21, 22, 23], [24], [37, 36]]
const DAY = 86_400_000

/** A moment that pictures and tests agree on: 2026-11-02 09:30 in Berlin. */
export const NOW = Date.UTC(2026, 10, 2, 8, 30)

const pick = <T>(all: readonly T[], at: number): T => all[at % all.length] as T

/** Row number `at`, the newest being 0; ids fall from `top`. */
export function row(at: number, top: number, part: Partial<CaseRow> = {}): CaseRow {
  const patient = `${pick(FAMILIES, at * 7)}, ${pick(GIVEN, at * 3)}`
  return {
    id: top - at,
    status: at < 6 ? 'unread' : 'read',
    project: `2026-11-02_${pick(FAMILIES, at * 7)}_${at}`,
    patient,
    client: pick(CLIENT_NAMES, at * 5),
    teeth: pick(TEETH, at),
    material: pick(MATERIALS, at * 11),
    due: new Date(NOW + (5 - (at % 9)) * DAY).toISOString().slice(0, 10),
    orderId: String(90_000_000 + top - at),
    orderCode: null,
    revision: at % 23 === 7 ? 2 : 1,
    receivedAt: NOW - at * 1_900_000,
    waitsFor: [],
    reason: null,
    warnings: at % 13 === 4 ? 2 : 0,
    cloud: null,
    ...part,
  }
}

const CLIENT_NAMES = [
  'Zahnarztpraxis am Markt',
  'Dr. Sample & Partner',
  'Praxis Beispielweg',
  'Smile Test Clinic',
]

export const clients = (count = 24): ClientRow[] =>
  Array.from({ length: count }, (_, at) => ({
    id: String(at + 1).padStart(3, '0'),
    name: CLIENT_NAMES[at] ?? `Practice ${pick(FAMILIES, at)} ${at + 1}`,
    address: `Example Street ${at + 1}, 0${1000 + at} Sampletown`,
    contact: at % 3 === 0 ? `${pick(GIVEN, at)} ${pick(FAMILIES, at)}` : '',
    licence: at % 4 === 0 ? `ZA-${1000 + at}` : '',
    parameters: {},
    cases: at * 7,
    doctors: at === 1 ? [{ mapping: 1, name: 'Dr. Alex Sample' }] : [],
  }))

/** As many rows as asked for: some wait, one is refused, one broken, one on its way. */
export function rows(count: number): CaseRow[] {
  const special: Partial<Record<number, Partial<CaseRow> & { readonly status: CaseStatus }>> = {
    0: { status: 'waiting', client: null, material: 'Zirconia', waitsFor: [{ question: 1, kind: 'doctor' }] },
    1: {
      status: 'waiting',
      material: 'Zirconia: Lab Preference',
      waitsFor: [{ question: 2, kind: 'material' }],
    },
    2: { status: 'importing', project: null },
    5: {
      status: 'refused',
      patient: '',
      project: 'iTero_Export_90412.zip',
      orderId: null,
      client: null,
      teeth: [],
      material: null,
      due: null,
      reason: {
        code: 'package-truncated',
        text: 'The package ends in the middle: it was not copied whole. Copy it to the export folder again.',
      },
    },
    9: {
      status: 'broken',
      patient: '',
      project: '2026-10-30_Old_Case',
      client: null,
      teeth: [],
      material: null,
      due: null,
      orderId: null,
      reason: { code: 'case-unreadable', text: 'Its .dentalProject cannot be read: not well-formed.' },
    },
  }
  return Array.from({ length: count }, (_, at) => row(at, count, special[at]))
}

export const doctorQuestion: DoctorQuestion = {
  id: 1,
  kind: 'doctor',
  openedAt: NOW - 600_000,
  waitingCount: 2,
  waiting: [1, 2].map((at) => ({
    revision: at,
    orderId: `9000000${at}`,
    orderCode: null,
    summary: {
      patient: `${pick(GIVEN, at)} ${pick(FAMILIES, at)}`,
      doctor: 'Dr. Kim Example',
      teeth: [14, 15],
      material: 'Zirconia',
      dueDate: '2026-11-09',
    },
    teeth: [14, 15],
    note: '',
    receivedAt: NOW - 600_000,
  })),
  remembered: true,
  doctor: {
    name: 'Dr. Kim Example',
    id: '70331',
    licence: 'ZA-4711',
    practiceAddress: 'Example Street 2, 01001 Sampletown',
  },
  likely: [
    { client: '002', likeness: 0.9 },
    { client: '005', likeness: 0.6 },
  ],
}

export const materialQuestion: MaterialQuestion = {
  id: 2,
  kind: 'material',
  openedAt: NOW - 500_000,
  waitingCount: 1,
  waiting: [
    {
      revision: 3,
      orderId: '90000003',
      orderCode: null,
      summary: {
        patient: 'Clara Franke',
        doctor: 'Dr. Alex Sample',
        teeth: [14, 15, 16],
        material: 'Zirconia: Lab Preference',
        dueDate: '2026-11-10',
      },
      teeth: [14, 15, 16],
      note: 'Please match the neighbours, a little lighter towards the incisal edge.\nPatient grinds: thick occlusal.',
      receivedAt: NOW - 500_000,
    },
  ],
  itero: { id: '81', name: 'Zirconia: Lab Preference' },
  candidates: [
    {
      code: 'MLZI',
      names: { en: 'Zirconia multilayer', de: 'Zirkonoxid multilayer' },
      methods: [
        { code: '5ax', names: { en: '5-axis milling', de: '5-Achs-Fräsen' } },
        { code: '4ax', names: { en: '4-axis milling', de: '4-Achs-Fräsen' } },
      ],
    },
    {
      code: 'ZI',
      names: { en: 'Zirconia', de: 'Zirkonoxid' },
      methods: [
        { code: '5ax', names: { en: '5-axis milling', de: '5-Achs-Fräsen' } },
        { code: '3ax', names: { en: '3-axis milling', de: '3-Achs-Fräsen' } },
      ],
    },
    {
      code: 'ZIHT',
      names: { en: 'Zirconia, high translucency', de: 'Zirkonoxid, hochtransluzent' },
      methods: [{ code: '5ax', names: { en: '5-axis milling', de: '5-Achs-Fräsen' } }],
    },
  ],
  work: { reconstructionTypes: ['AnatomicCrown', 'AnatomicPontic'], connectors: true, abutment: false },
  proposed: { material: 'MLZI', method: null },
  canDefault: true,
  makeDefault: { material: true, method: true },
}

/** As the plugin's own manifest has them. */
export const FIRST_START: FirstStartWords = {
  title: 'Connect to MyiTero',
  connect: 'Connect to MyiTero now',
  skip: "Skip & don't ask me again",
}

export const importPlugin: PluginRow = {
  id: 'myitero-import',
  name: 'MyiTero import',
  version: '0.1.0',
  setting: 'MyiTero import',
  myitero: true,
  actions: [{ id: 'review-material-mapping', name: 'Review iTero material mapping' }],
  enabled: true,
  obstacles: [],
  process: { kind: 'running', state: { kind: 'active', since: NOW - 3_600_000, failure: null } },
  lastFailure: null,
}

const FOLDER = {
  parent: null,
  files: [],
  file: null,
  packages: 0,
  suggestions: ['/home/lab/Downloads', '/srv/scans'],
}
const DOCUMENTS = {
  ...FOLDER,
  path: '/home/lab/Documents',
  parent: '/home/lab',
  folders: ['Letters'],
  files: ['materials.xml', 'materials-2026.xml'],
}

/** A laboratory in the middle of its day. */
export function script(part: Partial<Script> = {}): Script {
  return {
    session: { language: 'en', version: '0.1.0', engineBuild: 9036, firstStart: null, myitero: true },
    rows: rows(400),
    questions: [],
    clients: clients(),
    foreignClients: [],
    parameters: [],
    mappings: {
      doctors: [
        {
          id: 1,
          by: 'id',
          value: '70330',
          doctor: 'Dr. Alex Sample',
          client: '002',
          clientName: 'Dr. Sample & Partner',
          made: { at: NOW - 9 * DAY, orderId: '90000001', project: '2026-10-24_Brandt_Clara' },
          caseId: 12,
        },
        {
          id: 2,
          by: 'licence',
          value: 'ZA-4712',
          doctor: 'Dr. Robin Test',
          client: '004',
          clientName: 'Smile Test Clinic',
          made: { at: NOW - 3 * DAY, orderId: '90000002', project: null },
          caseId: null,
        },
      ],
      materials: [
        {
          key: 'id:81',
          itero: { id: '81', name: 'Zirconia: Lab Preference' },
          material: {
            code: 'MLZI',
            names: { en: 'Zirconia multilayer', de: 'Zirkonoxid multilayer' },
            made: { at: NOW - 9 * DAY, orderId: '90000001', project: '2026-10-24_Brandt_Clara' },
          },
          method: {
            code: '5ax',
            names: { en: '5-axis milling', de: '5-Achs-Fräsen' },
            made: { at: NOW - 9 * DAY, orderId: '90000001', project: '2026-10-24_Brandt_Clara' },
          },
          caseId: 12,
        },
        {
          key: 'name:gold',
          itero: { id: null, name: 'Gold' },
          material: {
            code: 'WAX',
            names: { en: 'Wax', de: 'Wachs' },
            made: { at: NOW - 2 * DAY, orderId: '90000004', project: '2026-10-31_Ebert_Emil' },
          },
          method: null,
          caseId: 11,
        },
      ],
    },
    settings: {
      language: 'en',
      caseFolder: '/srv/cases',
      caseFolderProblem: null,
      exportFolder: '/home/lab/Downloads',
      exportFolderProblem: null,
      nameTemplate: '%d_%l_%f',
      patientNameOrder: 'given-family',
      materialsFile: null,
      materialsProblem: null,
      connectionProfile: null,
      profileProblem: null,
      stayingAccount: null,
      cloudPaused: false,
      downloads: 3,
      bytesPerSecond: null,
      webhook: null,
      icon: true,
      balloons: true,
      plugins: [importPlugin],
      problems: [],
      reseller: 'Example Reseller',
    },
    logKeptAt: null,
    activity: Array.from({ length: 30 }, (_, at) => ({
      id: 100 - at,
      at: NOW - at * 700_000,
      kind: 'published',
      orderId: String(90_000_000 + 400 - at),
      text: at % 4 === 1 ? 'The order waits for an answer: material.' : 'The case was published.',
    })),
    bars: [],
    cloud: null,
    opensLogin: true,
    folders: {
      '/home/lab': {
        ...FOLDER,
        path: '/home/lab',
        parent: '/',
        folders: ['Documents', 'Downloads', 'Scans'],
        files: ['profile.json'],
      },
      '/home/lab/profile.json': {
        ...FOLDER,
        path: '/home/lab',
        parent: '/',
        folders: ['Documents', 'Downloads', 'Scans'],
        files: ['profile.json'],
        file: 'profile.json',
      },
      '/home/lab/Downloads': {
        ...FOLDER,
        path: '/home/lab/Downloads',
        parent: '/home/lab',
        folders: ['Old'],
        packages: 3,
      },
      '/home/lab/Documents': DOCUMENTS,
      '/home/lab/Documents/materials.xml': { ...DOCUMENTS, file: 'materials.xml' },
    },
    refusals: {},
    ...part,
  }
}
