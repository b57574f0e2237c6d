/** What the installer has words for; `fact` stands in them: a place in a file, a reason, a path. */
export class SetupError extends Error {
  readonly code: SetupCode
  readonly fact: string

  constructor(code: SetupCode, fact = '', cause?: unknown) {
    super(code, { cause })
    this.code = code
    this.fact = fact
  }
}

export type SetupCode =
  | 'reseller-invalid'
  | 'reseller-not-json'
  | 'reseller-unwritable'
  | 'data-left'
  | 'sign-in-left'
