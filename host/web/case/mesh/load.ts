import type { MeshFault } from './mesh.ts'
import type { Box, MeshReply, MeshRequest } from './messages.ts'
import type { Piece } from './pieces.ts'

export interface MeshLoad {
  readonly address: string
  /** Its extension tells what it is. */
  readonly name: string
  readonly bytes: number
  progress(done: number): void
  read(triangles: number, box: Box): void
  piece(piece: Piece): void
  done(): void
  failed(fault: MeshFault): void
}

/** Reads a scan in a worker of its own, which ends with it; gives a function that ends it at once. */
export function loadMesh(load: MeshLoad): () => void {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
  let over = false
  const end = (): void => {
    over = true
    worker.terminate()
  }
  const fail = (fault: MeshFault): void => {
    if (over) return
    end()
    load.failed(fault)
  }
  worker.onmessage = ({ data }: MessageEvent<MeshReply>) => {
    if (over) return
    switch (data.kind) {
      case 'progress':
        return load.progress(data.done)
      case 'read':
        return load.read(data.triangles, data.box)
      case 'piece':
        return load.piece(data.piece)
      case 'done':
        end()
        return load.done()
      case 'failed':
        return fail(data.fault)
    }
  }
  // a worker that dies has had no room for the mesh
  worker.onerror = () => fail('too-large')
  const request: MeshRequest = {
    address: new URL(load.address, location.href).href,
    name: load.name,
    bytes: load.bytes,
  }
  worker.postMessage(request)
  return end
}
