/**
 * Every way an import can fail, with its class. Retry reads this table and nothing else.
 * transient: the same attempt may succeed later · ambiguous: look before trying again · permanent: a person has to act.
 */
export const FAILURES = {
  // what was handed in
  'export-folder-missing': 'permanent',
  'package-missing': 'permanent',
  'package-unreadable': 'transient',
  'package-not-a-package': 'permanent',
  'package-changed-while-read': 'transient',
  'zip-damaged': 'permanent',
  'zip-ambiguous': 'permanent',
  'zip-entry-damaged': 'permanent',
  'zip-encrypted': 'permanent',
  'zip-method-unsupported': 'permanent',
  'zip-too-many-entries': 'permanent',
  'zip-bomb': 'permanent',
  'entry-name-unsafe': 'permanent',
  'entry-is-link': 'permanent',
  'entry-not-a-file': 'permanent',
  'entry-name-duplicate': 'permanent',
  // its manifest
  'manifest-missing': 'permanent',
  'manifest-empty': 'permanent',
  'manifest-too-large': 'permanent',
  'manifest-not-xml': 'permanent',
  'manifest-has-doctype': 'permanent',
  'manifest-wrong-root': 'permanent',
  'manifest-without-order': 'permanent',
  'manifest-too-many-rows': 'permanent',
  'order-mixed': 'permanent',
  'package-of-another-order': 'permanent',
  // what is fetched from the cloud
  'order-vanished': 'permanent',
  'order-without-package': 'permanent',
  'download-cut': 'transient',
  'download-expired': 'transient',
  'download-wrong-length': 'permanent',
  'download-wrong-content': 'permanent',
  'download-not-a-zip': 'permanent',
  'downloads-full': 'transient',
  'downloads-unreachable': 'transient',
  'webhook-unavailable': 'permanent',
  'fetch-unknown': 'permanent',
  // configuration
  'list-unreadable': 'permanent',
  'material-list-invalid': 'permanent',
  'client-list-invalid': 'permanent',
  'answers-invalid': 'permanent',
  'template-invalid': 'permanent',
  // the case folder
  'case-folder-missing': 'permanent',
  'case-folder-read-only': 'permanent',
  'case-folder-full': 'transient',
  'case-folder-path-too-long': 'permanent',
  'case-folder-unreachable': 'transient',
  'staging-other-volume': 'permanent',
  'staging-damaged': 'permanent',
  'case-name-exhausted': 'permanent',
  'document-not-treatment': 'permanent',
  'document-not-case': 'permanent',
  'document-not-xml': 'permanent',
  'document-has-doctype': 'permanent',
  'document-too-large': 'permanent',
  'document-value-missing': 'permanent',
  // the ledger and its questions
  'ledger-unreadable': 'permanent',
  'ledger-newer': 'permanent',
  'ledger-on-share': 'permanent',
  'ledger-busy': 'transient',
  'ledger-full': 'transient',
  'claim-lost': 'transient',
  'question-unknown': 'permanent',
  'question-closed': 'permanent',
  'answer-unfit': 'permanent',
  'answer-incomplete': 'permanent',
  'mapping-unknown': 'permanent',
  'mapping-ambiguous': 'permanent',
  'client-unknown': 'permanent',
  // the host
  'host-unreachable': 'transient',
  // the cloud
  'cloud-off': 'permanent',
  'cloud-account-unknown': 'permanent',
  'cloud-paused': 'permanent',
  'profile-invalid': 'permanent',
  'cloud-unreachable': 'transient',
  'cloud-tls': 'permanent',
  'cloud-proxy-refused': 'permanent',
  'cloud-proxy-setting': 'permanent',
  'cloud-address-refused': 'permanent',
  'cloud-token-refused': 'permanent',
  'cloud-refused': 'permanent',
  'cloud-busy': 'transient',
  'cloud-fault': 'transient',
  'cloud-answer-invalid': 'transient',
  'cloud-signed-out': 'permanent',
  // signing in and out
  'already-signed-in': 'permanent',
  'sign-in-cancelled': 'permanent',
  'sign-in-timed-out': 'permanent',
  'sign-in-denied': 'permanent',
  'sign-in-no-access': 'permanent',
  'sign-in-refused': 'permanent',
  'sign-in-port-taken': 'permanent',
  'sign-in-ended': 'permanent',
  'sign-in-interrupted': 'permanent',
  'sign-in-unreachable': 'transient',
  'sign-in-unanswered': 'transient',
  'sign-out-unheard': 'transient',
  // the keychain
  'keychain-absent': 'permanent',
  'keychain-locked': 'transient',
  'keychain-denied': 'permanent',
  'keychain-full': 'permanent',
  'keychain-failed': 'transient',
  // nobody's fault but ours
  unexpected: 'ambiguous',
} as const satisfies Record<string, 'transient' | 'ambiguous' | 'permanent'>

export type FailureCode = keyof typeof FAILURES

/** What a text may name: file and entry names, ids, counts, limits. Never a patient or a doctor. */
export type Facts = Readonly<Record<string, string | number>>

/** The one error that leaves a room. `code` is stable; `words.ts` turns code and facts into a person's language. */
export class ImportError extends Error {
  override readonly name = 'ImportError'
  readonly code: FailureCode
  readonly facts: Facts

  constructor(code: FailureCode, facts: Facts = {}, cause?: unknown) {
    super(code, cause === undefined ? undefined : { cause })
    this.code = code
    this.facts = facts
  }
}

/** Whatever was thrown, as the one error. What no room foresaw becomes `unexpected`, with its cause for the developer. */
export function asImportError(thrown: unknown): ImportError {
  return thrown instanceof ImportError ? thrown : new ImportError('unexpected', {}, thrown)
}

/** What could not be understood or looks wrong, but does not stop the order. The technician sees it with the case. */
export type WarningCode =
  | 'manifest-version-unknown'
  | 'manifest-row-skipped'
  | 'definition-contradicts'
  | 'date-not-understood'
  | 'export-time-missing'
  | 'tooth-number-invalid'
  | 'tooth-listed-twice'
  | 'material-listed-twice'
  | 'bridge-not-understood'
  | 'bridges-not-listed'
  | 'bridge-names-absent-tooth'
  | 'bridges-overlap'
  | 'bridge-materials-differ'
  | 'restoration-not-understood'
  | 'specification-not-understood'
  | 'specification-missing'
  | 'specification-contradicts'
  | 'role-in-bridge-not-understood'
  | 'role-in-bridge-missing'
  | 'wing-inferred'
  | 'material-not-understood'
  | 'material-missing'
  | 'material-default-unfit'
  | 'shade-not-understood'
  | 'shade-missing'
  | 'implant-not-understood'
  | 'scan-body-missing'
  | 'scan-body-other-jaw'
  | 'scan-body-unordered'
  | 'doctor-without-identity'
  | 'patient-without-id'
  | 'patient-without-name'
  | 'file-missing'
  | 'file-unlisted'
  | 'file-role-corrected'
  | 'file-role-not-understood'
  | 'file-for-both-jaws'
  | 'scan-beside'
  | 'jaw-missing'
  | 'mesh-not-understood'
  | 'mesh-truncated'
  | 'mesh-size-contradicts'
  | 'mesh-empty'
  | 'mesh-non-finite'
  | 'mesh-not-millimetres'
  | 'mesh-flat'
  | 'mesh-arches-apart'
  | 'texture-not-found'
  | 'denture-not-mapped'
  | 'parameter-out-of-bounds'
  | 'case-name-shortened'
  | 'case-beside-touched'
  | 'patient-differs'
  | 'patient-number-shared'

/** What stopped something, as a ledger keeps it and words are made of it. */
export interface Failure {
  readonly code: FailureCode
  readonly facts: Facts
}

export interface Warning {
  readonly code: WarningCode
  readonly facts: Facts
}
