import type { FileToName } from './file-names.ts'
import { fits, isReserved, legalText, nameKey, trimmedName } from './legal-name.ts'
import { PROJECT_BOUND, SUFFIX_BOUND } from './naming.ts'

/** A texture once more, under the name that a scan gives it. */
export interface TextureTwin {
  /** Place in the list of files. */
  readonly of: number
  readonly name: string
}

/** A scan whose image will not be found by a viewer that looks for it by the scan's word. */
export interface LostTexture {
  /** The scan, as it is called in the package. */
  readonly file: string
  readonly reason: LostReason
}

type LostReason = 'image-not-there' | 'two-images' | 'name-not-allowed' | 'name-taken'

/**
 * A PLY names its texture in a comment [C], and its bytes are never changed: viewers that follow the comment look for that
 * name, others for the scan's own stem. So the texture, which stands under the stem, gets a twin under the name in the comment.
 * `names`: as `caseFileNames` gave them; `documents`: what else stands in the case.
 */
export function textureTwins(
  files: readonly FileToName[],
  names: readonly string[],
  documents: readonly string[],
): { readonly twins: readonly TextureTwin[]; readonly lost: readonly LostTexture[] } {
  const taken = new Set([...names, ...documents].map(nameKey))
  const twins = new Map<string, TextureTwin>()
  const lost: LostTexture[] = []
  const wanting = files.flatMap((file) => {
    const texture = file.mesh?.texture ?? null
    return texture === null ? [] : [{ file, texture, image: imageOf(file, texture, files) }]
  })
  for (const { file, texture, image } of wanting) {
    const key = nameKey(texture)
    const lose = (reason: LostReason) => lost.push({ file: file.packageName, reason })
    if (image === 'image-not-there' || image === 'two-images') lose(image)
    // One name for two images: whichever stood there, the other's scan would show it.
    else if (wanting.some((other) => nameKey(other.texture) === key && other.image !== image))
      lose('two-images')
    else if (names[image] === texture || twins.has(key)) continue
    else if (!mayStand(texture)) lose('name-not-allowed')
    else if (taken.has(key)) lose('name-taken')
    else twins.set(key, { of: image, name: texture })
  }
  return { twins: [...twins.values()], lost }
}

/** The image of that name: the one in the scan's own folder where several have it. */
function imageOf(
  scan: FileToName,
  texture: string,
  files: readonly FileToName[],
): number | 'image-not-there' | 'two-images' {
  const named = [...files.keys()].filter((index) => {
    const { packageName, role } = files[index] as FileToName
    const picture = role.kind === 'texture' || role.kind === 'image'
    return picture && nameKey(lastOf(packageName)) === nameKey(texture)
  })
  const beside = named.filter(
    (index) => folderOf(files[index]?.packageName ?? '') === folderOf(scan.packageName),
  )
  const [one, another] = beside.length > 0 ? beside : named
  if (one === undefined) return 'image-not-there'
  return another === undefined ? one : 'two-images'
}

/** As long as a project's longest file name may be. */
const BOUND = {
  units: PROJECT_BOUND.units + SUFFIX_BOUND.units,
  bytes: PROJECT_BOUND.bytes + SUFFIX_BOUND.bytes,
}

/** Kept to the letter or not at all; and no name in which a technician's work would be seen. */
function mayStand(name: string): boolean {
  const legal = trimmedName(legalText(name)) === name && !isReserved(name) && fits(name, BOUND)
  return legal && /\.(jpe?g|png|bmp|gif|tga|tiff?|webp)$/i.test(name)
}

const lastOf = (path: string): string => path.slice(cut(path) + 1)
const folderOf = (path: string): string => path.slice(0, Math.max(0, cut(path)))
const cut = (path: string): number => Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'))
