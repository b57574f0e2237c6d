import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core'
import { without } from '../tools.ts'

/**
 * Debian's Chromium, rather without a desktop: the one with it draws a window's frame beside every page, in a process as busy as
 * the page's own (three times the time, measured with 156). CHROMIUM names another one.
 */
export const EXECUTABLE =
  process.env['CHROMIUM'] ??
  ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'].find((path) => existsSync(path)) ??
  '/usr/bin/chromium'
const ARGUMENTS = [
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
/** 3D without a graphics card. */
const WEBGL = ['--enable-unsafe-swiftshader', '--use-angle=swiftshader']

/** A machine with two cores may be busy with other tests; what never comes is told soon enough. */
const PATIENCE_MS = 40_000

export interface Look {
  readonly width: number
  readonly height: number
  readonly scheme: 'light' | 'dark'
  readonly locale: 'en-GB' | 'en-US' | 'de-DE' | 'de-CH'
}

export const LOOK: Look = { width: 1280, height: 800, scheme: 'light', locale: 'en-GB' }

/** Why there is no browser here; false: there is one. */
export const browserMissing = (): string | false => without(EXECUTABLE)

/**
 * A headless browser, or the end of a test file that cannot have one; `webgl` for pages with scans, `scrollbars` that take
 * their place as on a desk. To be closed by whoever starts it.
 */
export async function launch({ webgl = false, scrollbars = false } = {}): Promise<Browser> {
  const missing = browserMissing()
  if (missing !== false) {
    // The rest of the file needs it. Loaded here: a program that is no test starts a browser too.
    const { default: t } = await import('tap')
    t.plan(0, missing)
    process.exit()
  }
  return chromium.launch({
    executablePath: EXECUTABLE,
    headless: true,
    chromiumSandbox: false,
    ...(scrollbars ? { ignoreDefaultArgs: ['--hide-scrollbars'] } : {}),
    args: [...ARGUMENTS, ...(webgl ? WEBGL : ['--disable-gpu'])],
  })
}

export interface OpenPage {
  readonly page: Page
  readonly context: BrowserContext
  /** What the page complained about: errors, refused styles and scripts, failed requests of its own. */
  readonly complaints: readonly string[]
}

/** A page of its own, with nothing left of others. Follows `address`, which may be a link that signs it in. */
export async function openPage(
  browser: Browser,
  address: string,
  look: Partial<Look> = {},
): Promise<OpenPage> {
  const { width, height, scheme, locale } = { ...LOOK, ...look }
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: scheme,
    locale,
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  page.setDefaultTimeout(PATIENCE_MS)
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    // a refusal by the server is an answer, not a fault of the page
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      complaints.push(message.text())
    }
  })
  await page.goto(address)
  return { page, context, complaints }
}

let axeSource: Promise<string> | undefined

/** What axe-core finds wrong with the page as it stands, WCAG 2.2 A and AA and its best practices: rule and elements. */
export async function accessibilityFaults(page: Page): Promise<readonly string[]> {
  axeSource ??= readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  // by the debugger, not by a script element: the page's policy refuses those
  await page.evaluate(await axeSource)
  return page.evaluate<string[]>(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
    violations.map((each) => each.id + ': ' + each.nodes.map((node) => node.target.join(' ') + ' ' + (node.any[0] ?? node.all[0] ?? node.none[0])?.message).join('; ')))`)
}

/** Whether the element has the focus. */
export const isFocused = (locator: Locator): Promise<boolean> =>
  locator.evaluate((element) => element.ownerDocument.activeElement === element)

/** Weight of its letters, as drawn. */
export const weightOf = (locator: Locator): Promise<number> =>
  locator.evaluate((element) =>
    Number(element.ownerDocument.defaultView?.getComputedStyle(element).fontWeight),
  )
