import { fork } from 'node:child_process'
import { join } from 'node:path'
import type { Profile } from '../../plugin/cloud/profile.ts'
import type { SessionState } from '../../plugin/cloud/session.ts'
import type { DiskTrouble } from './faulty-disk.ts'
import type { Left, Plugin } from './plugin.ts'

export interface ChildSetup {
  readonly folder: string
  readonly cases: string
  readonly data: string
  readonly profile: Profile
  readonly webhook: boolean
}

export type Told =
  | { readonly kind: 'ready' }
  | { readonly kind: 'session'; readonly state: SessionState }
  | { readonly kind: 'done'; readonly call: number; readonly result: unknown; readonly error: string | null }

export type Call =
  | { readonly call: number; readonly what: 'signIn' | 'look' | 'close' }
  | { readonly call: number; readonly what: 'finish'; readonly there: readonly number[] }
  | { readonly call: number; readonly what: 'pause'; readonly on: boolean }
  | { readonly call: number; readonly what: 'trouble'; readonly trouble: DiskTrouble | null }

type Wish = Call extends infer C ? (C extends Call ? Omit<C, 'call'> : never) : never

/** A plugin in a process of its own. */
export async function childPlugin(
  setup: ChildSetup & { readonly onSession: (state: SessionState) => void },
): Promise<Plugin & { kill(): Promise<void>; trouble(trouble: DiskTrouble | null): Promise<void> }> {
  const { onSession, ...own } = setup
  const child = fork(join(import.meta.dirname, 'child.ts'), [JSON.stringify(own)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const open = new Map<number, PromiseWithResolvers<unknown>>()
  const ready = Promise.withResolvers<void>()
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.on('message', (told: Told) => {
    if (told.kind === 'ready') ready.resolve()
    else if (told.kind === 'session') onSession(told.state)
    else {
      if (told.error === null) open.get(told.call)?.resolve(told.result)
      else open.get(told.call)?.reject(new Error(told.error))
      open.delete(told.call)
    }
  })
  void ended.then(() => {
    ready.reject(new Error('ended'))
    for (const each of open.values()) each.reject(new Error('ended'))
  })
  let last = 0
  const call = (wish: Wish): Promise<unknown> => {
    const asked = Promise.withResolvers<unknown>()
    const number = ++last
    open.set(number, asked)
    child.send({ ...wish, call: number }, (error) => error && asked.reject(error))
    return asked.promise
  }
  await ready.promise
  return {
    signIn: async () => String(await call({ what: 'signIn' })),
    async look() {
      await call({ what: 'look' })
    },
    async pause(on) {
      await call({ what: 'pause', on })
    },
    finish: async (there) => (await call({ what: 'finish', there })) as Left,
    async trouble(trouble) {
      await call({ what: 'trouble', trouble })
    },
    async close() {
      await call({ what: 'close' })
      child.disconnect()
      await ended
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
