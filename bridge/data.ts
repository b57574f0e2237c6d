import Type, { type Static } from 'typebox'

/**
 * What travels over the bridge, in the words of the field. Unknown members are ignored by both ends, so that a newer peer
 * may say more; every text and list is bounded.
 */

const Text = (limit: number) => Type.String({ maxLength: limit })
const Id = () => Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** Milliseconds since the epoch. */
const Time = () => Type.Integer({ minimum: 0 })
/** FDI tooth number. */
const Tooth = () => Type.Integer({ minimum: 11, maximum: 48 })

export const Language = Type.Union([Type.Literal('en'), Type.Literal('de')])
export type Language = Static<typeof Language>

/** Display names by language; English is always there. */
export const Names = Type.Object({ en: Text(200), de: Type.Optional(Text(200)) })
export type Names = Static<typeof Names>

/** What went wrong: a stable code, and the words for a technician in the configured language. */
export const Failure = Type.Object({ code: Text(60), text: Text(2000) }, { title: 'Failure' })
export type Failure = Static<typeof Failure>

export const Warning = Type.Object({ code: Text(60), text: Text(2000) }, { title: 'Warning' })
export type Warning = Static<typeof Warning>

/**
 * Life of the connector. off: no source is configured · signed-out, connecting, active: as they read · offline: the source
 * or the case folder cannot be reached, it goes on by itself once they are back · attention: a person has to act.
 */
export const ConnectorState = Type.Object({
  kind: Type.Union([
    Type.Literal('off'),
    Type.Literal('signed-out'),
    Type.Literal('connecting'),
    Type.Literal('active'),
    Type.Literal('offline'),
    Type.Literal('attention'),
  ]),
  since: Time(),
  failure: Nullable(Failure),
})
export type ConnectorState = Static<typeof ConnectorState>

/** How the plugin is to work with the MyiTero cloud. */
export const CloudConfiguration = Type.Object({
  /** Connection profile, schemas/connection-profile.schema.json, as JSON. */
  profile: Text(20_000),
  /** Nothing is looked for or downloaded; the sign-in stays. */
  paused: Type.Boolean(),
  /** Downloads at once. */
  downloads: Type.Integer({ minimum: 1, maximum: 8 }),
  /** All downloads together, bytes a second; null: as fast as the line. */
  bytesPerSecond: Nullable(Type.Integer({ minimum: 10_000 })),
  /** Where the cloud's notifications arrive: the port on this computer, and the address that leads there from outside. */
  webhook: Nullable(Type.Object({ port: Type.Integer({ minimum: 1, maximum: 65_535 }), url: Text(2000) })),
  /** The icon tells of new cases. */
  balloons: Type.Boolean(),
})
export type CloudConfiguration = Static<typeof CloudConfiguration>

/** How the plugin is to work. Applied whole or not at all. */
/** Doctor mappings by id, material mappings by key: whole, or their production method alone. */
export const Forgotten = Type.Object({
  doctors: Type.Array(Id(), { maxItems: 10_000 }),
  materials: Type.Array(Text(300), { maxItems: 10_000 }),
  methods: Type.Array(Text(300), { maxItems: 10_000 }),
})
export type Forgotten = Static<typeof Forgotten>

export const Configuration = Type.Object({
  language: Language,
  /** Absolute; the folder that the plugin may write to. */
  caseFolder: Text(4096),
  /** Absolute; null: no export folder is watched. */
  exportFolder: Nullable(Text(4096)),
  /** null or left out: no cloud. */
  cloud: Type.Optional(Nullable(CloudConfiguration)),
  /** Name of a project, e.g. `%d_%l_%f`. */
  nameTemplate: Text(200),
  patientNameOrder: Type.Union([Type.Literal('given-family'), Type.Literal('family-given')]),
  /** The laboratory's material list, schemas/material-list.xsd, as text; null: the built-in list. */
  materials: Nullable(Text(1_000_000)),
  /**
   * Mappings that a person took back while the plugin was not running: forgotten before any order is looked at. Sent until it
   * was configured with them once; what is not there any more is passed over.
   */
  forget: Type.Optional(Forgotten),
})
export type Configuration = Static<typeof Configuration>

/** A default that goes into a tooth's Parameters: mm, mm² or degrees. */
export const Parameter = Type.Object({
  type: Text(100),
  value: Type.Number(),
  minValue: Type.Number(),
  maxValue: Type.Number(),
  stepSize: Type.Number(),
})
export type Parameter = Static<typeof Parameter>

/** A client of the laboratory, kept by the host. `parameters` by reconstruction type. */
export const Client = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 64 }),
  name: Type.String({ minLength: 1, maxLength: 200 }),
  address: Type.Optional(Text(500)),
  contact: Type.Optional(Text(500)),
  licence: Type.Optional(Text(64)),
  parameters: Type.Record(Text(60), Type.Array(Parameter, { maxItems: 100 })),
})
export type Client = Static<typeof Client>

/** An account of the cloud that the person may use. */
export const CloudAccount = Type.Object({ id: Text(100), name: Text(200) })
export type CloudAccount = Static<typeof CloudAccount>

/**
 * An order of the cloud: one whose download is not taken yet, or whose status there says more than that. `status`: as the
 * cloud sends it, and what is known of it. wanted, downloading, downloaded: on its way · taken: handed to the import ·
 * failed: tried often enough, `cloud/retry` begins anew · noted: nothing to download.
 */
export const CloudOrder = Type.Object({
  account: Text(100),
  rxId: Text(100),
  orderId: Nullable(Text(200)),
  orderCode: Nullable(Text(200)),
  status: Type.Object({ kind: Text(60), text: Text(200) }),
  stage: Type.Union([
    Type.Literal('wanted'),
    Type.Literal('downloading'),
    Type.Literal('downloaded'),
    Type.Literal('taken'),
    Type.Literal('failed'),
    Type.Literal('noted'),
  ]),
  /** How often its download was begun. */
  attempts: Type.Integer({ minimum: 0 }),
  failure: Nullable(Failure),
})
export type CloudOrder = Static<typeof CloudOrder>

/**
 * Whether somebody is signed in to the cloud. `kept`: in the system's keychain, or in memory until the plugin ends. `unkept`: why the
 * keychain that there is did not take it. `stray`: an answer came meanwhile that belongs to another sign-in.
 */
export const CloudSession = Type.Union([
  Type.Object({ kind: Type.Literal('starting') }),
  /** failure null: never signed in, or signed out by the person. */
  Type.Object({ kind: Type.Literal('signed-out'), failure: Nullable(Failure) }),
  Type.Object({
    kind: Type.Literal('signing-in'),
    url: Text(4000),
    stray: Type.Optional(Type.Boolean()),
  }),
  Type.Object({
    kind: Type.Literal('choosing-account'),
    accounts: Type.Array(CloudAccount, { maxItems: 500 }),
  }),
  Type.Object({
    kind: Type.Literal('signed-in'),
    account: CloudAccount,
    kept: Type.Union([Type.Literal('keychain'), Type.Literal('memory')]),
    unkept: Type.Optional(Nullable(Failure)),
  }),
])
export type CloudSession = Static<typeof CloudSession>

export const CloudState = Type.Object({
  /** Name of the connection profile. */
  name: Text(200),
  session: CloudSession,
  /** When the cloud's orders were looked at last. */
  lastSync: Nullable(Time()),
  syncing: Type.Boolean(),
  paused: Type.Boolean(),
  /** Why the cloud cannot be reached at the moment, or refuses. */
  trouble: Nullable(Failure),
  orders: Type.Array(CloudOrder, { maxItems: 500 }),
})
export type CloudState = Static<typeof CloudState>

export const OrderSummary = Type.Object({
  patient: Text(500),
  doctor: Nullable(Text(500)),
  teeth: Type.Array(Tooth(), { maxItems: 52 }),
  /** As ordered, in iTero's words. */
  material: Nullable(Text(500)),
  /** yyyy-mm-dd */
  dueDate: Nullable(Text(10)),
})
export type OrderSummary = Static<typeof OrderSummary>

/** One revision of an order, wherever it stands. `revision` is its number in the ledger, `number` its number in the order. */
export const ListedOrder = Type.Object({
  revision: Id(),
  account: Text(200),
  orderId: Text(200),
  orderCode: Nullable(Text(200)),
  number: Type.Integer({ minimum: 1 }),
  stage: Type.Union([
    Type.Literal('received'),
    Type.Literal('waiting'),
    Type.Literal('publishing'),
    Type.Literal('published'),
    Type.Literal('refused'),
  ]),
  /** Name of the case in the case folder. */
  project: Nullable(Text(500)),
  /** Id of the host's client, once its doctor is answered for or mapped. */
  client: Nullable(Text(64)),
  summary: OrderSummary,
  /** Open questions that it waits for. */
  waitsFor: Type.Array(
    Type.Object({
      question: Id(),
      kind: Type.Union([Type.Literal('doctor'), Type.Literal('material')]),
    }),
    { maxItems: 64 },
  ),
  warnings: Type.Array(Warning, { maxItems: 500 }),
  failure: Nullable(Failure),
  receivedAt: Time(),
  publishedAt: Nullable(Time()),
})
export type ListedOrder = Static<typeof ListedOrder>

/** A package that could not become an order. */
export const RefusedPackage = Type.Object({
  /** File name, without its folder. */
  name: Text(500),
  failure: Failure,
  seenAt: Time(),
})
export type RefusedPackage = Static<typeof RefusedPackage>

export const WaitingOrder = Type.Object({
  revision: Id(),
  orderId: Text(200),
  orderCode: Nullable(Text(200)),
  summary: OrderSummary,
  /** Those that the answer is about. */
  teeth: Type.Array(Tooth(), { maxItems: 52 }),
  /** The doctor's note. */
  note: Text(10_000),
  receivedAt: Time(),
})
export type WaitingOrder = Static<typeof WaitingOrder>

const asked = {
  id: Id(),
  openedAt: Time(),
  /** All orders that wait; `waiting` may show fewer. */
  waitingCount: Type.Integer({ minimum: 0 }),
  /** Oldest first. */
  waiting: Type.Array(WaitingOrder, { maxItems: 50 }),
}

/** Which client is this doctor? `likely` is a help for the eye, never an answer. */
export const DoctorQuestion = Type.Object({
  ...asked,
  kind: Type.Literal('doctor'),
  /** false: nothing identifies the doctor, the answer holds for these orders only. */
  remembered: Type.Boolean(),
  /** To prefill a new client. */
  doctor: Type.Object({
    name: Nullable(Text(500)),
    id: Nullable(Text(200)),
    licence: Nullable(Text(200)),
    practiceAddress: Nullable(Text(1000)),
  }),
  /** Up to five, likeliest first; likeness 0 to 1. */
  likely: Type.Array(Type.Object({ client: Text(64), likeness: Type.Number() }), { maxItems: 5 }),
})
export type DoctorQuestion = Static<typeof DoctorQuestion>

const MakeDefault = Type.Object({ material: Type.Boolean(), method: Type.Boolean() })

/** Which of the laboratory's materials, and how is it made? */
export const MaterialQuestion = Type.Object({
  ...asked,
  kind: Type.Literal('material'),
  /** As ordered; both null where the order states no material. */
  itero: Type.Object({ id: Nullable(Text(100)), name: Nullable(Text(500)) }),
  /** Suitable for the work, likeliest first. */
  candidates: Type.Array(
    Type.Object({
      code: Text(100),
      names: Names,
      methods: Type.Array(Type.Object({ code: Text(100), names: Names }), { minItems: 1, maxItems: 100 }),
    }),
    { minItems: 1, maxItems: 500 },
  ),
  work: Type.Object({
    reconstructionTypes: Type.Array(Text(60), { maxItems: 30 }),
    connectors: Type.Boolean(),
    abutment: Type.Boolean(),
  }),
  proposed: Type.Object({ material: Nullable(Text(100)), method: Nullable(Text(100)) }),
  /** false: nothing is stated that a default could be kept for; `makeDefault` has to be false twice. */
  canDefault: Type.Boolean(),
  /** How the two boxes start. */
  makeDefault: MakeDefault,
})
export type MaterialQuestion = Static<typeof MaterialQuestion>

export const Question = Type.Union([DoctorQuestion, MaterialQuestion])
export type Question = Static<typeof Question>

/** A new client is kept by the host first; the answer names it. */
export const Answer = Type.Union([
  Type.Object({ kind: Type.Literal('doctor'), client: Text(64) }),
  Type.Object({
    kind: Type.Literal('material'),
    material: Text(100),
    method: Text(100),
    makeDefault: MakeDefault,
  }),
])
export type Answer = Static<typeof Answer>

/** When a mapping was made, and by which order: its number, and the case if it stands. */
const Made = Type.Object({
  at: Time(),
  orderId: Nullable(Text(200)),
  project: Nullable(Text(500)),
})

export const DoctorMapping = Type.Object({
  id: Id(),
  by: Type.Union([Type.Literal('id'), Type.Literal('licence'), Type.Literal('name'), Type.Literal('order')]),
  value: Text(500),
  /** As the order that made the mapping names him. */
  doctor: Nullable(Text(500)),
  client: Text(64),
  made: Made,
})
export type DoctorMapping = Static<typeof DoctorMapping>

/** Two defaults, each of which can be cleared alone. */
export const MaterialMapping = Type.Object({
  key: Text(300),
  itero: Type.Object({ id: Nullable(Text(100)), name: Nullable(Text(500)) }),
  material: Nullable(Type.Object({ code: Text(100), names: Nullable(Names), made: Made })),
  method: Nullable(Type.Object({ code: Text(100), names: Nullable(Names), made: Made })),
})
export type MaterialMapping = Static<typeof MaterialMapping>

export const ActivityEntry = Type.Object({
  id: Id(),
  at: Time(),
  kind: Text(60),
  orderId: Nullable(Text(200)),
  /** In the configured language. */
  text: Text(2000),
})
export type ActivityEntry = Static<typeof ActivityEntry>

/** Long work: one token from its begin to its end. Bytes of content. */
export const Progress = Type.Union([
  Type.Object({
    kind: Type.Literal('begin'),
    /** What it is about: a file's name or an order's number. */
    title: Text(500),
    of: Nullable(Type.Integer({ minimum: 0 })),
  }),
  Type.Object({
    kind: Type.Literal('report'),
    done: Type.Integer({ minimum: 0 }),
    of: Nullable(Type.Integer({ minimum: 0 })),
  }),
  Type.Object({ kind: Type.Literal('end') }),
])
export type Progress = Static<typeof Progress>

/** The one line of JSON that the host writes to the standard input of the plugin that it starts. */
export const Bootstrap = Type.Object({
  /** Path of the socket, or of the pipe on Windows. */
  pipe: Type.String({ minLength: 1, maxLength: 300 }),
  /** 32 bytes, hexadecimal: made for this start alone. */
  secret: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  /** Absolute; the plugin's own. */
  dataFolder: Type.String({ minLength: 1, maxLength: 4096 }),
  /** Highest version of the protocol that the host speaks. */
  protocol: Type.Integer({ minimum: 1 }),
  /** The plugin's last process crashed, and none has been configured since. */
  afterCrash: Type.Optional(Type.Boolean()),
})
export type Bootstrap = Static<typeof Bootstrap>
