import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { screenOf, until } from './screen.ts'
import type { WindowsMachine } from './wine.ts'

/** Looks for windows of consoles beside a host that has none: one that is started plainly shows its own, a plugin none. */
export async function tryConsoles(machine: WindowsMachine, say: (text: string) => void): Promise<void> {
  const plain = await startedIn(machine, 'plain')
  await until(() => plain.consoles() === 1, 'the window of a console that nobody hides')
  await plain.end()
  const plugin = await startedIn(machine, 'bridge')
  assert.equal(plugin.consoles(), 0)
  await plugin.end()
  say(
    'a host without a console starts the plugin, and no window of a console comes; started plainly one does',
  )
}

async function startedIn(machine: WindowsMachine, how: 'plain' | 'bridge') {
  const work = mkdtempSync(join(tmpdir(), 'myitero-consoles-'))
  const screen = screenOf(machine, work)
  const host = machine.start('test/windows/console.ts', [how, machine.pathOf(work)], join(work, 'out.txt'))
  await until(() => existsSync(join(work, 'up')), `what is started runs: ${how}`)
  return {
    consoles: screen.consoles,
    async end() {
      writeFileSync(join(work, 'stop'), '')
      await host.ended
      await until(() => screen.consoles() === 0, 'nothing of it is left')
      rmSync(work, { recursive: true, force: true })
    },
  }
}
