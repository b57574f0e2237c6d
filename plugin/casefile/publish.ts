import { dirname, join } from 'node:path'
import type { Disk } from '../disk.ts'
import { ImportError } from '../errors.ts'
import { flushFolder, onDisk, patiently, systemCode, TIMING, type Timing, unless } from './case-disk.ts'
import type { Origin } from './case-record.ts'
import { nameKey } from './legal-name.ts'
import type { ProjectName } from './naming.ts'
import { removeEmptyRoot, type Staging } from './staging.ts'
import { isWholeCase } from './standing-case.ts'

/** What a case is made of: documents yet to be written, and files that the staging holds under neutral names. */
export interface CasePlan {
  readonly project: ProjectName
  readonly documents: readonly { readonly name: string; readonly content: Uint8Array }[]
  /** `bytes`, where given, is checked: a staging may have waited for days at a question. */
  readonly files: readonly { readonly stagedAs: string; readonly name: string; readonly bytes?: number }[]
  /** Files that stand in the case once more, under another name. */
  readonly copies?: readonly { readonly of: string; readonly name: string }[]
  readonly origin: Origin
}

/**
 * published · already-there: a whole case of the same origin stands at that name, the staging is gone · name-taken:
 * something else stands there, the staging is as it was, and the caller picks the next name.
 */
export type PublishResult = 'published' | 'already-there' | 'name-taken'

/**
 * Makes the staging a case, in one rename: whoever looks sees a whole case or none. Restartable at any point with the
 * same plan, also after the rename. Everything is flushed before the rename, and the rename before this returns.
 * Throws staging-damaged (a file is neither under its staged nor its final name), case-folder-full, -read-only,
 * -unreachable (Windows: held by another program for longer than we wait), -missing, staging-other-volume. Never copies over
 * from another volume and never replaces what stands there.
 */
export async function publishCase(
  disk: Disk,
  caseFolder: string,
  staging: Staging,
  plan: CasePlan,
  timing: Timing = TIMING,
): Promise<PublishResult> {
  checkPlan(plan)
  const facts = { folder: caseFolder }
  return await onDisk(facts, async () => {
    const target = join(caseFolder, plan.project)
    if (await stands(disk, target)) return await settle(disk, caseFolder, staging, plan, timing)
    await assemble(disk, staging, plan, timing)
    await flushFolder(disk, staging.folder, timing.platform)
    if (!(await renamed(disk, staging.folder, target, timing))) {
      return await settle(disk, caseFolder, staging, plan, timing)
    }
    // One flush of the case folder makes both outlive a power cut.
    await removeEmptyRoot(disk, dirname(staging.folder))
    await flushFolder(disk, caseFolder, timing.platform)
    return 'published'
  })
}

/**
 * Gives the files of a staging their neutral names back, wherever between the two an earlier run was cut short.
 * Throws case-folder-unreachable and the like; a file or staging that is not there is left to `publishCase` to tell.
 */
export async function restoreStagedNames(
  disk: Disk,
  staging: Staging,
  files: CasePlan['files'],
  timing: Timing = TIMING,
): Promise<void> {
  await onDisk({}, async () => {
    for (const file of files) {
      await patiently(timing, () =>
        unless(['ENOENT'], undefined, () =>
          disk.rename(join(staging.folder, file.name), join(staging.folder, file.stagedAs)),
        ),
      )
    }
    await unless(['ENOENT'], undefined, () => flushFolder(disk, staging.folder, timing.platform))
  })
}

/** Something stands at the name: our own case, whole, or somebody else's. */
async function settle(
  disk: Disk,
  caseFolder: string,
  staging: Staging,
  plan: CasePlan,
  timing: Timing,
): Promise<PublishResult> {
  if (!(await isWholeCase(disk, caseFolder, plan.project, plan.origin))) {
    await takeApart(disk, staging, plan, timing)
    return 'name-taken'
  }
  // The rename may be ours, from before a crash, and not flushed yet.
  await flushFolder(disk, caseFolder, timing.platform)
  await patiently(timing, () => disk.rm(staging.folder, { recursive: true, force: true }))
  await removeEmptyRoot(disk, dirname(staging.folder))
  return 'already-there'
}

/** Every file under its final name, every document written and flushed, nothing else in the folder. */
async function assemble(disk: Disk, staging: Staging, plan: CasePlan, timing: Timing): Promise<void> {
  for (const file of plan.files) {
    await patiently(timing, () =>
      unless(['ENOENT'], undefined, () =>
        // Gone: renamed already by a run before this one. What stands is counted below.
        disk.rename(join(staging.folder, file.stagedAs), join(staging.folder, file.name)),
      ),
    )
  }
  // Written whole once more where one of them was cut short by somebody who holds it.
  for (const document of plan.documents)
    await patiently(timing, () => writeDocument(disk, join(staging.folder, document.name), document.content))
  for (const { of, name } of plan.copies ?? [])
    await patiently(timing, () => copyWithin(disk, join(staging.folder, of), join(staging.folder, name)))
  // By key: some file systems give a name back in another composition than it was given.
  const planned = new Set(finalNames(plan).map(nameKey))
  const standing = await listed(disk, staging)
  const keys = new Set(standing.map(nameKey))
  const missing = [...planned].filter((key) => !keys.has(key)).length
  if (missing > 0) throw new ImportError('staging-damaged', { reason: 'missing', count: missing })
  for (const file of plan.files) {
    const found = await disk.lstat(join(staging.folder, file.name))
    if (!found.isFile() || (file.bytes !== undefined && found.size !== file.bytes)) {
      throw new ImportError('staging-damaged', { reason: 'size', file: file.stagedAs })
    }
  }
  // Left of an earlier run under another name. Last of all: before, it might have been what is missing.
  for (const name of standing) {
    if (!planned.has(nameKey(name)))
      await patiently(timing, () => disk.rm(join(staging.folder, name), { recursive: true, force: true }))
  }
}

/** Without its documents and back to the neutral names, so that the same staging can be published under another name. */
async function takeApart(disk: Disk, staging: Staging, plan: CasePlan, timing: Timing): Promise<void> {
  for (const { name } of [...plan.documents, ...(plan.copies ?? [])]) {
    await patiently(timing, () =>
      unless(['ENOENT'], undefined, () => disk.unlink(join(staging.folder, name))),
    )
  }
  await restoreStagedNames(disk, staging, plan.files, timing)
}

async function listed(disk: Disk, staging: Staging): Promise<readonly string[]> {
  const names = await unless(['ENOENT', 'ENOTDIR'], null, () => disk.readdir(staging.folder))
  if (names === null) throw new ImportError('staging-damaged', { reason: 'gone' })
  return names
}

async function writeDocument(disk: Disk, path: string, content: Uint8Array): Promise<void> {
  const handle = await unless(['ENOENT', 'ENOTDIR', 'EISDIR'], null, () => disk.open(path, 'w'))
  if (handle === null) throw new ImportError('staging-damaged', { reason: 'gone' })
  try {
    for (let at = 0; at < content.length; ) {
      at += (await handle.write(content, at, content.length - at)).bytesWritten
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const COPY_BYTES = 2 ** 20

/** Flushed like all else. Where there is nothing to copy, what is missing is told below. */
async function copyWithin(disk: Disk, from: string, to: string): Promise<void> {
  const source = await unless(['ENOENT', 'ENOTDIR'], null, () => disk.open(from, 'r'))
  if (source === null) return
  try {
    const copy = await disk.open(to, 'w')
    try {
      const buffer = new Uint8Array(COPY_BYTES)
      for (let at = 0; ; ) {
        const { bytesRead } = await source.read(buffer, 0, buffer.length, at)
        if (bytesRead === 0) break
        for (let done = 0; done < bytesRead; ) {
          done += (await copy.write(buffer, done, bytesRead - done)).bytesWritten
        }
        at += bytesRead
      }
      await copy.sync()
    } finally {
      await copy.close()
    }
  } finally {
    await source.close()
  }
}

/** False where something stands at the target by now: another publisher was faster. */
async function renamed(disk: Disk, from: string, target: string, timing: Timing): Promise<boolean> {
  return await patiently(timing, async () => {
    try {
      // An empty folder put there since we looked would be replaced on POSIX: nothing of anybody's is lost with it.
      await disk.rename(from, target)
      return true
    } catch (error) {
      if (await stands(disk, target)) return false
      const code = systemCode(error) ?? ''
      // The staging was there a moment ago: what is missing is the case folder.
      if (code === 'ENOENT' || code === 'ENOTDIR')
        throw new ImportError('case-folder-missing', { reason: code })
      throw error
    }
  })
}

/** Anything at all, a dangling link too. */
async function stands(disk: Disk, path: string): Promise<boolean> {
  return (await unless(['ENOENT'], null, () => disk.lstat(path))) !== null
}

const finalNames = (plan: CasePlan): readonly string[] =>
  [...plan.files, ...plan.documents, ...(plan.copies ?? [])].map((each) => each.name)

/** A plan that would overwrite one of its own files is a mistake of ours: nothing is touched then. */
function checkPlan(plan: CasePlan): void {
  const names = [...finalNames(plan), ...plan.files.map((each) => each.stagedAs)]
  const distinct = new Set(names.map(nameKey)).size === names.length
  if (!distinct || names.some((name) => name === '' || /[/\\]|^\.\.?$/.test(name))) {
    throw new ImportError('staging-damaged', { reason: 'plan' })
  }
}
