/** Whoever takes what comes over a channel. */
export interface Receiver {
  readonly message: (message: unknown) => void
  /** Once, at the end; nothing comes after it. */
  readonly closed: () => void
}

/** A connection that carries whole messages both ways: a pipe, or two ends joined in memory. */
export interface Channel {
  /** False: it is closed. Throws BridgeError `message-too-large`. */
  readonly send: (message: unknown) => boolean
  /** From now on this receiver takes what comes. */
  readonly listen: (receiver: Receiver) => void
  /** The other end has proven itself: the narrow bound on what it may send before ends. */
  readonly trust: () => void
  /** Takes nothing in until `resume`: the other end has to wait. */
  readonly pause: () => void
  readonly resume: () => void
  /** Closes once what was sent is out, within a second. */
  readonly close: () => void
}

/** The largest message, as JSON in UTF-8 with its envelope, bytes. */
export const MAX_FRAME_BYTES = 8 * 1024 * 1024
