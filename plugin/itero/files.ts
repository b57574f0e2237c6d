import { ImportError, type Warning } from '../errors.ts'
import type { FileRole } from '../file-role.ts'
import { type Claim, claimOfName, claimOfRow, ditchOf, isScan, roleOf } from './file-names.ts'
import type { ExportedObject, Order } from './order.ts'
import type { PackageEntry } from './package.ts'
import { type Jaw, jawOf } from './teeth.ts'

export interface OrderFile {
  readonly entry: PackageEntry
  readonly role: FileRole
}

interface Candidate {
  readonly entry: PackageEntry
  readonly role: FileRole
  /** Lower is nearer to what the technician wants. */
  readonly rank: number
  readonly listed: boolean
  /** A jaw for want of a word that says what else: by its name it is of this jaw and no more. */
  readonly assumed: boolean
}

/**
 * Roles of every file of the package, from manifest and file name together; the name wins where they disagree [V].
 * A role of which there can be one only is given once; others that claim it are `other`, with warning scan-beside.
 * Throws order-mixed where a scan or margin line is named after another order.
 */
export function orderFiles(
  order: Order,
  entries: readonly PackageEntry[],
): { readonly files: readonly OrderFile[]; readonly warnings: readonly Warning[] } {
  refuseForeignScans(order, entries)
  const warnings: Warning[] = []
  const rows = rowsByEntry(order.objects, entries, warnings)
  const candidates = entries.map((entry) => candidateOf(entry, rows.get(entry) ?? [], entries, warnings))
  const files = givenOnce(candidates, warnings)
  const forBoth = warnings.some(({ code }) => code === 'file-for-both-jaws')
  warnings.push(...missingJaws(order, files, forBoth))
  return { files, warnings }
}

/** `upper_jaw_with_ditch_#<id>.stl`, `<id>_shell_occlusion_u.stl` [V]: another patient's jaw must never get in. */
const NAMED_AFTER = /#(\d{5,})(?=[_. (]|$)|^(\d{5,})_(?:shell|lprofile)_/i

function refuseForeignScans(order: Order, entries: readonly PackageEntry[]): void {
  for (const { name, path } of entries) {
    if (!isScan(name) && !/\.pts$/i.test(name)) continue
    const [, lab, ortho] = NAMED_AFTER.exec(key(name)) ?? []
    const after = lab ?? ortho
    if (after !== undefined && after !== order.id)
      throw new ImportError('order-mixed', { file: path, id: after })
  }
}

/** The rows that name each entry; a row that names none is told. */
function rowsByEntry(
  objects: readonly ExportedObject[],
  entries: readonly PackageEntry[],
  warnings: Warning[],
): ReadonlyMap<PackageEntry, readonly ExportedObject[]> {
  const byName = Map.groupBy(entries, ({ name }) => key(name))
  const rows = new Map<PackageEntry, ExportedObject[]>()
  const missing = new Set<string>()
  for (const object of objects) {
    const path = key(object.fileName.replaceAll('\\', '/'))
    const named = byName.get(path.slice(path.lastIndexOf('/') + 1)) ?? []
    const entry =
      named.find((entry) => key(entry.path) === path || path.endsWith(`/${key(entry.path)}`)) ?? named[0]
    if (entry !== undefined) rows.set(entry, [...(rows.get(entry) ?? []), object])
    else if (!missing.has(path)) {
      missing.add(path)
      warnings.push({
        code: 'file-missing',
        facts: { file: object.fileName.slice(0, 300), type: object.objectType },
      })
    }
  }
  return rows
}

/** Case and normal form do not count; `#` may have passed through a URL. */
function key(name: string): string {
  return name.normalize('NFC').toLowerCase().replaceAll('%23', '#')
}

function candidateOf(
  entry: PackageEntry,
  rows: readonly ExportedObject[],
  entries: readonly PackageEntry[],
  warnings: Warning[],
): Candidate {
  const listed = rows.length > 0
  const named = textureBeside(entry, entries) ?? claimOfName(entry.name)
  const claims = rows.map(claimOfRow).filter((claim) => claim !== null && fits(claim, entry))
  const told = claims[0] ?? null
  const facts = { file: entry.path }
  const role = settledRole(named, claims)
  const both = jawsOf(claims).length > 1
  if (both) {
    warnings.push({ code: 'file-for-both-jaws', facts: role ? { ...facts, role: worded(role) } : facts })
  }
  if (role === null) {
    if (named === null && !listed) {
      if (!/\.(mtl|txt)$/i.test(entry.name)) warnings.push({ code: 'file-unlisted', facts })
    } else if (!both) warnings.push({ code: 'file-role-not-understood', facts })
    return { entry, role: { kind: 'other' }, rank: 0, listed, assumed: false }
  }
  const byRow = roleOf(told, named)
  if (byRow !== null && !both && worded(byRow) !== worded(role) && !bothPictures(byRow, role)) {
    warnings.push({
      code: 'file-role-corrected',
      facts: { ...facts, listed: worded(byRow), role: worded(role) },
    })
  }
  // A picture that the manifest lists as a texture is one, whatever it is called.
  const taken = byRow?.kind === 'texture' && role.kind === 'image' ? byRow : role
  const assumed = named?.about === 'scan' && named.kind === null && told === null
  const rank = named?.about === 'scan' && !assumed ? named.rank : UNNAMED + Number(assumed) / 2
  return { entry, role: taken, rank, listed, assumed }
}

/** The role by name and rows; null where it stays open, or where rows that say different things would have to tell it. */
function settledRole(named: Claim | null, claims: readonly (Claim | null)[]): FileRole | null {
  const [first = null, ...others] = claims
  const role = roleOf(named, first)
  const differs = (claim: Claim | null) => {
    const other = roleOf(named, claim)
    return other !== null && role !== null && worded(other) !== worded(role) && !bothPictures(other, role)
  }
  return others.some(differs) ? null : role
}

/** The jaws for which rows list one file. */
function jawsOf(claims: readonly (Claim | null)[]): readonly Jaw[] {
  const jaws = claims.flatMap((claim) => (claim?.about === 'scan' && claim.jaw !== null ? [claim.jaw] : []))
  return [...new Set(jaws)]
}

/** Behind every scan whose own name says what it is, before those that nothing calls a jaw and those in another pose. */
const UNNAMED = 9

/** A scan's row cannot be told by a picture, nor the other way round: such a row is about something else. */
function fits(claim: Claim, entry: PackageEntry): boolean {
  return isScan(entry.name) === (claim.about === 'scan')
}

function bothPictures(a: FileRole, b: FileRole): boolean {
  const pictures = ['image', 'texture']
  return pictures.includes(a.kind) && pictures.includes(b.kind)
}

/** A picture that shares its stem with a scan is that scan's texture. */
function textureBeside(entry: PackageEntry, entries: readonly PackageEntry[]): Claim | null {
  if (!/\.(jpe?g|png|bmp)$/i.test(entry.name)) return null
  const stem = key(entry.name).replace(/\.\w+$/, '')
  const scan = entries.some(({ name }) => isScan(name) && key(name).replace(/\.\w+$/, '') === stem)
  return scan ? { about: 'file', role: { kind: 'texture' } } : null
}

const MANY = new Set<FileRole['kind']>(['image', 'texture', 'rx-sheet', 'manifest', 'other'])

function givenOnce(candidates: readonly Candidate[], warnings: Warning[]): readonly OrderFile[] {
  const claims = Map.groupBy(candidates, ({ role }) => (MANY.has(role.kind) ? null : worded(role)))
  const beside = new Set<Candidate>()
  for (const [role, rivals] of claims) {
    if (role === null) continue
    const [taken, ...others] = [...rivals].sort(byPreference)
    for (const other of others) {
      beside.add(other)
      // Ortho packages hold the same jaw again with its teeth up: no rival of the one in occlusion.
      if (other.rank >= 10 && taken !== undefined && taken.rank < 10) continue
      if (taken !== undefined && isDitchPair(taken, other, rivals)) continue
      if (other.assumed && !taken?.assumed) {
        warnings.push({ code: 'file-role-not-understood', facts: { file: other.entry.path } })
        continue
      }
      warnings.push({
        code: 'scan-beside',
        facts: { file: other.entry.path, role, taken: taken?.entry.path ?? '' },
      })
    }
  }
  return candidates.map((candidate) => ({
    entry: candidate.entry,
    role: beside.has(candidate) ? { kind: 'other' } : candidate.role,
  }))
}

/**
 * A laboratory's package may hold the jaw with its ditch and once more without [V/C]: no choice that anybody has to look at,
 * unless the order lists the other one.
 */
function isDitchPair(taken: Candidate, other: Candidate, rivals: readonly Candidate[]): boolean {
  const without = rivals.filter(({ entry }) => ditchOf(entry.name) === 'without')
  const alike = taken.listed || !other.listed
  return ditchOf(taken.entry.name) === 'with' && without.length === 1 && without[0] === other && alike
}

/** Nearest first: the better pose and model, then what the manifest lists, then the format with colours. */
function byPreference(a: Candidate, b: Candidate): number {
  const colours = (entry: PackageEntry): number => (/\.ply$/i.test(entry.name) ? 0 : 1)
  return (
    a.rank - b.rank ||
    Number(b.listed) - Number(a.listed) ||
    colours(a.entry) - colours(b.entry) ||
    (a.entry.path < b.entry.path ? -1 : 1)
  )
}

/** A role as a warning says it: `pre-treatment upper`, `margin 11`. */
function worded(role: FileRole): string {
  const of = 'jaw' in role ? role.jaw : 'fdi' in role ? String(role.fdi) : ''
  return `${role.kind} ${of}`.trimEnd()
}

/**
 * Jaws with work in them and no scan; of an order without work, both where there is no scan at all. `forBoth`: one file was
 * listed for two jaws, so that each of them was to be there.
 */
function missingJaws(order: Order, files: readonly OrderFile[], forBoth: boolean): readonly Warning[] {
  if (files.some(({ role }) => role.kind === 'both-jaws')) return []
  const scanned = files.flatMap(({ role }) => (role.kind === 'jaw' ? [role.jaw] : []))
  const work = new Set(
    order.teeth.filter(({ restoration }) => !NO_WORK.has(restoration.id)).map((t) => jawOf(t.fdi)),
  )
  if (order.denture?.upper != null) work.add('upper')
  if (order.denture?.lower != null) work.add('lower')
  return (['upper', 'lower'] as const)
    .filter((jaw) => !scanned.includes(jaw) && (forBoth || work.has(jaw) || scanned.length === 0))
    .map((jaw) => ({ code: 'jaw-missing', facts: { jaw } }))
}

/** Regular, missing (edentulous space), missing (no space), deciduous [V]. */
const NO_WORK = new Set(['1', '9', '10', '11'])
