import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { type Address, newAddress } from './address.ts'
import type { Channel } from './channel.ts'
import { type Clock, systemClock } from './clock.ts'
import type { Configuration, ConnectorState, Failure, Forgotten } from './data.ts'
import { BridgeError } from './errors.ts'
import { shakeHands } from './handshake.ts'
import { type Child, launch } from './launch.ts'
import type { PluginManifest } from './manifest.ts'
import { PROTOCOL_VERSION } from './numbers.ts'
import { createPeer, type Handlers, type Peer } from './peer.ts'
import { type PipeServer, servePipe } from './pipe.ts'
import { type Crashes, crashed, NO_CRASHES } from './supervision.ts'
import { type ProcessFailureCode, processFailure } from './words.ts'

/** Where the plugin's process stands. Times in ms since the epoch. */
export type ProcessState =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'running'; readonly state: ConnectorState }
  /** Crashed, or (failure `plugin-ended`) ended in good order unasked: how often by now; started again at `at`. */
  | { readonly kind: 'pausing'; readonly crashes: number; readonly at: number; readonly failure: Failure }
  /** It did so too often, or can never work; a person starts it again. */
  | { readonly kind: 'given-up'; readonly crashes: number; readonly failure: Failure }

export interface ServeOptions {
  readonly manifest: PluginManifest
  /** The plugin's folder, where its plugin.json is. */
  readonly folder: string
  /** Further code that the plugin runs on: files and folders that it may read. */
  readonly code: readonly string[]
  /** The plugin's own folder; made where it is absent. */
  readonly dataFolder: string
  readonly configuration: Configuration
  /** Mappings that it is to forget before it looks at an order; null: none. `onForgotten`: it was configured with them. */
  readonly forget?: () => Forgotten | null
  readonly onForgotten?: (forgotten: Forgotten) => void
  /** What the plugin may ask and tell. */
  readonly handlers: Handlers<'host'>
  readonly onProcess?: (state: ProcessState) => void
  /** Its last process, of an earlier call of this, crashed and was not followed by one that works. */
  readonly afterCrash?: boolean
  /** The plugin is configured, at first and after every return: now its orders and questions can be asked for. */
  readonly onReady?: (peer: Peer<'host'>) => void
  /** How a process ended and what it complained of last, what a handler threw: for a developer's log. */
  readonly onFault?: (fault: unknown, where: string) => void
  readonly clock?: Clock
  /** So many random bytes, hexadecimal. */
  readonly random?: (bytes: number) => string
}

export interface PluginHandle {
  readonly process: () => ProcessState
  /** Throws BridgeError `connection-closed` while the plugin is not running. */
  readonly request: Peer<'host'>['request']
  /** Lost while the plugin is not running: `onReady` is the moment to catch up. */
  readonly notify: Peer<'host'>['notify']
  /**
   * Works in another way from now on; where the folders change, in a process of its own. Throws BridgeError `refused` where
   * the plugin cannot, which then goes on as before.
   */
  readonly configure: (configuration: Configuration) => Promise<void>
  /** Cuts the connection and no more: both ends come back by themselves. */
  readonly cut: () => void
  /** Ends it for good within 5 s; a publish in flight is finished first. */
  readonly stop: () => Promise<void>
  /** The last lines that the process wrote, for a developer. */
  readonly output: () => readonly string[]
}

/** Of a start until it is configured, and of a return after a cut, ms. */
const READY_MS = 30_000
const RETURN_MS = 10_000
/** A refused configuration is tried again: the case folder may be back. */
const CONFIGURE_AGAIN_MS = 15_000
const CONFIGURE_MS = 20_000
/** A stop is asked for, told, done, and then no longer waited for: a hung disk holds a process that was killed. ms */
const STOP_MS = { told: 3500, done: 4000, abandoned: 4500 }
/** Of one process, that a developer hears of. */
const STRANGERS = 10

/** One process, from its start to its end. */
interface Life {
  readonly secret: string
  child: Child | null
  peer: Peer<'host'> | null
  ready: boolean
  /** It was connected once. */
  came: boolean
  /** It has answered to how it is to work. */
  answered: boolean
  leaving: boolean
  strangers: number
  /** Why it has to end, where we end it ourselves. */
  failure: ProcessFailureCode | null
  /** Each end of a wait replaces the one before. */
  wait: () => void
}

/** Starts the plugin at once and keeps it running until it is stopped. */
export function servePlugin(options: ServeOptions): PluginHandle {
  const { manifest, clock = systemClock, random = (bytes) => randomBytes(bytes).toString('hex') } = options
  let { configuration } = options
  let shown: ProcessState = { kind: 'starting' }
  let life: Life | null = null
  let crashes: Crashes = NO_CRASHES
  let ends: Crashes = NO_CRASHES
  let wanted = true
  let lastOutput: readonly string[] = []
  let endPause = () => {}
  /** The last process crashed, and none has worked since. */
  let afterCrash = options.afterCrash ?? false

  const show = (next: ProcessState) => {
    shown = next
    options.onProcess?.(next)
  }
  const failed = (code: ProcessFailureCode) => processFailure(code, configuration.language)
  const over = supervise()

  async function supervise(): Promise<void> {
    // The caller has its handle before it hears of it.
    await Promise.resolve()
    while (wanted) {
      show({ kind: 'starting' })
      const startedAt = clock.now()
      const end = await live()
      if (!wanted) break
      if (end === 'again') continue
      const inGoodOrder = end === 'plugin-ended'
      const step = crashed(inGoodOrder ? ends : crashes, startedAt, clock.now())
      if (inGoodOrder) ends = step.crashes
      else crashes = step.crashes
      afterCrash = !inGoodOrder
      const failure = failed(end)
      const hopeless = end === 'protocol-unsupported' || end === 'pipe-unusable'
      if (hopeless || step.next.kind === 'give-up') {
        show({ kind: 'given-up', crashes: step.next.crashes, failure })
        return
      }
      const { ms } = step.next
      show({ kind: 'pausing', crashes: step.next.crashes, at: clock.now() + ms, failure })
      await new Promise<void>((resume) => {
        const takeBack = clock.after(ms, resume)
        endPause = () => {
          takeBack()
          resume()
        }
      })
    }
  }

  async function live(): Promise<ProcessFailureCode | 'again'> {
    const current: Life = {
      secret: random(32),
      child: null,
      peer: null,
      ready: false,
      came: false,
      answered: false,
      leaving: false,
      strangers: 0,
      failure: null,
      wait: () => {},
    }
    let address: Address | null = null
    let pipe: PipeServer | null = null
    life = current
    try {
      address = await newAddress(random(16))
      pipe = await servePipe(address.path, (channel) => receive(current, channel))
      await mkdir(options.dataFolder, { recursive: true })
      if (current.leaving) return 'again'
      current.child = start(current, address.path)
      expect(current, READY_MS, 'plugin-not-ready')
      const how = await current.child.ended
      if (current.leaving) return 'again'
      for (const line of current.child.complaint()) options.onFault?.(line, 'process-output')
      options.onFault?.(how, 'process')
      return current.failure ?? endOf(current, how)
    } catch (error) {
      options.onFault?.(error, 'process')
      return error instanceof BridgeError ? 'pipe-unusable' : 'plugin-not-started'
    } finally {
      current.wait()
      lastOutput = current.child?.output() ?? []
      const { peer } = current
      current.peer = null
      life = null
      peer?.close()
      await pipe?.close()
      await address?.remove()
    }
  }

  function start(current: Life, pipe: string): Child {
    const { folder, code, dataFolder } = options
    const bootstrap = {
      pipe,
      secret: current.secret,
      dataFolder,
      protocol: PROTOCOL_VERSION,
      ...(afterCrash ? { afterCrash } : {}),
    }
    return launch({ manifest, folder, code, dataFolder, configuration, bootstrap })
  }

  /** Whoever connects: the plugin has the secret, a stranger is cut off. */
  function receive(current: Life, channel: Channel): void {
    const hands = {
      channel,
      side: 'host',
      secret: current.secret,
      protocols: [PROTOCOL_VERSION],
      nonce: random(32),
      clock,
    } as const
    shakeHands(hands, (outcome) => {
      if (life !== current || current.leaving) return channel.close()
      if (outcome.kind === 'protocol-unsupported') return end(current, 'protocol-unsupported')
      if (outcome.kind === 'proven') join(current, channel)
      else if (outcome.kind === 'refused' && ++current.strangers <= STRANGERS)
        options.onFault?.(new BridgeError('not-proven'), 'handshake')
    })
  }

  /** A proven connection; it takes the place of one that is dead. */
  function join(current: Life, channel: Channel): void {
    const before = current.peer
    if (before !== null) {
      current.peer = null
      current.ready = false
      before.close()
      show({ kind: 'starting' })
    }
    const peer: Peer<'host'> = createPeer({
      side: 'host',
      channel,
      clock,
      handlers: {
        ...options.handlers,
        'plugin/stateChanged': (params) => {
          if (current.peer === peer && current.ready) show({ kind: 'running', state: params.state })
          options.handlers['plugin/stateChanged'](params)
        },
      },
      onClosed: () => {
        if (current.peer !== peer) return
        current.peer = null
        current.ready = false
        if (current.leaving) return
        show({ kind: 'starting' })
        expect(current, RETURN_MS, 'plugin-not-ready')
      },
      ...(options.onFault === undefined ? {} : { onFault: options.onFault }),
    })
    current.peer = peer
    current.came = true
    expect(current, READY_MS, 'plugin-not-ready')
    void configureAtStart(current, peer)
  }

  async function configureAtStart(current: Life, peer: Peer<'host'>): Promise<void> {
    try {
      const state = await configured(peer, configuration)
      works(current, peer, state)
    } catch (error) {
      if (current.peer !== peer || current.leaving) return
      options.onFault?.(error, 'plugin/configure')
      if (!(error instanceof BridgeError) || error.refusal === null) return end(current, 'plugin-unfit')
      const { code, text } = error.refusal
      const failure = { code, text }
      current.answered = true
      show({ kind: 'running', state: { kind: 'attention', since: clock.now(), failure } })
      current.wait()
      current.wait = clock.after(CONFIGURE_AGAIN_MS, () => void configureAtStart(current, peer))
    }
  }

  async function configured(peer: Peer<'host'>, next: Configuration): Promise<ConnectorState> {
    const forget = options.forget?.() ?? null
    const whole = forget === null ? next : { ...next, forget }
    const { state } = await peer.request('plugin/configure', whole, { deadlineMs: CONFIGURE_MS })
    if (forget !== null) options.onForgotten?.(forget)
    return state
  }

  /** It has taken the configuration. */
  function works(current: Life, peer: Peer<'host'>, state: ConnectorState): void {
    if (current.peer !== peer || current.leaving) return
    current.wait()
    const again = current.ready
    current.ready = true
    current.answered = true
    afterCrash = false
    show({ kind: 'running', state })
    if (!again) options.onReady?.(peer)
  }

  function expect(current: Life, ms: number, code: ProcessFailureCode): void {
    current.wait()
    current.wait = clock.after(ms, () => end(current, code))
  }

  /** Ends a process that does not work; it counts as a crash. */
  function end(current: Life, code: ProcessFailureCode): void {
    current.failure = code
    current.child?.kill('SIGKILL')
  }

  /** Ends a process that works. */
  async function leave(current: Life): Promise<void> {
    const { child, peer } = current
    if (current.leaving) {
      await child?.ended
      return
    }
    current.leaving = true
    current.wait()
    if (child === null) return
    const asked = peer?.request('plugin/stop', {}, { deadlineMs: STOP_MS.told }).catch(() => {})
    // Answered, or nobody there to answer: the end of its input says the rest.
    void Promise.resolve(asked).then(child.endInput)
    const harder = [
      clock.after(STOP_MS.told, () => child.kill('SIGTERM')),
      clock.after(STOP_MS.done, () => child.kill('SIGKILL')),
      clock.after(STOP_MS.abandoned, child.abandon),
    ]
    await child.ended
    for (const takeBack of harder) takeBack()
  }

  const peerNow = () => {
    const peer = life?.ready && !life.leaving ? life.peer : null
    if (!peer) throw new BridgeError('connection-closed')
    return peer
  }

  return {
    process: () => shown,
    request: async (...asked) => peerNow().request(...asked),
    notify: (...told) => {
      if (life?.ready) life.peer?.notify(...told)
    },
    configure: async (next) => {
      const before = configuration
      configuration = next
      const current = life
      if (current === null) return
      if (next.caseFolder !== before.caseFolder || next.exportFolder !== before.exportFolder) {
        show({ kind: 'starting' })
        return leave(current)
      }
      const { peer } = current
      if (peer === null) return
      try {
        const state = await configured(peer, next)
        works(current, peer, state)
      } catch (error) {
        if (error instanceof BridgeError && error.refusal !== null) configuration = before
        // Otherwise it is told at its return.
        if (error instanceof BridgeError && error.code === 'connection-closed') return
        throw error
      }
    },
    cut: () => life?.peer?.close(),
    stop: async () => {
      if (wanted) {
        wanted = false
        endPause()
        if (life !== null) await leave(life)
      }
      await over
      if (shown.kind !== 'stopped') show({ kind: 'stopped' })
    },
    output: () => life?.child?.output() ?? lastOutput,
  }
}

/** What became of a process that ended by itself. Exit code 0 says that it was told to, by the system or by a person. */
function endOf(life: Life, how: string): ProcessFailureCode {
  if (life.answered && how === 'exit 0') return 'plugin-ended'
  return life.came ? 'plugin-crashed' : 'plugin-not-started'
}
