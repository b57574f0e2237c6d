import Type, { type Static } from 'typebox'
import {
  type ActivityEntry,
  Answer,
  type CloudOrder,
  type CloudState,
  type ConnectorState,
  type DoctorMapping,
  type Failure,
  Language,
  type MaterialMapping,
  Parameter,
  type Question,
  type Warning,
} from '../bridge/data.ts'

/**
 * What the host's page and its server say to each other. Bodies that the page sends are checked against these schemas;
 * what the server answers is typed. An error is answered with a status of 4xx or 5xx and an `ApiError`.
 *
 *   GET    /api/session                        Session
 *   POST   /api/first-start                    FirstStartChoice → Session
 *   GET    /api/cases?search&status&client&clientName&sort&direction&offset&limit   CaseList (CasesQuery)
 *   GET    /api/cases/clients                  { names: string[] }: clients that the rows name and the host does not have
 *   GET    /api/cases/:id                      CasePage; the case stays as unread as it was
 *   POST   /api/cases/:id/read                 { read: boolean } → {}
 *   POST   /api/cases/:id/show                 opens the case's folder in the system's file manager → {}
 *   GET    /api/cases/:id/files/:name          the file's bytes
 *   GET    /api/questions                      { questions: Question[] }
 *   POST   /api/questions/:id/answer           QuestionAnswer → { released: number }
 *   GET    /api/mappings                       Mappings
 *   DELETE /api/mappings/doctors/:id   ·  /api/mappings/materials/:key  ·  /api/mappings/materials/:key/method
 *   GET    /api/clients                        { clients: ClientRow[] }
 *   POST   /api/clients                        ClientBody → ClientRow
 *   PUT    /api/clients/:id                    ClientBody → ClientRow
 *   DELETE /api/clients/:id                    {} (refused where cases or doctors are his: `client-in-use`)
 *   GET    /api/parameters                     { parameters: SeenParameter[] }
 *   GET    /api/settings                       Settings
 *   PATCH  /api/settings                       SettingsChange → Settings (whole or not at all)
 *   DELETE /api/plugins/:id/failure            dismisses the plugin's `lastFailure` → {}
 *   GET    /api/activity?after                 ActivityPage
 *   POST   /api/look                           looks for new orders now → {}
 *   POST   /api/cloud/sign-in                  begins a sign-in → SignIn
 *   DELETE /api/cloud/sign-in                  the person thought better of it → {}
 *   POST   /api/cloud/account                  { account: string }: of several, the one to work for → {}
 *   POST   /api/cloud/sign-out                 → {}
 *   POST   /api/cloud/retry                    { account, rxId: string }: downloads a failed order anew → {}
 *   GET    /api/folders?path&files             FolderListing: to choose a folder by, or with `files=xml` or `json` such a file
 *   GET    /api/events                         server-sent events: `HostEvent` by its `type`
 */

export interface ApiError {
  readonly error: PageFailure
}

/** `day`, yyyy-mm-dd: stands in `text` as `{day}`, for the page to write it as where its browser is at home. */
export interface PageFailure extends Failure {
  readonly day?: string
}

export interface Session {
  readonly language: Language
  readonly version: string
  readonly engineBuild: number
  /** Words of the first-start window, from the plugin's manifest; null: it is not to be shown. */
  readonly firstStart: FirstStartWords | null
  /** The reseller configuration has the feature, and the plugin is there: its setting, review and window exist. */
  readonly myitero: boolean
}

export interface FirstStartWords {
  readonly title: string
  readonly connect: string
  readonly skip: string
}

export const FirstStartChoice = Type.Object({
  choice: Type.Union([Type.Literal('connect'), Type.Literal('skip')]),
})
export type FirstStartChoice = Static<typeof FirstStartChoice>

/**
 * unread, read: a case stands · waiting: an order waits for an answer · importing: on its way ·
 * refused: an order or a package that could not be imported · broken: a folder that is no whole case ·
 * noted: an order of the cloud that is to be seen there, with nothing to import.
 */
export const CASE_STATUSES = ['unread', 'read', 'waiting', 'importing', 'refused', 'broken', 'noted'] as const
export type CaseStatus = (typeof CASE_STATUSES)[number]

export const CASE_SORTS = [
  'received',
  'patient',
  'client',
  'teeth',
  'material',
  'due',
  'order',
  'status',
] as const
export type CaseSort = (typeof CASE_SORTS)[number]

export interface CasesQuery {
  /** Words that all have to occur: in patient, client, order number, material, teeth, project. */
  readonly search?: string
  readonly status?: readonly CaseStatus[]
  /** Id of a client of the host's. */
  readonly client?: string
  /** A client that the rows name so and that is none of the host's. */
  readonly clientName?: string
  readonly sort?: CaseSort
  readonly direction?: 'ascending' | 'descending'
  readonly offset?: number
  /** At most 200. */
  readonly limit?: number
}

export interface CaseRow {
  /** The host's own number of the row. */
  readonly id: number
  readonly status: CaseStatus
  readonly project: string | null
  readonly patient: string
  readonly client: string | null
  /** FDI, restored teeth only. */
  readonly teeth: readonly number[]
  /** The laboratory's name of the material; as ordered where it is not decided yet. */
  readonly material: string | null
  readonly due: string | null
  readonly orderId: string | null
  readonly orderCode: string | null
  readonly revision: number
  /** ms since the epoch: when the case or order came. */
  readonly receivedAt: number
  /** Question that it waits for first, by its bridge id. */
  readonly waitsFor: readonly { readonly question: number; readonly kind: 'doctor' | 'material' }[]
  /** Why it is refused or broken. */
  readonly reason: Failure | null
  readonly warnings: number
  /** How its order stands in the cloud; null: it did not come from there, or there is nothing to be said of it. */
  readonly cloud: CloudMark | null
}

export interface CloudMark {
  /** The row is of an order of which nothing is imported (yet). */
  readonly alone: boolean
  /** What a retry names. */
  readonly account: string
  readonly rxId: string
  readonly stage: CloudOrder['stage']
  /** As the cloud sends it. */
  readonly status: string
}

export interface CaseList {
  /** Rows that fit the query. */
  readonly total: number
  /** Unread cases in all. */
  readonly unread: number
  /** Orders in all that wait for an answer. */
  readonly waiting: number
  /** Orders and packages in all that could not be imported. */
  readonly refused: number
  /** Folders in all that are no whole case. */
  readonly broken: number
  /** Orders in all that are to be seen at the cloud alone. */
  readonly noted: number
  readonly offset: number
  readonly rows: readonly CaseRow[]
}

/** A tooth of the treatment, as the `.dentalProject` has it. */
export interface CaseTooth {
  /** FDI. */
  readonly number: number
  readonly reconstructionType: string
  /** Joined to its mesial neighbour; of a central incisor, to the other one. */
  readonly mesialConnector: boolean
  readonly materialName: string | null
  readonly material: string | null
  readonly color: string | null
  readonly implantType: string | null
  readonly parameters: readonly Parameter[]
  /** As the doctor ordered it, from the case XML: `restoration`, `material`, shades, details. */
  readonly ordered: readonly { readonly name: string; readonly value: string }[]
}

/**
 * scan: a mesh to be shown in 3D; `jaw` where it belongs to one · texture: an image that a scan wears, under the scan's name or
 * under the name that the scan gives it · image · document (Rx sheet) · other.
 */
export interface CaseFileEntry {
  readonly name: string
  readonly bytes: number
  readonly kind: 'scan' | 'texture' | 'image' | 'document' | 'other'
  /** Of scans, by DentalDB's names. */
  readonly scan: {
    readonly jaw: 'upper' | 'lower' | null
    readonly role: 'jaw' | 'situ' | 'gingiva' | 'marker' | 'bite' | 'other'
    /** Texture image beside a PLY. */
    readonly texture: string | null
  } | null
}

export interface CasePage {
  readonly row: CaseRow
  /** Absolute path, for a person. */
  readonly folder: string | null
  readonly family: string
  readonly given: string
  readonly patientId: string | null
  readonly practice: string | null
  readonly toothColor: string | null
  readonly notes: string
  readonly teeth: readonly CaseTooth[]
  /** Entries of the treatment whose number is no FDI number, by what stands there ('': nothing): not among `teeth`. */
  readonly misnumbered: readonly { readonly number: string; readonly count: number }[]
  /** Rx fields in the order they are to be read; `name` is a key of the page's words: `order-number`, `procedure` … */
  readonly rx: readonly { readonly name: string; readonly value: string }[]
  readonly materials: readonly {
    readonly ordered: string
    readonly taken: string
    readonly method: string
    readonly decidedBy: string
    readonly teeth: readonly number[]
  }[]
  readonly warnings: readonly Warning[]
  readonly files: readonly CaseFileEntry[]
  /** All revisions of the order, this one too, newest first. */
  readonly revisions: readonly {
    readonly id: number
    readonly revision: number
    readonly project: string | null
    readonly receivedAt: number
    readonly status: CaseStatus
  }[]
}

export const ClientBody = Type.Object({
  /** Left out at a new client: the host gives it one. */
  id: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  name: Type.String({ minLength: 1, maxLength: 200 }),
  address: Type.Optional(Type.String({ maxLength: 500 })),
  contact: Type.Optional(Type.String({ maxLength: 500 })),
  licence: Type.Optional(Type.String({ maxLength: 64 })),
  /** By reconstruction type. */
  parameters: Type.Optional(
    Type.Record(Type.String({ maxLength: 60 }), Type.Array(Parameter, { maxItems: 100 })),
  ),
  /** A person knows that another client has the name; else `client-name-taken`. */
  sameName: Type.Optional(Type.Boolean()),
})
export type ClientBody = Static<typeof ClientBody>

export interface ClientRow {
  readonly id: string
  readonly name: string
  readonly address: string
  readonly contact: string
  readonly licence: string
  readonly parameters: Readonly<Record<string, readonly Parameter[]>>
  readonly cases: number
  /** Doctors that are mapped to this client. */
  readonly doctors: readonly { readonly mapping: number; readonly name: string }[]
}

/** A parameter as it stands in the laboratory's own cases: what to call a default, and between which bounds. */
export interface SeenParameter extends Parameter {
  /** Reconstruction type. */
  readonly work: string
}

/** `new`: the client is kept first, once for one question however often this is sent; then the question is answered with it. */
export const QuestionAnswer = Type.Union([
  Type.Object({ kind: Type.Literal('doctor'), new: ClientBody }),
  Answer,
])
export type QuestionAnswer = Static<typeof QuestionAnswer>

export interface Mappings {
  readonly doctors: readonly (DoctorMapping & {
    readonly clientName: string | null
    readonly caseId: number | null
  })[]
  readonly materials: readonly (MaterialMapping & { readonly caseId: number | null })[]
}

/** A plugin as Settings shows it. */
export interface PluginRow {
  readonly id: string
  readonly name: string
  readonly version: string
  /** Words of its setting, from its manifest: "MyiTero import". */
  readonly setting: string
  /** It receives iTero orders (its manifest requires the feature `myitero`): the pages' words are of it. One at most. */
  readonly myitero: boolean
  /** Actions of its manifest. */
  readonly actions: readonly { readonly id: string; readonly name: string }[]
  readonly enabled: boolean
  /** Why it cannot be enabled, in plain words; empty: it can. */
  readonly obstacles: readonly PageFailure[]
  readonly process:
    | { readonly kind: 'stopped' }
    | { readonly kind: 'starting' }
    | { readonly kind: 'running'; readonly state: ConnectorState }
    /** Crashed, or (failure `plugin-ended`) ended in good order unasked; started again at `at` (ms since the epoch). */
    | { readonly kind: 'pausing'; readonly crashes: number; readonly at: number; readonly failure: Failure }
    /** It did so too often; a person starts it again by switching it off and on. */
    | { readonly kind: 'given-up'; readonly crashes: number; readonly failure: Failure }
  /** Since when (ms since the epoch) it failed; null once it works without, or a person has dismissed it. */
  readonly lastFailure: { readonly at: number; readonly failure: Failure } | null
}

export interface ActivityPage {
  /** Newest first. */
  readonly entries: readonly ActivityEntry[]
  /** ms since the epoch: the plugin cannot be asked now, this is the log as it told it then. null: as it is, or none is kept. */
  readonly keptAt: number | null
}

export interface Settings {
  readonly language: Language
  /** Of the whole host; `system` follows the browser. */
  readonly caseFolder: string
  /** null: it is there; else why it cannot be used. */
  readonly caseFolderProblem: Failure | null
  readonly exportFolder: string | null
  readonly exportFolderProblem: Failure | null
  readonly nameTemplate: string
  readonly patientNameOrder: 'given-family' | 'family-given'
  /** Path of the laboratory's material list; null: the built-in one. */
  readonly materialsFile: string | null
  readonly materialsProblem: Failure | null
  /** Path of the connection profile; null: no cloud. */
  readonly connectionProfile: string | null
  /** Why the profile is not in use. */
  readonly profileProblem: Failure | null
  /** Who was signed in when the import ran last, where that is known; the sign-in stays while it is disabled. */
  readonly stayingAccount: string | null
  /** Nothing is looked for or downloaded; the sign-in stays. */
  readonly cloudPaused: boolean
  /** Downloads at once. */
  readonly downloads: number
  /** Of all downloads together; null: as fast as the line. */
  readonly bytesPerSecond: number | null
  /** Where the cloud's notices arrive: port on this computer, and the address that leads to it from outside. */
  readonly webhook: { readonly port: number; readonly url: string } | null
  /** This system has a notification area in which the import shows an icon. */
  readonly icon: boolean
  /** The icon tells of new cases. */
  readonly balloons: boolean
  readonly plugins: readonly PluginRow[]
  /** Files or manifests that could not be read: reseller configuration, licence, plugin manifests. */
  readonly problems: readonly Failure[]
  readonly reseller: string | null
}

export const SettingsChange = Type.Partial(
  Type.Object({
    language: Language,
    caseFolder: Type.String({ minLength: 1, maxLength: 4096 }),
    exportFolder: Type.Union([Type.String({ minLength: 1, maxLength: 4096 }), Type.Null()]),
    nameTemplate: Type.String({ minLength: 1, maxLength: 200 }),
    patientNameOrder: Type.Union([Type.Literal('given-family'), Type.Literal('family-given')]),
    materialsFile: Type.Union([Type.String({ minLength: 1, maxLength: 4096 }), Type.Null()]),
    connectionProfile: Type.Union([Type.String({ minLength: 1, maxLength: 4096 }), Type.Null()]),
    cloudPaused: Type.Boolean(),
    downloads: Type.Integer({ minimum: 1, maximum: 8 }),
    bytesPerSecond: Type.Union([Type.Integer({ minimum: 10_000, maximum: 10_000_000_000 }), Type.Null()]),
    webhook: Type.Union([
      Type.Object({
        port: Type.Integer({ minimum: 1, maximum: 65_535 }),
        url: Type.String({ minLength: 1, maxLength: 2000 }),
      }),
      Type.Null(),
    ]),
    balloons: Type.Boolean(),
    /** By plugin id. */
    enabled: Type.Record(Type.String({ maxLength: 100 }), Type.Boolean()),
  }),
)
export type SettingsChange = Static<typeof SettingsChange>

export interface SignIn {
  /** The login page. */
  readonly url: string
  /** It was opened in the system's browser. */
  readonly opened: boolean
}

export const CloudAccountBody = Type.Object({ account: Type.String({ minLength: 1, maxLength: 100 }) })
export const CloudRetryBody = Type.Object({
  account: Type.String({ minLength: 1, maxLength: 100 }),
  rxId: Type.String({ minLength: 1, maxLength: 100 }),
})

export interface FolderListing {
  /** Absolute. */
  readonly path: string
  readonly parent: string | null
  readonly folders: readonly string[]
  /** Files of the kind that was asked for, by name; none where none was. */
  readonly files: readonly string[]
  /** The one of them that the path named. */
  readonly file: string | null
  /** Packages seen directly in it: a hint that this is the right folder. */
  readonly packages: number
  /** Absolute; where to begin, likeliest first. */
  readonly suggestions: readonly string[]
}

export type { ActivityEntry, Question }

/** Import or download in progress, as a bar. */
export interface ProgressBar {
  readonly token: string
  readonly title: string
  readonly done: number
  readonly of: number | null
}

export type HostEvent =
  /** Rows were added, changed or removed: ask again for what is on the screen. */
  | { readonly type: 'cases'; readonly unread: number; readonly waiting: number; readonly total: number }
  | { readonly type: 'questions'; readonly open: readonly number[] }
  | { readonly type: 'progress'; readonly bars: readonly ProgressBar[] }
  | { readonly type: 'plugins'; readonly plugins: readonly PluginRow[] }
  | { readonly type: 'cloud'; readonly cloud: CloudState | null }
  | { readonly type: 'settings' }
  | { readonly type: 'session' }
