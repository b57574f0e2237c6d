import { faultOf, type Mesh, meshError } from './mesh.ts'
import type { Box, MeshReply, MeshRequest } from './messages.ts'
import { buffersOf, normalsOf, piecesOf } from './pieces.ts'
import { readMesh } from './read-mesh.ts'

/** Reads one scan beside the page, so that the page stays quick however large it is. */
const page = self as unknown as {
  postMessage(reply: MeshReply, transfer?: readonly Transferable[]): void
  onmessage: (event: MessageEvent<MeshRequest>) => void
}

const PROGRESS_EVERY_MS = 100

page.onmessage = ({ data }) => {
  send(data).catch((error) => page.postMessage({ kind: 'failed', fault: faultOf(error) }))
}

async function send(request: MeshRequest): Promise<void> {
  let told = 0
  const mesh = await readMesh({
    name: request.name,
    bytes: request.bytes,
    chunks: download(request.address),
    progress(done) {
      const now = performance.now()
      if (now - told < PROGRESS_EVERY_MS) return
      told = now
      page.postMessage({ kind: 'progress', done })
    },
  })
  page.postMessage({ kind: 'read', triangles: mesh.indices.length / 3, box: boxOf(mesh) })
  for (const piece of piecesOf(mesh, normalsOf(mesh)))
    page.postMessage({ kind: 'piece', piece }, buffersOf(piece))
  page.postMessage({ kind: 'done' })
}

async function* download(address: string): AsyncGenerator<Uint8Array> {
  const response = await fetch(address, { credentials: 'same-origin' }).catch(() => null)
  const reader = response?.ok ? response.body?.getReader() : undefined
  if (reader === undefined) throw meshError('unreachable')
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw meshError('unreachable')
    })
    if (done) return
    yield value
  }
}

function boxOf({ positions }: Mesh): Box {
  const min: [number, number, number] = [Infinity, Infinity, Infinity]
  const max: [number, number, number] = [-Infinity, -Infinity, -Infinity]
  for (let at = 0; at < positions.length; at += 3)
    for (const axis of [0, 1, 2] as const) {
      const value = positions[at + axis] as number
      if (value < min[axis]) min[axis] = value
      if (value > max[axis]) max[axis] = value
    }
  return { min, max }
}
