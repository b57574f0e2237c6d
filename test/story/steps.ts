import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Question } from '../../bridge/data.ts'
import type { CaseList, CaseRow, ClientRow, Mappings, Session, Settings } from '../../host/api.ts'
import { type Desk, PLUGIN } from './desk.ts'
import { AMBIGUOUS, drop, type OrderName, type StoryOrders } from './orders.ts'

export interface Scene {
  readonly desk: Desk
  readonly orders: StoryOrders
  /** Questions that he does not want to be asked again by themselves; a page's tab keeps them like this. */
  readonly putOff: Set<number>
}

/** A step of the story, as a person takes it. */
export interface Step {
  readonly name: string
  /** What he does, once; told when the deed is on its way. Refusals are answers; it rejects where the host is gone. */
  readonly act: (scene: Scene, begun: () => void) => Promise<unknown>
  /** What he sees when he looks whether it was done, in the list, which a fault does not empty: if not, he does it once more. */
  readonly done: (scene: Scene) => Promise<boolean>
  /** What comes of it by itself. */
  readonly stands: (scene: Scene) => Promise<boolean>
  /** Files move in the case folder: the faults strike in the midst of it too. */
  readonly moves: boolean
  /** The plugin is at work before it; after it. */
  readonly working: { readonly before: boolean; readonly after: boolean }
}

/** mm. */
export const CEMENT_GAP = 0.055
export const FIRST_CLIENT = 'Dr Alder, Harbour Street'
export const SECOND_CLIENT = 'Birch, Tomasz'
/** What is answered first, after its method was cleared, and after the mapping was deleted. */
const FIRST_CHOICE = { material: 'MLZI', method: 'Mill4' }
const OTHER_METHOD = { ...FIRST_CHOICE, method: 'Mill3' }
export const SECOND_CHOICE = { material: 'ZI', method: 'Mill5' }

const DEFAULTS = {
  AnatomicCrown: [
    { type: 'CementGapThickness', value: CEMENT_GAP, minValue: 0, maxValue: 0.2, stepSize: 0.005 },
  ],
}
const ALWAYS = { before: true, after: true }

export const STEPS: readonly Step[] = [
  {
    name: 'choose the export folder and enable',
    act: ({ desk }, begun) =>
      desk.call(
        'PATCH',
        '/api/settings',
        { exportFolder: desk.place.exports, enabled: { [PLUGIN]: true } },
        begun,
      ),
    done: async ({ desk }) => {
      const { exportFolder } = await desk.read<Settings>('/api/settings')
      return exportFolder !== null && (await desk.plugin())?.enabled === true
    },
    stands: async ({ desk }) => isActive(desk),
    moves: false,
    working: { before: false, after: true },
  },
  {
    name: 'the first-start window is answered',
    act: ({ desk }, begun) => desk.call('POST', '/api/first-start', { choice: 'connect' }, begun),
    done: async ({ desk }) => !(await desk.read<Session>('/api/session')).firstStart,
    stands: async ({ desk }) => isActive(desk),
    moves: false,
    working: ALWAYS,
  },
  arrives('two orders arrive', ['first', 'second'], async ({ desk }) => {
    const { waiting } = await list(desk)
    return waiting === 2 && (await questions(desk)).length === 3
  }),
  {
    name: 'what they ask is put off',
    act: async ({ desk, putOff }, begun) => {
      const { body } = await desk.call<OpenQuestions>('GET', '/api/questions', undefined, begun)
      if (body.questions.length === 3) for (const { id } of body.questions) putOff.add(id)
    },
    done: async ({ putOff }) => putOff.size === 3,
    stands: async (scene) =>
      (await waitOn(scene, 3)) &&
      (await waitingKinds(scene.desk, 26)).toSorted().join() === 'doctor,material' &&
      (await waitingKinds(scene.desk, 16)).toSorted().join() === 'doctor,material',
    moves: false,
    working: ALWAYS,
  },
  {
    name: 'a client is made, with defaults',
    act: ({ desk }, begun) =>
      desk.call('POST', '/api/clients', { name: FIRST_CLIENT, parameters: DEFAULTS }, begun),
    done: async ({ desk }) => (await clientNamed(desk, FIRST_CLIENT)) !== undefined,
    stands: (scene) => waitOn(scene, 3),
    moves: false,
    working: ALWAYS,
  },
  {
    name: 'a doctor is assigned to that client',
    act: async ({ desk }, begun) => {
      const client = (await clientNamed(desk, FIRST_CLIENT))?.id
      await answer(desk, isAbout('Alder, Judith'), { kind: 'doctor', client }, begun)
    },
    done: async ({ desk }) => (await waitingKinds(desk, 26)).join() === 'material',
    stands: (scene) => waitOn(scene, 2),
    moves: false,
    working: ALWAYS,
  },
  {
    name: 'the other doctor becomes a new client',
    act: ({ desk }, begun) =>
      answer(desk, isAbout(SECOND_CLIENT), { kind: 'doctor', new: { name: SECOND_CLIENT } }, begun),
    done: async ({ desk }) => (await waitingKinds(desk, 16)).join() === 'material',
    stands: (scene) => waitOn(scene, 1),
    moves: false,
    working: ALWAYS,
  },
  materialAnswered('the ambiguous material is answered for both', FIRST_CHOICE, 2),
  {
    name: 'a case is opened',
    act: async ({ desk }, begun) =>
      desk.call('POST', `/api/cases/${(await rowOf(desk, 26))?.id}/read`, { read: true }, begun),
    done: async ({ desk }) => (await rowOf(desk, 26))?.status === 'read',
    stands: async () => true,
    moves: false,
    working: ALWAYS,
  },
  arrives('the third order passes with no question', ['third'], stand(3)),
  {
    ...takenBack('only its production method is cleared', '/method', ([mapping]) => mapping?.method === null),
    // The material stays, as it was chosen.
    stands: async ({ desk }) => (await mapped(desk)).join() === `${FIRST_CHOICE.material},`,
  },
  arrives('the fourth order is asked for the method alone', ['fourth'], async ({ desk }) => {
    const [question, ...others] = await questions(desk)
    return (
      (await waitingKinds(desk, 46)).join() === 'material' &&
      others.length === 0 &&
      question?.kind === 'material' &&
      question.candidates.map(({ code }) => code).join() === FIRST_CHOICE.material &&
      question.proposed.method === null
    )
  }),
  materialAnswered('the method is answered', OTHER_METHOD, 4),
  takenBack('the mapping is deleted', '', (materials) => materials.length === 0),
  arrives(
    'the fifth order is asked again',
    ['fifth'],
    async ({ desk }) =>
      (await waitingKinds(desk, 47)).join() === 'material' && (await questions(desk)).length === 1,
  ),
  materialAnswered('it is answered once more', SECOND_CHOICE, 5),
  {
    ...switched(false),
    stands: async ({ desk }) => (await desk.host().plugins()).length === 0,
    working: { before: true, after: false },
  },
  {
    ...arrives('an order comes meanwhile', ['sixth'], stand(5)),
    moves: false,
    working: { before: false, after: false },
  },
  {
    ...switched(true),
    stands: stand(6),
    moves: true,
    working: { before: false, after: true },
  },
  {
    name: 'the reseller has it off',
    act: async ({ desk }, begun) => {
      const off = JSON.stringify({ reseller: 'Made-up reseller', features: { myitero: 'off' } })
      await writeFile(join(desk.place.home, 'reseller.json'), off)
      await desk.call('GET', '/api/settings', undefined, begun)
    },
    done: async ({ desk }) => (await desk.plugin()) === null,
    stands: async ({ desk }) =>
      !(await desk.read<Session>('/api/session')).myitero && (await desk.host().plugins()).length === 0,
    moves: false,
    working: { before: true, after: false },
  },
]

export const list = (desk: Desk) => desk.read<CaseList>('/api/cases?limit=200')

export async function isActive(desk: Desk): Promise<boolean> {
  const process = (await desk.plugin())?.process
  return process?.kind === 'running' && process.state.kind === 'active'
}

/** Packages that are dropped into the export folder; they are there whatever becomes of the host. */
function arrives(name: string, which: readonly OrderName[], stands: Step['stands']): Step {
  return {
    name,
    act: async ({ desk, orders }, begun) => {
      for (const one of which) await drop(orders[one], desk.place.exports)
      begun()
    },
    done: async () => true,
    stands,
    moves: true,
    working: ALWAYS,
  }
}

function materialAnswered(
  name: string,
  choice: { readonly material: string; readonly method: string },
  cases: number,
): Step {
  const body = { kind: 'material', ...choice, makeDefault: { material: true, method: true } }
  return {
    name,
    act: ({ desk }, begun) => answer(desk, isAboutMaterial, body, begun),
    done: async ({ desk }) => (await list(desk)).waiting === 0,
    stands: stand(cases),
    moves: true,
    working: ALWAYS,
  }
}

/** In the review of mappings: of the one that was made. */
function takenBack(
  name: string,
  half: '' | '/method',
  isDone: (materials: Mappings['materials']) => boolean,
): Step {
  return {
    name,
    act: async ({ desk }, begun) => {
      const { materials } = await desk.read<Mappings>('/api/mappings')
      const [mapping] = materials
      if (mapping === undefined || isDone(materials)) return
      if (mapping.itero.name !== AMBIGUOUS || mapping.material?.made.orderId === null)
        throw new Error(`another mapping than was made: ${JSON.stringify(mapping)}`)
      const path = `/api/mappings/materials/${encodeURIComponent(mapping.key)}${half}`
      await desk.call('DELETE', path, undefined, begun)
    },
    done: async ({ desk }) => isDone((await desk.read<Mappings>('/api/mappings')).materials),
    stands: async () => true,
    moves: false,
    working: ALWAYS,
  }
}

function switched(enabled: boolean): Omit<Step, 'stands' | 'working'> {
  return {
    name: enabled ? 'it is enabled again' : 'it is disabled',
    act: ({ desk }, begun) => desk.call('PATCH', '/api/settings', { enabled: { [PLUGIN]: enabled } }, begun),
    done: async ({ desk }) => (await desk.plugin())?.enabled === enabled,
    moves: false,
  }
}

/** So many cases, and nothing that is on its way. */
function stand(cases: number): Step['stands'] {
  return async ({ desk }) => {
    const { rows } = await list(desk)
    return rows.length === cases && rows.every(({ status }) => status === 'unread' || status === 'read')
  }
}

interface OpenQuestions {
  readonly questions: readonly Question[]
}

const questions = async (desk: Desk) => (await desk.read<OpenQuestions>('/api/questions')).questions
/** Material and method of each mapping, as codes. */
const mapped = async (desk: Desk) =>
  (await desk.read<Mappings>('/api/mappings')).materials.map(
    ({ material, method }) => `${material?.code ?? ''},${method?.code ?? ''}`,
  )
/** So many, all of them put off before: one that came back under another number would come up again by itself. */
async function waitOn({ desk, putOff }: Scene, count: number): Promise<boolean> {
  const open = await questions(desk)
  return open.length === count && open.every(({ id }) => putOff.has(id))
}
const isAboutMaterial = ({ kind }: Question) => kind === 'material'
const isAbout = (doctor: string) => (question: Question) =>
  question.kind === 'doctor' && question.doctor.name === doctor

async function answer(
  desk: Desk,
  which: (question: Question) => boolean,
  body: unknown,
  begun: () => void,
): Promise<void> {
  const question = (await questions(desk)).find(which)
  if (question !== undefined) await desk.call('POST', `/api/questions/${question.id}/answer`, body, begun)
}

const clientNamed = async (desk: Desk, name: string) =>
  (await desk.read<{ readonly clients: readonly ClientRow[] }>('/api/clients')).clients.find(
    (one) => one.name === name,
  )

/** The story's orders have one tooth each, and no two the same. */
const rowOf = async (desk: Desk, tooth: number): Promise<CaseRow | undefined> =>
  (await list(desk)).rows.find(({ teeth }) => teeth.includes(tooth))

const waitingKinds = async (desk: Desk, tooth: number): Promise<readonly string[]> =>
  (await rowOf(desk, tooth))?.waitsFor.map(({ kind }) => kind) ?? []
