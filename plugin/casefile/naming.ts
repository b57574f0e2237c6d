import { ImportError } from '../errors.ts'
import {
  bytesOf,
  fits,
  graphemes,
  isReserved,
  legalText,
  type NameBound,
  shortened,
  trimmedName,
} from './legal-name.ts'

/** What a template may name. */
export interface NameParts {
  /** %p */
  readonly practice: string
  /** %n */
  readonly practiceId: string
  /** %l */
  readonly family: string
  /** %f */
  readonly given: string
  /** %d: yyyy-mm-dd. */
  readonly date: string
  /** %s */
  readonly tray: string
  /** %tc */
  readonly toothColor: string
  /** In no placeholder: the name is made of it where the template yields no letter and no digit. */
  readonly orderId: string
}

/** Both from 1. */
export interface NameVariant {
  readonly revision: number
  readonly collision: number
}

/** A checked template of `nameTemplate`. */
export type NameTemplate = string & { readonly brand: 'NameTemplate' }

/** Name of a case folder, stem of its `.dentalProject` and prefix of every file in it: legal on Windows, bounded. */
export type ProjectName = string & { readonly brand: 'ProjectName' }

export const DEFAULT_TEMPLATE = '%d_%l_%f' as NameTemplate

/**
 * Bound of a project's name with its marks. `<case folder>\<project>\<project><suffix>` stays under Windows' 260 with a
 * case folder of 80 and suffixes of SUFFIX_BOUND (80 + 1 + 64 + 1 + 64 + 45 = 255), and `<project><suffix>` under 255
 * bytes (150 + 100).
 */
export const PROJECT_BOUND: NameBound = { units: 64, bytes: 150 }
export const SUFFIX_BOUND: NameBound = { units: 45, bytes: 100 }
/** Of the path of a case folder on Windows, UTF-16 units; that of a share, under its longer name of a device, less. */
export const CASE_FOLDER_UNITS = { drive: 80, share: 76 } as const

/** Room that a template's own text may take, so that something of the names is left. */
const LITERAL_BOUND: NameBound = { units: 32, bytes: 64 }

/** A map, not an object: a template may hold any word, `valueOf` too. */
const PLACEHOLDERS: ReadonlyMap<string, keyof NameParts> = new Map([
  ['%p', 'practice'],
  ['%n', 'practiceId'],
  ['%l', 'family'],
  ['%f', 'given'],
  ['%d', 'date'],
  ['%s', 'tray'],
  ['%tc', 'toothColor'],
])

const PIECE = /%(?:tc|.|$)|[^%]+/gsu

/**
 * A template of the installation: %p practice, %l last name, %f first name, %d date, %n practice id, %s tray number,
 * %tc tooth colour [C], and %% for a percent sign. Throws template-invalid with `reason`: empty, placeholder (an unknown
 * one, named), no-placeholder (all cases would be called the same), too-long.
 */
export function nameTemplate(text: string): NameTemplate {
  if (text.trim() === '') throw new ImportError('template-invalid', { reason: 'empty' })
  if (text.length > 200) throw new ImportError('template-invalid', { reason: 'too-long', limit: 200 })
  const pieces = text.match(PIECE) ?? []
  const unknown = pieces.find((each) => each.startsWith('%') && each !== '%%' && !PLACEHOLDERS.has(each))
  if (unknown !== undefined)
    throw new ImportError('template-invalid', { reason: 'placeholder', placeholder: unknown })
  if (!pieces.some((each) => PLACEHOLDERS.has(each))) {
    throw new ImportError('template-invalid', { reason: 'no-placeholder' })
  }
  const literals = pieces.filter((each) => !PLACEHOLDERS.has(each)).join('')
  if (!fits(literals, LITERAL_BOUND)) {
    throw new ImportError('template-invalid', { reason: 'too-long', limit: LITERAL_BOUND.units })
  }
  return text as NameTemplate
}

/**
 * The project's name, always legal: characters mapped as DentalDB does [C], reserved names of Windows prefixed with `_`,
 * the longest part shortened first where it would be too long (the date last, for exocad compares it [C]).
 * Revision 2 and later is marked `_rev2`, the second and later of one name `_2`: `Doe_rev2_2`.
 */
export function projectName(template: NameTemplate, parts: NameParts, variant: NameVariant): ProjectName {
  const mark = markOf(variant)
  const bound = boundBeside(mark)
  const filled = trimmedName(filledTemplate(template, parts, bound).text)
  const name = /[\p{L}\p{N}]/u.test(filled) ? filled : orderName(parts.orderId, bound)
  return ((isReserved(name) ? `_${name}` : name) + mark) as ProjectName
}

/** Whether that name holds less of a part than the case does: exocad compares them [C]. */
export function isNameShortened(template: NameTemplate, parts: NameParts, variant: NameVariant): boolean {
  return filledTemplate(template, parts, boundBeside(markOf(variant))).shortened
}

function markOf({ revision, collision }: NameVariant): string {
  return (revision > 1 ? `_rev${revision}` : '') + (collision > 1 ? `_${collision}` : '')
}

/** One unit is kept for the `_` before a reserved name. */
function boundBeside(mark: string): NameBound {
  return { units: PROJECT_BOUND.units - mark.length - 1, bytes: PROJECT_BOUND.bytes - mark.length - 1 }
}

function orderName(orderId: string, bound: NameBound): string {
  const id = trimmedName(shortened(legalText(orderId), { units: bound.units - 6, bytes: bound.bytes - 6 }))
  return id === '' ? 'order' : `order-${id}`
}

interface Piece {
  readonly graphemes: string[]
  readonly shrinks: 'first' | 'last' | 'never'
}

function filledTemplate(
  template: NameTemplate,
  parts: NameParts,
  bound: NameBound,
): { readonly text: string; readonly shortened: boolean } {
  let cut = false
  const pieces = (template.match(PIECE) ?? []).map((text): Piece => {
    const part = PLACEHOLDERS.get(text)
    if (part === undefined) return { graphemes: [legalText(text === '%%' ? '%' : text)], shrinks: 'never' }
    const some = parts[part].slice(0, 4 * bound.bytes)
    const legal = legalText(some).trim()
    const value = shortened(legal, bound)
    if (some !== parts[part] || value !== legal) cut = true
    return { graphemes: graphemes(value), shrinks: part === 'date' ? 'last' : 'first' }
  })
  const whole = () => legalText(pieces.map((each) => each.graphemes.join('')).join(''))
  while (!fits(whole(), bound)) {
    const longest = longestOf(pieces, 'first') ?? longestOf(pieces, 'last')
    if (longest === null) break
    longest.graphemes.pop()
    cut = true
  }
  return { text: whole(), shortened: cut }
}

function longestOf(pieces: readonly Piece[], shrinks: Piece['shrinks']): Piece | null {
  let longest: Piece | null = null
  for (const piece of pieces) {
    if (piece.shrinks !== shrinks || piece.graphemes.length === 0) continue
    if (longest === null || sizeOf(piece) > sizeOf(longest)) longest = piece
  }
  return longest
}

const sizeOf = (piece: Piece): number => bytesOf(piece.graphemes.join(''))
