import type { FAILURE_TEXTS } from './words/failures.ts'

/** A stable code; words/failures.ts says each in words. */
export type HostCode = keyof typeof FAILURE_TEXTS
/** Names of files, counts and limits; never a patient or a doctor. */
export type Facts = Readonly<Record<string, string | number>>

/** The one error of the host: what the page is told. Anything else that is thrown is a defect, told as `unexpected`. */
export class HostError extends Error {
  readonly code: HostCode
  readonly facts: Facts

  constructor(code: HostCode, facts: Facts = {}, cause?: unknown) {
    super(code, { cause })
    this.name = 'HostError'
    this.code = code
    this.facts = facts
  }
}
