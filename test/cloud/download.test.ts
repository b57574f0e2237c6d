import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import * as fs from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { type DownloadJob, download, type Kept, removeDownload } from '../../plugin/cloud/download.ts'
import { openHttp } from '../../plugin/cloud/http.ts'
import { throttle } from '../../plugin/cloud/throttle.ts'
import type { Disk } from '../../plugin/disk.ts'
import { failingAt, systemError, watchedDisk } from '../casefile/failing-disk.ts'

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const packageOf = (bytes: number) => Buffer.concat([Buffer.from('PK\u0003\u0004'), randomBytes(bytes - 4)])
const SMALL = packageOf(3_000_000)
const FREE = throttle(null, Date.now, async () => {})

type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** A store whose n-th answer is the n-th of these; the last one from there on. */
async function store(t: Test, ...answers: readonly Answer[]) {
  const asked: IncomingMessage[] = []
  const server = createServer((request, response) => {
    asked.push(request)
    answers[Math.min(asked.length, answers.length) - 1]?.(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { origin, asked, ranges: () => asked.map(({ headers }) => headers.range ?? null) }
}

/** As a store should: ranges of these bytes, by this ETag. */
function serving(bytes: Buffer, { etag = '"one"', cutAfter = Number.POSITIVE_INFINITY } = {}): Answer {
  return (request, response) => {
    const [, from] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? []
    const known = request.headers['if-range'] === undefined || request.headers['if-range'] === etag
    const at = from !== undefined && known ? Number(from) : null
    if (at !== null && at >= bytes.length) {
      response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end()
      return
    }
    const body = bytes.subarray(at ?? 0)
    response.writeHead(at === null ? 200 : 206, {
      etag,
      'content-length': body.length,
      'content-type': 'application/zip',
      ...(at === null ? {} : { 'content-range': `bytes ${at}-${bytes.length - 1}/${bytes.length}` }),
    })
    if (body.length <= cutAfter) response.end(body)
    else response.write(body.subarray(0, cutAfter), () => response.destroy())
  }
}

const refusing =
  (status: number): Answer =>
  (_, response) =>
    response.writeHead(status).end()

interface Wish extends Partial<DownloadJob> {
  readonly content?: Buffer
  readonly file?: string
}

/** One job into a folder of the test's; `kept` is what outlives it. */
function job(t: Test, origin: string, { content = SMALL, ...wish }: Wish = {}) {
  const http = openHttp(
    {
      name: 'store',
      issuer: origin,
      clientId: 'c',
      apiBase: origin,
      redirectUri: 'http://127.0.0.1:0/callback',
      scopes: ['s'],
      hosts: ['127.0.0.1'],
      poll: { fastestMs: 1000, slowestMs: 1000 },
    },
    {},
    { answerMs: 5000, silenceMs: 300 },
  )
  t.teardown(() => http.close())
  const path = wish.file ?? join(t.testdir(), '1.zip')
  let kept: Kept = { etag: wish.etag ?? null, flushed: wish.flushed ?? 0 }
  let urls = 0
  const job: DownloadJob = {
    http,
    disk: fs,
    path,
    bytes: content.length,
    sha256: sha256(content),
    ...kept,
    freshUrl: async () => `${origin}/${++urls}`,
    keep: async (next) => {
      kept = next
    },
    throttle: FREE,
    clock: Date.now,
    onBytes: () => {},
    signal: new AbortController().signal,
    ...wish,
  }
  return { job, path, kept: () => kept, urls: () => urls, http }
}

t.test('a package is fetched, checked and stands under its name', async (t) => {
  const { origin, asked } = await store(t, serving(SMALL))
  const seen: number[] = []
  const { job: one, path } = job(t, origin, { onBytes: (bytes) => seen.push(bytes) })
  await download(one)
  t.equal(sha256(readFileSync(path)), one.sha256)
  t.notOk(existsSync(`${path}.part`))
  t.equal(asked.length, 1)
  t.equal(asked[0]?.headers.authorization, undefined, 'no token goes to a store')
  t.equal(seen.at(-1), SMALL.length)
  t.strictSame(
    seen,
    [...seen].sort((a, b) => a - b),
    'a bar never goes back',
  )
})

t.test('a cut is gone on with where it was, by the ETag', async (t) => {
  const { origin, ranges, asked } = await store(t, serving(SMALL, { cutAfter: 1_000_000 }), serving(SMALL))
  const { job: one, path } = job(t, origin)
  await download(one)
  t.equal(sha256(readFileSync(path)), one.sha256)
  t.equal(ranges()[0], null)
  t.match(ranges()[1], /^bytes=\d+-$/)
  t.equal(asked[1]?.headers['if-range'], '"one"')
})

t.test('many cuts in a row are gone on with as long as each brings something', async (t) => {
  const { origin, asked } = await store(t, serving(SMALL, { cutAfter: 400_000 }))
  const { job: one, path } = job(t, origin)
  await download(one)
  t.equal(sha256(readFileSync(path)), one.sha256)
  t.ok(asked.length >= 7)
})

t.test('a connection that brings nothing any more is given up, and gone on with later', async (t) => {
  const stuck: Answer = (_, response) => {
    response.writeHead(200, { etag: '"one"', 'content-length': SMALL.length })
    response.write(SMALL.subarray(0, 700_000))
  }
  const silent: Answer = (request, response) => {
    const at = Number(/\d+/.exec(request.headers.range ?? '')?.[0])
    response.writeHead(206, {
      etag: '"one"',
      'content-range': `bytes ${at}-${SMALL.length - 1}/${SMALL.length}`,
    })
    response.flushHeaders()
  }
  const { origin, asked } = await store(t, stuck, silent)
  const { job: one, kept } = job(t, origin)
  await t.rejects(download(one), { code: 'download-cut' })
  t.equal(asked.length, 4, 'three times without a byte')
  t.match(kept(), { etag: '"one"', flushed: 700_000 })
})

t.test('after a restart only what is missing is asked for', async (t) => {
  const { origin, ranges } = await store(t, serving(SMALL))
  const path = join(t.testdir(), '1.zip')
  writeFileSync(`${path}.part`, SMALL.subarray(0, 2_000_000))
  await download(job(t, origin, { file: path, etag: '"one"', flushed: 1_500_000 }).job)
  t.strictSame(ranges(), ['bytes=1500000-'], 'what was not flushed counts for nothing')
  t.equal(sha256(readFileSync(path)), sha256(SMALL))
})

t.test('whole before the restart, nothing is asked for at all', async (t) => {
  const { origin, asked } = await store(t, refusing(500))
  const path = join(t.testdir(), '1.zip')
  writeFileSync(`${path}.part`, SMALL)
  await download(job(t, origin, { file: path, etag: '"one"', flushed: SMALL.length }).job)
  t.equal(asked.length, 0)
  t.equal(sha256(readFileSync(path)), sha256(SMALL))
})

t.test('what a power cut left behind of a file is found out by its hash', async (t) => {
  const { origin } = await store(t, serving(SMALL))
  const path = join(t.testdir(), '1.zip')
  writeFileSync(`${path}.part`, Buffer.alloc(1_000_000))
  const { job: one } = job(t, origin, { file: path, etag: '"one"', flushed: 1_000_000 })
  await t.rejects(download(one), { code: 'download-wrong-content' })
  t.notOk(existsSync(`${path}.part`), 'and nothing of it is kept')
})

t.test('a file begun that is shorter than what was flushed is gone on with from its end', async (t) => {
  const { origin, ranges } = await store(t, serving(SMALL))
  const path = join(t.testdir(), '1.zip')
  writeFileSync(`${path}.part`, SMALL.subarray(0, 100))
  await download(job(t, origin, { file: path, etag: '"one"', flushed: 1_000_000 }).job)
  t.strictSame(ranges(), ['bytes=100-'])
})

t.test('changed between two ranges, it is taken whole from the start', async (t) => {
  const other = packageOf(SMALL.length)
  const { origin } = await store(
    t,
    serving(SMALL, { cutAfter: 1_000_000 }),
    serving(other, { etag: '"two"' }),
  )
  const { job: one, path, kept } = job(t, origin, { content: other })
  await download(one)
  t.equal(sha256(readFileSync(path)), sha256(other))
  t.equal(kept().etag, '"two"')
})

t.test('a part of other bytes than were asked for is never put together with ours', async (t) => {
  const lying: Answer = (_, response) => {
    response.writeHead(206, { etag: '"two"', 'content-range': `bytes 5-${SMALL.length - 1}/${SMALL.length}` })
    response.end(SMALL.subarray(5))
  }
  const { origin, ranges } = await store(t, serving(SMALL, { cutAfter: 1_000_000 }), lying, serving(SMALL))
  const { job: one, path } = job(t, origin)
  await download(one)
  t.equal(sha256(readFileSync(path)), sha256(SMALL))
  t.equal(ranges()[2], null, 'from the start, in one piece')
})

t.test('without a strong ETag nothing is gone on with', async (t) => {
  const weak = serving(SMALL, { etag: 'W/"one"', cutAfter: 1_000_000 })
  const { origin, ranges } = await store(t, weak, serving(SMALL))
  const { job: one, path, kept } = job(t, origin)
  await download(one)
  t.strictSame(ranges(), [null, null])
  t.equal(kept().etag, '"one"')
  t.equal(sha256(readFileSync(path)), sha256(SMALL))
})

for (const status of [403, 410]) {
  t.test(`a URL that has expired (${status}) is asked for anew`, async (t) => {
    const { origin, asked } = await store(t, refusing(status), serving(SMALL))
    const { job: one, urls } = job(t, origin)
    await download(one)
    t.equal(urls(), 2)
    t.equal(asked[1]?.url, '/2')
  })
}

t.test('URLs that have expired every time are told as such', async (t) => {
  const { origin } = await store(t, refusing(410))
  await t.rejects(download(job(t, origin).job), { code: 'download-expired', facts: { tried: 3 } })
})

t.test('a package that is longer or shorter than announced is refused before a byte is taken', async (t) => {
  for (const by of [-1, 1]) {
    const { origin } = await store(t, serving(packageOf(SMALL.length + by)))
    const { job: one, path } = job(t, origin)
    await t.rejects(download(one), { code: 'download-wrong-length', facts: { expected: SMALL.length } })
    t.notOk(existsSync(path) || existsSync(`${path}.part`))
  }
})

t.test('an endless asset is cut off at its announced length', async (t) => {
  let sent = 0
  const endless: Answer = (_, response) => {
    response.writeHead(200, { etag: '"one"' })
    const more = () => {
      while (!response.destroyed && response.write(SMALL)) sent += SMALL.length
    }
    response.on('drain', more)
    more()
  }
  const { origin } = await store(t, endless)
  await t.rejects(download(job(t, origin).job), { code: 'download-wrong-length' })
  t.ok(sent < 20 * SMALL.length, 'whoever sends it is hung up on')
})

t.test('a store that ends early without a word is asked for the rest, and found out', async (t) => {
  const half = SMALL.subarray(0, 1_000_000)
  const chunked: Answer = (request, response) => {
    if (request.headers.range) return serving(half)(request, response)
    response.writeHead(200, { etag: '"one"' })
    response.end(half)
  }
  const { origin } = await store(t, chunked)
  await t.rejects(download(job(t, origin).job), {
    code: 'download-wrong-length',
    facts: { bytes: half.length, expected: SMALL.length },
  })
})

t.test('one changed byte is found by the hash', async (t) => {
  const changed = Buffer.from(SMALL)
  changed[1_500_000] = (changed[1_500_000] ?? 0) ^ 1
  const { origin } = await store(t, serving(changed))
  const { job: one, path } = job(t, origin)
  await t.rejects(download(one), { code: 'download-wrong-content' })
  t.notOk(existsSync(path) || existsSync(`${path}.part`))
})

t.test('a web page in the package’s place is seen at once', async (t) => {
  const html: Answer = (_, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<p>Sign in, please')
  }
  const { origin } = await store(t, html)
  await t.rejects(download(job(t, origin).job), { code: 'download-not-a-zip', facts: { reason: 'web-page' } })
})

t.test('a web page that says it were a zip is seen by its first bytes', async (t) => {
  const page = Buffer.from('<!doctype html>'.padEnd(SMALL.length, ' '))
  const { origin } = await store(t, serving(page))
  await t.rejects(download(job(t, origin).job), {
    code: 'download-not-a-zip',
    facts: { reason: 'not-a-zip' },
  })
})

t.test('an empty package is refused', async (t) => {
  const { origin, asked } = await store(t, serving(SMALL))
  await t.rejects(download(job(t, origin, { bytes: 0 }).job), {
    code: 'download-not-a-zip',
    facts: { reason: 'empty' },
  })
  t.equal(asked.length, 0)
  const none: Answer = (_, response) => response.writeHead(200, { 'content-length': 0 }).end()
  const empty = await store(t, none)
  await t.rejects(download(job(t, empty.origin).job), { code: 'download-wrong-length', facts: { bytes: 0 } })
})

t.test('an end is made of a download by its signal, and it is gone on with later', async (t) => {
  const { origin, ranges } = await store(t, serving(SMALL))
  const stop = new AbortController()
  const path = join(t.testdir(), '1.zip')
  const held = throttle(1_000_000, Date.now, async () => stop.abort(new Error('enough')))
  const { job: one, kept } = job(t, origin, { file: path, signal: stop.signal, throttle: held })
  await t.rejects(download(one), { message: 'enough' })
  const { etag, flushed } = kept()
  t.equal(etag, '"one"')
  t.ok(flushed > 0, 'what is here outlives a power cut')
  await download(job(t, origin, { file: path, etag, flushed }).job)
  t.equal(ranges()[1], `bytes=${flushed}-`)
  t.equal(sha256(readFileSync(path)), sha256(SMALL))
})

t.test('a full disk is told as such, and the download goes on from there', async (t) => {
  const { origin } = await store(t, serving(SMALL))
  const path = join(t.testdir(), '1.zip')
  let left = 1_000_000
  const full = watchedDisk(fs, ({ name, args }) => {
    if (name !== 'handle.write') return
    left -= Number(args[2])
    if (left < 0) throw systemError('ENOSPC')
  })
  const { job: one, kept } = job(t, origin, { file: path, disk: full.disk })
  await t.rejects(download(one), { code: 'downloads-full', facts: { reason: 'ENOSPC' } })
  t.ok(kept().flushed > 0)
  await download(job(t, origin, { file: path, ...kept() }).job)
  t.equal(sha256(readFileSync(path)), sha256(SMALL))
})

t.test(
  'whichever call to the disk fails: told in our words, nothing wrong stands there, the next try succeeds',
  async (t) => {
    const { origin } = await store(t, serving(SMALL))
    for (let number = 1; ; number++) {
      const path = join(t.testdir(), '1.zip')
      const { disk, calls, closeAll } = failingAt(fs, number, 'EIO')
      const { job: one, kept } = job(t, origin, { file: path, disk })
      const failed = await download(one).then(
        () => false,
        (error: { code?: string }) => error.code,
      )
      await closeAll()
      if (calls.length < number) break
      // Closing is not worth a word.
      if (failed !== false) t.equal(failed, 'downloads-unreachable', calls[number - 1]?.name ?? '')
      if (existsSync(path)) t.equal(sha256(readFileSync(path)), sha256(SMALL))
      await download(job(t, origin, { file: path, ...kept() }).job)
      t.equal(sha256(readFileSync(path)), sha256(SMALL))
      if (number > 60) return t.fail('so many calls')
    }
  },
)

t.test(
  'a package that comes at once costs the disk no flush, one that takes long is flushed on its way',
  async (t) => {
    const content = packageOf(12_000_000)
    for (const passes of [0, 1000]) {
      const { origin } = await store(t, serving(content))
      const { disk, calls } = watchedDisk(fs, () => {})
      let now = 0
      const clock = () => {
        now += passes
        return now
      }
      const { job: one, kept } = job(t, origin, { content, disk, clock })
      await download(one)
      const flushes = calls.filter(({ name }) => /sync/.test(name)).length
      t.equal(flushes > 0, passes > 0)
      t.equal(kept().flushed > 0, passes > 0, 'what a power cut leaves is known')
    }
  },
)

t.test('the bandwidth limit holds for all lanes together', async (t) => {
  let now = 0
  const pauses: number[] = []
  const shared = throttle(
    1000,
    () => now,
    async (ms) => {
      pauses.push(ms)
      now += ms
    },
  )
  const { signal } = new AbortController()
  for (let i = 0; i < 20; i++) await shared.take(100, signal)
  t.equal(now, 1900, '2000 bytes at 1000 a second: the first are free')
  now = -1_000_000
  await shared.take(100, signal)
  t.equal(now, -1_000_000, 'a clock that is put back holds nothing up')
})

t.test('cut wherever, as often as it may be: the same bytes in the end', async (t) => {
  const bytes = packageOf(50_000)
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 49_999 }), { maxLength: 5 }), async (cuts) => {
      const { origin } = await store(
        t,
        ...cuts.map((cutAfter) => serving(bytes, { cutAfter })),
        serving(bytes),
      )
      const path = join(t.testdir(), '1.zip')
      let kept: Kept = { etag: null, flushed: 0 }
      for (let tries = 0; !existsSync(path) && tries <= cuts.length; tries++) {
        const { job: one, kept: keeps } = job(t, origin, { content: bytes, file: path, ...kept })
        // Where a cut takes all with it that was on the way, whoever asked tries once more.
        await download(one).catch((error: { code?: string }) =>
          t.match(error.code, /^(download-cut|cloud-unreachable)$/),
        )
        kept = keeps()
      }
      t.equal(sha256(readFileSync(path)), sha256(bytes))
    }),
    { numRuns: 15 },
  )
})

t.test('a package and what was begun of it are removed, also where there is nothing', async (t) => {
  const path = join(t.testdir({ '1.zip': 'a', '1.zip.part': 'b' }), '1.zip')
  await removeDownload(fs as Disk, path)
  await removeDownload(fs as Disk, path)
  t.notOk(existsSync(path) || existsSync(`${path}.part`))
})
