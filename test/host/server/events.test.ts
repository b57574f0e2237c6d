import { Hono } from 'hono'
import t from 'tap'
import { createEventHub } from '../../../host/http/events.ts'

/** The stream's text, piece by piece. */
async function* pieces(response: Response): AsyncGenerator<string> {
  for await (const piece of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()))
    yield piece
}
const nothing = { type: 'settings' } as const

t.test('A line on which nothing happens is kept open by heartbeats', async (t) => {
  const hub = createEventHub(() => nothing, { pauseMs: 1, heartbeatMs: 5 })
  const app = new Hono().get('/', (c) => hub.serve(c))
  let beats = 0
  for await (const piece of pieces(await app.request('/'))) {
    if (piece.startsWith(':')) beats++
    if (beats === 3) break
  }
  t.equal(beats, 3)
})

t.test('A state is made once for all pages that are told of it', async (t) => {
  let made = 0
  const hub = createEventHub(() => {
    made++
    return nothing
  })
  const app = new Hono().get('/', (c) => hub.serve(c))
  const pages = await Promise.all(Array.from({ length: 10 }, () => app.request('/')))
  for (const page of pages) for await (const piece of pieces(page)) if (piece.includes('cloud')) break
  t.equal(made, 5)
})

t.test('Pages without number are refused, and one that goes makes room', async (t) => {
  const hub = createEventHub(() => nothing, { pauseMs: 1, heartbeatMs: 1 })
  const app = new Hono().get('/', (c) => hub.serve(c))
  app.onError((_, c) => c.text('refused', 503))
  const pages = await Promise.all(Array.from({ length: 64 }, () => app.request('/')))
  t.equal((await app.request('/')).status, 503)
  await pages[0]?.body?.cancel()
  let status = 503
  while (status === 503) {
    status = (await app.request('/')).status
    await new Promise(setImmediate)
  }
  t.equal(status, 200)
})

t.test('Closing ends every stream', async (t) => {
  const hub = createEventHub(() => nothing)
  const app = new Hono().get('/', (c) => hub.serve(c))
  app.onError((_, c) => c.text('refused', 503))
  const reading = (async () => {
    for await (const piece of pieces(await app.request('/'))) if (piece.includes('plugins')) hub.close()
  })()
  await reading
  t.equal((await app.request('/')).status, 503)
})
