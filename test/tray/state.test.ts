import fc from 'fast-check'
import t from 'tap'
import type { CloudState, ConnectorState } from '../../bridge/data.ts'
import { type TrayCloud, type TrayFacts, trayState } from '../../plugin/tray/state.ts'

const NOW = Date.UTC(2026, 2, 17, 12, 0)
const KINDS: readonly ConnectorState['kind'][] = [
  'off',
  'signed-out',
  'connecting',
  'active',
  'offline',
  'attention',
]
const SESSIONS: readonly TrayCloud['session'][] = [
  { kind: 'starting' },
  { kind: 'signed-out' },
  { kind: 'signing-in' },
  { kind: 'choosing-account' },
  { kind: 'signed-in', account: { name: 'Musterlabor' } },
]
const STAGES = ['wanted', 'downloading', 'downloaded', 'taken', 'failed', 'noted'] as const
type Stage = (typeof STAGES)[number]

const reader = { language: 'en', locale: 'en-GB', timeZone: 'UTC', now: NOW } as const
const german = { ...reader, language: 'de', locale: 'de-DE' } as const

function cloud(given: Partial<TrayCloud> = {}): TrayCloud {
  return {
    session: { kind: 'signed-in', account: { name: 'Musterlabor' } },
    lastSync: null,
    syncing: false,
    paused: false,
    trouble: null,
    orders: [],
    ...given,
  }
}

function facts(given: Partial<TrayFacts> = {}): TrayFacts {
  return { connector: { kind: 'active' }, cloud: cloud(), questions: 0, importing: 0, ...given }
}

const stages = (...list: readonly Stage[]) => list.map((stage) => ({ stage }))
const icon = (given: Partial<TrayFacts>) => trayState(facts(given), reader).icon
const tooltip = (given: Partial<TrayFacts>, as: typeof reader | typeof german = reader) =>
  trayState(facts(given), as).tooltip
const commands = (given: Partial<TrayFacts>) =>
  trayState(facts(given), reader).menu.map(({ command }) => command)

t.test('the dot is green when the connection is active and nothing waits', (t) => {
  t.equal(icon({}), 'active')
  t.equal(icon({ cloud: null }), 'active', 'an export folder alone is a connection too')
  t.equal(icon({ cloud: cloud({ syncing: true, orders: stages('downloading', 'wanted') }) }), 'active')
  t.end()
})

t.test('it is amber when something waits for a person', (t) => {
  t.equal(icon({ questions: 1 }), 'attention', 'an open question')
  t.equal(icon({ cloud: cloud({ orders: stages('taken', 'failed') }) }), 'attention', 'a failed download')
  t.equal(icon({ connector: { kind: 'attention' } }), 'attention', 'a folder that has to be put right')
  t.equal(icon({ cloud: cloud({ session: { kind: 'choosing-account' } }) }), 'attention', 'a choice')
  t.end()
})

t.test('it is grey when offline or paused, and the reason stands in its text', (t) => {
  t.equal(icon({ connector: { kind: 'offline' } }), 'idle')
  t.match(tooltip({ connector: { kind: 'offline' } }), 'No connection')
  t.equal(icon({ cloud: cloud({ trouble: { code: 'cloud-unreachable', text: 'Away' } }) }), 'idle')
  t.equal(icon({ cloud: cloud({ paused: true }) }), 'idle')
  t.match(tooltip({ cloud: cloud({ paused: true }) }), 'Paused')
  t.end()
})

t.test('it is red when signed out, whatever else there is', (t) => {
  const out = cloud({ session: { kind: 'signed-out' }, paused: true, orders: stages('failed') })
  for (const kind of KINDS)
    t.equal(icon({ connector: { kind }, cloud: out, questions: 3 }), 'signed-out', kind)
  t.equal(icon({ connector: { kind: 'signed-out' } }), 'signed-out', 'by the word of the connector alone')
  t.end()
})

t.test('a question that waits while there is no connection shows as a question, and says both', (t) => {
  const given = { connector: { kind: 'offline' }, questions: 2 } as const
  t.equal(icon(given), 'attention')
  t.match(tooltip(given), /2 questions wait for you\nNo connection/)
  t.match(tooltip({ cloud: cloud({ paused: true }), questions: 1 }), /1 question waits for you\nPaused/)
  t.end()
})

t.test('until it is known how things stand the icon is plain', (t) => {
  t.equal(icon({ connector: { kind: 'connecting' } }), 'started')
  t.equal(icon({ connector: { kind: 'off' }, cloud: null }), 'started')
  t.equal(icon({ cloud: cloud({ session: { kind: 'starting' } }) }), 'started')
  const signingIn = cloud({ session: { kind: 'signing-in' } })
  t.equal(icon({ connector: { kind: 'signed-out' }, cloud: signingIn }), 'started', 'the person is at it')
  t.end()
})

t.test('its text names account, state, what is under way and the last sync', (t) => {
  const busy = cloud({
    lastSync: Date.UTC(2026, 2, 17, 9, 5),
    orders: stages('downloading', 'wanted', 'downloading'),
  })
  t.equal(
    tooltip({ cloud: busy }),
    'MyiTero import · Musterlabor\nConnected\nDownloading 2 orders\nLast sync 09:05',
  )
  t.equal(
    tooltip({ cloud: busy }, german),
    'MyiTero-Import · Musterlabor\nVerbunden\n2 Aufträge werden geladen\nLetzter Abgleich 09:05',
  )
  t.match(tooltip({ importing: 1 }), 'Importing 1 order')
  t.match(tooltip({ cloud: cloud({ syncing: true }) }), 'Looking for new orders')
  t.end()
})

t.test('a time is written as the reader does: by locale and zone, with its day where it was another', (t) => {
  const at = (lastSync: number, as: object) =>
    trayState(facts({ cloud: cloud({ lastSync }) }), { ...reader, ...as }).tooltip.split('Last sync ')[1]
  const nine = Date.UTC(2026, 2, 17, 9, 5)
  t.equal(at(nine, { locale: 'en-US' }), '9:05 AM')
  t.equal(at(nine, { timeZone: 'Asia/Tokyo' }), '18:05')
  t.equal(at(nine - 86_400_000, {}), '16/03/2026, 09:05')
  t.equal(at(Date.UTC(2025, 11, 31, 9, 5), {}), '31/12/2025, 09:05')
  t.equal(at(nine, { locale: 'fr-FR' }), '09:05', 'a locale of another language does not count')
  t.equal(at(nine, { locale: undefined }), '09:05')
  t.end()
})

t.test('the menu offers only what makes sense', (t) => {
  t.strictSame(commands({}), ['show-cases', 'sync-now', 'pause', 'show-settings', 'sign-out'])
  t.strictSame(
    commands({ cloud: cloud({ paused: true }) }),
    ['show-cases', 'resume', 'show-settings', 'sign-out'],
    'paused: nothing to sync',
  )
  t.strictSame(
    commands({ cloud: cloud({ session: { kind: 'signed-out' } }) }),
    ['sign-in', 'show-cases', 'show-settings'],
    'signed out: the way back in comes first',
  )
  t.strictSame(commands({ cloud: null }), ['show-cases', 'sync-now', 'show-settings'], 'no account')
  t.strictSame(commands({ cloud: null, connector: { kind: 'off' } }), ['show-cases', 'show-settings'])
  t.strictSame(commands({ connector: { kind: 'connecting' } }).includes('sync-now'), false)
  t.end()
})

t.test('while an account is to be chosen the settings say so', (t) => {
  const choosing = facts({ cloud: cloud({ session: { kind: 'choosing-account' } }) })
  t.match(trayState(choosing, reader).menu, [{}, { command: 'show-settings', label: 'Choose account…' }, {}])
  t.match(trayState(choosing, german).menu, [{}, { command: 'show-settings', label: 'Konto wählen…' }, {}])
  t.end()
})

t.test('a click opens the case list, or what has to be done first', (t) => {
  const main = (given: Partial<TrayFacts>) => trayState(facts(given), reader).main
  t.equal(main({}), 'show-cases')
  t.equal(main({ questions: 1 }), 'show-cases', 'the questions are asked there')
  t.equal(main({ cloud: cloud({ session: { kind: 'signed-out' } }) }), 'sign-in')
  t.equal(main({ cloud: null, connector: { kind: 'off' } }), 'show-settings')
  t.end()
})

t.test("an account's name gives way before anything else, between characters as they are read", (t) => {
  const long = (name: string) =>
    cloud({ session: { kind: 'signed-in', account: { name } }, lastSync: NOW, orders: stages('failed') })
  const text = tooltip({ cloud: long('🦷'.repeat(100)), questions: 1 })
  t.ok(text.length <= 127)
  t.match(text, /^MyiTero import · (🦷)+…\n1 question waits for you\n1 download failed\nLast sync 12:00$/u)
  t.end()
})

t.test("the bridge's state of the cloud is what the icon reads", (t) => {
  const told: CloudState = {
    name: 'MyiTero',
    session: { kind: 'signed-in', account: { id: '7', name: 'Musterlabor' }, kept: 'keychain' },
    ...{ lastSync: null, syncing: false, paused: false, trouble: null },
    orders: [
      {
        ...{ account: '7', rxId: '1', orderId: null, orderCode: null, attempts: 0, failure: null },
        ...{ status: { kind: 'unknown', text: 'Lab Review' }, stage: 'noted' },
      },
    ],
  }
  t.equal(icon({ cloud: told }), 'active')
  t.end()
})

const anyFacts = fc.record<TrayFacts>({
  connector: fc.record({ kind: fc.constantFrom(...KINDS) }),
  cloud: fc.option(
    fc.record<TrayCloud>({
      session: fc.oneof(
        fc.constantFrom(...SESSIONS),
        fc.record({
          kind: fc.constant('signed-in' as const),
          account: fc.record({ name: fc.string({ unit: 'binary', maxLength: 300 }) }),
        }),
      ),
      lastSync: fc.option(fc.integer({ min: 0, max: 4e12 })),
      syncing: fc.boolean(),
      paused: fc.boolean(),
      trouble: fc.option(fc.constant({ code: 'cloud-unreachable', text: 'Away' })),
      orders: fc.array(fc.record({ stage: fc.constantFrom(...STAGES) }), { maxLength: 500 }),
    }),
  ),
  questions: fc.nat(),
  importing: fc.nat(),
})
const anyReader = fc.record({
  language: fc.constantFrom('en' as const, 'de' as const),
  locale: fc.constantFrom('en-GB', 'en-US', 'de-AT', 'de', 'ar-EG'),
  timeZone: fc.constantFrom('UTC', 'Europe/Berlin', 'Pacific/Auckland'),
  now: fc.integer({ min: 0, max: 4e12 }),
})

t.test(
  'whatever the state: the text fits Windows, is whole lines of visible text, and the state is told',
  (t) => {
    fc.assert(
      fc.property(anyFacts, anyReader, (given, as) => {
        const { tooltip } = trayState(given, as)
        const [name = '', ...lines] = tooltip.split('\n')
        return (
          tooltip.length <= 127 &&
          tooltip.isWellFormed() &&
          !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(tooltip.replaceAll('\n', '')) &&
          /^MyiTero.import/i.test(name) &&
          lines.length > 0 &&
          !/[{}[\]?]/.test(lines.join(''))
        )
      }),
    )
    t.end()
  },
)

t.test(
  'whatever the state: the menu has the case list, no command twice, groups in order, and the main command',
  (t) => {
    fc.assert(
      fc.property(anyFacts, anyReader, (given, as) => {
        const { menu, main } = trayState(given, as)
        const all = menu.map(({ command }) => command)
        const has = (command: (typeof all)[number]) => all.includes(command)
        return (
          has('show-cases') &&
          has('show-settings') &&
          has(main) &&
          new Set(all).size === all.length &&
          menu.every(({ label }) => label !== '') &&
          menu.every(({ group }, at) => group >= (menu[at - 1]?.group ?? 0)) &&
          !(has('pause') && has('resume')) &&
          !(has('sign-in') && has('sign-out'))
        )
      }),
    )
    t.end()
  },
)

t.test('over every connector, session, pause, question and failure the colour keeps its promise', (t) => {
  for (const kind of KINDS)
    for (const session of [null, ...SESSIONS])
      for (const paused of [false, true])
        for (const questions of [0, 1])
          for (const failed of [false, true]) {
            const given = facts({
              connector: { kind },
              cloud: session && cloud({ session, paused, orders: failed ? stages('failed') : [] }),
              questions,
            })
            const shown = trayState(given, reader).icon
            const waits = questions > 0 || (session !== null && failed)
            const what = JSON.stringify(given)
            if (shown === 'active') {
              t.notOk(waits || (session !== null && paused && session.kind === 'signed-in'), what)
              t.equal(kind, 'active', what)
              t.ok(session === null || session.kind === 'signed-in', what)
            }
            if (shown === 'idle')
              t.ok(!waits && (kind === 'offline' || (session?.kind === 'signed-in' && paused)), what)
            if (shown === 'signed-out') t.ok(session?.kind === 'signed-out' || kind === 'signed-out', what)
            if (waits) t.match(shown, /^(attention|signed-out)$/, what)
          }
  t.end()
})
