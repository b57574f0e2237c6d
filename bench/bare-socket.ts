import { createServer } from 'node:net'

/** The other end of a bare socket: `bare-socket.ts <path> <bytes of a request> <bytes of an answer>`. */
const [path = '', request = '', answer = ''] = process.argv.slice(2)
const bytes = Buffer.alloc(Number(answer), 0x78)
createServer((socket) => {
  socket.setNoDelay(true)
  let come = 0
  socket.on('data', (piece) => {
    come += piece.length
    for (; come >= Number(request); come -= Number(request)) socket.write(bytes)
  })
  socket.on('close', () => process.exit())
}).listen(path, () => process.stdout.write('listening\n'))
