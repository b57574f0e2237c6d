/** Why a request ended without its result, or the bridge cannot be used. */
export type BridgeErrorCode =
  /** The method's own refusal: `refusal` says which. */
  | 'refused'
  | 'connection-closed'
  | 'deadline-exceeded'
  | 'request-cancelled'
  | 'parse-error'
  | 'invalid-request'
  | 'method-not-found'
  | 'invalid-params'
  | 'invalid-result'
  | 'internal-error'
  | 'not-configured'
  | 'overloaded'
  | 'message-too-large'
  /** The two ends have no version of the protocol in common. */
  | 'protocol-unsupported'
  /** The other end did not prove that it has the secret. */
  | 'not-proven'
  | 'bootstrap-invalid'
  | 'pipe-path-too-long'
  | 'pipe-unusable'
  | 'manifest-unreadable'
  | 'manifest-too-large'
  | 'manifest-not-json'
  | 'manifest-invalid'

/** A method's own refusal: a stable code, words for a technician, and what the words name. */
export interface Refusal {
  readonly code: string
  readonly text: string
  readonly facts: Readonly<Record<string, string | number>>
}

/** The one error of the bridge. `detail` is for a developer and never crosses the pipe. */
export class BridgeError extends Error {
  override readonly name = 'BridgeError'
  readonly code: BridgeErrorCode
  readonly refusal: Refusal | null
  /** What it is about, for whoever puts it into words. */
  readonly facts: Readonly<Record<string, string>>

  constructor(
    code: BridgeErrorCode,
    detail = '',
    refusal: Refusal | null = null,
    facts: Readonly<Record<string, string>> = {},
  ) {
    super(detail === '' ? code : `${code}: ${detail}`)
    this.code = code
    this.refusal = refusal
    this.facts = facts
  }
}

/** To be thrown by a handler: the other end gets code, text and facts. */
export function refusing(code: string, text: string, facts: Refusal['facts'] = {}): BridgeError {
  return new BridgeError('refused', code, { code, text, facts })
}
