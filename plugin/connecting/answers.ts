import type { Answer as SentAnswer } from '../../bridge/data.ts'
import type { Handlers } from '../../bridge/peer.ts'
import { keepAnswer } from '../answering.ts'
import { listActivity } from '../ledger/activity.ts'
import {
  clearMethodDefault,
  deleteDoctorMapping,
  deleteMaterialMapping,
  doctorMappings,
  materialMappings,
  waitingForMaterial,
} from '../ledger/mappings.ts'
import { listOrders } from '../ledger/orders.ts'
import { forgetRefused } from '../ledger/packages.ts'
import type { ActivityId, DoctorMappingId, QuestionId, RevisionId } from '../ledger/schema.ts'
import type { ClientId } from '../mapping/clients.ts'
import type { Language } from '../mapping/materials.ts'
import type { Answer } from '../mapping/questions.ts'
import { goneFrom } from './gone.ts'
import { REFUSED_SHOWN, refusedIn } from './refused.ts'
import type { Running } from './running.ts'
import { pageOf, sentActivity, sentDoctorMapping, sentMaterialMapping, sentRefused } from './sent.ts'

type Answers = Pick<
  Handlers<'plugin'>,
  Extract<keyof Handlers<'plugin'>, `${'orders' | 'questions' | 'mappings' | 'activity'}/${string}`>
>

export interface Answering {
  /** Refuses before a configuration, and puts what is thrown into words. */
  readonly at: <T>(work: (running: Running) => Promise<T>) => Promise<T>
  readonly language: () => Language
  /** Looks for orders wherever they may be. Throws where there is nothing to look at. */
  readonly onLook: (running: Running) => void
}

/** Questions of one page where the host does not say. */
const QUESTIONS = 20

/** What a host may ask of orders, questions, mappings and what happened. */
export function answers({ at, language, onLook }: Answering): Answers {
  return {
    'orders/list': ({ limit, after, stages }) =>
      at(({ telling, installation }) =>
        telling.inTurn(async () => {
          const page = await listOrders(installation.importer.ledger, {
            ...(limit === undefined ? {} : { limit }),
            ...(after === undefined ? {} : { after: after as RevisionId }),
            ...(stages === undefined ? {} : { stages }),
          })
          return { orders: pageOf(await telling.orders(page)) }
        }),
      ),
    'orders/refused': () =>
      at(({ telling, installation, configuration, unsettled }) =>
        telling.inTurn(async () => {
          const kept = await refusedIn(installation.importer.ledger, configuration.exportFolder)
          const stubborn = [...unsettled.values()].filter(({ failures }) => failures > 1)
          const gone = await goneFrom(configuration.exportFolder, installation.importer.disk, [
            ...stubborn,
            ...kept,
          ])
          await forgetRefused(
            installation.importer.ledger,
            kept.filter(({ path }) => gone.has(path)).map(({ id }) => id),
          )
          for (const path of gone) unsettled.delete(path)
          const there = [...stubborn, ...kept].filter(({ path }) => !gone.has(path))
          const all = there.sort((a, b) => b.seenAt - a.seenAt).slice(0, REFUSED_SHOWN)
          return { packages: all.map((one) => sentRefused(one, language())) }
        }),
      ),
    'orders/look': () =>
      at(async (running) => {
        onLook(running)
        void running.telling.look()
        return {}
      }),
    'questions/list': ({ limit = QUESTIONS, after }) =>
      at(({ telling }) =>
        telling.inTurn(async () => {
          const page = { limit, ...(after === undefined ? {} : { after: after as QuestionId }) }
          return { questions: pageOf(await telling.questions(page)) }
        }),
      ),
    'questions/answer': ({ question, answer }) =>
      at(async ({ installation, work, telling }) => {
        const released = await keepAnswer(installation.importer, question as QuestionId, answerOf(answer))
        work.goOn(released)
        void telling.look()
        return { released: released.length }
      }),
    'mappings/doctors': ({ limit, after }) =>
      at(async ({ installation }) => {
        const doctors = await doctorMappings(installation.importer.ledger, {
          ...(limit === undefined ? {} : { limit }),
          ...(after === undefined ? {} : { after: after as DoctorMappingId }),
        })
        return { doctors: doctors.map(sentDoctorMapping) }
      }),
    'mappings/materials': ({ limit, after }) =>
      at(async ({ installation }) => {
        const { ledger, materials } = installation.importer
        const mappings = await materialMappings(ledger, {
          ...(limit === undefined ? {} : { limit }),
          ...(after === undefined ? {} : { after }),
        })
        return { materials: mappings.map((one) => sentMaterialMapping(one, materials)) }
      }),
    'mappings/deleteDoctor': ({ id }) =>
      forgetting((running) =>
        deleteDoctorMapping(running.installation.importer.ledger, id as DoctorMappingId),
      ),
    'mappings/deleteMaterial': ({ key }) => forgettingMaterial(key, deleteMaterialMapping),
    'mappings/clearMethod': ({ key }) => forgettingMaterial(key, clearMethodDefault),
    'activity/list': ({ limit, after }) =>
      at(async ({ installation }) => {
        const entries = await listActivity(installation.importer.ledger, {
          ...(limit === undefined ? {} : { limit }),
          ...(after === undefined ? {} : { after: after as ActivityId }),
        })
        return { entries: entries.map((entry) => sentActivity(entry, language())) }
      }),
  }

  /** Whoever waits for this material was offered what is forgotten now: he is asked anew. */
  function forgettingMaterial(
    key: string,
    forget: typeof deleteMaterialMapping,
  ): Promise<Record<string, never>> {
    return forgetting(async ({ installation, work }) => {
      const { ledger } = installation.importer
      await forget(ledger, key)
      work.goOn(await waitingForMaterial(ledger, key))
    })
  }

  function forgetting(forget: (running: Running) => Promise<void>): Promise<Record<string, never>> {
    return at(async (running) => {
      await forget(running)
      void running.telling.look()
      return {}
    })
  }
}

const answerOf = (answer: SentAnswer): Answer =>
  answer.kind === 'doctor'
    ? { kind: 'doctor', client: { existing: answer.client as ClientId } }
    : {
        kind: 'material',
        material: answer.material,
        method: answer.method,
        makeDefault: answer.makeDefault,
      }
