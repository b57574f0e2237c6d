import { readFile, rename, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { HostError } from './errors.ts'

/** Characters that the bridge carries. */
const LIMIT = 1_000_000
const KEPT = 'materials.in-use.xml'

/** The text of a laboratory's material list. Errors: `materials-unreadable`, `materials-too-large`. */
export async function readMaterials(file: string): Promise<string> {
  const name = basename(file)
  const text = decoded(await bytesOf(file, name), name)
  if (text.length > LIMIT) throw new HostError('materials-too-large', { file: name, limit: LIMIT })
  return text
}

async function bytesOf(file: string, name: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(file)
    if (size > 4 * LIMIT) throw new HostError('materials-too-large', { file: name, limit: LIMIT })
    return await readFile(file)
  } catch (error) {
    if (error instanceof HostError) throw error
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown'
    throw new HostError('materials-unreadable', { file: name, reason }, error)
  }
}

/** The list that the plugin took last: goes on being used where its file breaks later. */
export async function keepMaterials(home: string, text: string): Promise<void> {
  const file = join(home, KEPT)
  await writeFile(`${file}.new`, text, { flush: true })
  await rename(`${file}.new`, file)
}

/** null: none was ever taken. */
export const keptMaterials = (home: string): Promise<string | null> =>
  readFile(join(home, KEPT), 'utf8').catch(() => null)

/** As text, in whatever encoding it says; its declaration says none any more, as text has none. */
function decoded(bytes: Uint8Array, file: string): string {
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, 200))
  const stated = /^<\?xml[^>]*encoding=["']([\w.-]+)["']/.exec(start)?.[1] ?? 'utf-8'
  const marked = start.startsWith('\xff\xfe') ? 'utf-16le' : start.startsWith('\xfe\xff') ? 'utf-16be' : null
  try {
    const text = new TextDecoder(marked ?? stated, { fatal: true }).decode(bytes)
    return text.replace(/^(<\?xml[^>]*?)\s+encoding=("[^"]*"|'[^']*')/, '$1')
  } catch (error) {
    throw new HostError('materials-unreadable', { file, reason: 'encoding' }, error)
  }
}
