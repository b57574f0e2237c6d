import type { Browser, Page } from 'playwright-core'
import type { Test } from 'tap'
import { type Look, launch, openPage } from './browser.ts'
import { type Script, type ScriptedHost, startScriptedHost } from './scripted-host.ts'
import { script } from './scripts.ts'

/** ms for a file, on a machine that has other things to do. */
const LIMIT = 280_000

export interface Stage {
  readonly host: ScriptedHost
  readonly page: Page
  readonly complaints: readonly string[]
}

/** One browser for the tests of a file; it ends with them. */
export async function theatre(
  t: Test,
  browserAs: Parameters<typeof launch>[0] = {},
): Promise<(part?: Partial<Script>, path?: string, look?: Partial<Look>) => Promise<Stage>> {
  t.setTimeout(LIMIT)
  const browser: Browser = await launch(browserAs)
  t.teardown(() => browser.close())
  return async (part = {}, path = '/', look = {}) => {
    const host = await startScriptedHost(script(part))
    t.teardown(() => host.close())
    const { page, complaints } = await openPage(browser, host.address + path, look)
    // what a test tells from here on is heard
    await host.streamed(1)
    return { host, page, complaints }
  }
}

/** Bodies of the calls of one kind, in their order. */
export const bodiesOf = (host: ScriptedHost, call: string): readonly unknown[] =>
  host.calls.filter((each) => each.call === call).map((each) => each.body)
