import { stripVTControlCharacters, styleText } from 'node:util'
import type { ImportResult } from '../importer.ts'
import type { Language } from '../mapping/materials.ts'
import type { Question } from '../mapping/questions.ts'
import { phrase } from '../words/phrases.ts'
import { failureText, warningText } from '../words/words.ts'

/** One result as a person reads it: a mark, what became of it, and a line for each thing to know. */
export function shownResult(result: ImportResult, language: Language): string {
  const order = result.orderId === null ? plain(result.source) : plain(result.orderId)
  if (result.outcome === 'refused') {
    return `${styleText('red', '✖')} ${order}\n    ${failureText(result.failure, language)}`
  }
  const name = result.revision > 1 ? phrase(language, 'order-revision', { order, revision: result.revision }) : order
  switch (result.outcome) {
    case 'published':
      return [
        `${styleText('green', '✔')} ${name} → ${styleText('bold', plain(result.project))}`,
        ...result.warnings.map((warning) => `    ${styleText('yellow', '!')} ${warningText(warning, language)}`),
      ].join('\n')
    case 'unchanged':
      return `${styleText('dim', '=')} ${name} ${phrase(language, 'unchanged', { project: plain(result.project) })}`
    case 'waiting':
      return [
        `${styleText('yellow', '?')} ${name} ${phrase(language, 'waits-for', {})}`,
        ...result.questions.map(({ id, question }) => `    #${id} ${questionTitle(question, language)}`),
      ].join('\n')
  }
}

/** What a question is about, in a line. */
export function questionTitle(question: Question, language: Language): string {
  return question.kind === 'doctor'
    ? phrase(language, 'question-doctor', { doctor: plain(question.doctor.name ?? '–') })
    : phrase(language, 'question-material', {
        material: plain(question.itero.name ?? question.itero.id ?? phrase(language, 'material-not-stated', {})),
      })
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

/** 0 all published, 3 some wait at a question, 4 some refused. The last word on an order counts. */
export function exitCode(results: readonly ImportResult[]): 0 | 3 | 4 {
  const last = new Map<string, ImportResult['outcome']>()
  for (const result of results) {
    const key = result.outcome === 'refused' ? result.source : `${result.orderId} ${result.revision}`
    last.set(key, result.outcome)
  }
  const outcomes = new Set(last.values())
  return outcomes.has('refused') ? 4 : outcomes.has('waiting') ? 3 : 0
}

/** A text from outside, harmless to a terminal: no control sequences, no line breaks, no change of direction. */
export function plain(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, '')
    .trim()
}
