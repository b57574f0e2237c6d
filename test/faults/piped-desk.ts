import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import type { Question } from '../../bridge/data.ts'
import type { Cloud } from '../../fixtures/cloud/cloud.ts'
import { visitLogin } from '../../fixtures/cloud/visitor.ts'
import { freePort } from '../../fixtures/demo-cloud.ts'
import type { CaseList, QuestionAnswer, Settings, SignIn } from '../../host/api.ts'
import { openDesk, PLUGIN, type Desk as StoryDesk } from '../story/desk.ts'
import type { Desk, Place } from './desk.ts'
import { RETRIED } from './plugin.ts'
import { openInLedgers } from './verdict.ts'

/**
 * The real host in a process of its own, the real plugin in another, and the pipe between them; whoever sits there does everything
 * over the host's API, as its page does. What fails because host or plugin is gone is done once more.
 */
export function pipedDesk(cloud: Cloud, { folder, cases, data, schedule }: Place): Desk {
  const home = join(folder, 'home')
  let desk: StoryDesk | null = null
  const at = (): StoryDesk => {
    if (desk === null) throw new Error('the host was not started')
    return desk
  }

  /** Until it is done; a host or plugin that is gone is waited for. */
  async function insist(what: string, done: () => Promise<boolean>): Promise<void> {
    const until = performance.now() + PATIENCE_MS
    let last = 'it was not so'
    while (performance.now() < until) {
      try {
        if (await done()) return
      } catch (error) {
        last = String(error)
      }
      await pause(LOOK_MS)
    }
    throw new Error(`not in ${PATIENCE_MS / 1000} s: ${what}: ${last}`)
  }

  /** Of the plugin at work; null: none is at work. */
  async function state(): Promise<string | null> {
    const process = (await at().plugin())?.process
    return process?.kind === 'running' ? process.state.kind : null
  }

  async function signIn(): Promise<void> {
    await insist('signed in', async () => {
      const now = await state()
      if (now === 'signed-out') {
        const { status, body } = await at().call<SignIn>('POST', '/api/cloud/sign-in', {})
        if (status !== 200) return false
        const [who] = cloud.credentials
        const { callback } = await visitLogin(body.url, who ?? 'cancel')
        if (callback !== null) await fetch(callback).then((answer) => answer.text())
      }
      return now === 'active' || now === 'offline' || (now === 'connecting' && (await paused()))
    })
  }

  const questions = async () =>
    (await at().read<{ readonly questions: readonly Question[] }>('/api/questions')).questions
  const send = ({ id, ...question }: Question) =>
    at().call('POST', `/api/questions/${id}/answer`, answerTo(question as Question))

  const paused = async () => (await at().read<Settings>('/api/settings')).cloudPaused
  const setPaused = (on: boolean) =>
    insist('paused or not', async () => {
      if ((await paused()) === on) return true
      const { status } = await at().call('PATCH', '/api/settings', { cloudPaused: on })
      return status === 200
    })

  const isGone = (rxId: string) => cloud.order(Number(rxId)) === null

  /** A person presses Retry where an order was said not to be there, or not to be had, and it is. */
  async function retry(): Promise<void> {
    const { rows } = await at().read<CaseList>('/api/cases?limit=200')
    for (const { cloud: mark, reason } of rows) {
      if (mark === null || mark.stage !== 'failed' || !RETRIED.has(reason?.code ?? '') || isGone(mark.rxId))
        continue
      await at().call('POST', '/api/cloud/retry', { account: mark.account, rxId: mark.rxId })
    }
  }

  /** What is left to do; null: nothing. */
  async function left(rxIds: readonly number[]): Promise<string | null> {
    const now = await state()
    const open = (await questions()).length
    const listed = rxIds.filter((rxId) => cloud.order(rxId)?.isNew === true)
    const rows = (await at().read<CaseList>('/api/cases?limit=200')).rows
    const unfinished = rows.filter(
      ({ status, cloud: mark }) =>
        status !== 'unread' && status !== 'read' && !(OVER.has(status) && mark?.alone && isGone(mark.rxId)),
    )
    const inLedgers = openInLedgers(data, new Set(rxIds.map(String).filter(isGone)))
    const unseen = (await readdir(cases)).filter((name) => !rows.some(({ project }) => project === name))
    const many = [listed, unfinished, inLedgers, unseen].reduce((sum, each) => sum + each.length, open)
    if (now === 'active' && many === 0) return null
    const told = unfinished.map(({ orderId, status, reason, cloud }) => ({ orderId, status, reason, cloud }))
    return JSON.stringify({ state: now, open, listed, rows: told, inLedgers, unseen })
  }

  return {
    async start() {
      const profile = join(folder, 'profile.json')
      await writeFile(profile, JSON.stringify(cloud.profile))
      desk = await openDesk({ home, cases, exports: folder }, ['--profile', profile])
      const webhook = schedule.webhook ? await listening() : null
      await insist('enabled', async () => {
        const { status } = await at().call('PATCH', '/api/settings', { webhook, enabled: { [PLUGIN]: true } })
        return status === 200
      })
      await insist('invited', async () => {
        const { status } = await at().call('POST', '/api/first-start', { choice: 'connect' })
        return status === 200
      })
    },
    signIn,
    async strike(how) {
      const host = at().host()
      const before = await host.plugins()
      if (how === 'cut') {
        // The same plugin comes back over a pipe of its own.
        host.cut()
        return signIn()
      }
      if (how === 'kill') before.forEach(killed)
      else {
        await host.kill(how === 'restart' ? 'SIGTERM' : 'SIGKILL')
        await at().restart()
      }
      await insist('another plugin', async () => {
        const [now] = await at().host().plugins()
        return now !== undefined && !before.includes(now)
      })
      // Without a keychain the sign-in ended with the plugin.
      await signIn()
    },
    async look() {
      await at()
        .call('POST', '/api/look', {})
        .catch(() => {})
    },
    async togglePause() {
      await setPaused(!(await paused()))
    },
    async answer() {
      const [question] = await questions().catch(() => [])
      if (question !== undefined) void send(question).catch(() => {})
    },
    async trouble() {
      throw new TypeError('the disk of a plugin in its own process is a real one')
    },
    async settle(rxIds) {
      cloud.faults.clear()
      await setPaused(false)
      const until = performance.now() + PATIENCE_MS
      let last: string | null = 'nothing was told'
      while (last !== null && performance.now() < until) {
        try {
          await signIn()
          await at().call('POST', '/api/look', {})
          for (const question of await questions()) await send(question)
          await retry()
          last = await left(rxIds)
        } catch (error) {
          last = String(error)
        }
        if (last !== null) await pause(LOOK_MS)
      }
      return last === null ? [] : [`not settled: ${last}`, at().host().faults()]
    },
    async end() {
      const host = at().host()
      await host.kill('SIGTERM')
      return listedWrong(join(home, 'host.sqlite'), await readdir(cases), isGone)
    },
    async abandon() {
      await desk?.host().kill('SIGKILL')
    },
  }
}

/** The host's list has to have each case that stands once, and nothing else but orders that vanished; of no order's revision may there be two. */
function listedWrong(
  file: string,
  standing: readonly string[],
  isGone: (rxId: string) => boolean,
): readonly string[] {
  const db = new DatabaseSync(file, { readOnly: true })
  try {
    const wrong = db
      .prepare(
        "select kind, status, order_id, rx_id from cases where kind <> 'case' or status not in ('unread', 'read')",
      )
      .all()
      .filter(
        (row) =>
          !(row['kind'] === 'cloud' && OVER.has(String(row['status'])) && isGone(String(row['rx_id']))),
      )
      .map((row) => `listed: ${JSON.stringify(row)}`)
    const twice = db
      .prepare(
        "select order_id, revision, count(*) n from cases where kind = 'case' group by account, order_id, revision having n > 1",
      )
      .all()
      .map((row) => `listed ${row['n']} times: ${row['order_id']}, revision ${row['revision']}`)
    const listed = db.prepare("select project from cases where kind = 'case'").all()
    const projects = listed.map((row) => String(row['project'])).sort()
    const same = projects.join() === [...standing].sort().join()
    return [...wrong, ...twice, ...(same ? [] : [`listed: ${projects.join()}; standing: ${standing.join()}`])]
  } finally {
    db.close()
  }
}

function answerTo(question: Question): QuestionAnswer {
  if (question.kind === 'doctor') {
    return {
      kind: 'doctor',
      new: { name: question.doctor.name ?? 'Practice without a doctor', sameName: true },
    }
  }
  const [candidate] = question.candidates
  return {
    kind: 'material',
    material: candidate?.code ?? '',
    method: candidate?.methods[0]?.code ?? '',
    makeDefault: question.makeDefault,
  }
}

/** Where the plugin hears notices, of one process after the other. */
async function listening(): Promise<Settings['webhook']> {
  const port = await freePort()
  return { port, url: `http://127.0.0.1:${port}/notices` }
}

/** One that has just ended is as good as killed. */
function killed(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** How rows of an order that vanished may stand. */
const OVER: ReadonlySet<string> = new Set(['refused', 'noted'])
const PATIENCE_MS = 60_000
/** Between two looks at a state. */
const LOOK_MS = 50
