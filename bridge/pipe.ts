import { once } from 'node:events'
import type { Socket } from 'node:net'
import { dirname } from 'node:path'
import { IPCModule } from 'node-ipc'
import { type Channel, MAX_FRAME_BYTES, type Receiver } from './channel.ts'
import { BridgeError } from './errors.ts'

/** The one event of node-ipc that everything travels on. */
export const EVENT = 'myitero.rpc'
/** Characters that may come before the other end has proven itself. */
const UNPROVEN_LIMIT = 8192
/** A frame that was begun has to end within this, ms. */
const FRAME_DEADLINE_MS = 30_000
const CLOSE_MS = 1000

export interface PipeServer {
  /** Cuts every connection; the socket is gone afterwards. */
  readonly close: () => Promise<void>
}

/**
 * Listens on a pipe. `onChannel` is called for every connection, in the same turn, so that nothing is missed.
 * Throws BridgeError `pipe-unusable`.
 */
export function servePipe(path: string, onChannel: (channel: Channel) => void): Promise<PipeServer> {
  const ipc = quiet(path)
  const ends = new Map<Socket, End>()
  return new Promise((listening, failed) => {
    // On Windows node-ipc puts `\\.\pipe\` in front itself.
    ipc.serve(path.replace(/^\\\\\.\\pipe\\/, ''), () => listening({ close }))
    const { server } = ipc
    server.on('connect', (socket: Socket) => {
      const end = channelOver(socket, (message) => server.emit(socket, EVENT, message))
      ends.set(socket, end)
      onChannel(end.channel)
    })
    server.on(EVENT, (message, socket) => ends.get(socket)?.message(message))
    server.on('close', (socket: Socket) => {
      ends.get(socket)?.closed()
      ends.delete(socket)
    })
    // After the start: faults of single connections, which are closed then.
    server.on('error', (error) => failed(new BridgeError('pipe-unusable', error.code ?? error.message)))
    try {
      server.start()
    } catch (error) {
      failed(new BridgeError('pipe-unusable', String(error)))
    }
  })

  function close(): Promise<void> {
    const { server } = ipc.server
    if (server === false || !server.listening) return Promise.resolve()
    const closed = once(server, 'close')
    ipc.server.stop()
    return closed.then(() => {})
  }
}

/** Connects once; does not try again by itself. Throws BridgeError `pipe-unusable`. */
export function connectPipe(path: string): Promise<Channel> {
  const ipc = quiet(path)
  return new Promise((connected, failed) => {
    ipc.connectTo('host', path, () => {})
    const client = ipc.of['host']
    if (client === undefined) return failed(new BridgeError('pipe-unusable', path))
    const end = channelOver(client.socket, (message) => client.emit(EVENT, message))
    client.on('connect', () => connected(end.channel))
    client.on(EVENT, (message) => end.message(message))
    client.on('disconnect', () => end.closed())
    client.on('error', (error) => failed(new BridgeError('pipe-unusable', error.code ?? error.message)))
  })
}

/** An instance of node-ipc of its own that writes nothing, removes nothing and tries nothing again. */
function quiet(path: string): IPCModule {
  const ipc = new IPCModule()
  Object.assign(ipc.config, {
    id: 'myitero',
    silent: true,
    parser: 'guarded',
    socketRoot: dirname(path),
    unlink: false,
    maxMessageSize: MAX_FRAME_BYTES,
    maxPendingBytes: 4 * MAX_FRAME_BYTES,
    messageTimeout: FRAME_DEADLINE_MS,
    maxConnections: 32,
    maxRetries: 0,
    stopRetrying: true,
  } satisfies Partial<IPCModule['config']>)
  return ipc
}

interface End extends Receiver {
  readonly channel: Channel
}

function channelOver(socket: Socket, emit: (message: unknown) => boolean): End {
  let receiver: Receiver | null = null
  let state: 'open' | 'closing' | 'closed' = 'open'
  let unproven = 0
  let trusted = false
  const count = (data: string) => {
    unproven += data.length
    if (trusted) socket.off('data', count)
    else if (unproven > UNPROVEN_LIMIT) socket.destroy()
  }
  socket.on('data', count)
  const closed = () => {
    if (state === 'closed') return
    state = 'closed'
    receiver?.closed()
  }
  return {
    // node-ipc hands out what is left of a piece also after its socket was destroyed.
    message: (message) => {
      if (state === 'open' && !socket.destroyed) receiver?.message(message)
    },
    closed,
    channel: {
      send: (message) => {
        if (state !== 'open' || socket.destroyed) return false
        try {
          emit(message)
        } catch (error) {
          throw new BridgeError('message-too-large', String(error))
        }
        return true
      },
      listen: (next) => {
        receiver = next
        if (state === 'closed') next.closed()
      },
      trust: () => {
        trusted = true
      },
      pause: () => {
        socket.pause()
      },
      resume: () => {
        socket.resume()
      },
      close: () => {
        if (state !== 'open') return
        state = 'closing'
        socket.destroySoon()
        setTimeout(() => socket.destroy(), CLOSE_MS).unref()
      },
    },
  }
}
