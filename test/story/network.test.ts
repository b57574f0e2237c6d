import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { startCloud } from '../../fixtures/cloud/cloud.ts'
import { makeExport } from '../../fixtures/exports/make-export.ts'
import { orderNamed } from '../../fixtures/exports/orders.ts'
import type { CaseList, SignIn } from '../../host/api.ts'
import { authority, PASSWORD, tinyproxy } from '../cloud/network-parts.ts'
import { without } from '../tools.ts'
import { type Desk, openDesk } from './desk.ts'
import { placeIn } from './host-process.ts'

const BROWSER = fileURLToPath(new URL('../cloud/visiting-child.ts', import.meta.url))
const HOST = 'cloud.fixture.example'
const LAB = ['lab@fixture.example', 'crown-and-bridge'] as const
const ACCOUNT = 55501
const NOBODY = 'http://127.0.0.1:9'

/** A cloud that only the proxy finds, with a certificate of the laboratory's own authority. */
async function network(t: Test) {
  t.setTimeout(280_000)
  const root = mkdtempSync(join(tmpdir(), 'network-'))
  t.teardown(() => rmSync(root, { recursive: true, force: true }))
  const own = authority(t)
  const cloud = await startCloud({ https: own.signed(HOST, '-days', '2'), host: HOST })
  t.teardown(() => cloud.close())
  const profile = join(root, 'profile.json')
  writeFileSync(profile, JSON.stringify(cloud.profile))
  const proxy = await tinyproxy(t, Number(new URL(cloud.origin).port), HOST)
  let hosts = 0
  return {
    root,
    cloud,
    authority: own.file,
    proxyAs: (user: string) => `http://${user}127.0.0.1:${proxy}`,
    /** A host that was started with this environment, and its import at work. */
    async host(env: Readonly<Record<string, string>>): Promise<Desk> {
      const place = join(root, String(++hosts))
      const desk = await openDesk(placeIn(place), ['--profile', profile], env)
      t.teardown(() => desk.host().kill('SIGKILL'))
      await desk.call('PATCH', '/api/settings', { enabled: { 'myitero-import': true } })
      return desk
    },
  }
}

const signIn = (desk: Desk) =>
  desk.call<SignIn & { error?: { code: string; text: string } }>('POST', '/api/cloud/sign-in')

t.test(
  'proxy, its user and password, and an authority of one’s own reach the plugin through the host’s launch',
  { skip: without('openssl', 'tinyproxy') },
  async (t) => {
    const { root, cloud, authority, proxyAs, host } = await network(t)
    const known = { HTTPS_PROXY: proxyAs(`lab:${PASSWORD}@`), NODE_EXTRA_CA_CERTS: authority }

    await t.test('a person signs in, and an order comes', async (t) => {
      const mesh = { format: 'stl-binary', bytes: 20_000 } as const
      const made = { into: join(root, 'made'), seed: 1, form: 'zip', layout: 'flat', mesh } as const
      const { path, orderId } = await makeExport(orderNamed('single-crown'), made)
      await cloud.addOrder(ACCOUNT, { package: path })
      const desk = await host(known)
      const { body } = await signIn(desk)
      t.match(body.url, `https://${HOST}:`)
      const browser = { ...process.env, ...known, NODE_USE_ENV_PROXY: '1' }
      const visit = await promisify(execFile)(process.execPath, [BROWSER, body.url, ...LAB], { env: browser })
      t.equal((await fetch(visit.stdout.trim())).status, 200)
      for (;;) {
        const { rows } = await desk.read<CaseList>('/api/cases')
        const row = rows.find((each) => each.orderId === orderId)
        if (row?.status === 'waiting') break
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      t.strictSame(cloud.violations(), [])
      t.notMatch(desk.host().faults(), PASSWORD)
    })

    for (const [what, env, code] of [
      ['without the authority', { HTTPS_PROXY: known.HTTPS_PROXY }, 'cloud-tls'],
      [
        'with a wrong password',
        { ...known, HTTPS_PROXY: proxyAs('lab:made-up-wrong@') },
        'cloud-proxy-refused',
      ],
      ['with a proxy that is not there', { ...known, HTTPS_PROXY: NOBODY }, 'sign-in-unreachable'],
      [
        'past the proxy, where NO_PROXY has it so',
        { ...known, NO_PROXY: '.fixture.example' },
        'sign-in-unreachable',
      ],
    ] as const)
      await t.test(`${what} there is no sign-in, and a plain reason`, async (t) => {
        const { status, body } = await signIn(await host(env))
        t.not(status, 200)
        t.equal(body.error?.code, code)
        t.notMatch(body.error?.text, /made-up/)
      })
  },
)
