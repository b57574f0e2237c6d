import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'

/** The host's pages, bundled: what the browser is given, in memory. */
export interface Pages {
  /** Answers every address of the page. */
  readonly index: PageFile
  /** By path, `/assets/…`. */
  readonly files: ReadonlyMap<string, PageFile>
}

export interface PageFile {
  readonly body: Uint8Array<ArrayBuffer>
  readonly type: string
  readonly etag: string
  /** Its name holds its content's hash: it never changes. */
  readonly forever: boolean
}

const WEB = join(import.meta.dirname, 'web')
const STAMP = '.stamp'
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
}

/** Bundles the pages of a folder where a source has changed since the last time (about a second), and reads them. */
export async function preparePages(web: string = WEB): Promise<Pages> {
  const dist = join(web, 'dist')
  const stamp = await stampOf(web)
  if ((await readFile(join(dist, STAMP), 'utf8').catch(() => '')) !== stamp) await bundle(web, dist, stamp)
  return readPages(dist)
}

/** Names, sizes and times of all sources, and the locked versions of what is bundled with them. */
async function stampOf(web: string): Promise<string> {
  const hash = createHash('sha256')
  const lock = join(import.meta.dirname, '..', 'package-lock.json')
  const api = join(import.meta.dirname, 'api.ts')
  const sources = (await filesIn(web)).filter((file) => !relative(web, file).startsWith('dist'))
  for (const file of [...sources, api, lock].toSorted()) {
    const found = await stat(file).catch(() => null)
    hash.update(`${relative(web, file)}\0${found?.size}\0${found?.mtimeMs}\n`)
  }
  return hash.digest('hex')
}

/** Beside its place first, so that another host which starts now reads a whole one. */
async function bundle(web: string, dist: string, stamp: string): Promise<void> {
  const { build } = await import('vite')
  const fresh = `${dist}-${process.pid}`
  try {
    await build({
      root: web,
      logLevel: 'error',
      mode: 'production',
      build: { outDir: fresh, emptyOutDir: true },
    })
    await mkdir(fresh, { recursive: true })
    await writeFile(join(fresh, STAMP), stamp)
    await rm(dist, { recursive: true, force: true })
    await rename(fresh, dist)
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
}

/** Pages that are bundled already. */
export async function readPages(dist: string): Promise<Pages> {
  const files = new Map<string, PageFile>()
  for (const file of await filesIn(dist)) {
    const path = `/${relative(dist, file).split(sep).join('/')}`
    if (path === `/${STAMP}`) continue
    const body = new Uint8Array(await readFile(file))
    files.set(path, {
      body,
      type: TYPES[extname(file)] ?? 'application/octet-stream',
      etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
      forever: path.startsWith('/assets/'),
    })
  }
  const index = files.get('/index.html')
  if (index === undefined) throw new Error('the pages have no index.html')
  files.delete('/index.html')
  return { index, files }
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}
