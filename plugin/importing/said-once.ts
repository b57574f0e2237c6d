import type { Warning } from '../errors.ts'
import { told } from '../itero/manifest-fields.ts'

/**
 * The warnings of reading and those of mapping together. What neither understood was said by both: of two about one id or
 * shade, the mapping's stays where it tells of a tooth what it was taken for, else that of reading, which names the tooth.
 */
export function saidOnce(read: readonly Warning[], mapped: readonly Warning[]): readonly Warning[] {
  const known = mapped.filter((one) => 'tooth' in one.facts || !read.some((other) => aboutOne(one, other)))
  const ofTeeth = known.filter((one) => 'tooth' in one.facts)
  return [...read.filter((one) => !ofTeeth.some((other) => aboutOne(one, other))), ...known]
}

function aboutOne(a: Warning, b: Warning): boolean {
  if (a.code !== b.code) return false
  const [thing, other] = [subjectOf(a), subjectOf(b)]
  const [tooth, otherTooth] = [a.facts['tooth'], b.facts['tooth']]
  const [field, otherField] = [a.facts['field'], b.facts['field']]
  // One id in two tables is two things: an implant's type is no type of abutment.
  const apart =
    (tooth !== undefined && otherTooth !== undefined && tooth !== otherTooth) ||
    (field !== undefined && otherField !== undefined && field !== otherField)
  return thing !== null && thing === other && !apart
}

/** What was not understood, as it was written. */
function subjectOf({ facts }: Warning): string | null {
  const subject = facts['id'] ?? facts['shade']
  return subject === undefined ? null : told(String(subject))
}
