import type { MeshFault } from './mesh.ts'
import type { Piece } from './pieces.ts'

/** What the page says to the worker, once: the file that it is to read. */
export interface MeshRequest {
  readonly address: string
  /** Its extension tells what it is. */
  readonly name: string
  readonly bytes: number
}

export type MeshReply =
  | { readonly kind: 'progress'; readonly done: number }
  /** It is read: pieces follow. */
  | { readonly kind: 'read'; readonly triangles: number; readonly box: Box }
  | { readonly kind: 'piece'; readonly piece: Piece }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly fault: MeshFault }

/** mm */
export interface Box {
  readonly min: readonly [number, number, number]
  readonly max: readonly [number, number, number]
}
