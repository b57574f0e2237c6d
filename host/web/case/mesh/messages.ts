import type { MeshFault } from './mesh.ts'
import type { Piece } from './pieces.ts'

/** What the page says to the worker: one file in its life, then `next` for each batch of pieces that it is ready for. */
export type MeshRequest =
  | { readonly kind: 'read'; readonly address: string; readonly name: string; readonly bytes: number }
  | { readonly kind: 'next' }

export type MeshReply =
  | { readonly kind: 'progress'; readonly done: number }
  /** It is read: pieces follow. */
  | { readonly kind: 'read'; readonly triangles: number; readonly box: Box }
  | { readonly kind: 'pieces'; readonly pieces: readonly Piece[] }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly fault: MeshFault }

/** mm */
export interface Box {
  readonly min: readonly [number, number, number]
  readonly max: readonly [number, number, number]
}
