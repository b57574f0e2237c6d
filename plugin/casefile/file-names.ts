import type { FileRole } from '../file-role.ts'
import { legalText, nameKey, shortened, trimmedName } from './legal-name.ts'
import { type ProjectName, SUFFIX_BOUND } from './naming.ts'
import { asNoScan, asNoWork } from './spoken-for.ts'

/** A file of a package that is to stand in a case folder. */
export interface FileToName {
  /** Name or path in the package; its last segment counts. */
  readonly packageName: string
  readonly role: FileRole
  /** Of a scan: the image that it names as its texture, where it names one. */
  readonly mesh?: { readonly texture: string | null } | null
}

/**
 * One legal name for each file, in their order: `<project>-upperjaw.stl` and the like as DentalDB finds them [C], with the
 * file's own extension in lower case; `<project>-<fdi>-Margin.<extension>` [C, one vendor]; a texture under the stem of
 * its scan; all else as `<project>-<own name>`, with `_` where that is a name that DentalDB reads or in which a technician's
 * work is seen. All distinct whatever case and composition a file system heeds; none is the name of a document
 * (`<project>.dentalProject`, `<project>.case.xml`).
 */
export function caseFileNames(project: ProjectName, files: readonly FileToName[]): readonly string[] {
  const taken = new Set<string>()
  // The jaws and their like first: a texture or image never takes a scan's name.
  const names = new Map<FileToName, string>()
  const scansFirst = [...files].sort(
    (a, b) => Number(scanStem(a.role) === null) - Number(scanStem(b.role) === null),
  )
  for (const file of scansFirst) {
    const name = distinct(project, suffixOf(file, files), taken)
    taken.add(nameKey(name))
    names.set(file, name)
  }
  return files.map((file) => names.get(file) ?? project)
}

/** Stem of a scan under DentalDB's names [C]; null for what DentalDB has no name for. */
function scanStem(role: FileRole): string | null {
  switch (role.kind) {
    case 'jaw':
      return `${role.jaw}jaw`
    case 'pre-treatment':
      return `${role.jaw}jaw-situ`
    case 'scan-body':
      return `${role.jaw}jaw-marker`
    case 'gingiva':
      return `${role.jaw}jaw-gingiva`
    case 'bite':
      return 'occlusionfirst'
    case 'margin':
      return `${role.fdi}-Margin`
    default:
      return null
  }
}

interface Suffix {
  readonly stem: string
  /** With its dot. */
  readonly extension: string
}

function suffixOf(file: FileToName, all: readonly FileToName[]): Suffix {
  const own = split(file.packageName)
  const stem = file.role.kind === 'texture' ? textureStem(file.packageName, all) : scanStem(file.role)
  return stem === null
    ? freed({ stem: legalText(own.stem), extension: legalText(own.extension) }, (each) =>
        asNoWork(asNoScan(each)),
      )
    : freed({ stem, extension: legalText(own.extension).toLowerCase() }, asNoWork)
}

/** Looked at as it will stand there: being cut or trimmed gives a name back that was free before. */
function freed(own: Suffix, free: (suffix: string) => string): Suffix {
  for (let each = own; ; ) {
    const whole = bounded(each)
    if (free(whole) === whole) return each
    each = split(free(whole))
  }
}

/**
 * A texture belongs to the scan that names it, the one in its own folder before others; else to the scan whose stem it
 * has, or begins with; the longest where several do.
 */
function textureStem(packageName: string, all: readonly FileToName[]): string | null {
  const own = split(packageName)
  const naming = all.filter(
    ({ mesh, role }) =>
      mesh?.texture && scanStem(role) !== null && sameName(mesh.texture, own.stem + own.extension),
  )
  const named = naming.find((scan) => folderOf(scan.packageName) === folderOf(packageName)) ?? naming[0]
  if (named) return scanStem(named.role)
  const key = nameKey(own.stem)
  let best: { readonly length: number; readonly stem: string } | null = null
  for (const each of all) {
    const stem = each.role.kind === 'margin' ? null : scanStem(each.role)
    const scan = nameKey(split(each.packageName).stem)
    if (stem === null || scan === '' || !key.startsWith(scan)) continue
    if (best === null || scan.length > best.length) best = { length: scan.length, stem }
  }
  return best?.stem ?? null
}

const sameName = (a: string, b: string) => nameKey(a) === nameKey(b)

const folderOf = (packageName: string) => packageName.slice(0, nameStart(packageName))

const nameStart = (packageName: string) =>
  Math.max(packageName.lastIndexOf('/'), packageName.lastIndexOf('\\')) + 1

/** Stem and extension (with its dot) of the last segment. A name of dots, or with one at its end, has no extension. */
function split(packageName: string): Suffix {
  const name = packageName.slice(nameStart(packageName))
  const dot = name.lastIndexOf('.')
  return dot <= 0 || dot === name.length - 1
    ? { stem: name, extension: '' }
    : { stem: name.slice(0, dot), extension: name.slice(dot) }
}

/** Longest extension that is kept as one: what is longer is part of a name. */
const EXTENSION_BOUND = { units: 12, bytes: 24 }

function distinct(project: ProjectName, suffix: Suffix, taken: ReadonlySet<string>): string {
  for (let count = 1; ; count++) {
    const name = trimmedEnd(`${project}-${bounded(suffix, count)}`.normalize('NFC'))
    if (!taken.has(nameKey(name))) return name
  }
}

/** What stands behind the project's name, the stem cut where it would be too long; the second of one name is marked `_2`. */
function bounded({ stem, extension }: Suffix, count = 1): string {
  const mark = (count === 1 ? '' : `_${count}`) + trimmedEnd(shortened(extension, EXTENSION_BOUND))
  const room = {
    units: SUFFIX_BOUND.units - 1 - mark.length,
    bytes: SUFFIX_BOUND.bytes - 1 - Buffer.byteLength(mark),
  }
  return trimmedEnd(`${trimmedName(shortened(stem, room))}${mark}`.normalize('NFC'))
}

const trimmedEnd = (text: string): string => text.replace(/[. \u200c\u200d]+$/, '')
