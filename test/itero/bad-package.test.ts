import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { symlinkSync, writeFileSync } from 'node:fs'
import * as fs from 'node:fs/promises'
import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import t from 'tap'
import type { Disk } from '../../plugin/disk.ts'
import { ImportError } from '../../plugin/errors.ts'
import { openPackage, PACKAGE_LIMITS } from '../../plugin/itero/package.ts'
import { without } from '../tools.ts'
import { contentOf, drain, refusal, refused, sha256 } from './packages.ts'
import { type RawEntry, rawZip } from './raw-zip.ts'

const good: RawEntry = { name: 'upper.stl', content: 'x'.repeat(5000) }

t.test('a missing package is missing, not damaged', async (t) => {
  const result = await refusal(() => openPackage(fs, join(t.testdir(), 'gone.zip')))
  t.match(result, { code: 'package-missing', facts: { package: 'gone.zip' } })
})

t.test('a file that is no zip is no package', async (t) => {
  t.match(await refused(t, Buffer.from('%PDF-1.7 '.repeat(100))), { code: 'package-not-a-package' })
  t.match(await refused(t, Buffer.alloc(0)), { code: 'package-not-a-package' })
})

t.test('a device is no package', async (t) => {
  t.match(await refusal(() => openPackage(fs, '/dev/null')), { code: 'package-not-a-package' })
})

t.test('a zip cut short anywhere is damaged', async (t) => {
  const zip = rawZip([good, { name: 'lower.stl', content: 'y'.repeat(5000) }])
  for (const length of [4, 30, zip.length >> 1, zip.length - 22, zip.length - 1]) {
    t.match(
      await refused(t, zip.subarray(0, length)),
      { code: 'zip-damaged' },
      `${length} bytes of ${zip.length}`,
    )
  }
})

t.test('bytes behind the end of a zip are damage, and told as that', async (t) => {
  const behind = { code: 'zip-damaged', facts: { reason: 'bytes-behind' } }
  t.match(await refused(t, Buffer.concat([rawZip([good]), Buffer.from('more')])), behind)
  const cut = rawZip([good], { comment: 'made by hand' }).subarray(0, -1)
  t.match(await refused(t, cut), { code: 'zip-damaged', facts: { reason: 'comment-cut' } })
})

t.test('two zips in one file are ambiguous, wherever the second one hides', async (t) => {
  const one = rawZip([good])
  const other = rawZip([{ name: 'lower.stl', content: 'y'.repeat(500) }])
  const ambiguous = { code: 'zip-ambiguous', facts: { package: 'a.zip', reason: 'two-directories' } }
  const within = (comment: Buffer) => {
    const zip = Buffer.concat([one, comment])
    zip.writeUInt16LE(comment.length, one.length - 2)
    return zip
  }
  t.match(await refused(t, Buffer.concat([one, other])), ambiguous, 'one behind the other')
  t.match(await refused(t, Buffer.concat([one, one])), ambiguous, 'the same one twice')
  t.match(await refused(t, within(other)), ambiguous, 'in the comment, to the end')
  t.match(await refused(t, within(Buffer.concat([other, Buffer.from('more')]))), ambiguous, 'in the comment')
  const empty = rawZip([])
  t.match(await refused(t, within(empty)), ambiguous, 'an empty one in the comment')
  const far = Buffer.concat([one, Buffer.alloc(200_000), other])
  t.match(await refused(t, far), ambiguous, 'far in front')
})

t.test('more in front of a zip than any stub has is told as that', async (t) => {
  const zip = Buffer.concat([Buffer.alloc(17 * 2 ** 20), rawZip([good])])
  t.match(await refused(t, zip), { code: 'zip-damaged', facts: { reason: 'much-in-front' } })
})

t.test('a directory at a wrong place is damage, not something in front', async (t) => {
  const zip = rawZip([good])
  zip.writeUInt32LE(zip.readUInt32LE(zip.length - 6) - 5, zip.length - 6)
  t.match(await refused(t, zip), { code: 'zip-damaged' })
})

t.test('a comment is no damage', async (t) => {
  t.match(await refused(t, rawZip([good], { comment: 'made by hand' })), { code: 'none' })
})

t.test('a wrong CRC names the entry', async (t) => {
  const result = await refused(t, rawZip([{ ...good, crc: 1 }]))
  t.match(result, { code: 'zip-entry-damaged', facts: { package: 'a.zip', file: 'upper.stl' } })
})

t.test('a wrong CRC of a stored entry is found too', async (t) => {
  t.match(await refused(t, rawZip([{ ...good, method: 0, crc: 1 }])), { code: 'zip-entry-damaged' })
})

t.test('content longer or shorter than announced is damage', async (t) => {
  for (const announced of [4999, 5001, 1, 0]) {
    t.match(
      await refused(t, rawZip([{ ...good, announced }])),
      { code: 'zip-entry-damaged' },
      String(announced),
    )
  }
})

t.test('a deflate stream that ends early, late or nowhere is damage', async (t) => {
  const whole = deflateRawSync(Buffer.from(good.content as string))
  const streams = [
    whole.subarray(0, -3),
    Buffer.concat([whole, Buffer.from('tail')]),
    Buffer.concat([whole, Buffer.alloc(600_000, 1)]),
    Buffer.from('no deflate'),
    Buffer.alloc(0),
  ]
  for (const packed of streams) {
    t.match(await refused(t, rawZip([{ ...good, packed }])), { code: 'zip-entry-damaged' })
  }
})

t.test('a local header that names another file is damage', async (t) => {
  t.match(await refused(t, rawZip([{ ...good, localName: 'lower.stl' }])), { code: 'zip-entry-damaged' })
})

t.test('an encrypted entry is told as encrypted', async (t) => {
  for (const flags of [0x1, 0x41, 0x2001]) {
    t.match(await refused(t, rawZip([{ ...good, flags }])), { code: 'zip-encrypted' }, `flags ${flags}`)
  }
})

t.test('an entry that Info-ZIP encrypted is told as encrypted', { skip: without('zip') }, async (t) => {
  const root = t.testdir({ 'a.stl': 'secret' })
  execFileSync('zip', ['-q', '-P', 'word', 'a.zip', 'a.stl'], { cwd: root })
  t.match(await refusal(() => contentOf(join(root, 'a.zip'))), {
    code: 'zip-encrypted',
    facts: { file: 'a.stl' },
  })
})

t.test('a compression other than deflate is named by its number', async (t) => {
  t.match(await refused(t, rawZip([{ ...good, method: 14 }])), {
    code: 'zip-method-unsupported',
    facts: { method: 14 },
  })
})

t.test('folders of old Windows tools, with backslashes, are folders', async (t) => {
  const path = join(t.testdir(), 'a.zip')
  writeFileSync(path, rawZip([good, { name: 'images\\gallery.jpg', content: 'x' }]))
  t.same(Object.keys(await contentOf(path)).sort(), ['images/gallery.jpg', 'upper.stl'])
})

t.test('a link is refused, whatever it points at', async (t) => {
  const result = await refused(t, rawZip([{ name: 'upper.stl', content: 'lower.stl', mode: 0o120777 }]))
  t.match(result, { code: 'entry-is-link', facts: { file: 'upper.stl' } })
})

t.test('a link that Info-ZIP stored is refused', { skip: without('zip') }, async (t) => {
  const root = t.testdir({ in: { 'a.stl': 'x' } })
  symlinkSync('/etc/passwd', join(root, 'in/upper.stl'))
  execFileSync('zip', ['-qry', '../a.zip', '.'], { cwd: join(root, 'in') })
  t.match(await refusal(() => contentOf(join(root, 'a.zip'))), { code: 'entry-is-link' })
})

t.test('a pipe or a device in a zip is refused', async (t) => {
  t.match(await refused(t, rawZip([{ ...good, mode: 0o010644 }])), { code: 'entry-not-a-file' })
})

t.test('a folder that has content is refused', async (t) => {
  t.match(await refused(t, rawZip([{ name: 'folder/', content: 'lost' }])), { code: 'entry-not-a-file' })
})

t.test('two entries of one name, as a disk sees names, are refused', async (t) => {
  for (const [a, b] of [
    ['a.stl', 'a.stl'],
    ['a.stl', 'A.STL'],
    ['\u00e9.stl', 'e\u0301.stl'],
    ['d/a', 'd\\a'],
  ] as const) {
    const result = await refused(
      t,
      rawZip([
        { name: a, content: '1' },
        { name: b, content: '2' },
      ]),
    )
    t.match(result, { code: 'entry-name-duplicate' }, `${a} and ${b}`)
  }
})

t.test('a bomb is refused before it is read', async (t) => {
  const packed = deflateRawSync(Buffer.alloc(1000))
  const bomb = { name: 'bomb.stl', packed, announced: 0xfffffff0 }
  t.match(await refused(t, rawZip([bomb])), { code: 'zip-bomb', facts: { file: 'bomb.stl' } })
})

t.test('many dense entries are a bomb together', async (t) => {
  const packed = deflateRawSync(Buffer.alloc(1000))
  const entries = Array.from({ length: 50 }, (_, i) => ({
    name: `${i}.stl`,
    packed,
    announced: 100 * 2 ** 20,
  }))
  t.match(await refused(t, rawZip(entries)), { code: 'zip-bomb' })
})

t.test('more than is announced is never handed out, whatever the deflate stream holds', async (t) => {
  const path = join(t.testdir(), 'a.zip')
  const packed = deflateRawSync(Buffer.alloc(50_000_000))
  writeFileSync(path, rawZip([{ name: 'x.stl', packed, announced: 1000 }]))
  const pkg = await openPackage(fs, path)
  let got = 0
  const result = await refusal(async () => {
    for await (const chunk of pkg.read(pkg.entries[0] as never)) got += chunk.length
  })
  await pkg.close()
  t.match(result, { code: 'zip-entry-damaged' })
  t.ok(got <= 1000)
})

t.test('what is too large by the limits in force is refused', async (t) => {
  const path = join(t.testdir(), 'a.zip')
  writeFileSync(path, rawZip([good, { ...good, name: 'lower.stl' }]))
  for (const limits of [{ entryBytes: 4999 }, { totalBytes: 9999 }, { ratio: 2, ratioFloorBytes: 100 }]) {
    t.match(await refusal(() => openPackage(fs, path, { ...PACKAGE_LIMITS, ...limits })), {
      code: 'zip-bomb',
    })
  }
})

t.test('a dense mesh below the floor of the ratio is no bomb', async (t) => {
  t.match(await refused(t, rawZip([{ name: 'flat.stl', content: Buffer.alloc(20_000_000) }])), {
    code: 'none',
  })
})

t.test('entries that share their bytes are refused', async (t) => {
  const result = await refused(t, rawZip([good, { ...good, name: 'lower.stl', offset: 0 }]))
  t.match(result, { code: 'zip-damaged', facts: { reason: 'overlap' } })
})

t.test('an entry beyond the end of the file is damage', async (t) => {
  t.match(await refused(t, rawZip([{ ...good, offset: 0x7fffffff }])), { code: 'zip-damaged' })
})

t.test('more entries than the end record counts are not lost without a word', async (t) => {
  t.match(await refused(t, rawZip([good, { ...good, name: 'lower.stl' }], { count: 1 })), {
    code: 'zip-damaged',
  })
})

t.test('fewer entries than the end record counts are damage', async (t) => {
  t.match(await refused(t, rawZip([good], { count: 3 })), { code: 'zip-damaged' })
})

t.test('100,000 entries are refused from the end record alone', { skip: without('python3') }, async (t) => {
  const path = join(t.testdir(), 'a.zip')
  execFileSync('python3', ['-c', MANY, path])
  let bytes = 0
  const counting: Disk = {
    ...fs,
    open: async (...args) => {
      const handle = await fs.open(...args)
      const read = handle.read.bind(handle) as (...args: unknown[]) => Promise<{ bytesRead: number }>
      const counted = async (...args: unknown[]): Promise<unknown> => {
        const result = await read(...args)
        bytes += result.bytesRead
        return result
      }
      return Object.assign(handle, { read: counted }) as typeof handle
    },
  }
  const result = await refusal(() => openPackage(counting, path))
  t.match(result, {
    code: 'zip-too-many-entries',
    facts: { entries: 100_000, limit: PACKAGE_LIMITS.entries },
  })
  t.ok(bytes < 300_000, `${bytes} bytes read`)
})

const MANY = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as z:
    for i in range(100000): z.writestr(zipfile.ZipInfo(str(i)), b'')
`

t.test('a zip that changes while it is read is told as such, not as damaged', async (t) => {
  const path = join(t.testdir(), 'a.zip')
  writeFileSync(path, rawZip([good]))
  const pkg = await openPackage(fs, path)
  writeFileSync(path, Buffer.concat([rawZip([{ ...good, content: 'z'.repeat(90_000) }])]))
  t.match(await refusal(() => drain(pkg.read(pkg.entries[0] as never))), {
    code: 'package-changed-while-read',
  })
  await pkg.close()
})

t.test('a zip cut short while it is read is told as changed', async (t) => {
  const path = join(t.testdir(), 'a.zip')
  writeFileSync(path, rawZip([good]))
  const pkg = await openPackage(fs, path)
  await fs.truncate(path, 40)
  t.match(await refusal(() => drain(pkg.read(pkg.entries[0] as never))), {
    code: 'package-changed-while-read',
  })
  await pkg.close()
})

t.test('a disk that fails while reading is told as unreadable, and may be tried again', async (t) => {
  const path = join(t.testdir(), 'a.zip')
  writeFileSync(path, rawZip([good]))
  let reads = 0
  for (const fails of [0, 1, 2]) {
    reads = 0
    const result = await refusal(async () => {
      const pkg = await openPackage(
        failing(() => reads++ === fails),
        path,
      )
      await drain(pkg.read(pkg.entries[0] as never)).finally(() => pkg.close())
    })
    t.match(result, { code: 'package-unreadable', facts: { reason: 'EIO' } }, `read ${fails}`)
  }
})

t.test('a disk that fails while the caller is slow is told to the caller, and to nobody else', async (t) => {
  const path = join(t.testdir(), 'a.zip')
  writeFileSync(path, rawZip([{ name: 'x', content: randomBytes(2_000_000), method: 0 }]))
  let reads = 0
  let fails = Number.POSITIVE_INFINITY
  const pkg = await openPackage(
    failing(() => reads++ >= fails),
    path,
  )
  const content = pkg.read(pkg.entries[0] as never)[Symbol.asyncIterator]()
  fails = reads + 2
  t.notOk((await content.next()).done)
  // Time enough for the read ahead to have failed.
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
  t.match(
    await refusal(async () => {
      while (!(await content.next()).done);
    }),
    { code: 'package-unreadable' },
  )
  await pkg.close()
})

t.test('a package without permission is unreadable', async (t) => {
  const denied = (): never => {
    throw Object.assign(new Error('denied'), { code: 'EACCES', syscall: 'open' })
  }
  const root = t.testdir({ 'a.zip': 'x', folder: { 'a.stl': 'x' } })
  const closed: Disk = { ...fs, open: async () => denied(), readdir: (async () => denied()) as never }
  t.match(await refusal(() => openPackage(closed, join(root, 'a.zip'))), { code: 'package-unreadable' })
  t.match(await refusal(() => openPackage(closed, join(root, 'folder'))), { code: 'package-unreadable' })
  const blind: Disk = { ...fs, stat: (async () => denied()) as never }
  t.match(await refusal(() => openPackage(blind, join(root, 'a.zip'))), { code: 'package-unreadable' })
})

t.test('a zip with any of its bytes changed is refused, or read whole and right', async (t) => {
  const path = join(t.testdir(), 'a.zip')
  const entries = [
    good,
    { name: 'd/lower.stl', content: 'lower '.repeat(99) },
    { name: 'x', content: 'y', method: 0 },
  ]
  const zip = rawZip(entries)
  const right = new Set(entries.map(({ content }) => sha256(content as string)))
  const change = fc.record({ at: fc.nat(zip.length - 1), to: fc.nat(255) })
  await fc.assert(
    fc.asyncProperty(
      fc.array(change, { minLength: 1, maxLength: 4 }),
      fc.option(fc.nat(zip.length)),
      async (changes, cut) => {
        const broken = Buffer.from(zip)
        for (const { at, to } of changes) broken[at] = to
        writeFileSync(path, broken.subarray(0, cut ?? zip.length))
        try {
          // A changed name is still the right content; a directory changed to be empty holds nothing.
          for (const hash of Object.values(await contentOf(path))) t.ok(right.has(hash))
        } catch (error) {
          if (!(error instanceof ImportError)) throw error
        }
      },
    ),
    { numRuns: 400 },
  )
})

/** The real disk, whose reads fail where told. */
function failing(when: () => boolean): Disk {
  return {
    ...fs,
    open: async (...args) => {
      const handle = await fs.open(...args)
      const read = handle.read.bind(handle) as (...args: unknown[]) => Promise<unknown>
      const failing = async (...args: unknown[]): Promise<unknown> => {
        if (when()) throw Object.assign(new Error('io'), { code: 'EIO', syscall: 'read' })
        return read(...args)
      }
      return Object.assign(handle, { read: failing }) as typeof handle
    },
  }
}
