import type { Test } from 'tap'
import { newAddress } from '../../bridge/address.ts'
import type { Channel, Receiver } from '../../bridge/channel.ts'
import { connectPipe, servePipe } from '../../bridge/pipe.ts'

/** Two ends of one connection. */
export interface Joined {
  readonly host: Channel
  readonly plugin: Channel
}

/** In memory: whole messages through JSON, each in a turn of its own. */
export async function joinedInMemory(): Promise<Joined> {
  const [host, plugin] = [memoryEnd(), memoryEnd()]
  host.other = plugin
  plugin.other = host
  return { host: host.channel, plugin: plugin.channel }
}

/** By node-ipc, as in life. */
export async function joinedByPipe(t: Test): Promise<Joined> {
  const address = await newAddress('test')
  const { promise, resolve } = Promise.withResolvers<Channel>()
  const server = await servePipe(address.path, resolve)
  t.teardown(async () => {
    await server.close()
    await address.remove()
  })
  const plugin = await connectPipe(address.path)
  const host = await promise
  host.trust()
  plugin.trust()
  return { host, plugin }
}

interface MemoryEnd {
  other: MemoryEnd | null
  receiver: Receiver | null
  open: boolean
  held: unknown[] | null
  readonly channel: Channel
}

function memoryEnd(): MemoryEnd {
  const end: MemoryEnd = {
    other: null,
    receiver: null,
    open: true,
    held: null,
    channel: {
      send: (message) => {
        if (!end.open) return false
        const text = JSON.stringify(message)
        setImmediate(() => take(end.other, JSON.parse(text)))
        return true
      },
      listen: (receiver) => {
        end.receiver = receiver
      },
      trust: () => {},
      pause: () => {
        end.held ??= []
      },
      resume: () => {
        const held = end.held ?? []
        end.held = null
        for (const message of held) take(end, message)
      },
      close: () => {
        for (const side of [end, end.other]) {
          setImmediate(() => {
            if (side?.open) side.receiver?.closed()
            if (side) side.open = false
          })
        }
      },
    },
  }
  return end
}

function take(end: MemoryEnd | null, message: unknown): void {
  if (!end?.open) return
  if (end.held === null) end.receiver?.message(message)
  else end.held.push(message)
}
