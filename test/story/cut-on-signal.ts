import { subscribe } from 'node:diagnostics_channel'
import { Socket } from 'node:net'

/**
 * Loaded into a host before its own code: at SIGUSR2 every connection that came in over a pipe is destroyed, as when the
 * system takes it away. What was written and not yet sent is lost, what arrived and was not yet read too.
 */
const pipes = new Set<Socket>()

subscribe('net.server.socket', (message) => {
  const { socket } = message as { readonly socket: unknown }
  // One of the page's has an address; a pipe's has none.
  if (!(socket instanceof Socket) || socket.remoteAddress !== undefined) return
  pipes.add(socket)
  socket.once('close', () => pipes.delete(socket))
})

process.on('SIGUSR2', () => {
  for (const socket of pipes) socket.destroy()
})
