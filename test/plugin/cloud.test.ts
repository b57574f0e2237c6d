import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { CloudConfiguration, CloudState } from '../../bridge/data.ts'
import type { Cloud } from '../../fixtures/cloud/cloud.ts'
import { visitLogin } from '../../fixtures/cloud/visitor.ts'
import type { MadeExport, MakeOptions } from '../../fixtures/exports/make-export.ts'
import { ACCOUNT, LAB, OTHER_ACCOUNT, opened, TWO } from '../cloud/opened.ts'
import { assertWhole, made, namesIn } from '../laboratory.ts'
import { answerEverything, type Hosting, hosting } from './hosting.ts'

t.setTimeout(280_000)

interface Connected {
  readonly lab: Hosting
  readonly cloud: Cloud
  /** An order that the cloud has from now on. */
  readonly order: (
    recipe: string,
    more?: Partial<MakeOptions>,
    account?: number,
  ) => Promise<MadeExport & { rxId: number }>
  /** With the cloud alone, or an export folder beside it. */
  readonly configure: (
    change?: Partial<CloudConfiguration>,
    exportFolder?: string,
  ) => ReturnType<Hosting['configure']>
  /** The first state of the cloud told from `from` on that fits. */
  readonly state: (fits: (cloud: CloudState) => boolean, from?: number) => Promise<CloudState>
  readonly signIn: (who?: typeof LAB | typeof TWO) => Promise<void>
  readonly downloads: () => number
}

async function connected(t: Test): Promise<Connected> {
  const { cloud } = await opened(t, { poll: { fastestMs: 1000, slowestMs: 60_000 } })
  const lab = await hosting(t)
  const profile = JSON.stringify(cloud.profile)
  const usual = { profile, paused: false, downloads: 3, bytesPerSecond: null, webhook: null, balloons: true }
  return {
    lab,
    cloud,
    async order(recipe, more = {}, account = ACCOUNT) {
      const mesh = { format: 'stl-binary', bytes: 20_000 } as const
      const pkg = await made(recipe, join(lab.root, 'made'), { mesh, ...more })
      const rxId = await cloud.addOrder(account, { package: pkg.path, orderId: Number(pkg.orderId) })
      return { ...pkg, rxId }
    },
    configure: (change = {}, exportFolder) =>
      lab.configure({ exportFolder: exportFolder ?? null, cloud: { ...usual, ...change } }),
    async state(fits, from = 0) {
      const word = await lab.until('cloud/changed', (one) => one.cloud !== null && fits(one.cloud), from)
      return word.cloud as CloudState
    },
    async signIn(who = LAB) {
      const { url } = await lab.ask('cloud/signIn', {})
      const { callback } = await visitLogin(url, who)
      if (callback === null) throw new Error('the login page did not lead back')
      await fetch(callback)
    },
    downloads: () => cloud.requests().filter(({ route }) => route === 'download').length,
  }
}

const isSignedIn = ({ session }: CloudState) => session.kind === 'signed-in'

t.test('a person signs in, and the orders of the account become cases', async (t) => {
  const { lab, configure, signIn, state, order, downloads } = await connected(t)
  const pkg = await order('single-crown')
  t.match(await configure(), { kind: 'signed-out', failure: null })
  await t.rejects(lab.ask('orders/look', {}), { code: 'cloud-signed-out' })
  await signIn()
  t.match(await state(isSignedIn), {
    session: { account: { id: String(ACCOUNT) }, kept: 'keychain' },
  })
  t.match(await lab.order(pkg.orderId, 'waiting'), { account: `myitero:${ACCOUNT}` })
  await answerEverything(lab)
  const { project } = await lab.order(pkg.orderId, 'published')
  await assertWhole(t, lab.cases, String(project), pkg)
  t.match(await lab.ask('plugin/state', {}), { state: { kind: 'active' } })
  t.equal(downloads(), 1)
  const bars = lab.told.flatMap((word) => (word.method === '$/progress' ? [word.params.value] : []))
  for (const bar of bars) if (bar.kind === 'begin') t.notMatch(bar.title, '.zip', 'a bar names the order')
})

t.test('of several accounts the person chooses one, and its orders alone come', async (t) => {
  const { lab, configure, signIn, state, order } = await connected(t)
  const theirs = await order('single-crown', {}, ACCOUNT)
  const ours = await order('study-model', {}, OTHER_ACCOUNT)
  await configure()
  await signIn(TWO)
  const { session } = await state(({ session }) => session.kind === 'choosing-account')
  t.match(await lab.ask('plugin/state', {}), { state: { kind: 'attention' } })
  t.match(session, { accounts: [{ id: String(ACCOUNT) }, { id: String(OTHER_ACCOUNT) }] })
  await t.rejects(lab.ask('cloud/chooseAccount', { account: '1' }), { code: 'cloud-account-unknown' })
  await lab.ask('cloud/chooseAccount', { account: String(OTHER_ACCOUNT) })
  await lab.order(ours.orderId, 'waiting')
  await lab.ask('orders/look', {})
  const { orders } = await lab.ask('orders/list', {})
  t.notOk(orders.some(({ orderId }) => orderId === theirs.orderId))
})

t.test('an order that comes back with other files is the second revision of it', async (t) => {
  const { lab, cloud, configure, signIn, order } = await connected(t)
  const first = await order('single-crown')
  await configure()
  await signIn()
  await lab.order(first.orderId, 'waiting')
  await answerEverything(lab)
  await lab.order(first.orderId, 'published')
  const again = await made('single-crown', join(lab.root, 'again'), { revision: 2, orderId: first.orderId })
  await cloud.change(first.rxId, { package: again.path })
  await lab.ask('orders/look', {})
  const { order: second } = await lab.until(
    'orders/changed',
    ({ order }) => order.number === 2 && order.stage === 'published',
  )
  await assertWhole(t, lab.cases, String(second.project), again)
  t.equal((await namesIn(lab.cases)).length, 2)
})

t.test('a restart takes the sign-in up, and fetches nothing twice', async (t) => {
  const { lab, configure, signIn, state, order, downloads } = await connected(t)
  const first = await order('study-model')
  await configure()
  await signIn()
  await lab.order(first.orderId, 'waiting')
  const before = lab.told.length
  await lab.restart()
  const second = await order('single-crown', { seed: 2 })
  await configure()
  await state(isSignedIn, before)
  await lab.order(second.orderId, 'waiting')
  t.equal(downloads(), 2)
})

t.test('paused, nothing is fetched; resumed, everything comes', async (t) => {
  const { lab, configure, signIn, state, order, downloads } = await connected(t)
  await configure({ paused: true })
  await signIn()
  t.match(await state(isSignedIn), { paused: true })
  const pkg = await order('study-model')
  await t.rejects(lab.ask('orders/look', {}), { code: 'cloud-paused' })
  await configure({ paused: true }, lab.exports)
  t.strictSame(await lab.ask('orders/look', {}), {}, 'there is a folder to look at')
  t.equal(downloads(), 0)
  await configure()
  t.match(await lab.order(pkg.orderId, 'waiting'), { orderId: pkg.orderId })
})

t.test('signed out, nothing more comes, and what waits still can be answered', async (t) => {
  const { lab, cloud, configure, signIn, state, order } = await connected(t)
  const pkg = await order('single-crown')
  await configure()
  await signIn()
  await lab.order(pkg.orderId, 'waiting')
  const from = lab.told.length
  await lab.ask('cloud/signOut', {})
  t.match(await state(({ session }) => session.kind === 'signed-out', from), { session: { failure: null } })
  t.match(await lab.ask('plugin/state', {}), { state: { kind: 'signed-out' } })
  t.ok(cloud.requests().some(({ route, status }) => route === 'unpair' && status === 204))
  await answerEverything(lab)
  await lab.order(pkg.orderId, 'published')
})

t.test('an order that failed is told from the first word on after a restart', async (t) => {
  const { lab, cloud, configure, signIn, state, order } = await connected(t)
  const { rxId } = await order('single-crown')
  cloud.faults.next({ route: 'download', times: 4 }, { kind: 'corrupt' })
  await configure()
  await signIn()
  await state(({ orders: [one] }) => one?.stage === 'failed')
  const from = lab.told.length
  await lab.restart()
  await configure()
  await state(isSignedIn, from)
  // A change of another setting, and a sign-out, are no reasons either.
  await configure({ downloads: 2 })
  await lab.ask('cloud/signOut', {})
  await state(({ session }) => session.kind === 'signed-out', from)
  const states = lab.told
    .slice(from)
    .flatMap((word) => (word.method === 'cloud/changed' ? [word.params.cloud?.orders ?? null] : []))
  for (const orders of states) t.match(orders, [{ rxId: String(rxId), stage: 'failed' }])
})

t.test('the log keeps sign-ins and downloads that fail, by codes and numbers alone', async (t) => {
  const { lab, cloud, configure, signIn, state, order } = await connected(t)
  const { rxId } = await order('single-crown')
  cloud.faults.next({ route: 'accounts' }, { kind: 'status', status: 403 })
  cloud.faults.next({ route: 'download', times: 4 }, { kind: 'corrupt' })
  await configure()
  await signIn()
  await state(({ session }) => session.kind === 'signed-out' && session.failure !== null)
  await signIn()
  await state(({ orders: [one] }) => one?.stage === 'failed')
  await lab.ask('cloud/signOut', {})
  const log = lab.logged.filter(({ event }) => /^(sign|download)/.test(event))
  const unfit = { fetch: 1, rx: rxId, code: 'download-wrong-content' } as const
  t.strictSame(log, [
    { event: 'sign-in-failed', facts: { code: 'sign-in-refused' } },
    { event: 'signed-in', facts: {} },
    { event: 'download-hindered', facts: { ...unfit, attempts: 1 } },
    { event: 'download-hindered', facts: { ...unfit, attempts: 2 } },
    { event: 'download-hindered', facts: { ...unfit, attempts: 3 } },
    { event: 'download-failed', facts: { ...unfit, attempts: 4 } },
    { event: 'signed-out', facts: {} },
  ])
})

for (const rest of ['signed out', 'paused'] as const) {
  t.test(`no bar stands for a download that does not go on: ${rest}`, async (t) => {
    const { lab, configure, cloud, signIn, state, order } = await connected(t)
    cloud.faults.next({ route: 'download' }, { kind: 'slow', bytesPerSecond: 4000 })
    await order('single-crown')
    await configure()
    await signIn()
    await state(isSignedIn)
    const begun = await lab.until('$/progress', ({ value }) => value.kind === 'begin')
    if (rest === 'paused') await configure({ paused: true })
    else await lab.ask('cloud/signOut', {})
    const ended = await lab.until('$/progress', ({ value }) => value.kind === 'end')
    t.equal(ended.token, begun.token)
    const code = rest === 'paused' ? 'cloud-paused' : 'cloud-signed-out'
    const { orders } = await state(({ orders: [one] }) => one?.failure?.code === code)
    t.match(orders, [{ stage: 'downloading' }], 'the order stays in the list, and says what it waits for')
  })
}

t.test('what MyiTero ends is told, and downloads go on after the next sign-in', async (t) => {
  const { lab, cloud, configure, signIn, state, order } = await connected(t)
  await configure()
  await signIn()
  await state(({ lastSync }) => lastSync !== null)
  cloud.revokeAll()
  const from = lab.told.length
  const pkg = await order('study-model')
  // Refused where the plugin has found out by itself before.
  await lab.ask('orders/look', {}).catch(() => {})
  const { session } = await state(({ session }) => session.kind === 'signed-out', from)
  t.match(session, { failure: { code: 'sign-in-ended' } })
  await signIn()
  await lab.order(pkg.orderId, 'waiting')
})

t.test('a sign-in that MyiTero ends leaves no word of a cloud that is tried again by itself', async (t) => {
  const { lab, cloud, configure, signIn, state, order } = await connected(t)
  await configure()
  await signIn()
  await state(({ lastSync }) => lastSync !== null)
  cloud.faults.next({ route: 'newOrders', times: 99 }, { kind: 'status', status: 500 })
  const away = lab.told.length
  await lab.ask('orders/look', {})
  await state(({ trouble }) => trouble !== null, away)
  const from = lab.told.length
  cloud.revokeAll()
  cloud.faults.clear()
  cloud.faults.next({ route: 'newOrders', times: 99 }, { kind: 'status', status: 401 })
  await order('study-model')
  const ended = await state(({ session }) => session.kind === 'signed-out', from)
  t.match(ended.session, { failure: { code: 'sign-in-ended' } })
  t.equal(ended.trouble, null)
})

t.test('the log of activity keeps who came and went, in the language, and each once', async (t) => {
  const { lab, cloud, configure, signIn, state } = await connected(t)
  const logged = async () => {
    const { entries } = await lab.ask('activity/list', {})
    return entries.filter(({ kind }) => /^sign/.test(kind)).map(({ kind, text }) => [kind, text])
  }
  const signedOut = (from: number) => state(({ session }) => session.kind === 'signed-out', from)
  await configure()
  await signIn()
  await state(({ lastSync }) => lastSync !== null)
  let from = lab.told.length
  await lab.restart()
  await configure()
  await state(isSignedIn, from)
  from = lab.told.length
  await lab.ask('cloud/signOut', {})
  await signedOut(from)
  await signIn()
  await state(({ lastSync }) => lastSync !== null, from)
  cloud.revokeAll()
  from = lab.told.length
  await lab.ask('orders/look', {})
  await signedOut(from)
  const kinds = ['sign-in-ended', 'signed-in', 'signed-out', 'signed-in']
  const english = await logged()
  t.strictSame(
    english.map(([kind]) => kind),
    kinds,
  )
  t.match(english[0]?.[1], /^The sign-in to MyiTero is over\. .*Sign in again/)
  await lab.configure({ exportFolder: null, language: 'de' })
  t.match((await logged())[1]?.[1], 'Jemand hat sich bei MyiTero angemeldet.')
})

t.test('a sign-out that MyiTero does not hear is in the log of activity, in the language', async (t) => {
  const { lab, cloud, configure, signIn, state } = await connected(t)
  await configure()
  await signIn()
  await state(({ lastSync }) => lastSync !== null)
  await cloud.close()
  await lab.ask('cloud/signOut', {})
  const signs = async () => {
    const { entries } = await lab.ask('activity/list', {})
    return entries.filter(({ kind }) => /^sign/.test(kind))
  }
  t.strictSame(
    (await signs()).map(({ kind }) => kind),
    ['sign-out-unheard', 'signed-out', 'signed-in'],
  )
  t.match((await signs())[0]?.text, /^MyiTero could not be told of the sign-out\. .*MyiTero’s page too\.$/)
  await lab.configure({ exportFolder: null, language: 'de' })
  t.match((await signs())[0]?.text, /^MyiTero konnte von der Abmeldung nicht erfahren\./)
})

t.test(
  'a package that stays spoiled is shown as failed, with its reason, and comes by a retry',
  async (t) => {
    const { lab, cloud, configure, signIn, state, order } = await connected(t)
    const pkg = await order('study-model')
    for (let tried = 0; tried < 4; tried++) cloud.faults.next({ route: 'download' }, { kind: 'corrupt' })
    await configure()
    await signIn()
    const failed = await state(({ orders }) => orders.some(({ stage }) => stage === 'failed'))
    t.match(failed.orders, [
      { rxId: String(pkg.rxId), attempts: 4, failure: { code: 'download-wrong-content' } },
    ])
    t.strictSame(await namesIn(lab.cases), [])
    const { entries } = await lab.ask('activity/list', {})
    const lines = entries.filter(({ kind }) => kind === 'download-failed')
    t.match(lines, [{ orderId: pkg.orderId }], 'once, after the third try')
    t.match(lines[0]?.text, new RegExp(`^The download of order ${pkg.orderId}.* failed\\. .+`))
    await lab.ask('cloud/retry', { account: String(ACCOUNT), rxId: String(pkg.rxId) })
    await lab.order(pkg.orderId, 'waiting')
  },
)

t.test('a package that is another order’s is refused, whatever it is called', async (t) => {
  const { lab, cloud, configure, signIn, state } = await connected(t)
  const pkg = await made('study-model', join(lab.root, 'made'))
  await cloud.addOrder(ACCOUNT, { package: pkg.path, orderId: Number(pkg.orderId) + 1 })
  await configure()
  await signIn()
  const { orders } = await state((cloud) => cloud.orders.some(({ stage }) => stage === 'failed'))
  t.match(orders, [{ failure: { code: 'package-of-another-order' } }])
  t.strictSame((await lab.ask('orders/list', {})).orders, [])
})

t.test('while the case folder is away downloads wait, and come when it is back', async (t) => {
  const { lab, configure, signIn, order } = await connected(t)
  await configure()
  await signIn()
  await rename(lab.cases, `${lab.cases}-away`)
  await lab.until('plugin/stateChanged', ({ state }) => state.kind === 'offline')
  const pkg = await order('study-model')
  await lab.ask('orders/look', {})
  await rename(`${lab.cases}-away`, lab.cases)
  await lab.order(pkg.orderId, 'waiting')
})

t.test('a profile that is none is refused, and the one before goes on', async (t) => {
  const { lab, configure, signIn, state } = await connected(t)
  await configure()
  await signIn()
  await state(isSignedIn)
  await t.rejects(configure({ profile: '{}' }), { code: 'profile-invalid' })
  t.match((await lab.ask('cloud/state', {})).cloud, { session: { kind: 'signed-in' } })
})

t.test('without a profile there is no cloud to ask', async (t) => {
  const lab = await hosting(t)
  await lab.configure()
  t.strictSame(await lab.ask('cloud/state', {}), { cloud: null })
  await t.rejects(lab.ask('cloud/signIn', {}), { code: 'cloud-off' })
})
