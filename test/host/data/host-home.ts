import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { ListedOrder } from '../../../bridge/data.ts'
import { listCases } from '../../../host/cases.ts'
import { type CaseWatch, type CaseWatchState, watchCases } from '../../../host/casewatch.ts'
import { closeDatabase, type Database, openDatabase, writing } from '../../../host/database.ts'
import { type CaseContent, upsertCase } from '../../../host/listed-cases.ts'

/** A host's database and case folder on the real disk, for one test. */
export interface Home {
  readonly root: string
  readonly cases: string
  readonly db: Database
  /** Watches the case folder; short times, so that a test waits for little. */
  watched(times?: { readonly sweepMs?: number }): CaseWatch
  /** Resolves once it holds; looked at after each change of the list or the watch's state. */
  until(holds: () => boolean): Promise<void>
  states: CaseWatchState[]
  failures: unknown[]
}

/** `root`: where a laboratory of the importer has its folders already. */
export function home(t: Test, root: string = t.testdir()): Home {
  const cases = join(root, 'case folder')
  mkdirSync(cases)
  const db = openDatabase(join(root, 'host.sqlite'), () => 1_800_000_000_000)
  const watches: CaseWatch[] = []
  const waiting = new Set<() => void>()
  const states: CaseWatchState[] = []
  const failures: unknown[] = []
  const changed = () => {
    for (const each of waiting) each()
  }
  t.teardown(async () => {
    for (const watch of watches) await watch.close()
    closeDatabase(db)
  })
  return {
    root,
    cases,
    db,
    states,
    failures,
    watched({ sweepMs = 200 } = {}) {
      const watch = watchCases({
        db,
        folder: cases,
        onChange: changed,
        onState: (state) => {
          states.push(state)
          changed()
        },
        onFailure: (error) => failures.push(error),
        settleMs: 40,
        brokenMs: 40,
        sweepMs,
        rootMs: 30,
      })
      watches.push(watch)
      return watch
    },
    until(holds) {
      return new Promise((resolve) => {
        const look = () => {
          if (!holds()) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      })
    },
  }
}

export const listed = (db: Database, query: Parameters<typeof listCases>[1] = {}) =>
  listCases(db, { limit: 200, ...query }, 'en').rows

export const rowOf = (db: Database, project: string) => listed(db).find((row) => row.project === project)

/** `project status code` of every row, sorted. */
export const told = (db: Database): readonly string[] =>
  listed(db)
    .map(({ project, status, reason }) => [project, status, ...(reason ? [reason.code] : [])].join(' '))
    .sort()

/** A whole treatment as DentalDB itself writes it: a BOM, CRLF, elements that only it knows. */
export function dentalDbProject(values: {
  readonly family?: string
  readonly given?: string
  readonly patientId?: string
  readonly practiceId?: string
  readonly practice?: string
  readonly teeth?: string
  readonly guid?: string
}): string {
  const {
    family = 'Muster',
    given = 'Mia',
    patientId = '17',
    practiceId = '003',
    practice = 'Praxis am See',
  } = values
  const { teeth = tooth(11, 'AnatomicCrown'), guid = '0b3c9a4e-0000-4000-8000-000000000001' } = values
  return `\ufeff<?xml version="1.0" encoding="utf-8"?>\r
<Treatment>\r
  <DateTime>2026-09-09T22:24:58.2771872+09:00</DateTime>\r
  <TrayNo />\r
  <Notes>Bitte &lt;rasch&gt; &amp; genau</Notes>\r
  <WorkParamsSHA>abc</WorkParamsSHA>\r
  <WorkParams><![CDATA[<inner attr="1">]]></WorkParams>\r
  <ProjectGUID>${guid}</ProjectGUID>\r
  <ProjectUniqueId>ABCDEFGHIJKLMNOPQRSTUVWXYZ</ProjectUniqueId>\r
  <Teeth>${teeth}</Teeth>\r
  <Practice><PracticeId>${practiceId}</PracticeId><PracticeName>${practice}</PracticeName></Practice>\r
  <Patient><PatientId>${patientId}</PatientId><PatientName>${family}</PatientName><PatientFirstName>${given}</PatientFirstName></Patient>\r
  <DentalDBProductName>DentalDB</DentalDBProductName>\r
  <ToothColor>A2</ToothColor>\r
  <AntagonistType>DigitalImpressionScan</AntagonistType>\r
</Treatment>\r
`
}

export const tooth = (number: number, type: string, more = ''): string =>
  `<Tooth><Number>${number}</Number><ReconstructionType>${type}</ReconstructionType><MesialConnector>false</MesialConnector>${more}<MaterialName>Zirkon</MaterialName><Material>ZI</Material></Tooth>`

/** A case XML with no more than it needs. */
export function caseRecord(values: {
  readonly orderId?: string
  readonly revision?: number
  readonly files?: readonly { readonly name: string; readonly bytes: number }[]
}): string {
  const { orderId = '300000001', revision = 1, files = [] } = values
  const listedFiles = files.map(
    ({ name, bytes }) =>
      `<File bytes="${bytes}" sha256="${'0'.repeat(64)}"><Name>${name}</Name><PackageName>${name}</PackageName></File>`,
  )
  return `<?xml version="1.0" encoding="utf-8"?>\r\n<Case schemaVersion="1"><Origin><Account>exports</Account><OrderId>${orderId}</OrderId><Revision>${'a'.repeat(64)}</Revision></Origin><RevisionNumber>${revision}</RevisionNumber><ManifestVersion>5.0</ManifestVersion><Doctor/><Client><Id>001</Id><Name>Praxis</Name></Client><Patient><Raw>Muster, Mia</Raw></Patient><DueDate>2026-04-20</DueDate><Notes/><Teeth/><Bridges/><Materials/><Files>${listedFiles.join('')}</Files><Transforms/><Warnings/></Case>`
}

/** A folder with these files. */
export function put(
  folder: string,
  project: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): void {
  mkdirSync(join(folder, project), { recursive: true })
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, project, name), content)
}

/** A whole case of DentalDB's. */
export const putCase = (
  folder: string,
  project: string,
  values: Parameters<typeof dentalDbProject>[0] = {},
) => put(folder, project, { [`${project}.dentalProject`]: dentalDbProject(values) })

const CONTENT: CaseContent = {
  guid: null,
  origin: null,
  orderCode: null,
  revision: 1,
  patient: { id: null, family: 'Muster', given: 'Mia' },
  practice: { id: null, name: null },
  teeth: [],
  material: null,
  due: null,
  warnings: 0,
}

/** A row without a folder: for what the list itself does. */
export function putRow(
  db: Database,
  project: string,
  content: Partial<CaseContent> = {},
  writtenAt = 1_700_000_000_000,
): void {
  writing(db, () =>
    upsertCase(db, {
      project,
      signature: project,
      writtenAt,
      problem: null,
      content: { ...CONTENT, guid: `guid ${project}`, ...content },
    }),
  )
}

export function order(values: Partial<ListedOrder> = {}): ListedOrder {
  return {
    revision: 1,
    account: 'exports',
    orderId: '300000001',
    orderCode: 'CODE1',
    number: 1,
    stage: 'waiting',
    project: null,
    client: null,
    summary: {
      patient: 'Muster, Mia',
      doctor: 'Oak, Test',
      teeth: [11],
      material: 'Zirconia: Lab Preference',
      dueDate: '2026-04-20',
    },
    waitsFor: [{ question: 1, kind: 'doctor' }],
    warnings: [],
    failure: null,
    receivedAt: 1_700_000_000_000,
    publishedAt: null,
    ...values,
  }
}
