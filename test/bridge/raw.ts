import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Test } from 'tap'
import { newAddress } from '../../bridge/address.ts'
import type { Channel } from '../../bridge/channel.ts'
import { EVENT, servePipe } from '../../bridge/pipe.ts'

/** A pipe spoken to byte by byte, without a line of the bridge's own sending code. */
export interface Raw {
  readonly socket: Socket
  /** As bytes. Awaited until the system has them; false: the other end has closed. */
  readonly write: (bytes: string | Buffer) => Promise<boolean>
  /** As the one event of the bridge. */
  readonly say: (data: unknown) => Promise<boolean>
  /** The next message; null: the other end has closed. */
  readonly next: () => Promise<unknown>
  /** Waits for the end; what came before it. */
  readonly rest: () => Promise<readonly unknown[]>
}

export async function rawPipe(path: string): Promise<Raw> {
  const socket = connect(path)
  await once(socket, 'connect')
  const frames: unknown[] = []
  let text = ''
  let open = true
  let wake = () => {}
  socket.setEncoding('utf8')
  socket.on('data', (piece: string) => {
    const parts = (text + piece).split('\f')
    text = parts.pop() ?? ''
    for (const part of parts) {
      const { type, data } = JSON.parse(part)
      if (type === EVENT) frames.push(data)
    }
    wake()
  })
  // A connection that is cut while we write.
  socket.on('error', () => {})
  socket.on('close', () => {
    open = false
    wake()
  })
  const more = () =>
    new Promise<void>((resolve) => {
      wake = resolve
    })
  const write = (bytes: string | Buffer) =>
    new Promise<boolean>((written) => {
      socket.write(bytes, (error) => written(!error))
    })
  return {
    socket,
    write,
    say: (data) => write(frame(data)),
    next: async () => {
      while (frames.length === 0 && open) await more()
      return frames.length > 0 ? frames.shift() : null
    },
    rest: async () => {
      while (open) await more()
      return frames.splice(0)
    },
  }
}

/** Whether anybody listens there. */
export async function answers(path: string): Promise<boolean> {
  const socket = connect(path)
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

export const frame = (data: unknown, type: string = EVENT) => `${JSON.stringify({ type, data })}\f`

let pipes = 0

/** A pipe whose every connection is given to `onChannel`, and a raw end of it as often as wanted. */
export async function pipeFor(
  t: Test,
  onChannel: (channel: Channel) => void,
): Promise<{ readonly path: string; readonly connect: () => Promise<Raw> }> {
  // On Windows all pipes of a machine share one space of names.
  const address = await newAddress(`test-${process.pid}-${++pipes}`)
  const server = await servePipe(address.path, onChannel)
  const ends: Raw[] = []
  t.teardown(async () => {
    for (const { socket } of ends) socket.destroy()
    await server.close()
    await address.remove()
  })
  return {
    path: address.path,
    connect: async () => {
      const end = await rawPipe(address.path)
      ends.push(end)
      return end
    },
  }
}
