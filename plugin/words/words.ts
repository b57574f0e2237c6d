import type { Facts, FailureCode, Warning } from '../errors.ts'
import type { Language } from '../mapping/materials.ts'
import { FAILURE_TEXTS, HOST_FAILURE_TEXTS } from './failures.ts'
import { fill } from './template.ts'
import { WARNING_TEXTS } from './warnings.ts'

/**
 * What went wrong and what can be done, in one line of a technician's words. Facts come from outside: they are bounded
 * and harmless in the text. Never throws.
 */
export function failureText(
  failure: { readonly code: FailureCode; readonly facts: Facts },
  language: Language,
): string {
  return fill(FAILURE_TEXTS[failure.code][language], failure.facts, language)
}

/** The same for whoever reads it at a host, where settings are saved and nothing is started. */
export function hostFailureText(
  failure: { readonly code: FailureCode; readonly facts: Facts },
  language: Language,
): string {
  const text = HOST_FAILURE_TEXTS[failure.code] ?? FAILURE_TEXTS[failure.code]
  return fill(text[language], failure.facts, language)
}

/** What looks wrong with an order and what to look at, in one line of a technician's words. Never throws. */
export function warningText(warning: Warning, language: Language): string {
  return fill(WARNING_TEXTS[warning.code][language], warning.facts, language)
}
