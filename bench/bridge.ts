import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EXAMPLES } from '../bridge/examples.ts'
import { servePlugin } from '../bridge/host.ts'
import { readManifest } from '../bridge/manifest.ts'
import type { Peer } from '../bridge/peer.ts'
import { EVENT } from '../bridge/pipe.ts'
import { wellBehavedHost } from '../fixtures/peers/well-behaved.ts'
import { median, type Row } from './table.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
/** Round trips that are measured, after as many to warm up; in turns, so that a slow moment falls on both. */
const TRIPS = 1000
const TURNS = 4
/** Nobody notices a thousand in a row. */
const MEDIAN_GOAL_US = 1000

/** Orders of a page, as the answer: nothing but a state, and what a list asks for at once. */
const SIZES = [
  { name: 'a state', orders: 0 },
  { name: 'a page of 50 orders', orders: 50 },
] as const

/** Round trips over the bridge, between two processes, beside a bare socket that carries as many bytes both ways. */
export async function bridgeRows(): Promise<readonly Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bridge-bench-'))
  try {
    const rows: Row[] = []
    for (const { name, orders } of SIZES) {
      const { request, answer } = bytesOf(orders)
      const bare = await bareSocket(join(folder, `${orders}`), request, answer)
      const bridge = await overBridge(folder, orders)
      const took: Record<'bare' | 'bridge', number[]> = { bare: [], bridge: [] }
      for (let turn = 0; turn < TURNS; turn++) {
        took.bare.push(...(await timed(bare.trip)))
        took.bridge.push(...(await timed(bridge.trip)))
      }
      bare.close()
      await bridge.close()
      const [size, over] = [`${name}, ${answer} bytes`, 'round trip']
      rows.push(
        row(`bridge: ${over}, ${size}, median`, median(took.bridge), MEDIAN_GOAL_US),
        row(`bridge: ${over}, ${size}, 99 %`, p99(took.bridge), null),
        row(`bare socket: ${over}, ${size}, median`, median(took.bare), null),
        row(`bare socket: ${over}, ${size}, 99 %`, p99(took.bare), null),
      )
    }
    return rows
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const row = (name: string, value: number, goal: number | null): Row => ({
  name,
  value: value * 1000,
  unit: 'µs',
  goal,
})

interface Line {
  readonly trip: () => Promise<unknown>
  readonly close: () => unknown
}

async function timed(trip: () => Promise<unknown>): Promise<number[]> {
  const took: number[] = []
  for (let i = 0; i < (2 * TRIPS) / TURNS; i++) {
    const start = performance.now()
    await trip()
    if (i >= TRIPS / TURNS) took.push(performance.now() - start)
  }
  return took
}

async function overBridge(folder: string, orders: number): Promise<Line> {
  const manifest = await readManifest(join(ROOT, 'plugin', 'plugin.json'))
  const ready = Promise.withResolvers<Peer<'host'>>()
  const handle = servePlugin({
    manifest: { ...manifest, entry: 'well.ts' },
    folder: join(ROOT, 'fixtures/peers'),
    code: ['package.json', 'node_modules', 'bridge', 'schemas'].map((name) => join(ROOT, name)),
    dataFolder: join(folder, 'data'),
    configuration: { ...EXAMPLES['plugin/configure'].params, caseFolder: folder, exportFolder: null },
    handlers: wellBehavedHost(),
    onReady: ready.resolve,
    onFault: ready.reject,
  })
  const peer = await ready.promise
  const trip =
    orders === 0
      ? () => peer.request('plugin/state', {})
      : () => peer.request('orders/list', { limit: orders })
  return { trip, close: handle.stop }
}

/** How many bytes go each way over the bridge. */
function bytesOf(orders: number): { readonly request: number; readonly answer: number } {
  const { order } = EXAMPLES['orders/changed'].params
  const result =
    orders === 0 ? EXAMPLES['plugin/state'].result : { orders: Array.from({ length: orders }, () => order) }
  const params = orders === 0 ? {} : { limit: orders }
  const method = orders === 0 ? 'plugin/state' : 'orders/list'
  const frame = (data: object) =>
    Buffer.byteLength(`${JSON.stringify({ type: EVENT, data: { jsonrpc: '2.0', id: 1000, ...data } })}\f`)
  return { request: frame({ method, params }), answer: frame({ result }) }
}

async function bareSocket(path: string, request: number, answer: number): Promise<Line> {
  const file = join(ROOT, 'bench/bare-socket.ts')
  const child = spawn(process.execPath, [file, path, String(request), String(answer)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  const socket = connect(path)
  await once(socket, 'connect')
  socket.setNoDelay(true)
  const bytes = Buffer.alloc(request, 0x78)
  let come = 0
  let whole = () => {}
  socket.on('data', (piece) => {
    come += piece.length
    if (come < answer) return
    come = 0
    whole()
  })
  return {
    trip: () =>
      new Promise<void>((resolve) => {
        whole = resolve
        socket.write(bytes)
      }),
    close: () => socket.destroy(),
  }
}

function p99(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Number.NaN
}
