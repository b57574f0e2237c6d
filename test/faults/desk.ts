import { setTimeout as pause } from 'node:timers/promises'
import type { Cloud } from '../../fixtures/cloud/cloud.ts'
import { visitLogin } from '../../fixtures/cloud/visitor.ts'
import { randomOf } from '../../fixtures/exports/random.ts'
import { readProfile } from '../../plugin/cloud/profile.ts'
import type { SessionState } from '../../plugin/cloud/session.ts'
import type { Secrets } from '../../plugin/secrets.ts'
import { childPlugin } from './child-plugin.ts'
import type { DiskTrouble } from './faulty-disk.ts'
import { faultyDisk } from './faulty-disk.ts'
import { isToBeTried, type Plugin, startPlugin } from './plugin.ts'
import type { Schedule } from './schedule.ts'

/** What ends a plugin, or parts it from its host: each time it is there again afterwards. */
export type Strike = 'kill' | 'restart' | 'kill-host' | 'cut'

/** A computer with its plugin, and the person who sits there. */
export interface Desk {
  start(): Promise<void>
  signIn(): Promise<void>
  strike(how: Strike): Promise<void>
  look(): Promise<void>
  togglePause(): Promise<void>
  /** One open question, without waiting for what comes of it. */
  answer(): Promise<void>
  trouble(trouble: DiskTrouble): Promise<void>
  /** Nothing goes wrong any more: everything has to come to its end. Gives what does not. */
  settle(rxIds: readonly number[]): Promise<readonly string[]>
  /** Ends in good order; gives what is wrong with what it alone knows. */
  end(): Promise<readonly string[]>
  /** Whatever still runs is killed. */
  abandon(): Promise<void>
}

export interface Place {
  readonly folder: string
  /** Absolute; cases are published there. */
  readonly cases: string
  /** The plugin's own. */
  readonly data: string
  readonly schedule: Schedule
}

/** The plugin's rooms without a host, in this process or in one of their own; somebody answers whatever is asked. */
export function openDesk(cloud: Cloud, { folder, cases, data, schedule }: Place): Desk {
  const profile = readProfile(JSON.stringify(cloud.profile))
  const random = randomOf(schedule.seed, 'disk')
  const secrets = memorySecrets()
  let session = 'starting' as SessionState['kind']
  let disk = faultyDisk(random)
  let plugin:
    | (Plugin & { kill(): Promise<void>; trouble(trouble: DiskTrouble | null): Promise<void> })
    | null = null
  let paused = false
  const onSession = ({ kind }: SessionState) => {
    session = kind
  }

  async function start(): Promise<void> {
    paused = false
    const setup = { profile, cases, data, webhook: schedule.webhook, onSession }
    if (schedule.where === 'apart') {
      plugin = await childPlugin({ ...setup, folder })
      return
    }
    disk = faultyDisk(random)
    const own = disk
    const started = await startPlugin({ ...setup, secrets, disk: own.disk })
    plugin = {
      ...started,
      async kill() {
        await own.die()
        await started.close()
      },
      async trouble(trouble) {
        if (trouble === null) own.heal()
        else own.trouble(trouble)
      },
    }
  }

  async function signIn(): Promise<void> {
    for (let tries = 0; tries < 60 && session !== 'signed-in'; tries++) {
      try {
        if (session === 'signed-out' || session === 'signing-in') {
          const url = (await plugin?.signIn()) ?? ''
          const [who] = cloud.credentials
          const { callback } = await visitLogin(url, who ?? 'cancel')
          if (callback !== null) await fetch(callback).then((answer) => answer.text())
        }
      } catch {
        // Whoever signs in tries again.
      }
      for (let i = 0; i < 20 && !isOver(session); i++) await pause(5)
    }
  }

  async function end(how: 'kill' | 'restart'): Promise<void> {
    if (how === 'kill') await plugin?.kill()
    else await plugin?.close()
    plugin = null
  }

  return {
    start,
    signIn,
    async strike(how) {
      if (how !== 'kill' && how !== 'restart') throw new TypeError(`${how} without a host`)
      await end(how)
      await start()
    },
    async answer() {},
    async abandon() {
      await plugin?.kill().catch(() => {})
    },
    async end() {
      await end('restart')
      // What could not be cleared away for want of a disk, the next start clears away.
      await start()
      await end('restart')
      return []
    },
    async look() {
      void plugin?.look().catch(() => {})
    },
    async togglePause() {
      paused = !paused
      await plugin?.pause(paused)
    },
    async trouble(trouble) {
      await plugin?.trouble(trouble)
    },
    async settle(rxIds) {
      cloud.faults.clear()
      await plugin?.trouble(null)
      if (paused) await this.togglePause()
      const began = performance.now()
      let last = 'nothing was told'
      while (performance.now() - began < SETTLE_MS) {
        await signIn()
        const there = rxIds.filter((rxId) => cloud.order(rxId) !== null)
        const left = await plugin?.finish(there)
        const fetches =
          left?.fetches.filter(
            ({ stage, rxId }) => stage !== 'taken' && !(OVER.has(stage) && !there.includes(Number(rxId))),
          ) ?? []
        const listed = rxIds.filter((rxId) => cloud.order(rxId)?.isNew === true)
        if (
          session === 'signed-in' &&
          left &&
          fetches.length + left.revisions + left.questions + listed.length === 0
        )
          return []
        last = JSON.stringify({ session, ...left, fetches, listed })
        // Failed is a person's: nothing moves it, but for what he tries again.
        if (
          fetches.length > 0 &&
          fetches.every((each) => each.stage === 'failed' && !isToBeTried(each, there))
        )
          break
        await pause(5)
      }
      return [`not settled: ${last}`]
    },
  }
}

/** A sign-in's end, well or not. */
const isOver = (kind: SessionState['kind']) => kind === 'signed-in' || kind === 'signed-out'

/** Of an order that vanished. */
const OVER: ReadonlySet<string> = new Set(['failed', 'noted'])

const SETTLE_MS = 30_000

/** A keychain: it outlives the process that uses it. */
function memorySecrets(): Secrets {
  const entries = new Map<string, string>()
  return {
    kept: 'keychain',
    read: async (name) => entries.get(name) ?? null,
    write: async (name, value) => void entries.set(name, value),
    remove: async (name) => void entries.delete(name),
  }
}
