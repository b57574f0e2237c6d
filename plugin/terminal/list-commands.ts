import { styleText } from 'node:util'
import { continueRevision } from '../importer.ts'
import type { Importer } from '../importing/setup.ts'
import {
  clearMaterialDefault,
  clearMethodDefault,
  deleteDoctorMapping,
  deleteMaterialMapping,
  doctorMappings,
  type MaterialMapping,
  materialMappings,
  waitingForMaterial,
} from '../ledger/mappings.ts'
import { waitedFor } from '../ledger/news.ts'
import { listOrders, type OrdersPage, type RevisionStage } from '../ledger/orders.ts'
import { refusedPackages } from '../ledger/packages.ts'
import { listQuestions, type OpenQuestion } from '../ledger/questions.ts'
import type { DoctorMappingId, RevisionId } from '../ledger/schema.ts'
import { type Language, type Names, nameIn } from '../mapping/materials.ts'
import type { Question } from '../mapping/questions.ts'
import { phrase } from '../words/phrases.ts'
import { visible } from '../words/visible.ts'
import { failureText } from '../words/words.ts'
import { keyMeant, typedKeys } from './mapping-ids.ts'
import { indented, questionTitle, wrapped } from './show.ts'

/** What a list command gives: the same for a person and for a program. */
export interface Listing {
  readonly lines: readonly string[]
  readonly json: unknown
}

/** Revisions of all orders, newest first, and the packages that were refused. */
export async function ordersListing(importer: Importer, page: OrdersPage): Promise<Listing> {
  const { ledger, language } = importer
  const revisions = await listOrders(ledger, page)
  const waits = await waitedFor(
    ledger,
    revisions.map(({ id }) => id),
  )
  const waitsFor = (id: RevisionId) => (waits.get(id) ?? []).map(({ question }) => question)
  const refused =
    page.stages === undefined || page.stages.includes('refused') ? await refusedPackages(ledger) : []
  const stageWidth = Math.max(...STAGES.map((stage) => phrase(language, `stage-${stage}`, {}).length))
  const idWidth = Math.max(9, ...revisions.map((revision) => visible(revision.orderId).length))
  const lines = revisions.flatMap((revision) => {
    const line = [
      visible(revision.orderId).padEnd(idWidth),
      `r${revision.number}`.padEnd(3),
      stage(revision.stage, stageWidth, language),
      day(revision.receivedAt, language),
      visible(revision.project ?? revision.summary.patient),
    ].join('  ')
    const questions = waitsFor(revision.id)
      .map((question) => `#${question}`)
      .join(', ')
    return questions === ''
      ? [line]
      : [line, indented(phrase(language, 'waits-for-questions', { questions }))]
  })
  const refusals = refused.map(
    ({ path, failure }) =>
      `${styleText('red', '✖')} ${visible(path)}\n${indented(failureText(failure, language))}`,
  )
  const all = [...lines, ...refusals]
  return {
    lines: all.length > 0 ? all : [phrase(language, 'no-orders', {})],
    json: { orders: revisions.map((one) => ({ ...one, waitsFor: waitsFor(one.id) })), refused },
  }
}

/** Open questions, oldest first, each with how to answer it. */
export async function questionsListing(importer: Importer): Promise<Listing> {
  const { ledger, language } = importer
  const questions = await listQuestions(ledger, { limit: 500, waiting: 5 })
  return {
    lines:
      questions.length > 0
        ? questions.flatMap((open) => questionLines(open, importer))
        : [phrase(language, 'no-questions', {})],
    json: { questions },
  }
}

/** Doctors and materials, with when and by which order each was made. */
export async function mappingsListing(importer: Importer): Promise<Listing> {
  const { ledger, language } = importer
  const [doctors, materials, clients] = await Promise.all([
    doctorMappings(ledger),
    materialMappings(ledger),
    importer.clients(),
  ])
  const clientName = (id: string) => visible(clients.find((client) => client.id === id)?.name ?? '?')
  const material = (code: string) => importer.materials.materials.find((one) => one.code === code)
  const named = (names: Names | undefined, code: string) =>
    names ? `${visible(nameIn(names, language))} (${code})` : code
  const nothing = phrase(language, 'asked-each-time', {})
  const ids = typedKeys(materials.map(({ key }) => key))
  const lines = [
    styleText('bold', phrase(language, 'mappings-doctors', {})),
    ...doctors.map(
      ({ id, identity, written, client, made }) =>
        `  #${id}  ${phrase(language, `identity-${identity.by}`, { value: visible(written) })} → ` +
        `${visible(client)} ${clientName(client)}  ${styleText('dim', day(made.at, language))}`,
    ),
    ...(doctors.length === 0 ? [`  ${phrase(language, 'no-mappings', {})}`] : []),
    styleText('bold', phrase(language, 'mappings-materials', {})),
    ...materials.flatMap(({ key, itero, material: taken, method }) => [
      `  ${ids.get(key)}  ${orderedName(key, itero, language)}`,
      `      → ${taken ? named(material(taken.code)?.names, taken.code) : nothing}` +
        ` · ${method ? named(methodNames(importer, taken?.code ?? null, method.code), method.code) : nothing}` +
        `  ${styleText('dim', day(Math.max(taken?.made.at ?? 0, method?.made.at ?? 0), language))}`,
    ]),
    ...(materials.length === 0 ? [`  ${phrase(language, 'no-mappings', {})}`] : []),
  ]
  return { lines, json: { doctors, materials: materials.map((one) => ({ id: ids.get(one.key), ...one })) } }
}

/** With iTero's number, where the id in front of it is not that. */
function orderedName(key: string, { id, name }: MaterialMapping['itero'], language: Language): string {
  const number = `iTero ${visible(id ?? '')}`
  const material = name === null || name === '' ? number : visible(name)
  if (/^[-\d]+$/.test(key)) return material
  const named = material === number ? number : `${material} (${number})`
  return key.startsWith('abutment:') ? phrase(language, 'mapping-abutment', { material: named }) : named
}

/** The laboratory's clients: its own list and those that answers added. */
export async function clientsListing(importer: Importer): Promise<Listing> {
  const clients = await importer.clients()
  const width = Math.max(0, ...clients.map((client) => visible(client.id).length))
  const lines = clients.map((client) => `${visible(client.id).padEnd(width)}  ${visible(client.name)}`)
  return {
    lines: lines.length > 0 ? lines : [phrase(importer.language, 'no-clients', {})],
    json: { clients },
  }
}

export type Forget =
  | { readonly kind: 'doctor'; readonly id: number }
  /** `key`: its key, or its id of the list. */
  | { readonly kind: 'material'; readonly key: string; readonly half: 'both' | 'material' | 'method' }

/**
 * Takes a mapping back: the next order asks again, and so do those that wait for the material.
 * Errors: `mapping-unknown`, `mapping-ambiguous`.
 */
export async function forgetMapping(importer: Importer, forget: Forget): Promise<void> {
  const { ledger } = importer
  if (forget.kind === 'doctor') return deleteDoctorMapping(ledger, forget.id as DoctorMappingId)
  const key = keyMeant(
    forget.key,
    (await materialMappings(ledger)).map((one) => one.key),
  )
  await FORGET[forget.half](ledger, key)
  for (const id of await waitingForMaterial(ledger, key)) await continueRevision(importer, id)
}

const FORGET = { both: deleteMaterialMapping, material: clearMaterialDefault, method: clearMethodDefault }

const STAGES: readonly RevisionStage[] = ['received', 'waiting', 'publishing', 'published', 'refused']

function questionLines(open: OpenQuestion, importer: Importer): readonly string[] {
  const { language } = importer
  const { question } = open
  const orders = open.waiting.map(({ orderId, teeth }) =>
    teeth.length > 0 ? `${visible(orderId)} (${teeth.join(' ')})` : visible(orderId),
  )
  const head = `${styleText('bold', `#${open.id}`)}  ${questionTitle(question, language)}`
  const more = open.waitingCount - orders.length
  const named = [...orders, ...(more > 0 ? [phrase(language, 'and-more', { count: more })] : [])]
  const waiting = under(
    `${phrase(language, 'orders-wait', { count: open.waitingCount })}: ${named.join(', ')}`,
  )
  const choices =
    question.kind === 'doctor'
      ? question.likely.map(({ client, name }) => `    --client ${visible(client)}   ${visible(name)}`)
      : question.candidates.map(
          ({ code, methods }) => `    --material ${code} --method ${methods.join(' | ')}`,
        )
  const once =
    question.kind === 'doctor' && !question.remembered ? [under(phrase(language, 'holds-for-order', {}))] : []
  const create =
    question.kind === 'doctor' ? [`    --new-client "${visible(question.doctor.name ?? '…')}"`] : []
  const notes = open.waiting.flatMap(({ note }) => (note === '' ? [] : [under(visible(note, NOTE))]))
  return [head, ...whoLines(question), waiting, ...notes, ...once, ...choices, ...create]
}

/** By what two doctors of one name are told apart. */
function whoLines(question: Question): readonly string[] {
  if (question.kind !== 'doctor') return []
  const { id, licence, practiceAddress } = question.doctor
  const who = [id, licence, practiceAddress].filter((each) => each !== null && each !== '')
  return who.length === 0 ? [] : [under(who.map((each) => visible(each ?? '')).join(' · '))]
}

/** A line of a question, beneath its number. */
const under = (text: string) => `    ${wrapped(text, 4)}`

/** Characters of a doctor's note: it is what a material is chosen by. */
const NOTE = 400

function methodNames(importer: Importer, material: string | null, method: string) {
  const { materials } = importer.materials
  const within = materials.filter((one) => material === null || one.code === material)
  return within.flatMap((one) => one.methods).find((one) => one.code === method)?.names
}

function stage(of: RevisionStage, width: number, language: Language): string {
  const colour = {
    received: 'cyan',
    waiting: 'yellow',
    publishing: 'cyan',
    published: 'green',
    refused: 'red',
  } as const
  return styleText(colour[of], phrase(language, `stage-${of}`, {}).padEnd(width))
}

const day = (ms: number, language: Language) =>
  new Date(ms).toLocaleDateString(language === 'de' ? 'de-DE' : 'en-GB', {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  })
