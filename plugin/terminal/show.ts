import { basename } from 'node:path'
import { styleText } from 'node:util'
import { Help } from 'commander'
import { asImportError } from '../errors.ts'
import type { ImportResult } from '../importing/setup.ts'
import type { Language } from '../mapping/materials.ts'
import type { Question } from '../mapping/questions.ts'
import { phrase } from '../words/phrases.ts'
import { visible } from '../words/visible.ts'
import { failureText, warningText } from '../words/words.ts'
import type { Unfit } from './settle.ts'

/** Of one order on the screen; the case XML holds all. */
const MOST_WARNINGS = 12

/** One result as a person reads it: a mark, what became of it, and a line for each thing to know. */
export function shownResult(result: ImportResult, language: Language): string {
  if (result.outcome === 'refused') {
    const name = visible(basename(result.source))
    return `${styleText('red', '✖')} ${name}\n${indented(failureText(result.failure, language))}`
  }
  const order = visible(result.orderId)
  const name =
    result.revision > 1 ? phrase(language, 'order-revision', { order, revision: result.revision }) : order
  switch (result.outcome) {
    case 'published':
      return [
        `${styleText('green', '✔')} ${name} → ${styleText('bold', visible(result.project))}`,
        ...result.warnings
          .slice(0, MOST_WARNINGS)
          .map((warning) => indented(warningText(warning, language), '!')),
        ...(result.warnings.length > MOST_WARNINGS
          ? [
              indented(
                phrase(language, 'more-warnings', { count: result.warnings.length - MOST_WARNINGS }),
                '!',
              ),
            ]
          : []),
      ].join('\n')
    case 'unchanged':
      return `${styleText('dim', '=')} ${name} ${phrase(language, result.standing ? 'unchanged' : 'unchanged-gone', { project: visible(result.project) })}`
    case 'waiting':
      return [
        `${styleText('yellow', '?')} ${name} ${phrase(language, 'waits-for', {})}`,
        ...result.questions.map(({ id, question }) => `    #${id} ${questionTitle(question, language)}`),
      ].join('\n')
  }
}

/** Wrapped at 80 columns under its result. */
export function indented(text: string, mark = ' '): string {
  return `    ${styleText('yellow', mark)} ${wrapped(text, 6)}`
}

/** Wrapped at 80 columns, where it stands so many columns from the left. */
export function wrapped(text: string, columns: number): string {
  return new Help().boxWrap(text, 80 - columns).replaceAll('\n', `\n${' '.repeat(columns)}`)
}

/** What a question is about, in a line. */
export function questionTitle(question: Question, language: Language): string {
  return question.kind === 'doctor'
    ? phrase(language, 'question-doctor', { doctor: visible(question.doctor.name ?? '–') })
    : phrase(language, 'question-material', {
        material: visible(
          question.itero.name ?? question.itero.id ?? phrase(language, 'material-not-stated', {}),
        ),
      })
}

/** An answer given beforehand that its question does not take; it stays open. */
export function unfitLine({ id, cause }: Unfit, language: Language): string {
  const why = failureText(asImportError(cause), language)
  return `${phrase(language, 'answer-unfit', { question: id })} ${why}`
}

/** The same result for a program. */
export function jsonResult(result: ImportResult, language: Language): unknown {
  if (result.outcome === 'refused') {
    const { cause: _, ...rest } = result
    return { ...rest, text: failureText(result.failure, language) }
  }
  if (result.outcome === 'published') {
    return {
      ...result,
      warnings: result.warnings.map((warning) => ({ ...warning, text: warningText(warning, language) })),
    }
  }
  return result
}

/**
 * The last word on each order: one that waited may have been published since. That it stands already is no news of an order
 * that this very run has published.
 */
export function lastWords(results: readonly ImportResult[]): readonly ImportResult[] {
  const last = new Map<string, ImportResult>()
  for (const result of results) {
    const key = result.outcome === 'refused' ? result.source : `${result.orderId} ${result.revision}`
    if (result.outcome === 'unchanged' && last.get(key)?.outcome === 'published') continue
    last.set(key, result)
  }
  return [...last.values()]
}

/** 0 all published, 3 some wait at a question, 4 some refused. */
export function exitCode(results: readonly ImportResult[]): 0 | 3 | 4 {
  const outcomes = new Set(lastWords(results).map(({ outcome }) => outcome))
  return outcomes.has('refused') ? 4 : outcomes.has('waiting') ? 3 : 0
}

/** How many of each, in a line. */
export function countLine(results: readonly ImportResult[], language: Language): string {
  const last = lastWords(results)
  return (['published', 'unchanged', 'waiting', 'refused'] as const)
    .map((outcome) => ({ outcome, count: last.filter((one) => one.outcome === outcome).length }))
    .filter(({ count }) => count > 0)
    .map(({ outcome, count }) => phrase(language, `count-${outcome}`, { count }))
    .join(' · ')
}
