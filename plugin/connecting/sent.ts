import { basename } from 'node:path'
import type * as wire from '../../bridge/data.ts'
import type { Failure, Warning } from '../errors.ts'
import type { Activity } from '../ledger/activity.ts'
import type { Colleagues } from '../ledger/colleagues.ts'
import type { DoctorMapping, ListedMade, MaterialMapping } from '../ledger/mappings.ts'
import type { WaitedFor } from '../ledger/news.ts'
import type { ListedRevision, OrderSummary } from '../ledger/orders.ts'
import type { RefusedPackage } from '../ledger/packages.ts'
import type { OpenQuestion, WaitingOrder } from '../ledger/questions.ts'
import type { Client, ClientId } from '../mapping/clients.ts'
import { likelyClients } from '../mapping/likely-clients.ts'
import type { LaboratoryMaterial, Language, MaterialList } from '../mapping/materials.ts'
import type { DoctorQuestion, MaterialQuestion } from '../mapping/questions.ts'
import { activityText } from '../words/activity.ts'
import { cloudOrderFailureText } from '../words/cloud-orders.ts'
import { hostFailureText, warningText } from '../words/words.ts'

/** What the ledger holds, in the bridge's words. Everything that came from outside is cut to what the bridge carries. */

/** Of a doctor's note; the case XML has the whole of it. */
const NOTE = 2000

export function sentFailure(failure: Failure, language: Language): wire.Failure {
  return { code: failure.code, text: cut(hostFailureText(failure, language), 2000) }
}

/** The same of an order of the cloud; `open`: it is on its way. */
export function sentFetchFailure(failure: Failure, open: boolean, language: Language): wire.Failure {
  return { code: failure.code, text: cut(cloudOrderFailureText(failure, open, language), 2000) }
}

export function sentOrder(
  revision: ListedRevision,
  {
    client,
    waitsFor,
    hindrance,
  }: {
    /** null: its doctor is still to be asked for. */
    readonly client: ClientId | null
    readonly waitsFor: readonly WaitedFor[]
    /** Why it does not go on, where the ledger keeps no failure of it. */
    readonly hindrance: Failure | null
  },
  language: Language,
): wire.ListedOrder {
  const failure = revision.failure ?? hindrance
  return {
    revision: revision.id,
    account: cut(revision.account, 200),
    orderId: cut(revision.orderId, 200),
    orderCode: cutOrNull(revision.orderCode, 200),
    number: revision.number,
    stage: revision.stage,
    project: cutOrNull(revision.project, 500),
    client: cutOrNull(client, 64),
    summary: sentSummary(revision.summary),
    waitsFor: waitsFor.slice(0, 64).map(({ question, kind }) => ({ question, kind })),
    warnings: sentWarnings(revision.warnings, language),
    failure: failure && sentFailure(failure, language),
    receivedAt: time(revision.receivedAt),
    publishedAt: revision.publishedAt === null ? null : time(revision.publishedAt),
  }
}

/** Of one order in a list: the case XML has all of them. */
const WARNINGS = 10

const sentWarnings = (warnings: readonly Warning[], language: Language): wire.Warning[] =>
  warnings
    .slice(0, WARNINGS)
    .map((warning) => ({ code: warning.code, text: cut(warningText(warning, language), 2000) }))

export function sentRefused(refused: RefusedPackage, language: Language): wire.RefusedPackage {
  return {
    name: cut(basename(refused.path), 500),
    failure: sentFailure(refused.failure, language),
    seenAt: time(refused.seenAt),
  }
}

/** `clients`: as they are now, for who is likely; null where they are not known. */
export function sentQuestion(
  open: OpenQuestion,
  lists: {
    readonly clients: readonly Client[] | null
    readonly colleagues: Colleagues | null
    readonly materials: MaterialList
  },
): wire.Question {
  const asked = {
    id: open.id,
    openedAt: time(open.openedAt),
    waitingCount: open.waitingCount,
    waiting: open.waiting.map(sentWaiting),
  }
  return open.question.kind === 'doctor'
    ? { ...asked, ...sentDoctorQuestion(open.question, lists) }
    : { ...asked, ...sentMaterialQuestion(open.question, lists.materials) }
}

function sentDoctorQuestion(
  question: DoctorQuestion,
  {
    clients,
    colleagues,
  }: { readonly clients: readonly Client[] | null; readonly colleagues: Colleagues | null },
) {
  const { doctor, remembered, likely } = question
  // A client that another answer has added since it was asked is often the one.
  const now = clients === null ? likely : likelyClients(doctor, clients, colleagues?.(question))
  return {
    kind: 'doctor' as const,
    remembered,
    doctor: {
      name: cutOrNull(doctor.name, 500),
      id: cutOrNull(doctor.id, 200),
      licence: cutOrNull(doctor.licence, 200),
      practiceAddress: cutOrNull(doctor.practiceAddress, 1000),
    },
    likely: now.slice(0, 5).map(({ client, likeness }) => ({ client, likeness })),
  }
}

/** As many as a person can choose from; likeliest first. */
const CANDIDATES = 200
const METHODS = 20

function sentMaterialQuestion(question: MaterialQuestion, { materials }: MaterialList) {
  const byCode = new Map(materials.map((material) => [material.code, material]))
  return {
    kind: 'material' as const,
    itero: { id: cutOrNull(question.itero.id, 100), name: cutOrNull(question.itero.name, 500) },
    candidates: question.candidates.slice(0, CANDIDATES).map(({ code, methods }) => {
      const material = byCode.get(code)
      return {
        code,
        names: { ...(material?.names ?? { en: code }) },
        methods: methods
          .slice(0, METHODS)
          .map((method) => ({ code: method, names: methodNames(material, method) })),
      }
    }),
    work: {
      reconstructionTypes: [...question.work.reconstructionTypes],
      connectors: question.work.connectors,
      abutment: question.work.abutment,
    },
    proposed: { ...question.proposed },
    canDefault: question.defaultKey !== null,
    makeDefault:
      question.defaultKey === null ? { material: false, method: false } : { ...question.makeDefault },
  }
}

const methodNames = (material: LaboratoryMaterial | undefined, code: string): wire.Names => ({
  ...(material?.methods.find((method) => method.code === code)?.names ?? { en: code }),
})

const sentWaiting = (order: WaitingOrder): wire.WaitingOrder => ({
  revision: order.revision,
  orderId: cut(order.orderId, 200),
  orderCode: cutOrNull(order.orderCode, 200),
  summary: sentSummary(order.summary),
  teeth: sentTeeth(order.teeth),
  note: cut(order.note, NOTE),
  receivedAt: time(order.receivedAt),
})

const sentSummary = (summary: OrderSummary): wire.OrderSummary => ({
  patient: cut(summary.patient, 500),
  doctor: cutOrNull(summary.doctor, 500),
  teeth: sentTeeth(summary.teeth),
  material: cutOrNull(summary.material, 500),
  dueDate: summary.dueDate !== null && summary.dueDate.length <= 10 ? summary.dueDate : null,
})

const sentTeeth = (teeth: readonly number[]) =>
  teeth.filter((tooth) => Number.isInteger(tooth) && tooth >= 11 && tooth <= 48).slice(0, 52)

export const sentDoctorMapping = ({
  id,
  identity,
  written,
  doctor,
  client,
  made,
}: DoctorMapping): wire.DoctorMapping => ({
  id,
  by: identity.by,
  value: cut(written, 500),
  doctor: cutOrNull(doctor, 500),
  client: cut(client, 64),
  made: sentMade(made),
})

export function sentMaterialMapping(mapping: MaterialMapping, list: MaterialList): wire.MaterialMapping {
  const { material, method } = mapping
  const taken = material && list.materials.find(({ code }) => code === material.code)
  const makers = taken ? [taken] : list.materials
  const made = makers.flatMap(({ methods }) => methods).find(({ code }) => code === method?.code)
  return {
    key: mapping.key,
    itero: { id: cutOrNull(mapping.itero.id, 100), name: cutOrNull(mapping.itero.name, 500) },
    material: material && {
      code: cut(material.code, 100),
      names: taken ? { ...taken.names } : null,
      made: sentMade(material.made),
    },
    method: method && {
      code: cut(method.code, 100),
      names: made ? { ...made.names } : null,
      made: sentMade(method.made),
    },
  }
}

const sentMade = ({ at, orderId, project }: ListedMade) => ({
  at: time(at),
  orderId: cutOrNull(orderId, 200),
  project: cutOrNull(project, 500),
})

export const sentActivity = (entry: Activity, language: Language): wire.ActivityEntry => ({
  id: entry.id,
  at: time(entry.at),
  kind: entry.kind,
  orderId: cutOrNull(entry.orderId, 200),
  text: cut(activityText(entry, language), 2000),
})

/** Half of what a frame holds in UTF-16 units, for names outside of ASCII take more bytes. */
const PAGE_UNITS = 2_000_000

/** As much of a page as one frame carries, never nothing: a page may be shorter than asked, the last one is empty. */
export function pageOf<T>(all: readonly T[], most = PAGE_UNITS): T[] {
  let left = most
  const fits = all.findIndex((one) => {
    left -= JSON.stringify(one).length
    return left < 0
  })
  return all.slice(0, fits < 0 ? all.length : Math.max(1, fits))
}

/** In UTF-16 units, as the bridge counts; never through the middle of a character. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text.isWellFormed() ? text : text.toWellFormed()
  return `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`.toWellFormed()
}

export const cutOrNull = (text: string | null, most: number) => (text === null ? null : cut(text, most))

/** A clock may stand anywhere. */
const time = (ms: number) => Math.max(0, Math.trunc(ms))
