import { DATA_FAILURES } from './data.ts'
import { SERVER_FAILURES } from './server.ts'

/** Every code of the host in words: what happened, to what, and what can be done now. */
export const FAILURE_TEXTS = { ...SERVER_FAILURES, ...DATA_FAILURES } as const
