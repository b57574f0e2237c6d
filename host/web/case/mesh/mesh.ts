/** A scan in memory, in the frame and the unit (mm) of its file. Corners that are one point of the surface share a vertex. */
export interface Mesh {
  /** Three numbers a vertex. */
  readonly positions: Float32Array
  /** Three vertices a triangle. */
  readonly indices: Uint32Array
  /** sRGB, three bytes a vertex. */
  readonly colours: Uint8Array | null
  /** Two numbers a vertex, the origin at the image's lower left. */
  readonly uvs: Float32Array | null
  /** The last vertices stand where others do, with other texture coordinates: here, for each of them, which one. */
  readonly twins: Uint32Array
}

/**
 * Why a scan is not shown. broken: the file is no mesh of its kind, ends early or names vertices that it has not ·
 * empty: no triangle in it · too-large: more than a page can hold · unsupported: a kind of file that is not read here ·
 * unreachable: the server did not give the file.
 */
export const MESH_FAULTS = ['broken', 'empty', 'too-large', 'unsupported', 'unreachable'] as const
export type MeshFault = (typeof MESH_FAULTS)[number]

/** About 800 MB of binary STL: memory and graphics of a common computer carry it. */
export const TRIANGLES_LIMIT = 16_000_000
export const VERTICES_LIMIT = 3 * TRIANGLES_LIMIT

/** An error that carries its code in `cause`. */
export function meshError(fault: MeshFault): Error {
  return new Error(`mesh: ${fault}`, { cause: fault })
}

/** Anything else that is thrown while a mesh is read comes of its content. */
export function faultOf(error: unknown): MeshFault {
  const cause = error instanceof Error ? error.cause : null
  return MESH_FAULTS.find((fault) => fault === cause) ?? 'broken'
}
