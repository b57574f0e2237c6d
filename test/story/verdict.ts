import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { CaseList, ClientRow } from '../../host/api.ts'
import { readTreatment } from '../../host/read/treatment.ts'
import { type Activity, listActivity } from '../../plugin/ledger/activity.ts'
import { doctorMappings, materialMappings } from '../../plugin/ledger/mappings.ts'
import { closeLedger, openLedger } from '../../plugin/ledger/open.ts'
import { contentsOf } from '../laboratory.ts'
import { faultsOf } from '../xsd.ts'
import { PLUGIN } from './desk.ts'
import type { Place } from './host-process.ts'
import { ALDER, AMBIGUOUS, BIRCH, NAMES, type StoryOrders } from './orders.ts'
import { CEMENT_GAP, FIRST_CLIENT, SECOND_CHOICE, SECOND_CLIENT } from './steps.ts'

/** What the page showed at the end. */
export interface Shown {
  readonly list: CaseList
  readonly clients: readonly ClientRow[]
}

/** Everything that is lost, doubled or wrong after the story, in words; empty: nothing is. Host and plugin have ended. */
export async function lossesAfter(
  place: Place,
  orders: StoryOrders,
  shown: Shown,
): Promise<readonly string[]> {
  return [
    ...(await caseLosses(place, orders)),
    ...listLosses(orders, shown),
    ...clientLosses(shown),
    ...(await ledgerLosses(place, orders, shown)),
  ]
}

/** Every order is exactly one whole, valid case, with its client's defaults; and nothing else stands there. */
async function caseLosses({ cases }: Place, orders: StoryOrders): Promise<readonly string[]> {
  const losses: string[] = []
  const projects = await readdir(cases)
  same(losses, 'entries of the case folder', projects.length, NAMES.length)
  const documents: { readonly project: Buffer[]; readonly record: Buffer[] } = { project: [], record: [] }
  for (const name of NAMES) {
    const order = orders[name]
    const mine = projects.filter((project) => project.includes(order.recipe.patient.family))
    same(losses, `cases of the ${name} order`, mine.length, 1)
    const [project] = mine
    if (project === undefined) continue
    const folder = join(cases, project)
    const contents = await contentsOf(folder)
    const missing = order.files.filter(({ sha256 }) => !contents.has(sha256))
    same(losses, `files missing of the ${name} order`, missing.length, 0)
    // Textures stand there once more, as their scans name them.
    const own = (await readdir(folder)).filter((each) => each.startsWith(project))
    same(losses, `files of the ${name} order`, own.length, order.files.length + 2)
    const treatment = await readFile(join(folder, `${project}.dentalProject`))
    documents.project.push(treatment)
    documents.record.push(await readFile(join(folder, `${project}.case.xml`)))
    const read = readTreatment(treatment, project)
    const gaps = read.teeth.flatMap(({ parameters }) => parameters.map(({ value }) => value))
    const isAlder = order.recipe.doctor === ALDER
    same(losses, `client of the ${name} order`, read.practice.name, isAlder ? FIRST_CLIENT : SECOND_CLIENT)
    same(losses, `defaults of the ${name} order`, gaps, isAlder ? [CEMENT_GAP] : [])
  }
  if (documents.project.length > 0) {
    same(losses, 'faults of treatments', await faultsOf('dental-project', ...documents.project), [])
    same(losses, 'faults of records', await faultsOf('case', ...documents.record), [])
  }
  return losses
}

/** Each case once, the one that was opened read, all others unread. */
function listLosses(orders: StoryOrders, { list }: Shown): readonly string[] {
  const losses: string[] = []
  const rows = list.rows.map(({ orderId, status }) => `${orderId} ${status}`).sort()
  const expected = NAMES.map((name) => `${orders[name].orderId} ${name === 'first' ? 'read' : 'unread'}`)
  same(losses, 'case list', rows, expected.sort())
  return losses
}

function clientLosses({ clients }: Shown): readonly string[] {
  const losses: string[] = []
  const seen = clients.map(({ name, cases, parameters }) => [name, cases, Object.keys(parameters)])
  const expected = [
    [FIRST_CLIENT, 4, ['AnatomicCrown']],
    [SECOND_CLIENT, 2, []],
  ]
  same(losses, 'clients', seen, expected)
  return losses
}

/** The mappings are as the person made them; each question was asked and answered once, each order published once. */
async function ledgerLosses(
  { home }: Place,
  orders: StoryOrders,
  { clients }: Shown,
): Promise<readonly string[]> {
  const losses: string[] = []
  const folder = join(home, 'plugins', PLUGIN, 'ledgers')
  const files = (await readdir(folder)).filter((name) => name.endsWith('.sqlite'))
  same(losses, 'ledgers', files.length, 1)
  const ledger = await openLedger(join(folder, files[0] ?? ''), Date.now)
  try {
    const idOf = (name: string) => clients.find((one) => one.name === name)?.id
    const doctors = (await doctorMappings(ledger)).map(({ identity, client }) => [identity.value, client])
    const expected = [
      [ALDER.id, idOf(FIRST_CLIENT)],
      [BIRCH.id, idOf(SECOND_CLIENT)],
    ]
    same(losses, 'doctor mappings', doctors.sort(), expected.sort())
    const materials = (await materialMappings(ledger)).map(({ itero, material, method }) => [
      itero.name,
      material?.code,
      method?.code,
      material?.made.orderId,
    ])
    const made = [AMBIGUOUS, SECOND_CHOICE.material, SECOND_CHOICE.method, orders.fifth.orderId]
    same(losses, 'material mappings', materials, [made])
    const log = await listActivity(ledger, { limit: 500 })
    const count = (kind: Activity['kind']) => log.filter((entry) => entry.kind === kind).length
    same(losses, 'questions asked', count('question-opened'), 5)
    same(losses, 'questions answered', count('question-answered'), 5)
    same(losses, 'questions dropped', count('question-dropped'), 0)
    const published = log.filter(({ kind }) => kind === 'order-published').map(({ orderId }) => orderId)
    same(losses, 'orders published', published.sort(), NAMES.map((name) => orders[name].orderId).sort())
    same(losses, 'orders refused', count('order-refused') + count('package-refused'), 0)
  } finally {
    await closeLedger(ledger)
  }
  return losses
}

function same(losses: string[], what: string, found: unknown, expected: unknown): void {
  if (isDeepStrictEqual(found, expected)) return
  losses.push(`${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`)
}
