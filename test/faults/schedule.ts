import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Cloud, startCloud } from '../../fixtures/cloud/cloud.ts'
import type { MadeExport } from '../../fixtures/exports/make-export.ts'
import { randomOf } from '../../fixtures/exports/random.ts'
import { PLUGIN } from '../story/desk.ts'
import { type Desk, openDesk, type Strike } from './desk.ts'
import type { DiskTrouble } from './faulty-disk.ts'
import { pipedDesk } from './piped-desk.ts'
import { fastClock } from './plugin.ts'
import { faultsAfter, type History } from './verdict.ts'
import type { Scanned } from './world.ts'

const ACCOUNT = 55501

export const WHERES = ['here', 'apart', 'piped'] as const

export type Step =
  | {
      readonly kind:
        | Strike
        | 'add'
        | 'rescan'
        | 'overtake'
        | 'again'
        | 'lose'
        | 'pause'
        | 'look'
        | 'notice'
        | 'answer'
    }
  | { readonly kind: 'disk'; readonly trouble: DiskTrouble }

export interface Schedule {
  readonly seed: number
  /**
   * here: the plugin's rooms in this process · apart: in a process of their own, that is killed for real · piped: the real plugin
   * and the real host, each in its process, with the pipe between them.
   */
  readonly where: (typeof WHERES)[number]
  readonly webhook: boolean
  readonly rate: number
  /** Each with the requests to wait for before it. */
  readonly steps: readonly { readonly after: number; readonly step: Step }[]
}

/** Every so many schedules, kills are real. */
const APART_EVERY = 8
/** Every so many schedules, from this one on, have the real host: they take real time. */
const PIPED = { every: 15, first: 5 }

const KINDS = {
  rooms: [
    ...(['add', 'add', 'rescan', 'overtake', 'again', 'kill', 'kill', 'restart'] as const),
    ...(['lose', 'pause', 'look', 'notice'] as const),
  ],
  piped: [
    ...(['add', 'add', 'rescan', 'overtake', 'again', 'cut', 'cut', 'kill', 'kill-host', 'restart'] as const),
    ...(['lose', 'pause', 'look', 'notice', 'answer', 'answer'] as const),
  ],
} as const
/** The plugin is given up for good at the fifth within three minutes, and each is waited for longer than the one before. */
const MOST_CRASHES = 3

/** The schedule of a seed. */
export function scheduleOf(seed: number): Schedule {
  if (seed % PIPED.every === PIPED.first) return pipedOf(seed)
  const random = randomOf(seed, 'schedule')
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
  const steps: Schedule['steps'][number][] = [{ after: 0, step: { kind: 'add' } }]
  const many = 4 + Math.floor(random() * 8)
  while (steps.length < many) {
    const after = Math.floor(random() * 10)
    const kind = random() < 0.2 ? 'disk' : pick(KINDS.rooms)
    const trouble: DiskTrouble = {
      calls: 5 + Math.floor(random() * 60),
      rate: 0.1 + random() * 0.9,
      code: pick(['ENOSPC', 'EIO'] as const),
    }
    steps.push({ after, step: kind === 'disk' ? { kind, trouble } : { kind } })
  }
  const where = seed % APART_EVERY === 0 ? 'apart' : 'here'
  return { seed, where, webhook: random() < 0.5, rate: random() * 0.35, steps }
}

function pipedOf(seed: number): Schedule {
  const random = randomOf(seed, 'piped')
  const steps: Schedule['steps'][number][] = [{ after: 0, step: { kind: 'add' } }]
  const many = 4 + Math.floor(random() * 3)
  let crashes = 0
  while (steps.length < many) {
    const kind = KINDS.piped[Math.floor(random() * KINDS.piped.length)] ?? 'look'
    if ((kind === 'cut' || kind === 'kill') && ++crashes > MOST_CRASHES) continue
    steps.push({ after: Math.floor(random() * 10), step: { kind } })
  }
  return { seed, where: 'piped', rate: random() * 0.15, webhook: random() < 0.5, steps }
}

export interface Ran {
  /** In the end; nothing, where all is well. */
  readonly wrong: readonly string[]
  /** The cloud's faults that were met, by kind or status. */
  readonly met: readonly string[]
}

/** Runs a schedule in a folder of its own. */
export async function runSchedule(
  schedule: Schedule,
  folder: string,
  scanned: readonly Scanned[],
): Promise<Ran> {
  const piped = schedule.where === 'piped'
  const home = join(folder, 'home')
  const cases = piped ? join(home, 'cases') : join(folder, 'cases')
  const data = piped ? join(home, 'plugins', PLUGIN) : join(folder, 'data')
  for (const each of [cases, data]) await mkdir(each, { recursive: true })
  const cloud = await startCloud({
    seed: schedule.seed,
    clock: piped ? Date.now : fastClock,
    poll: { fastestMs: 1000, slowestMs: piped ? 1000 : 4000 },
    faults: { seed: schedule.seed, rate: schedule.rate },
  })
  const place = { folder, cases, data, schedule }
  const desk = piped ? pipedDesk(cloud, place) : openDesk(cloud, place)
  try {
    const orders = new Map<number, { order: Scanned; packages: MadeExport[] }>()
    await desk.start()
    await desk.signIn()
    for (const { after, step } of schedule.steps) {
      await requests(cloud, after, piped ? 20 : 5)
      await carryOut(step, desk, cloud, orders, scanned, schedule)
    }
    const stuck = await desk.settle([...orders.keys()])
    const own = await desk.end()
    const histories: History[] = [...orders].map(([rxId, { order, packages }]) => ({
      rxId,
      orderId: order.first.orderId,
      packages,
      last:
        cloud.order(rxId) === null
          ? null
          : (packages.find(({ path }) => path === packageOf(cloud, rxId)) ?? order.first),
    }))
    const faults = await faultsAfter(cases, data, histories)
    return {
      wrong: [
        ...stuck,
        ...own,
        ...faults,
        ...cloud.violations().map((each) => `against the document: ${each}`),
      ],
      met: cloud.faults
        .done()
        .map(({ fault }) => (fault.kind === 'status' ? String(fault.status) : fault.kind)),
    }
  } finally {
    await desk.abandon()
    await cloud.close()
  }
}

async function carryOut(
  step: Step,
  desk: Desk,
  cloud: Cloud,
  orders: Map<number, { order: Scanned; packages: MadeExport[] }>,
  scanned: readonly Scanned[],
  { seed }: Schedule,
): Promise<void> {
  const random = randomOf(seed, 'which', step.kind, orders.size)
  const there = [...orders].filter(([rxId]) => cloud.order(rxId) !== null)
  const chosen = there[Math.floor(random() * there.length)]
  switch (step.kind) {
    case 'add': {
      const order = scanned[orders.size]
      if (order === undefined) return
      const rxId = await cloud.addOrder(ACCOUNT, {
        package: order.first.path,
        orderId: Number(order.first.orderId),
        sha256: random() < 0.8,
      })
      orders.set(rxId, { order, packages: [order.first] })
      return
    }
    case 'rescan':
    case 'again': {
      if (chosen === undefined) return
      const [rxId, { order, packages }] = chosen
      const next = step.kind === 'rescan' ? order.rescan : (packages.at(-1) ?? order.first)
      packages.push(next)
      await cloud.change(rxId, { package: next.path, sha256: random() < 0.8 }).catch((error: unknown) => {
        // It may have vanished while its files were read.
        if (cloud.order(rxId) !== null) throw error
      })
      return
    }
    case 'overtake': {
      if (chosen === undefined) return
      const [rxId, { order, packages }] = chosen
      packages.push(order.rescan)
      cloud.faults.next({ route: 'download', rxId }, { kind: 'overtaken', package: order.rescan.path })
      return
    }
    case 'notice':
      if (chosen !== undefined) void cloud.notify(chosen[0])
      return
    case 'kill':
    case 'restart':
    case 'kill-host':
    case 'cut':
      return desk.strike(step.kind)
    case 'answer':
      return desk.answer()
    case 'lose':
      cloud.revokeAll()
      return
    case 'pause':
      return desk.togglePause()
    case 'look':
      return desk.look()
    case 'disk':
      return desk.trouble(step.trouble)
  }
}

/** Which package the cloud has of an order now. */
function packageOf(cloud: Cloud, rxId: number): string | null {
  const bytes = cloud.order(rxId)?.assets[0]?.bytes
  return bytes?.kind === 'file' ? bytes.path : null
}

/** Until so many more requests have come, or none come any more. `ms`: between two looks at it. */
async function requests(cloud: Cloud, more: number, ms: number): Promise<void> {
  const until = cloud.requests().length + more
  for (let tries = 0; tries < 40 && cloud.requests().length < until; tries++) await pause(ms)
}
