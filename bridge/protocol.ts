import Type, { type Static, type TSchema } from 'typebox'
import {
  ActivityEntry,
  Answer,
  Client,
  CloudState,
  Configuration,
  ConnectorState,
  DoctorMapping,
  ListedOrder,
  MaterialMapping,
  Progress,
  Question,
  RefusedPackage,
} from './data.ts'

/** Who sends it. */
export type Sender = 'host' | 'plugin' | 'either'

/** A call that is answered. `errors`: the stable codes beside those that any request can end with. */
export interface Request {
  readonly kind: 'request'
  readonly sender: Sender
  readonly about: string
  readonly params: TSchema
  readonly result: TSchema
  readonly errors: readonly string[]
}

/** A call that is not answered. */
export interface Notification {
  readonly kind: 'notification'
  readonly sender: Sender
  readonly about: string
  readonly params: TSchema
}

const request = <S extends Sender, P extends TSchema, R extends TSchema>(
  sender: S,
  about: string,
  params: P,
  result: R,
  errors: readonly string[] = [],
) => ({ kind: 'request' as const, sender, about, params, result, errors })

const notification = <S extends Sender, P extends TSchema>(sender: S, about: string, params: P) => ({
  kind: 'notification' as const,
  sender,
  about,
  params,
})

const Nothing = Type.Object({})
const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 500 }))
const Token = Type.Union([Type.Integer(), Type.String({ maxLength: 100 })])

/**
 * Every message there is, declared once. The types below, the checks at both ends, schemas/bridge.schema.json and the
 * reference in docs/bridge.md all come from this table.
 */
export const MESSAGES = {
  'plugin/configure': request(
    'host',
    'Says how to work, first after every connection and again at each change. Applied whole or not at all. The same configuration again changes nothing.',
    Configuration,
    Type.Object({ state: ConnectorState }),
    [
      'material-list-invalid',
      'template-invalid',
      'profile-invalid',
      'case-folder-missing',
      'case-folder-read-only',
      'case-folder-full',
      'case-folder-path-too-long',
      'case-folder-unreachable',
      'export-folder-missing',
      'ledger-unreadable',
      'ledger-newer',
      'ledger-on-share',
    ],
  ),
  'plugin/state': request(
    'host',
    'Asks where the connector stands.',
    Nothing,
    Type.Object({ state: ConnectorState }),
  ),
  'plugin/stop': request(
    'host',
    'Stops: nothing new is begun, a publish in flight is finished, then it is answered and the process ends.',
    Nothing,
    Nothing,
  ),
  'orders/list': request(
    'host',
    'Revisions of all orders, newest first, one page. `after` is the last `revision` of the page before.',
    Type.Object({
      limit: Limit,
      after: Type.Optional(Id),
      stages: Type.Optional(
        Type.Array(
          Type.Union([
            Type.Literal('received'),
            Type.Literal('waiting'),
            Type.Literal('publishing'),
            Type.Literal('published'),
            Type.Literal('refused'),
          ]),
          { maxItems: 5 },
        ),
      ),
    }),
    Type.Object({ orders: Type.Array(ListedOrder, { maxItems: 500 }) }),
  ),
  'orders/refused': request(
    'host',
    'Packages that could not become an order, newest first.',
    Nothing,
    Type.Object({ packages: Type.Array(RefusedPackage, { maxItems: 500 }) }),
  ),
  'orders/look': request(
    'host',
    'Looks for orders now instead of at the next turn, in the export folder and in the cloud. Answered when the look has begun. Refused where there is the cloud alone and it is not looked at: `cloud-signed-out`, `cloud-paused`.',
    Nothing,
    Nothing,
  ),
  'questions/list': request(
    'host',
    'Open questions, oldest first, one page. `after` is the last `id` of the page before.',
    Type.Object({ limit: Limit, after: Type.Optional(Id) }),
    Type.Object({ questions: Type.Array(Question, { maxItems: 500 }) }),
  ),
  'questions/answer': request(
    'host',
    'Answers a question for every order that waits for it. Answered once it is kept; the orders that it releases go on by themselves.',
    Type.Object({ question: Id, answer: Answer }),
    Type.Object({ released: Type.Integer({ minimum: 0 }) }),
    ['question-unknown', 'question-closed', 'answer-unfit', 'client-unknown'],
  ),
  'mappings/doctors': request(
    'host',
    'Mappings of doctors to clients, oldest first, one page, with when and by which order each was made. `after` is the last `id` of the page before.',
    Type.Object({ limit: Limit, after: Type.Optional(Id) }),
    Type.Object({ doctors: Type.Array(DoctorMapping, { maxItems: 500 }) }),
  ),
  'mappings/materials': request(
    'host',
    'Defaults for materials, by key, one page, with when and by which order each was made. `after` is the last `key` of the page before.',
    Type.Object({ limit: Limit, after: Type.Optional(Type.String({ maxLength: 300 })) }),
    Type.Object({ materials: Type.Array(MaterialMapping, { maxItems: 500 }) }),
  ),
  'mappings/deleteDoctor': request(
    'host',
    'The doctor’s next order asks again.',
    Type.Object({ id: Id }),
    Nothing,
    ['mapping-unknown'],
  ),
  'mappings/deleteMaterial': request(
    'host',
    'Clears both defaults: the next order of the material asks again.',
    Type.Object({ key: Type.String({ maxLength: 300 }) }),
    Nothing,
    ['mapping-unknown'],
  ),
  'mappings/clearMethod': request(
    'host',
    'Clears the production method alone; the material stays.',
    Type.Object({ key: Type.String({ maxLength: 300 }) }),
    Nothing,
    ['mapping-unknown'],
  ),
  'activity/list': request(
    'host',
    'What happened, newest first, one page. `after` is the last `id` of the page before.',
    Type.Object({ limit: Limit, after: Type.Optional(Id) }),
    Type.Object({ entries: Type.Array(ActivityEntry, { maxItems: 500 }) }),
  ),
  'cloud/state': request(
    'host',
    'Asks where the connection to the cloud stands; null where none is configured.',
    Nothing,
    Type.Object({ cloud: Type.Union([CloudState, Type.Null()]) }),
  ),
  'cloud/signIn': request(
    'host',
    'Begins a sign-in. The host opens `url` in the system’s browser; what comes of it is told by `cloud/changed`. Asked again meanwhile, the same address is answered.',
    Nothing,
    Type.Object({ url: Type.String({ maxLength: 4000 }) }),
    ['cloud-off', 'cloud-unreachable'],
  ),
  'cloud/cancelSignIn': request('host', 'The person thought better of it.', Nothing, Nothing, ['cloud-off']),
  'cloud/chooseAccount': request(
    'host',
    'Of several accounts, the one whose orders are to come.',
    Type.Object({ account: Type.String({ maxLength: 100 }) }),
    Nothing,
    ['cloud-off', 'cloud-account-unknown', 'cloud-unreachable'],
  ),
  'cloud/signOut': request(
    'host',
    'Signs out: tokens are revoked and leave the keychain, downloads end. What waits at a question still can be answered.',
    Nothing,
    Nothing,
    ['cloud-off'],
  ),
  'cloud/retry': request(
    'host',
    'Downloads a failed order anew.',
    Type.Object({ account: Type.String({ maxLength: 100 }), rxId: Type.String({ maxLength: 100 }) }),
    Nothing,
    ['cloud-off', 'fetch-unknown'],
  ),
  'clients/changed': notification('host', 'A client was added, changed or deleted.', Nothing),

  'clients/list': request(
    'plugin',
    'The host’s clients by id, one page. `after` is the last `id` of the page before.',
    Type.Object({ limit: Limit, after: Type.Optional(Type.String({ maxLength: 64 })) }),
    Type.Object({ clients: Type.Array(Client, { maxItems: 500 }) }),
  ),
  'plugin/stateChanged': notification(
    'plugin',
    'The connector changed its state.',
    Type.Object({ state: ConnectorState }),
  ),
  'orders/changed': notification(
    'plugin',
    'A revision is new or stands elsewhere now.',
    Type.Object({ order: ListedOrder }),
  ),
  'orders/packageRefused': notification(
    'plugin',
    'A package could not become an order.',
    Type.Object({ package: RefusedPackage }),
  ),
  'questions/opened': notification(
    'plugin',
    'A question is open; said again when the orders that wait for it change.',
    Type.Object({ question: Question }),
  ),
  'questions/closed': notification(
    'plugin',
    'A question was answered, here or elsewhere, or nobody waits for it any more.',
    Type.Object({ id: Id }),
  ),
  'mappings/changed': notification('plugin', 'A mapping was made or taken back.', Nothing),

  'cloud/changed': notification(
    'plugin',
    'The connection to the cloud, or an order there, stands otherwise now. The whole state; at most a few a second.',
    Type.Object({ cloud: Type.Union([CloudState, Type.Null()]) }),
  ),
  'user/command': notification(
    'plugin',
    'Chosen in the menu of the icon in the notification area: to be carried out by the host as if it were chosen there. “sign-in” is `cloud/signIn` and the login page in the system’s browser.',
    Type.Object({
      command: Type.Union([
        Type.Literal('show-cases'),
        Type.Literal('show-settings'),
        Type.Literal('pause'),
        Type.Literal('resume'),
        Type.Literal('sign-in'),
      ]),
    }),
  ),

  '$/progress': notification(
    'either',
    'Progress of long work, as in the Language Server Protocol: one token from begin to end.',
    Type.Object({ token: Token, value: Progress }),
  ),
  '$/cancelRequest': notification(
    'either',
    'The sender needs the answer no more. The request is answered all the same, with its result or with −32800.',
    Type.Object({ id: Type.Union([Type.Integer(), Type.String({ maxLength: 100 })]) }),
  ),
} as const satisfies Record<string, Request | Notification>

export type Messages = typeof MESSAGES
export type Method = keyof Messages
export type RequestMethod = { [M in Method]: Messages[M]['kind'] extends 'request' ? M : never }[Method]
export type NotificationMethod = Exclude<Method, RequestMethod>
/** Those that this side may send. */
export type SentBy<S extends 'host' | 'plugin', M extends Method> = {
  [K in M]: Messages[K]['sender'] extends S | 'either' ? K : never
}[M]
export type Params<M extends Method> = Static<Messages[M]['params']>
export type Result<M extends RequestMethod> = Static<Messages[M]['result']>
