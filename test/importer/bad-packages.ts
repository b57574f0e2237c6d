import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import type { FailureCode } from '../../plugin/errors.ts'
import { type RawEntry, rawZip } from '../itero/raw-zip.ts'
import { without } from '../tools.ts'

/** A package that is to be refused: how it comes to be at a path, and as what it is told. */
export interface BadPackage {
  readonly what: string
  readonly code: FailureCode
  /** The fact that says where or why, beside the package's own name. */
  readonly facts?: Readonly<Record<string, unknown>>
  /** Of a good package's files: name → content. */
  readonly put: (path: string, good: Files) => void
}

export type Files = ReadonlyMap<string, Buffer>

/** The files of a package that lies there as a folder. */
export function filesOf(folder: string): Files {
  return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]))
}

export const manifestOf = (good: Files): string =>
  [...good.keys()].find((name) => name.endsWith('.xml')) ?? ''

export function zipOf(files: Files, ...more: readonly RawEntry[]): Buffer {
  return rawZip([...[...files].map(([name, content]) => ({ name, content })), ...more])
}

/** The good package with its manifest's text changed. */
export function withManifest(good: Files, change: (xml: string) => string | Buffer): Files {
  const name = manifestOf(good)
  return new Map([...good, [name, Buffer.from(change(good.get(name)?.toString() ?? ''))]])
}

const zip = (
  what: string,
  code: FailureCode,
  facts: BadPackage['facts'],
  make: (good: Files) => Buffer,
): BadPackage => ({
  what,
  code,
  ...(facts && { facts }),
  put: (path, good) => writeFileSync(path, make(good)),
})

/** The good package with one more entry, or one of its own told in another way. */
const entry = (
  what: string,
  code: FailureCode,
  more: RawEntry,
  facts: BadPackage['facts'] = {},
): BadPackage => zip(what, code, facts, (good) => zipOf(good, more))

const mesh = (good: Files): string => [...good.keys()].find((name) => name.startsWith('upper_jaw')) ?? ''

/** Its mesh as an entry with something wrong, the rest as it is. */
const lying = (what: string, code: FailureCode, lie: Partial<RawEntry>): BadPackage =>
  zip(what, code, { file: /upper_jaw/ }, (good) => {
    const name = mesh(good)
    return rawZip(
      [...good].map(([each, content]) => ({ name: each, content, ...(each === name ? lie : {}) })),
    )
  })

const unsafe = (what: string, name: string, reason: string): BadPackage =>
  entry(what, 'entry-name-unsafe', { name, content: 'x' }, { reason })

const manifest = (
  what: string,
  code: FailureCode,
  change: (xml: string) => string | Buffer,
  facts: BadPackage['facts'] = { file: /iTero_Export/ },
): BadPackage => zip(what, code, facts, (good) => zipOf(withManifest(good, change)))

const doctype = (declared: string) => (xml: string) => xml.replace('<iTeroExport', `${declared}<iTeroExport`)

export const BAD_PACKAGES: readonly BadPackage[] = [
  { what: 'a package that is not there', code: 'package-missing', put: () => {} },
  zip('an empty file', 'package-not-a-package', undefined, () => Buffer.alloc(0)),
  zip('a web page called .zip', 'package-not-a-package', undefined, () =>
    Buffer.from('<!DOCTYPE html><title>Sign in</title>'.repeat(50)),
  ),
  zip('a download cut short', 'zip-damaged', undefined, (good) => {
    const whole = zipOf(good)
    return whole.subarray(0, whole.length * 0.7)
  }),
  zip('a download whose last byte is missing', 'zip-damaged', undefined, (good) =>
    zipOf(good).subarray(0, -1),
  ),
  zip('a zip whose directory counts one file less', 'zip-damaged', undefined, (good) =>
    rawZip(
      [...good].map(([name, content]) => ({ name, content })),
      { count: good.size - 1 },
    ),
  ),
  lying('a scan with a wrong CRC', 'zip-entry-damaged', { crc: 1 }),
  lying('a scan longer than announced', 'zip-entry-damaged', { announced: 5000 }),
  lying('a scan shorter than announced', 'zip-entry-damaged', { announced: 50_000_000 }),
  lying('a scan whose deflate stream ends early', 'zip-entry-damaged', {
    packed: deflateRawSync('x'.repeat(9)).subarray(0, 3),
  }),
  lying('an encrypted scan', 'zip-encrypted', { flags: 0x801 }),
  lying('a scan compressed with LZMA', 'zip-method-unsupported', { method: 14 }),
  lying('a scan that is a link', 'entry-is-link', { mode: 0o120777 }),
  lying('a scan that is a pipe', 'entry-not-a-file', { mode: 0o010644 }),
  zip('a manifest with a wrong CRC', 'zip-entry-damaged', { file: /iTero_Export/ }, (good) =>
    rawZip(
      [...good].map(([name, content]) => ({ name, content, ...(name.endsWith('.xml') ? { crc: 7 } : {}) })),
    ),
  ),
  zip('two files of one name', 'entry-name-duplicate', { file: /upper_jaw/i }, (good) =>
    zipOf(good, { name: mesh(good), content: 'another jaw' }),
  ),
  zip('two files whose names differ in case only', 'entry-name-duplicate', {}, (good) =>
    zipOf(good, { name: mesh(good).toUpperCase(), content: 'another jaw' }),
  ),
  entry(
    'a bomb',
    'zip-bomb',
    { name: 'bomb.stl', packed: deflateRawSync(Buffer.alloc(1000)), announced: 0xfffffff0 },
    { file: 'bomb.stl' },
  ),
  ...(without('python3')
    ? []
    : [
        {
          what: '100,000 files',
          code: 'zip-too-many-entries' as const,
          facts: { entries: 100_000 },
          put: (path: string) => void execFileSync('python3', ['-c', MANY, path]),
        },
      ]),
  unsafe('a way up', '../../canary.txt', 'traversal'),
  unsafe('a way up with backslashes', '..\\..\\canary.txt', 'traversal'),
  unsafe('an absolute path', '/tmp/myitero-canary.stl', 'absolute'),
  unsafe('a drive letter', 'C:\\canary.stl', 'drive'),
  unsafe('CON', 'CON', 'device-name'),
  unsafe('NUL.stl', 'NUL.stl', 'device-name'),
  unsafe('a trailing dot', 'upper.stl.', 'trailing-dot-or-space'),
  unsafe('300 characters', `${'n'.repeat(296)}.stl`, 'too-long'),
  unsafe('a right-to-left mark', 'upper\u202elts.exe', 'control-character'),
  unsafe('a line end', 'upper\n.stl', 'control-character'),

  zip('no manifest', 'manifest-missing', {}, (good) => {
    const rest = new Map(good)
    rest.delete(manifestOf(good))
    return zipOf(rest)
  }),
  manifest('an empty manifest', 'manifest-empty', () => ''),
  manifest('a manifest of 100 MB', 'manifest-too-large', () => Buffer.alloc(100 * 2 ** 20, 0x20), {
    limit: Number,
  }),
  manifest('a manifest that is no XML', 'manifest-not-xml', (xml) => xml.slice(0, xml.length / 2)),
  manifest('a manifest that is an image', 'manifest-not-xml', () =>
    Buffer.from('ffd8ffe000104a464946', 'hex'),
  ),
  manifest('a DTD', 'manifest-has-doctype', doctype('<!DOCTYPE iTeroExport SYSTEM "file:///etc/passwd">')),
  manifest(
    'an entity',
    'manifest-has-doctype',
    doctype('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'),
  ),
  manifest(
    'a billion laughs',
    'manifest-has-doctype',
    doctype('<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'),
  ),
  manifest('another root', 'manifest-wrong-root', () => '<html><body/></html>', { root: 'html' }),
  manifest('no order number', 'manifest-without-order', (xml) => xml.replace(/<OrderID>.*<\/OrderID>/, '')),
  manifest('a way up as its order number', 'manifest-without-order', (xml) =>
    xml.replace(/<OrderID>.*<\/OrderID>/, '<OrderID>../../canary</OrderID>'),
  ),
  manifest('rows without end', 'manifest-too-many-rows', (xml) =>
    xml.replace('<Teeth>', `<Teeth>${'<x/>'.repeat(150_000)}`),
  ),
  zip('the manifests of two orders', 'order-mixed', { other: /987654321/ }, (good) =>
    zipOf(good, { name: 'iTero_Export_#987654321_v10.xml', content: '<iTeroExport/>' }),
  ),
  {
    what: 'a folder with a link in it',
    code: 'entry-is-link',
    facts: { file: 'extra.stl' },
    put: (path, good) => {
      putFolder(path, good)
      symlinkSync('/etc/passwd', join(path, 'extra.stl'))
    },
  },
  {
    what: 'a folder with a pipe in it',
    code: 'entry-not-a-file',
    facts: { file: 'extra.stl' },
    put: (path, good) => {
      putFolder(path, good)
      execFileSync('mkfifo', [join(path, 'extra.stl')])
    },
  },
  { what: 'an empty folder', code: 'manifest-missing', put: (path) => mkdirSync(path) },
]

function putFolder(path: string, files: Files): void {
  mkdirSync(path)
  for (const [name, content] of files) writeFileSync(join(path, name), content)
}

const MANY = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as z:
    for i in range(100000): z.writestr(zipfile.ZipInfo(str(i)), b'')
`
