/** A package counts as finished when nothing of it has changed for this long. */
export const QUIET_MS = 1_500
/** One that looks unfinished is handed on after this long without a change, so that its fault is told. */
export const PATIENCE_MS = 60_000
/** Shares of other machines do not announce changes: the folder is listed again at this pace. */
export const RELIST_MS = 15_000

/** Until a package is tried again that something outside of it stood in the way of. */
export const AGAIN_MS = 30_000
