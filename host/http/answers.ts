import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Failure, Language } from '../../bridge/data.ts'
import type { ApiError } from '../api.ts'
import { failureOf, pageFailureOf } from '../words/words.ts'

/** Codes whose status is not 400. */
const STATUS: Readonly<Record<string, ContentfulStatusCode>> = {
  unexpected: 500,
  'wrong-host': 421,
  'wrong-site': 403,
  'signed-out': 401,
  'link-used': 403,
  'body-too-large': 413,
  'body-not-json': 415,
  'route-unknown': 404,
  'case-unknown': 404,
  'case-folder-gone': 404,
  'case-has-no-folder': 404,
  'case-file-unknown': 404,
  'client-unknown': 404,
  'mapping-unknown': 404,
  'question-unknown': 404,
  'question-closed': 409,
  'client-in-use': 409,
  'client-number-taken': 409,
  'client-name-taken': 409,
  'plugin-unknown': 404,
  'host-ending': 503,
  'plugin-disabled': 409,
  'plugin-given-up': 503,
  'plugin-not-running': 503,
  'plugin-not-ready': 503,
  'plugin-not-started': 503,
  'plugin-ended': 503,
  'plugin-crashed': 503,
  'plugin-unfit': 502,
  'protocol-unsupported': 502,
  'pipe-unusable': 503,
  'plugin-unusable': 502,
  'too-many-pages': 503,
  'range-unfit': 416,
  'show-failed': 501,
  'cloud-off': 409,
  'cloud-account-unknown': 404,
  'fetch-unknown': 404,
  'cloud-unreachable': 502,
  'login-address-refused': 502,
}

/** An error as the API answers it; a page of words where a person opened the address. */
export function errorAnswer(c: Context, error: unknown, language: Language): Response {
  const told = pageFailureOf(error, language)
  const status = STATUS[told.code] ?? 400
  const navigation = c.req.header('sec-fetch-mode') === 'navigate' || !c.req.path.startsWith('/api/')
  return navigation
    ? c.html(wordsPage(failureOf(error, language), language), status)
    : c.json({ error: told } satisfies ApiError, status)
}

function wordsPage({ text }: Failure, language: Language): string {
  const safe = text.replaceAll(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)
  return `<!doctype html><html lang="${language}"><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>${safe}</title><h1>${safe}</h1></html>`
}
