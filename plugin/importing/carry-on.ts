import { join } from 'node:path'
import { flushFolder, onDisk, type Timing, unless } from '../casefile/case-disk.ts'
import { writeCaseRecord } from '../casefile/case-record-xml.ts'
import { caseFileNames } from '../casefile/file-names.ts'
import { isNameShortened, PROJECT_BOUND, type ProjectName, projectName } from '../casefile/naming.ts'
import { publishCase, restoreStagedNames } from '../casefile/publish.ts'
import { removeStaging } from '../casefile/staging.ts'
import {
  caseRecordName,
  isWholeCase,
  originAt,
  touchedByTechnician,
  treatmentName,
} from '../casefile/standing-case.ts'
import { textureTwins } from '../casefile/texture-twins.ts'
import type { Treatment } from '../casefile/treatment.ts'
import { writeTreatment } from '../casefile/treatment-xml.ts'
import { ImportError, type Warning } from '../errors.ts'
import { readManifest } from '../itero/manifest.ts'
import type { Order, OrderId } from '../itero/order.ts'
import { clientOf, materialDefaults } from '../ledger/mappings.ts'
import { type ReceivedFile, type Revision, revisionsOf } from '../ledger/orders.ts'
import { otherNameUnder } from '../ledger/patients.ts'
import { answersFor } from '../ledger/questions.ts'
import { finishPublishing, letGo, startPublishing, waitFor } from '../ledger/stages.ts'
import { doctorIdentity } from '../mapping/doctors.ts'
import { materialKeys, type Outcome, treatmentFromOrder } from '../mapping/treatment-from-order.ts'
import { caseRecordOf } from './case-record-of.ts'
import { localTime } from './local-time.ts'
import { saidOnce } from './said-once.ts'
import { lettersOf } from './same-person.ts'
import type { AskedQuestion, Importer, ImportResult } from './setup.ts'

/**
 * Takes a received revision on from wherever it stands: to its case, or to its questions.
 * The caller holds the order's claim. Restartable at any point.
 */
export async function carryOn(importer: Importer, source: string, revision: Revision): Promise<ImportResult> {
  const { disk, ledger, caseFolder, stagingRoot } = importer
  const told = {
    source,
    orderId: revision.orderId as OrderId,
    revision: revision.number,
    revisionId: revision.id,
  }
  const { stagingName } = revision
  if (revision.stage === 'published' && revision.project !== null) {
    const stands = await originAt(disk, caseFolder, revision.project as ProjectName)
    return { ...told, outcome: 'unchanged', project: revision.project, standing: stands !== null }
  }
  if (stagingName === null) throw new ImportError('staging-damaged', { revision: revision.number })

  if (revision.project !== null) {
    // A crash may have come between the rename and the mark: the case itself tells.
    const project = revision.project as ProjectName
    if (await isWholeCase(disk, caseFolder, project, originOf(revision))) {
      await flushFolder(disk, caseFolder, process.platform)
      await removeStaging(disk, stagingRoot, stagingName)
      await finishPublishing(ledger, revision.id)
      return { ...told, outcome: 'published', project, warnings: revision.warnings }
    }
    await restoreStagedNames(
      disk,
      { folder: join(stagingRoot, stagingName) },
      namedFiles(project, revision.files),
      timingOf(importer),
    )
  }

  const order = await stagedOrder(importer, stagingName, revision.files)
  const settled = await decideOrWait(importer, order, revision)
  if (settled.kind === 'waiting') return { ...told, outcome: 'waiting', questions: settled.questions }
  return {
    ...told,
    outcome: 'published',
    ...(await publish(importer, order, revision, stagingName, settled)),
  }
}

type Decided = Extract<Outcome, { kind: 'treatment' }>

interface Waits {
  readonly kind: 'waiting'
  readonly questions: readonly AskedQuestion[]
}

/** What is decided, or the questions that it waits for from now on. Decided again where one is answered in between. */
async function decideOrWait(importer: Importer, order: Order, revision: Revision): Promise<Decided | Waits> {
  const { ledger } = importer
  for (;;) {
    const decidedAt = ledger.clock()
    const outcome = await decide(importer, order, revision)
    if (outcome.kind === 'treatment') return outcome
    const asked = await waitFor(ledger, revision.id, outcome.questions, decidedAt)
    if (asked.applied) {
      const questions = asked.questions.flatMap(({ id }, index) => {
        const question = outcome.questions[index]?.question
        return question ? [{ id, question }] : []
      })
      return { kind: 'waiting', questions }
    }
    if (!asked.answered) throw new ImportError('claim-lost', { revision: revision.number })
    // Time moves on, so that the same answer is not met again.
    await importer.pause(1)
  }
}

async function decide(importer: Importer, order: Order, revision: Revision): Promise<Outcome> {
  const { ledger, account, language, materials } = importer
  return treatmentFromOrder({
    order,
    account,
    files: revision.files.map((file) => file.role),
    lists: { clients: await importer.clients(), materials },
    known: {
      client: await clientOf(ledger, doctorIdentity(account, order)),
      materialDefaults: await materialDefaults(ledger, materialKeys(order)),
      answers: await answersFor(ledger, revision.id),
    },
    language,
    project: {
      guid: revision.guid,
      uniqueId: revision.uniqueId,
      // The export's own time, so that the same package gives the same name wherever it is imported.
      dateTime: order.exportTime ?? localTime(revision.receivedAt),
      trayNo: '',
    },
  })
}

/** Names that are taken by others before a case gives up. */
const MOST_COLLISIONS = 999

async function publish(
  importer: Importer,
  order: Order,
  revision: Revision,
  stagingName: string,
  { treatment, client, materials, teeth, warnings: decided }: Decided,
): Promise<{ readonly project: string; readonly warnings: readonly Warning[] }> {
  const { disk, ledger, caseFolder, stagingRoot } = importer
  const previous = await previousProject(importer, revision)
  const shared = await sharedNumber(importer, revision, treatment.patient)
  const dated = order.exportTime === null ? saidOfDate(revision.warnings, treatment) : revision.warnings
  const known = [...saidOnce(dated, decided), ...shared, ...previous.warnings]
  const parts = {
    practice: client.name,
    practiceId: client.id,
    family: treatment.patient.family,
    given: treatment.patient.given,
    date: treatment.dateTime.slice(0, 10),
    tray: treatment.trayNo,
    toothColor: treatment.toothColor,
    orderId: order.id,
  }
  for (let collision = 1; collision <= MOST_COLLISIONS; collision++) {
    const variant = { revision: revision.number, collision }
    const project = projectName(importer.template, parts, variant)
    const cut: readonly Warning[] = isNameShortened(importer.template, parts, variant)
      ? [{ code: 'case-name-shortened', facts: { limit: PROJECT_BOUND.units } }]
      : []
    const reserved = await startPublishing(ledger, revision.id, project)
    if (reserved === 'name-reserved-by-another') continue
    if (reserved === 'not-applied') {
      // Decided by now without an answer of its own: what it still waits for is let go, and the name tried once more.
      if (!(await letGo(ledger, revision.id)))
        throw new ImportError('claim-lost', { revision: revision.number })
      collision--
      continue
    }
    const files = namedFiles(project, revision.files)
    const documents = [treatmentName(project), caseRecordName(project)] as const
    const { copies, lost } = twinsOf(files, documents)
    const warnings = [...known, ...cut, ...lost]
    const record = caseRecordOf({
      order,
      revisionNumber: revision.number,
      origin: originOf(revision),
      previousProject: previous.project,
      client,
      materials,
      teeth,
      files: [...files, ...copies],
      warnings,
      language: importer.language,
    })
    const result = await publishCase(
      disk,
      caseFolder,
      { folder: join(stagingRoot, stagingName) },
      {
        project,
        documents: [
          { name: documents[0], content: writeTreatment(treatment) },
          { name: documents[1], content: writeCaseRecord(record) },
        ],
        files,
        copies,
        origin: originOf(revision),
      },
      timingOf(importer),
    )
    if (result === 'name-taken') continue
    await finishPublishing(ledger, revision.id)
    return { project, warnings }
  }
  throw new ImportError('case-name-exhausted', { tried: MOST_COLLISIONS })
}

/** Without its own time of export a case has the day on which it came: which day that is, is told. */
function saidOfDate(read: readonly Warning[], { dateTime }: Treatment): readonly Warning[] {
  const date = dateTime.slice(0, 10)
  const unread = (one: Warning) => one.code === 'date-not-understood' && one.facts['field'] === 'ExportTime'
  if (!read.some(unread)) return [...read, { code: 'export-time-missing', facts: { date } }]
  return read.map((one) => (unread(one) ? { ...one, facts: { ...one.facts, date } } : one))
}

/** Two patients under one number are one patient to whoever reads the case. */
async function sharedNumber(
  { ledger }: Importer,
  revision: Revision,
  { id, family, given }: Treatment['patient'],
): Promise<readonly Warning[]> {
  const name = lettersOf(`${family} ${given}`)
  if (name === '') return []
  const order = await otherNameUnder(ledger, { number: id, name, order: revision.order })
  return order === null ? [] : [{ code: 'patient-number-shared', facts: { order } }]
}

/** The case of the revision before, never touched by us; a technician's work in it is worth a word. */
async function previousProject(importer: Importer, revision: Revision) {
  const earlier = (await revisionsOf(importer.ledger, revision.order)).filter(
    (other) => other.number < revision.number && other.project !== null,
  )
  const project = (earlier.at(-1)?.project ?? null) as ProjectName | null
  const touched = project !== null && (await touchedByTechnician(importer.disk, importer.caseFolder, project))
  const warnings: readonly Warning[] = touched
    ? [{ code: 'case-beside-touched', facts: { revision: earlier.at(-1)?.number ?? 0 } }]
    : []
  return { project, warnings }
}

/** A stop ends the wait for somebody who holds a file: the staging is gone on with at the next start. */
const timingOf = ({ pause }: Importer): Timing => ({ pause, platform: process.platform })

const originOf = (revision: Revision) => ({
  account: revision.account,
  orderId: revision.orderId,
  revision: revision.hash,
})

function namedFiles(project: ProjectName, files: readonly ReceivedFile[]) {
  const names = caseFileNames(project, files)
  return files.map((file, index) => ({ ...file, name: names[index] ?? file.stagedAs }))
}

/** Textures once more under the names that their scans give them, and what is to be said where that cannot be. */
function twinsOf(files: ReturnType<typeof namedFiles>, documents: readonly string[]) {
  const { twins, lost } = textureTwins(
    files,
    files.map(({ name }) => name),
    documents,
  )
  return {
    copies: twins.flatMap(({ of, name }) => {
      const file = files[of]
      return file ? [{ ...file, name, of: file.name }] : []
    }),
    lost: lost.map(({ file, reason }): Warning => ({ code: 'texture-not-found', facts: { file, reason } })),
  }
}

/** The order as the staged manifest says it: the package itself may be gone by now. */
async function stagedOrder(
  importer: Importer,
  stagingName: string,
  files: readonly ReceivedFile[],
): Promise<Order> {
  const versionOf = ({ role }: ReceivedFile) => (role.kind === 'manifest' ? role.version : -1)
  const manifest = files.reduce<ReceivedFile | null>(
    (best, file) => (versionOf(file) > (best ? versionOf(best) : -1) ? file : best),
    null,
  )
  if (manifest === null) throw new ImportError('staging-damaged', { reason: 'manifest' })
  const { disk, caseFolder, stagingRoot } = importer
  const xml = await onDisk({ folder: stagingRoot }, async () => {
    const path = join(stagingRoot, stagingName, manifest.stagedAs)
    const read = await unless(['ENOENT', 'ENOTDIR', 'EISDIR'], null, () => disk.readFile(path))
    // A share that is away takes its stagings with it: they are damaged only where the case folder stands without them.
    if (read === null && (await unless(['ENOENT', 'ENOTDIR'], null, () => disk.stat(caseFolder))) === null) {
      throw new ImportError('case-folder-missing', { folder: caseFolder })
    }
    return read
  })
  if (xml === null) throw new ImportError('staging-damaged', { reason: 'manifest' })
  return readManifest(xml, manifest.packageName, importer.manifest)
}
