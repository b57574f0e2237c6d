import type { Page } from 'playwright-core'
import type { Test } from 'tap'
import { accessibilityFaults, type Look } from './browser.ts'
import type { Script } from './scripted-host.ts'
import { script } from './scripts.ts'
import { theatre } from './stage.ts'

export interface Scene {
  readonly name: string
  readonly path?: string
  readonly part?: Partial<Script>
  /** Until what is to be looked at is there. */
  readonly act: (page: Page) => Promise<void>
}

const LOOKS: readonly Partial<Look>[] = [{}, { scheme: 'dark', locale: 'de-DE', width: 1000, height: 700 }]

/** One test for each scene: nothing found by axe and no complaint of the browser, light and dark, English and German. */
export async function testScenes(t: Test, scenes: readonly Scene[]): Promise<void> {
  const stage = await theatre(t)
  for (const scene of scenes) {
    t.test(
      `axe finds nothing wrong with ${scene.name}, and the browser nothing to complain about`,
      async (t) => {
        for (const look of LOOKS) {
          const language = look.locale === 'de-DE' ? 'de' : 'en'
          const now = script(scene.part)
          const part = {
            ...scene.part,
            session: { ...now.session, language } as const,
            settings: { ...now.settings, language } as const,
          }
          const { page, complaints } = await stage(part, scene.path, look)
          await scene.act(page)
          t.strictSame(await accessibilityFaults(page), [])
          t.strictSame(complaints, [])
          await page.context().close()
        }
      },
    )
  }
}
