import type { Piece } from '../mesh/pieces.ts'
import type { Vector } from './camera.ts'

/** What the page says to the worker that draws. */
export type StageRequest =
  | { readonly kind: 'open'; readonly canvas: OffscreenCanvas }
  /** CSS pixels, and device pixels for each. */
  | { readonly kind: 'size'; readonly width: number; readonly height: number; readonly ratio: number }
  | { readonly kind: 'camera'; readonly eye: Vector; readonly up: Vector; readonly target: Vector }
  /** `stone`: colour of what has none of its own. */
  | { readonly kind: 'add'; readonly name: string; readonly stone: string }
  | { readonly kind: 'piece'; readonly name: string; readonly piece: Piece }
  | { readonly kind: 'texture'; readonly name: string; readonly image: ImageBitmap }
  | { readonly kind: 'dress'; readonly name: string; readonly dress: Dress }
  | { readonly kind: 'remove'; readonly name: string }

export interface Dress {
  readonly visible: boolean
  /** 0 to 1 */
  readonly opacity: number
  /** false: as if of stone. */
  readonly coloured: boolean
}

export type StageReply =
  | { readonly kind: 'open' }
  | { readonly kind: 'no-webgl' }
  /** The graphics card has dropped everything. */
  | { readonly kind: 'lost' }
  /** What was sent last is on the graphics card and drawn. */
  | { readonly kind: 'drawn'; readonly triangles: number }
