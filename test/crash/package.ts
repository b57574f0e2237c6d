import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'
import { makeExport } from '../../fixtures/exports/make-export.ts'
import { orderNamed } from '../../fixtures/exports/orders.ts'

export interface SmallPackage {
  readonly zip: string
  /** Answers to the two questions that its order asks. */
  readonly answers: string
  readonly orderId: string
  /** SHA-256, hex, by name in the package. */
  readonly hashes: ReadonlyMap<string, string>
}

/**
 * An order that asks for its doctor and for its material, as small as a whole one can be: two jaws, a margin line, the
 * gallery's picture, the Rx sheet and a manifest. Every file more would be fourteen points more of the same kind.
 */
export async function smallPackage(into: string): Promise<SmallPackage> {
  const recipe = orderNamed('lab-preference')
  if (recipe === undefined) throw new Error('no such order')
  const made = await makeExport(recipe, {
    into,
    seed: 1,
    form: 'folder',
    layout: 'flat',
    versions: [50],
    mesh: { format: 'stl-binary', bytes: 1000 },
  })
  const zip = new ZipFile()
  const hashes = new Map<string, string>()
  for (const { name } of made.files.filter((file) => !file.name.includes('_penta_'))) {
    const content = await readFile(join(made.path, name))
    hashes.set(name, createHash('sha256').update(content).digest('hex'))
    zip.addBuffer(content, name)
  }
  zip.end()
  const path = `${made.path}.zip`
  await pipeline(zip.outputStream, createWriteStream(path))
  await rm(made.path, { recursive: true })

  const answers = join(into, 'answers.json')
  const given = {
    doctors: [{ id: recipe.doctor.id, client: { new: { name: recipe.doctor.name } } }],
    materials: [{ itero: recipe.teeth[0]?.material.v50, material: 'ZI', method: 'Mill5' }],
  }
  await writeFile(answers, JSON.stringify(given))
  return { zip: path, answers, orderId: made.orderId, hashes }
}
