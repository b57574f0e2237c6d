import { FAILURES, type Failure } from '../errors.ts'
import type { Language } from '../mapping/materials.ts'
import { FAILURE_TEXTS } from './failures.ts'
import { fill, type Text } from './template.ts'
import { hostFailureText } from './words.ts'

/** What else can be done where nobody has exported anything: in place of the advice for a package of one's own. */
const RETRY: Text = {
  en: '“Retry” downloads the order anew; if it stays so, ask MyiTero’s support.',
  de: '„Wiederholen“ lädt den Auftrag neu herunter; bleibt es dabei, fragen Sie den Support von MyiTero.',
}
const BY_ITSELF: Text = {
  en: 'The order is downloaded anew by itself.',
  de: 'Der Auftrag wird von selbst neu heruntergeladen.',
}

/**
 * What went wrong with an order of the cloud, for whoever reads it at a host; `open`: it is still on its way. Of a package that
 * is not what it should be the first sentence says what, and the second what comes of it here. Never throws.
 */
export function cloudOrderFailureText(failure: Failure, open: boolean, language: Language): string {
  if (!isOfPackage(failure)) return hostFailureText(failure, language)
  const what = FAILURE_TEXTS[failure.code][language].split(/(?<=\.) /, 1)[0] ?? ''
  // The file's name is a number of ours.
  const { package: _, ...facts } = failure.facts
  return `${fill(what, facts, language)} ${(open ? BY_ITSELF : RETRY)[language]}`
}

const isOfPackage = ({ code }: Failure) =>
  FAILURES[code] === 'permanent' && /^(package-(?!of-)|zip-|entry-|manifest-|order-mixed$)/.test(code)
