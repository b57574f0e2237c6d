import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { accessibilityFaults, launch, openPage } from '../web/browser.ts'
import { LAB } from './opened.ts'

const COMMAND = new URL('../../fixtures/cloud/command.ts', import.meta.url).pathname

async function commanded(t: Test, ...args: readonly string[]) {
  const home = t.testdir({ zips: { 'iTero_Export_123456789.zip': 'PK', 'a note.txt': '' } })
  const child: ChildProcess = spawn(process.execPath, [COMMAND, '--port', '0', ...args], {
    env: { ...process.env, XDG_DATA_HOME: home, LOCALAPPDATA: home, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: home,
  })
  t.teardown(() => child.kill('SIGKILL'))
  return { home, child }
}

/** What was said until the last line of the start; what follows is read, and dropped. */
function told({ stdout }: ChildProcess): Promise<string> {
  let text = ''
  return new Promise((resolve, reject) => {
    stdout?.on('data', (chunk: Buffer) => {
      text += chunk
      if (text.includes('Ctrl-C')) resolve(text)
    })
    stdout?.once('end', () => reject(new Error(text)))
  })
}

t.test(
  'The command offers the zips of a folder, says who may sign in and where the profile is, and ends by Ctrl-C',
  async (t) => {
    const { home, child } = await commanded(t, '--orders', 'zips', '--profile', 'own.json')
    const text = await told(child)
    t.match(text, LAB.user)
    t.match(text, LAB.password)
    t.notMatch(text, 'rescanned', 'nothing is offered for which there are no files')
    const profile = JSON.parse(await readFile(join(home, 'own.json'), 'utf8'))
    const metadata = await fetch(`${profile.issuer}/.well-known/openid-configuration`)
    t.match(await metadata.json(), { issuer: profile.issuer })
    const origin = new URL(profile.issuer).origin
    t.match(await (await fetch(`${origin}/operator`)).text(), '123456789')
    child.kill('SIGINT')
    t.same(await once(child, 'exit'), [0, null])
  },
)

for (const [what, args, words] of [
  ['a folder without zips', ['--orders', '.'], 'holds no zip'],
  ['a folder that there is not', ['--orders', 'none'], 'cannot be read'],
  ['a port that is none', ['--port', '70000'], '65535 at most'],
] as const)
  t.test(`The command ends in plain words: ${what}`, async (t) => {
    const { child } = await commanded(t, ...args)
    let text = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      text += chunk
    })
    const [code] = await once(child, 'close')
    t.not(code, 0)
    t.match(text, words)
  })

t.test(
  'On the operator’s page a made-up order is sent again, comes back rescanned, and a new one comes',
  async (t) => {
    const { home, child } = await commanded(t)
    await told(child)
    const profile = JSON.parse(await readFile(join(home, 'myitero-cloud', 'profile.json'), 'utf8'))
    const { origin } = new URL(profile.issuer)
    const browser = await launch()
    t.teardown(() => browser.close())
    const { page, context, complaints } = await openPage(browser, `${origin}/operator`)
    t.teardown(() => context.close())
    const row = page.getByRole('row').filter({ hasText: '804755319' })
    await row.getByRole('button', { name: 'Completed' }).click()
    await row.getByRole('cell', { name: 'Completed' }).first().waitFor()
    await row.getByRole('button', { name: 'Rescanned' }).click()
    await row.getByRole('cell', { name: 'Ready for Download' }).waitFor()
    await row.getByRole('button', { name: 'Send again' }).click()
    await row.getByRole('cell', { name: 'Ready for Download' }).waitFor()
    const rows = await page.getByRole('row').count()
    await page.getByRole('button', { name: 'New order for Fixture Milling Centre' }).click()
    await page.getByRole('cell', { name: '55502', exact: true }).waitFor()
    t.equal(await page.getByRole('row').count(), rows + 1)
    await row.getByRole('button', { name: 'Remove' }).click()
    await row.waitFor({ state: 'detached' })
    t.same(await accessibilityFaults(page), [])
    t.same(complaints, [])
  },
)

t.test('Nobody else’s page may use the operator’s', async (t) => {
  const { home, child } = await commanded(t, '--orders', 'zips')
  await told(child)
  const profile = JSON.parse(await readFile(join(home, 'myitero-cloud', 'profile.json'), 'utf8'))
  const { origin } = new URL(profile.issuer)
  const sent = await fetch(`${origin}/operator/remove/1`, {
    method: 'POST',
    headers: { origin: 'https://elsewhere.example' },
  })
  t.equal(sent.status, 403)
})
