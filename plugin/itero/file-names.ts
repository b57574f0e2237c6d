import type { FileRole } from '../file-role.ts'
import { manifestVersionOf } from './manifest.ts'
import { toothOf } from './manifest-teeth.ts'
import type { ExportedObject } from './order.ts'
import type { Jaw } from './teeth.ts'

type ScanKind = Exclude<FileRole['kind'], 'margin' | 'texture' | 'image' | 'rx-sheet' | 'manifest' | 'other'>

/** What a name or a manifest row says of a file; what it does not say is left open. */
export type Claim =
  | {
      readonly about: 'scan'
      readonly kind: ScanKind | null
      readonly jaw: Jaw | null
      readonly rank: number
    }
  | { readonly about: 'margin'; readonly tooth: string | null }
  | { readonly about: 'file'; readonly role: FileRole }

export function isScan(name: string): boolean {
  return /\.(stl|ply|obj)$/i.test(name)
}

/** `<id>_shell_occlusion_u.stl`; `lockedocclusion` is one combined `_ul` file; `teethup` is not in occlusion [V/C]. */
const ORTHO = /_(shell|lprofile)_(occlusion|teethup|lockedocclusion)_(ul|u|l)(?: ?\(\d+\))?\.\w+$/i

/** Words that tell a kind, in the order in which they outdo each other: `upper_jaw_pretreatment` is no jaw [V]. */
const KIND_WORDS: readonly (readonly [RegExp, ScanKind])[] = [
  // DentalDB's own words of its names [C]: files are exchanged under them too.
  [/pre[_ -]?treat|(upper|lower)jaw-situ(?![a-z])/i, 'pre-treatment'],
  [/scan[_ -]?bod(y|ies)|(upper|lower)jaw-marker(?![a-z])/i, 'scan-body'],
  [/gingiva|soft[_ -]?tissue|emergence/i, 'gingiva'],
  [/denture/i, 'denture-copy'],
  [/(^|[_ -])(bite|buccal|occlusionfirst)/i, 'bite'],
  [/(^|[_ -])jaw|(upper|lower)jaw(?![a-z-])|ditch|(maxilla|mandible)_base/i, 'jaw'],
]

const UPPER = /upper|maxill|(^|[_ -])u(?=[_ .-]|$)/i
const LOWER = /lower|mandib|(^|[_ -])l(?=[_ .-]|$)/i

/** What a file's name tells. null where it tells nothing. */
export function claimOfName(name: string): Claim | null {
  const version = manifestVersionOf(name)
  if (version !== null) return { about: 'file', role: { kind: 'manifest', version } }
  if (/^(itero_)?rx[_ -].*\.(pdf|html?)$/i.test(name)) return { about: 'file', role: { kind: 'rx-sheet' } }
  if (/\.pts$/i.test(name)) return { about: 'margin', tooth: null }
  if (/\.(jpe?g|png|bmp|tiff?|gif|webp)$/i.test(name)) {
    const texture = /texture|pre[_ -]?treat|[_ -]jaw/i.test(name)
    return { about: 'file', role: { kind: texture ? 'texture' : 'image' } }
  }
  return isScan(name) ? scanOfName(name) : null
}

function scanOfName(name: string): Claim | null {
  const ortho = ORTHO.exec(name)
  if (ortho !== null) {
    const [, profile, pose, side] = ortho.map((part) => part?.toLowerCase())
    const rank = (pose === 'teethup' ? 10 : 0) + (profile === 'lprofile' ? 1 : 0)
    if (side === 'ul') return { about: 'scan', kind: 'both-jaws', jaw: null, rank }
    return { about: 'scan', kind: 'jaw', jaw: side === 'u' ? 'upper' : 'lower', rank }
  }
  const stem = name.replace(/\.\w+$/, '')
  const kind = KIND_WORDS.find(([word]) => word.test(stem))?.[1] ?? null
  const [upper, lower] = [UPPER.test(stem), LOWER.test(stem)]
  if (upper && lower && (kind === null || kind === 'jaw')) {
    return { about: 'scan', kind: 'both-jaws', jaw: null, rank: 0 }
  }
  const jaw = upper === lower ? null : upper ? 'upper' : 'lower'
  if (kind === null && jaw === null) return null
  return { about: 'scan', kind, jaw, rank: ditchOf(name) === 'without' ? 2 : 0 }
}

/** The ditched model shows the margin, and is the jaw that manifests list [V]; the one without comes beside it [C]. */
export function ditchOf(name: string): 'with' | 'without' | null {
  const [, how] = /(with(?:out)?)[_ -]?ditch/i.exec(name) ?? []
  return how === undefined ? null : how.toLowerCase() === 'with' ? 'with' : 'without'
}

const SUB_TYPE_KINDS: readonly (readonly [RegExp, ScanKind])[] = [
  ...KIND_WORDS,
  [/^(arch|model|surface)$/i, 'jaw'],
  [/occlusion/i, 'both-jaws'],
]

/** What a row of ExportedObjects tells. null where its words are not known. */
export function claimOfRow(row: ExportedObject): Claim | null {
  const subType = row.subType ?? ''
  if (/^texture$/i.test(row.objectType)) return { about: 'file', role: { kind: 'texture' } }
  if (/^image$/i.test(row.objectType)) return { about: 'file', role: { kind: 'image' } }
  if (/^line$/i.test(row.objectType))
    return /margin/i.test(subType) ? { about: 'margin', tooth: row.adaId } : null
  const kind = SUB_TYPE_KINDS.find(([word]) => word.test(subType))?.[1] ?? null
  if (!/^surface$/i.test(row.objectType) || kind === null) return null
  return { about: 'scan', kind, jaw: jawOfRow(row.jawId ?? ''), rank: 0 }
}

function jawOfRow(jawId: string): Jaw | null {
  const [upper, lower] = [/^(u$|upper|maxill)/i.test(jawId), /^(l$|lower|mandib)/i.test(jawId)]
  return upper ? 'upper' : lower ? 'lower' : null
}

/** The role that a claim, what it leaves open filled from another, comes to. null where something stays open. */
export function roleOf(claim: Claim | null, other: Claim | null): FileRole | null {
  if (claim === null) return other === null ? null : roleOf(other, null)
  if (claim.about === 'file') return claim.role
  if (claim.about === 'margin') {
    const fdi = toothOf(claim.tooth ?? (other?.about === 'margin' ? (other.tooth ?? '') : ''))
    return fdi === null ? null : { kind: 'margin', fdi }
  }
  const filling = other?.about === 'scan' ? other : null
  const kind = claim.kind ?? filling?.kind ?? 'jaw'
  if (kind === 'bite' || kind === 'both-jaws') return { kind }
  const jaw = claim.jaw ?? filling?.jaw ?? null
  return jaw === null ? null : { kind, jaw }
}
