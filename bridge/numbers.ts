/** Version of the protocol. A change that an older peer cannot follow raises it; a peer says which it speaks. */
export const PROTOCOL_VERSION = 1

/** Numbers of JSON-RPC 2.0, and of the Language Server Protocol where that has one. */
export const ERROR_NUMBERS = {
  'parse-error': -32700,
  'invalid-request': -32600,
  'method-not-found': -32601,
  'invalid-params': -32602,
  'internal-error': -32603,
  /** Asked before `plugin/configure`. */
  'not-configured': -32002,
  /** Too many requests of the sender are being answered; later. */
  overloaded: -32001,
  'request-cancelled': -32800,
  /** The method's own refusal: `data.code` says which, `data.text` says it to a technician. */
  refused: -32000,
} as const
