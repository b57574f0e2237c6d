import { type Signal, signal } from '@preact/signals'
import type { CaseFileEntry } from '../../../api.ts'
import type { MeshFault } from '../mesh/mesh.ts'
import { shortName } from '../short-name.ts'

/** A scan of the case and how it stands on the stage. */
export interface Scan {
  readonly name: string
  /** Without the project's, which all names begin with. */
  readonly shortName: string
  readonly bytes: number
  readonly jaw: 'upper' | 'lower' | null
  readonly role: ScanRole
  readonly texture: string | null
  readonly state: Signal<ScanState>
  readonly visible: Signal<boolean>
  /** Out of the way of the view that was chosen: the other jaw hides what is to be seen. */
  readonly veiled: Signal<boolean>
  /** 0 to 1 */
  readonly opacity: Signal<number>
}

export type ScanRole = NonNullable<CaseFileEntry['scan']>['role']

export type ScanState =
  /** Not asked for yet, or taken back before it had come. */
  | { readonly kind: 'off' }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'loading'; readonly done: number }
  | { readonly kind: 'shown'; readonly triangles: number }
  | { readonly kind: 'failed'; readonly fault: MeshFault }

/** The scans in the order of a technician's interest. What is shown at first: the jaws, else the first there is. */
export function scansOf(files: readonly CaseFileEntry[], project: string | null): readonly Scan[] {
  const scans = files.flatMap(({ name, bytes, scan }) => (scan === null ? [] : [{ name, bytes, ...scan }]))
  const jaws = scans.some(({ role }) => role === 'jaw')
  return scans
    .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
    .map((scan, index) => ({
      ...scan,
      shortName: shortName(scan.name, project),
      state: signal<ScanState>({ kind: 'off' }),
      visible: signal(jaws ? scan.role === 'jaw' : index === 0),
      veiled: signal(false),
      opacity: signal(scan.role === 'situ' ? 0.55 : 1),
    }))
}

const ROLES: readonly ScanRole[] = ['jaw', 'marker', 'situ', 'gingiva', 'bite', 'other']
const rank = ({ role, jaw }: Pick<Scan, 'role' | 'jaw'>): number =>
  ROLES.indexOf(role) * 3 + (jaw === 'upper' ? 0 : jaw === 'lower' ? 1 : 2)

/** What scans without colours are made of, so that one can be told from another that lies in it. */
export const STONES: Readonly<Record<ScanRole, string>> = {
  jaw: '#dfceb0',
  marker: '#b7c1c9',
  situ: '#93b4de',
  gingiva: '#dd9d97',
  bite: '#c4b1d8',
  other: '#cdc6ba',
}
