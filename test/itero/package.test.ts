import { execFileSync, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createWriteStream, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import * as fs from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import t from 'tap'
import { ZipFile } from 'yazl'
import { openPackage, readWhole } from '../../plugin/itero/package.ts'
import { without } from '../tools.ts'
import { contentOf, openFiles, refusal, sha256 } from './packages.ts'

/** More than one range, more than one chunk, and a part that deflate cannot shorten. */
const scan = Buffer.concat([Buffer.alloc(900_000, 'facet normal '), randomBytes(1_500_000), Buffer.alloc(7)])
const FILES: Readonly<Record<string, Buffer>> = {
  'iTero_Export_#1_v50.xml': Buffer.from('<iTeroExport/>'),
  'upper_jaw_with_ditch_#1.stl': scan,
  'empty.txt': Buffer.alloc(0),
  'Снимок 口腔.jpg': Buffer.from('picture'),
}
const WANTED = Object.fromEntries(Object.entries(FILES).map(([name, content]) => [name, sha256(content)]))

function onDisk(root: string, folder: string): string {
  const path = join(root, folder)
  mkdirSync(path, { recursive: true })
  for (const [name, content] of Object.entries(FILES)) writeFileSync(join(path, name), content)
  return path
}

const PYTHON = `
import sys, zipfile, os
out, src, how = sys.argv[1:4]
method = zipfile.ZIP_STORED if how == 'stored' else zipfile.ZIP_DEFLATED
with zipfile.ZipFile(out, 'w', method) as z:
    for name in sorted(os.listdir(src)):
        if how == 'zip64':
            with z.open(zipfile.ZipInfo(name), 'w', force_zip64=True) as f:
                f.write(open(os.path.join(src, name), 'rb').read())
        else:
            z.write(os.path.join(src, name), ('top/' if how == 'top' else '') + name)
`

/** Each makes a zip of a folder: tools that we did not write. */
const TOOLS: readonly { tool: string; what: string; make: (folder: string, zip: string) => void }[] = [
  {
    tool: 'zip',
    what: 'Info-ZIP',
    make: (dir, zip) => void execFileSync('zip', ['-qr', zip, '.'], { cwd: dir }),
  },
  {
    tool: 'zip',
    what: 'Info-ZIP writing to a pipe, with data descriptors and zip64',
    make: (dir, zip) => void execFileSync('sh', ['-c', `zip -qr - . > "${zip}"`], { cwd: dir }),
  },
  {
    tool: 'zip',
    what: 'Info-ZIP storing only',
    make: (dir, zip) => void execFileSync('zip', ['-qr0', zip, '.'], { cwd: dir }),
  },
  {
    tool: 'bsdtar',
    what: 'bsdtar',
    make: (dir, zip) => void execFileSync('bsdtar', ['-a', '-cf', zip, '.'], { cwd: dir }),
  },
  ...(['deflated', 'stored', 'zip64', 'top'] as const).map((how) => ({
    tool: 'python3',
    what: `Python's zipfile, ${how}`,
    make: (dir: string, zip: string) => void execFileSync('python3', ['-c', PYTHON, zip, dir, how]),
  })),
]

for (const { tool, what, make } of TOOLS) {
  t.test(`a zip made by ${what} is read whole`, { skip: without(tool) }, async (t) => {
    const root = t.testdir()
    const zip = join(root, 'made.zip')
    make(onDisk(root, 'content'), zip)
    t.same(await contentOf(zip), WANTED)
  })
}

t.test('a zip written as a stream, lengths after the data, is read whole', async (t) => {
  const zip = join(t.testdir(), 'stream.zip')
  const made = new ZipFile()
  for (const [name, content] of Object.entries(FILES)) made.addReadStream(Readable.from([content]), name)
  made.end({ forceZip64Format: true, comment: '' })
  await pipeline(made.outputStream, createWriteStream(zip))
  t.same(await contentOf(zip), WANTED)
})

const READERS: readonly (readonly [tool: string, args: (zip: string) => readonly string[]])[] = [
  ['unzip', (zip) => ['-p', zip, 'upper_jaw_with_ditch_*']],
  ['bsdtar', (zip) => ['-xOf', zip, 'upper_jaw_with_ditch_#1.stl']],
  ['python3', (zip) => ['-c', READ, zip]],
]
const READ = `
import sys, zipfile
sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read('upper_jaw_with_ditch_#1.stl'))
`

/** What the tools that are here make of the scan. A warning is no refusal. */
function readByTools(zip: string): readonly string[] {
  return READERS.filter(([tool]) => !without(tool)).flatMap(([tool, args]) => {
    const read = spawnSync(tool, args(zip), { maxBuffer: 2 ** 28 }).stdout
    return read.equals(scan) ? [tool] : []
  })
}

/** What stands in front of a zip in life: a stub that knows the signatures itself, a mail's head, a broken download. */
const IN_FRONT: readonly (readonly [what: string, bytes: (zip: Buffer) => Buffer])[] = [
  [
    'a self-extracting stub',
    () => Buffer.concat([Buffer.from('MZ'), Buffer.alloc(90_000, 'stub'), END, Buffer.alloc(400), END]),
  ],
  ['one byte', () => Buffer.from('\n')],
  ['the first part of the same zip, from a download that began anew', (zip) => zip.subarray(0, 300_000)],
]
const END = Buffer.from('PK\x05\x06', 'latin1')

for (const how of ['deflated', 'zip64'] as const) {
  for (const [what, bytes] of IN_FRONT) {
    t.test(`${what} in front of a zip is passed over (${how})`, { skip: without('python3') }, async (t) => {
      const root = t.testdir()
      const path = join(root, 'made.zip')
      execFileSync('python3', ['-c', PYTHON, path, onDisk(root, 'content'), how])
      const zip = readFileSync(path)
      writeFileSync(path, Buffer.concat([bytes(zip), zip]))
      t.ok(readByTools(path).includes('python3'))
      t.same(await contentOf(path), WANTED)
    })
  }
}

t.test(
  'a stub to which Info-ZIP has fitted the zip is passed over too',
  { skip: without('zip', 'unzip') },
  async (t) => {
    const root = t.testdir()
    const path = join(root, 'made.zip')
    execFileSync('zip', ['-qr', path, '.'], { cwd: onDisk(root, 'content') })
    writeFileSync(path, Buffer.concat([Buffer.alloc(70_000, 'stub'), readFileSync(path)]))
    t.ok(readByTools(path).includes('unzip'))
    t.same(await contentOf(path), WANTED)
    execFileSync('zip', ['-qA', path])
    t.ok(readByTools(path).includes('unzip'))
    t.same(await contentOf(path), WANTED)
  },
)

t.test(
  'a comment may hold anything but a second list of contents',
  { skip: without('python3') },
  async (t) => {
    const root = t.testdir()
    const path = join(root, 'made.zip')
    execFileSync('python3', ['-c', PYTHON, path, onDisk(root, 'content'), 'deflated'])
    const zip = readFileSync(path)
    const comments = [
      Buffer.from('Größe: 口腔'),
      Buffer.from([0, 0xff, 0xfe, 13, 10]),
      Buffer.alloc(65_535, 'x'),
      Buffer.concat([Buffer.from('PK\x03\x04 PK\x01\x02 '), END, Buffer.from(' and on')]),
      Buffer.concat([Buffer.from('ends with '), END]),
      Buffer.concat([END, Buffer.alloc(300, 7)]),
    ]
    for (const comment of comments) {
      const commented = Buffer.concat([zip, comment])
      commented.writeUInt16LE(comment.length, zip.length - 2)
      writeFileSync(path, commented)
      t.same(await contentOf(path), WANTED, comment.subarray(0, 20).toString('latin1'))
    }
  },
)

t.test('a zip stored as the last entry of a zip is a file', { skip: without('python3') }, async (t) => {
  const root = t.testdir({ inner: { 'a.txt': 'a' }, outer: {} })
  execFileSync('python3', ['-c', PYTHON, join(root, 'outer/z.zip'), join(root, 'inner'), 'stored'])
  execFileSync('python3', ['-c', PYTHON, join(root, 'made.zip'), join(root, 'outer'), 'stored'])
  t.same(Object.keys(await contentOf(join(root, 'made.zip'))), ['z.zip'])
})

t.test('a plain folder is a package', async (t) => {
  t.same(await contentOf(onDisk(t.testdir(), 'iTero_Export_1')), WANTED)
})

t.test('a top folder, and what a Mac adds, are no content', async (t) => {
  const root = t.testdir()
  const path = onDisk(root, 'export/iTero_Export_1')
  for (const name of ['.DS_Store', '._upper_jaw_with_ditch_#1.stl']) writeFileSync(join(path, name), 'mac')
  mkdirSync(join(root, 'export/__MACOSX'))
  writeFileSync(join(root, 'export/__MACOSX/._x'), 'mac')
  t.same(await contentOf(join(root, 'export')), WANTED)
})

t.test('a deeper folder is kept in the path, and the name is its last segment', async (t) => {
  const root = t.testdir({ export: { 'a.xml': '1', images: { 'gallery.jpg': '2' } } })
  const pkg = await openPackage(fs, join(root, 'export'))
  t.same(pkg.entries.map(({ name, path }) => [name, path]).sort(), [
    ['a.xml', 'a.xml'],
    ['gallery.jpg', 'images/gallery.jpg'],
  ])
  await pkg.close()
})

t.test(
  'chunks are at most 512 KiB, belong to the caller, and several entries may be read at once',
  { skip: without('python3') },
  async (t) => {
    const root = t.testdir()
    const folder = onDisk(root, 'content')
    execFileSync('python3', ['-c', PYTHON, join(root, 'a.zip'), folder, 'deflated'])
    for (const path of [folder, join(root, 'a.zip')]) {
      const pkg = await openPackage(fs, path)
      const entry = pkg.entries.find(({ name }) => name.endsWith('.stl'))
      if (entry === undefined) throw new Error('no scan')
      const read = async (): Promise<Buffer> => {
        const kept: Uint8Array[] = []
        for await (const chunk of pkg.read(entry)) kept.push(Buffer.from(chunk))
        t.ok(kept.every(({ length }) => length <= 512 * 1024))
        return Buffer.concat(kept)
      }
      for (const whole of await Promise.all([read(), read(), read()])) t.equal(Buffer.compare(whole, scan), 0)
      await pkg.close()
    }
  },
)

t.test(
  'leaving an entry early, or failing in it, leaves no file open',
  { skip: without('python3') },
  async (t) => {
    const root = t.testdir()
    const folder = onDisk(root, 'content')
    execFileSync('python3', ['-c', PYTHON, join(root, 'a.zip'), folder, 'deflated'])
    execFileSync('python3', ['-c', PYTHON, join(root, 'b.zip'), folder, 'stored'])
    const before = await openFiles()
    for (const path of [folder, join(root, 'a.zip'), join(root, 'b.zip')]) {
      const pkg = await openPackage(fs, path)
      for (const entry of pkg.entries) {
        for await (const _chunk of pkg.read(entry)) break
      }
      await pkg.close()
      await pkg.close()
    }
    t.equal(await openFiles(), before)
  },
)

t.test('a small entry is handed over whole, a larger one refused before it is read', async (t) => {
  const pkg = await openPackage(fs, onDisk(t.testdir(), 'content'))
  const entry = pkg.entries.find(({ name }) => name.endsWith('.xml'))
  if (entry === undefined) throw new Error('no manifest')
  t.equal(Buffer.from(await readWhole(pkg, entry, 100, 'manifest-too-large')).toString(), '<iTeroExport/>')
  const { code, facts } = await refusal(() => readWhole(pkg, entry, 10, 'manifest-too-large'))
  t.match({ code, facts }, { code: 'manifest-too-large', facts: { file: entry.path, limit: 10, bytes: 14 } })
  await pkg.close()
})

t.test('an entry cannot be read once the package is closed', async (t) => {
  const pkg = await openPackage(fs, onDisk(t.testdir(), 'content'))
  await pkg.close()
  const [entry] = pkg.entries
  t.match(await refusal(async () => pkg.read(entry as never)), { code: 'package-unreadable' })
})
