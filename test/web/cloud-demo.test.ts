import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { USERS } from '../../fixtures/cloud/people.ts'
import { LATER, SHOWN } from '../../fixtures/demo-orders.ts'
import { technician } from '../story/technician.ts'
import { launch, openPage } from './browser.ts'

/** ms. Orders are made first; one comes a while after the sign-in. */
const LIMIT = 240_000
const PATIENCE = 60_000
const DEMO = join(import.meta.dirname, '..', '..', 'fixtures', 'demo.ts')

t.setTimeout(LIMIT)
const browser = await launch()
t.teardown(() => browser.close())

/** `npm start` with program data of its own, and no keychain of whoever runs the test. */
async function demonstration(data: string) {
  const child = spawn(process.execPath, [DEMO, '--no-open', '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      LANG: 'en_US.UTF-8',
      LC_ALL: 'en_US.UTF-8',
      XDG_DATA_HOME: data,
      LOCALAPPDATA: data,
      DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus',
    },
  })
  const ended = once(child, 'close')
  let said = ''
  const link = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text
      const found = /http:\S+open\?key=\S+(?=\n)/.exec(said)
      if (found !== null) resolve(found[0])
    })
    child.once('close', () => reject(new Error(said)))
  })
  return {
    link,
    said,
    async end() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

t.test('a person signs in with what is printed, answers two dialogs, and every order arrives', async (t) => {
  const data = await mkdtemp(join(tmpdir(), 'demo-'))
  t.teardown(() => rm(data, { recursive: true, force: true, maxRetries: 5 }))
  const { link, said, end } = await demonstration(data)
  t.teardown(end)
  const [, user = '', password = ''] = /^ {2}(\S+@\S+) +(\S+)$/m.exec(said) ?? []
  t.match(USERS, [{ user, password }], 'the first that is printed')
  t.match(said, 'Two questions follow')
  const { page, context } = await openPage(browser, link)
  t.teardown(() => context.close())
  page.setDefaultTimeout(PATIENCE)
  const at = technician(page)

  await at.invitation.getByRole('button', { name: 'Connect to MyiTero now' }).click()
  await at.logIn({ user, password })

  const doctor = at.doctorQuestion('Alder, Judith')
  await doctor.getByText(`${SHOWN.length} cases wait for the answer`).waitFor()
  await at.saveNewClient(doctor)
  const material = at.materialQuestion()
  await material.getByText('Zirconia: Lab Preference', { exact: true }).waitFor()
  await at.assignMaterial(material, 'Zirconia, multilayer', 'Milling, 5-axis')

  const all = [...SHOWN, LATER]
  for (const { recipe } of all) {
    const { given, family } = recipe.patient
    const line = at.line(new RegExp(`${given}.*${family}|${family}.*${given}`))
    await line.getByText('Unread', { exact: true }).waitFor()
  }
  t.equal((await page.getByText('Unread', { exact: true }).count()) >= all.length, true)
  t.equal(await at.openQuestions.count(), 0, 'no question is left')
  t.equal(await page.getByRole('dialog').count(), 0)
})
