import { extname } from 'node:path'
import { nameKey } from './legal-name.ts'

/** Any `.constructionInfo`, `.dentalCAD`, `*_cad.stl` or `.html` output: a technician has worked on the case [C]. */
export function isTechniciansWork(name: string): boolean {
  const lower = name.toLowerCase()
  return ['.constructioninfo', '.dentalcad', '.html'].includes(extname(lower)) || lower.endsWith('_cad.stl')
}

/**
 * By what stands behind the project's name DentalDB finds its scans, and whatever stands beside them under their stem [C];
 * with a number behind it, it is a second one of its kind.
 */
const SCAN_STEM = /(^|-)(?=(?:upper|lower)jaw(?:[-_.]|$)|occlusionfirst(?:[_.]|$)|\d+-margin(?:[_.]|$))/gi

/**
 * What stands behind the project's name of a file that was only kept, as nobody reads it by its name: `_` before the stem
 * of a scan, whatever follows.
 */
export function asNoScan(suffix: string): string {
  const own = suffix.replace(SCAN_STEM, '$1_')
  // What nobody sees may part the letters for us, and not for the file system.
  return nameKey(own).search(SCAN_STEM) < 0 ? own : nameKey(own).replace(SCAN_STEM, '$1_')
}

/**
 * The same for a name that tells of work done or is a document of DentalDB's: a page stays one, as `.htm`. Never longer, so
 * that cutting it does not undo this.
 */
export function asNoWork(suffix: string): string {
  return suffix
    .replace(/\.html$/i, '.htm')
    .replace(/_(?=cad\.stl$)/i, '-')
    .replace(/\.(?=(?:constructioninfo|dentalcad|dentalproject)$)/i, '_')
}
