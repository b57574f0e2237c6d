import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { LOOK } from '../web/browser.ts'
import { lookOf, smallPng } from './png.ts'

/** Pictures of pages, taken on the way, by their names. */
export interface Album {
  take(page: Page, name: string): Promise<void>
  readonly taken: readonly string[]
  /** What is wrong with those that were taken, in words: of another size than a page's, or nothing to be seen in them. */
  faults(): Promise<readonly string[]>
}

/** Fewer colours than letters have with their smooth edges: nothing was drawn. */
const FEW_COLOURS = 30

/** Puts them into a folder, made if missing. */
export function albumIn(folder: string): Album {
  const taken: string[] = []
  const fileOf = (name: string) => join(folder, `${name}.png`)
  return {
    taken,
    async take(page, name) {
      await quiet(page)
      await page.mouse.move(500, 0)
      const picture = smallPng(await page.screenshot({ animations: 'disabled', caret: 'hide' }))
      await mkdir(folder, { recursive: true })
      await writeFile(fileOf(name), picture)
      taken.push(name)
    },
    async faults() {
      const looks = await Promise.all(
        taken.map(async (name) => ({ name, ...lookOf(await readFile(fileOf(name))) })),
      )
      return looks
        .filter(
          ({ width, height, colours }) =>
            width !== LOOK.width || height !== LOOK.height || colours < FEW_COLOURS,
        )
        .map(({ name, width, height, colours }) => `${name}: ${width} × ${height}, ${colours} colours`)
    },
  }
}

/** The names of the pictures in a folder that a document shows. */
export async function shownIn(document: string, folder: string): Promise<readonly string[]> {
  const text = await readFile(document, 'utf8')
  const names = [...text.matchAll(/([\w/-]+)\/([\w-]+)\.png/g)].filter(([, place]) => place === folder)
  return [...new Set(names.map(([, , name = '']) => name))]
}

/** Short words about what was just done, which go by themselves, are not what a picture is about. */
async function quiet(page: Page): Promise<void> {
  // Not by their role: a window that is open hides it.
  for (const toasts of await page.locator('.toasts').all())
    await toasts.evaluate((element) => element.hidePopover())
}
