import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { checkoutElsewhere, folderElsewhere, ownEnvironment } from './checkout.ts'

// Each packs once.
t.setTimeout(300_000)
const FILES = ['package.json', 'README.md']

/** A packing that stands still before its end: after the package is made, before anything is put back. */
async function standsStill(t: Test) {
  const checkout = checkoutElsewhere()
  t.teardown(() => checkout.remove())
  const place = folderElsewhere(t)
  const file = join(checkout.folder, 'package.json')
  const reached = join(place, 'reached')
  const manifest = JSON.parse(readFileSync(file, 'utf8'))
  const still = `node -e "fs.writeFileSync('${reached}', ''); setInterval(() => {}, 1e6)"`
  writeFileSync(file, JSON.stringify({ ...manifest, scripts: { ...manifest.scripts, postpack: still } }))
  const texts = () => FILES.map((name) => readFileSync(join(checkout.folder, name), 'utf8'))
  const before = texts()
  const npm = spawn('npm', ['pack', '--silent', '--pack-destination', place], {
    cwd: checkout.folder,
    env: ownEnvironment(),
    detached: true,
    stdio: 'ignore',
  })
  t.teardown(() => killAll(npm))
  const made = () => readdirSync(checkout.folder).filter((name) => name.startsWith('dist-'))
  const isAsBefore = () => made().length === 0 && texts().every((text, at) => text === before[at])
  return { npm, reached, texts, made, isAsBefore }
}

/** With all that it has started, as a terminal that is closed or a job of CI that is cancelled. */
function killAll({ pid = 0 }: ChildProcess): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // They have ended.
  }
}

/** Of what comes within seconds, or the test runs out of its time. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(20)
}

t.test('a packing that is killed leaves manifest and README of the sources as they were', async (t) => {
  const { npm, reached, texts, isAsBefore } = await standsStill(t)
  await until(() => existsSync(reached))
  t.notMatch(texts()[0], '"scripts"', 'the users’ stand there')
  killAll(npm)
  await until(isAsBefore)
  t.ok(isAsBefore())
})

t.test('also where npm alone is killed, and what it has started goes on', async (t) => {
  const { npm, reached, isAsBefore } = await standsStill(t)
  await until(() => existsSync(reached))
  npm.kill('SIGKILL')
  await until(isAsBefore)
  t.ok(isAsBefore())
})

t.test('also where it is killed just as it puts the users’ in their place', async (t) => {
  const { npm, made, isAsBefore } = await standsStill(t)
  await until(() => made().some((name) => name.startsWith('dist-aside-')))
  killAll(npm)
  await once(npm, 'exit')
  await until(isAsBefore)
  t.ok(isAsBefore())
})
