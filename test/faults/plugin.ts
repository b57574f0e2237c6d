import { join } from 'node:path'
import { setTimeout as realPause } from 'node:timers/promises'
import { answerAndGoOn } from '../../plugin/answering.ts'
import { wire } from '../../plugin/cloud/contract.ts'
import { openHttp } from '../../plugin/cloud/http.ts'
import { importAccount } from '../../plugin/cloud/ids.ts'
import type { Profile } from '../../plugin/cloud/profile.ts'
import { systemSchedule } from '../../plugin/cloud/schedule.ts'
import { createSession, type SessionState } from '../../plugin/cloud/session.ts'
import type { Disk } from '../../plugin/disk.ts'
import { continueRevision, importPackage, resumeEach } from '../../plugin/importer.ts'
import { handedOn } from '../../plugin/importing/package-note.ts'
import { type Fetch, shownFetches } from '../../plugin/ledger/fetches.ts'
import { openRevisions } from '../../plugin/ledger/orders.ts'
import { listQuestions } from '../../plugin/ledger/questions.ts'
import { receive } from '../../plugin/receiving/receive.ts'
import type { Secrets } from '../../plugin/secrets.ts'
import { watchCloud } from '../../plugin/sources/cloud.ts'
import { openLaboratory } from '../../plugin/terminal/laboratory-files.ts'
import { firstOf } from '../laboratory.ts'

export interface PluginSetup {
  readonly profile: Profile
  readonly secrets: Secrets
  readonly cases: string
  readonly data: string
  readonly disk: Disk
  readonly webhook: boolean
  readonly onSession: (state: SessionState) => void
}

/** What a schedule does with a plugin, in this process or in one of its own. */
export interface Plugin {
  /** The sign-in's URL. */
  signIn(): Promise<string>
  look(): Promise<void>
  pause(on: boolean): Promise<void>
  /** Everything that a person could still do is done; what is left after it is told. `there`: orders that the cloud still has. */
  finish(there: readonly number[]): Promise<Left>
  close(): Promise<void>
}

export interface Left {
  readonly fetches: readonly Fetch[]
  readonly revisions: number
  readonly questions: number
}

/** A person presses Retry: the order was said not to be there, or not to be had, and it is. */
export const isToBeTried = ({ stage, failure, rxId }: Fetch, there: readonly number[]): boolean =>
  stage === 'failed' && RETRIED.has(failure?.code ?? '') && there.includes(Number(rxId))
/** What fails for another reason comes by itself, or it is a fault of ours. */
export const RETRIED: ReadonlySet<string> = new Set(['order-vanished', 'cloud-refused'])

/** So much faster than life time passes in a schedule, for the cloud as for the plugin. */
const FASTER = 100

export const fastClock = () => EPOCH + (Date.now() - EPOCH) * FASTER
/** Of this day, so that every process reads the same. */
const EPOCH = Math.floor(Date.now() / 86_400_000) * 86_400_000

/** The real rooms together, as the connector has them: session, source, importer, ledger; and somebody who answers. */
export async function startPlugin(setup: PluginSetup): Promise<Plugin> {
  const { disk, profile } = setup
  const laboratory = await openLaboratory({ into: setup.cases, data: setup.data, language: 'en' }, 'write')
  const importer = {
    ...laboratory.importer,
    disk,
    receive: (job, onBytes) => receive(disk, job, onBytes),
    pause: (ms) => realPause(ms / 10),
    // One that was killed within this process is gone, though its process is not.
    alive: ({ token }) => token === laboratory.importer.me.token,
  } satisfies typeof laboratory.importer
  const http = openHttp(profile, {}, { answerMs: 3000, silenceMs: 1000 })
  const session = createSession({
    profile,
    secrets: setup.secrets,
    http,
    wire,
    clock: fastClock,
    schedule: (ms, then) => systemSchedule(ms / FASTER, then),
    onState(state) {
      setup.onSession(state)
      // One account only; of several, the first.
      if (state.kind === 'choosing-account' && state.accounts[0]) {
        session.chooseAccount(state.accounts[0].id).catch(() => {})
      }
    },
  })
  await session.start()
  let turn: Promise<unknown> = Promise.resolve()
  /** One thing after the other at the questions; what fails is tried again with the next. */
  const inTurn = (work: () => Promise<unknown>) => {
    turn = turn.then(work).catch(() => {})
    return turn
  }
  const answer = async () => {
    for (const question of await listQuestions(importer.ledger)) {
      await answerAndGoOn(importer, question.id, firstOf(question))
    }
  }
  const goOn = async () => {
    for (const { id } of await openRevisions(importer.ledger)) await continueRevision(importer, id)
  }
  await inTurn(async () => {
    for await (const _ of resumeEach(importer));
  })
  const watch = watchCloud({
    session,
    http,
    profile,
    ledger: importer.ledger,
    disk,
    downloads: join(setup.data, 'downloads'),
    bytesPerSecond: null,
    webhook: setup.webhook ? { port: 0, url: 'http://127.0.0.1:1/notices' } : null,
    clock: fastClock,
    random: importer.random,
    pause: (ms, signal) => realPause(Math.max(1, ms / FASTER), undefined, { signal }),
    async onPackage(path, { account, orderId }) {
      const own = { ...importer, account: importAccount(account) }
      const result = await importPackage(own, path, { expect: { orderId } })
      if (result.outcome === 'waiting') void inTurn(answer)
      return handedOn(result)
    },
    onState: () => {},
    onProgress: () => {},
    onFetch: () => {},
    onFailure: () => {},
  })
  return {
    async signIn() {
      return (await session.signIn('en')).url
    },
    look: () => watch.look(),
    async pause(on) {
      watch.pause(on)
    },
    async finish(there) {
      await watch.look()
      await inTurn(goOn)
      await inTurn(answer)
      const account = session.state()
      const fetches =
        account.kind === 'signed-in' ? await shownFetches(importer.ledger, account.account.id) : []
      for (const each of fetches) if (isToBeTried(each, there)) await watch.retry(each.account, each.rxId)
      return {
        fetches,
        revisions: (await openRevisions(importer.ledger)).length,
        questions: (await listQuestions(importer.ledger)).length,
      }
    },
    async close() {
      await watch.close()
      await turn
      await session.close()
      http.close()
      await laboratory.close()
    },
  }
}
