/** Placeholders of an installation, in the order they are offered [C]. */
export const PLACEHOLDERS = ['%d', '%l', '%f', '%p', '%n', '%s', '%tc'] as const
export type Placeholder = (typeof PLACEHOLDERS)[number]

/** Characters of its own that a template may have beside its placeholders, so that something of the names is left. */
export const OWN_TEXT = 32
/** Bytes of them as UTF-8. */
const OWN_BYTES = 64

export type TemplateFault =
  | { readonly kind: 'empty' | 'none' | 'too-long' }
  | { readonly kind: 'unknown'; readonly placeholder: string }

/** A template's pieces: placeholders, `%%` for a percent sign, and the text between them. */
export const piecesOf = (template: string): readonly string[] => template.match(/%(?:tc|.|$)|[^%]+/gsu) ?? []

export const isPlaceholder = (piece: string): piece is Placeholder =>
  PLACEHOLDERS.some((each) => each === piece)

/** Why the importer would refuse it; null: it takes it. */
export function faultOf(template: string): TemplateFault | null {
  if (template.trim() === '') return { kind: 'empty' }
  if (template.length > 200) return { kind: 'too-long' }
  const pieces = piecesOf(template)
  const unknown = pieces.find((each) => each.startsWith('%') && each !== '%%' && !isPlaceholder(each))
  if (unknown !== undefined) return { kind: 'unknown', placeholder: unknown }
  if (!pieces.some(isPlaceholder)) return { kind: 'none' }
  return ownTextOf(template) > OWN_TEXT ? { kind: 'too-long' } : null
}

/** How much of OWN_TEXT it takes; characters of more than two bytes count by them. */
export function ownTextOf(template: string): number {
  const own = piecesOf(template)
    .filter((each) => !isPlaceholder(each))
    .join('')
  const bytes = new TextEncoder().encode(own).length
  return Math.max(own.length, Math.ceil((bytes * OWN_TEXT) / OWN_BYTES))
}
