import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const ENTRY = fileURLToPath(new URL('../../plugin/terminal/start.js', import.meta.url))

/** The terminal face as its own process, with nobody at the keyboard. */
export async function myitero(...argv: readonly string[]): Promise<Ran> {
  const child = spawn(process.execPath, [ENTRY, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((exited) => child.once('exit', exited)),
  ])
  return { code, stdout, stderr }
}

/** A process that goes on: what it said so far, and when it said something. */
export function started(...argv: readonly string[]) {
  const child = spawn(process.execPath, [ENTRY, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  let waiting: (() => void)[] = []
  const heard = (chunk: Buffer) => {
    said += chunk.toString()
    const all = waiting
    waiting = []
    for (const each of all) each()
  }
  child.stdout.on('data', heard)
  child.stderr.on('data', heard)
  const exited = new Promise<number | null>((done) => child.once('exit', done))
  return {
    child,
    exited,
    said: () => said,
    /** Resolves when the pattern stands in what it said; rejects when it ends without. */
    async until(pattern: RegExp): Promise<string> {
      for (;;) {
        const match = pattern.exec(said)
        if (match) return match[0]
        const ended = await Promise.race([
          exited.then(() => true),
          new Promise<false>((more) => waiting.push(() => more(false))),
        ])
        if (ended && !pattern.test(said)) throw new Error(`ended without ${pattern}: ${said}`)
      }
    },
  }
}

async function text(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
