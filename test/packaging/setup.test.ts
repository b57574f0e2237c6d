import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { readReseller } from '../../host/reseller.ts'
import { filesIn } from '../../packaging/emit.ts'
import { changeOver } from '../../packaging/windows/setup/change-over.ts'
import { removeData } from '../../packaging/windows/setup/remove-data.ts'
import { withFeature } from '../../packaging/windows/setup/reseller-file.ts'
import { EXIT, setup } from '../../packaging/windows/setup/setup.ts'
import { waitingOrders } from '../../packaging/windows/setup/waiting-orders.ts'
import { importPackage } from '../../plugin/importer.ts'
import { closeLedger } from '../../plugin/ledger/open.ts'
import { laboratory } from '../laboratory.ts'

/** A plugin's folder with one program at work and one just unpacked. */
async function folder(t: Test): Promise<string> {
  const root = (version: string) => ({
    'plugin.json': JSON.stringify({ version, entry: 'program/start.js' }),
    'myitero.cmd': '"%~dp0program\\node.exe" "%~dp0program\\plugin\\terminal\\start.js"',
  })
  const place = t.testdir({
    plugin: { 'program-1': { root: root('1.0.0') }, 'program-2': { root: root('2.0.0') } },
  })
  await changeOver([join(place, 'plugin'), 'program-1'])
  mkdirSync(join(place, 'plugin/program-2/root'), { recursive: true })
  for (const [name, text] of Object.entries(root('2.0.0')))
    writeFileSync(join(place, 'plugin/program-2/root', name), text)
  return join(place, 'plugin')
}

const manifestIn = (plugin: string) => JSON.parse(readFileSync(join(plugin, 'plugin.json'), 'utf8'))

t.test(
  'after the change-over the plugin and the command are of the new program, and the old one is gone',
  async (t) => {
    const plugin = await folder(t)
    t.equal(await setup(['change-over', plugin, 'program-2']), EXIT.done)
    t.same(manifestIn(plugin), { version: '2.0.0', entry: 'program-2/start.js' })
    t.equal(
      readFileSync(join(plugin, 'myitero.cmd'), 'utf8'),
      '"%~dp0program-2\\node.exe" "%~dp0program-2\\plugin\\terminal\\start.js"',
    )
    t.same(readdirSync(plugin).toSorted(), ['myitero.cmd', 'plugin.json', 'program-2'])
  },
)

t.test('where the reseller file is broken, nothing changes', async (t) => {
  const plugin = await folder(t)
  const reseller = join(plugin, '../reseller.json')
  writeFileSync(reseller, '{"reseller": "Dental Nord"')
  t.equal(await setup(['change-over', plugin, 'program-2', 'on', reseller]), EXIT['reseller-not-json'])
  t.same(manifestIn(plugin), { version: '1.0.0', entry: 'program-1/start.js' })
  t.equal(readFileSync(reseller, 'utf8'), '{"reseller": "Dental Nord"')
  t.same(readdirSync(plugin).toSorted(), ['myitero.cmd', 'plugin.json', 'program-1', 'program-2'])
})

t.test('where the reseller file cannot be written, nothing changes', async (t) => {
  const plugin = await folder(t)
  writeFileSync(join(plugin, '../file'), '')
  const code = await setup(['change-over', plugin, 'program-2', 'on', join(plugin, '../file/reseller.json')])
  t.not(code, EXIT.done)
  t.same(manifestIn(plugin), { version: '1.0.0', entry: 'program-1/start.js' })
})

t.test('where one file cannot be replaced, what was replaced before it is put back', async (t) => {
  for (const last of ['reseller.json', 'uninstall.exe', 'plugin.json']) {
    const plugin = await folder(t)
    const reseller = join(plugin, 'reseller.json')
    writeFileSync(join(plugin, 'program-2/root/uninstall.exe'), 'new')
    const file = join(plugin, last)
    rmSync(file, { force: true })
    mkdirSync(join(file, 'in the way'), { recursive: true })
    const before = namesAndTexts(plugin)
    const code = await setup(['change-over', plugin, 'program-2', 'on', reseller])
    t.not(code, EXIT.done, last)
    t.same(namesAndTexts(plugin), before, last)
  }
})

/** Of the files beside the programs. */
function namesAndTexts(plugin: string): Record<string, string> {
  const files = readdirSync(plugin, { withFileTypes: true })
  return Object.fromEntries(
    files.map((one) => [one.name, one.isFile() ? readFileSync(join(plugin, one.name), 'utf8') : '(folder)']),
  )
}

t.test('a program that lacks its manifest does not take the place of one that works', async (t) => {
  const plugin = await folder(t)
  mkdirSync(join(plugin, 'program-3'))
  t.equal(await setup(['change-over', plugin, 'program-3']), EXIT.failed)
  t.equal(manifestIn(plugin).entry, 'program-1/start.js')
})

t.test('a name that is none of a program is refused', async (t) => {
  const plugin = await folder(t)
  for (const name of ['..', 'program-2/..', 'program', ''])
    t.equal(await setup(['change-over', plugin, name]), EXIT.failed, name)
  t.equal(manifestIn(plugin).version, '1.0.0')
})

t.test('the feature is switched, and all else of the reseller file stays', async (t) => {
  const before = '\uFEFF{"reseller":"Dental Nord","features":{"other":"on","myitero":"on"}}'
  t.same(JSON.parse(withFeature(bytes(before), 'off')), {
    reseller: 'Dental Nord',
    features: { other: 'on', myitero: 'off' },
  })
  t.same(JSON.parse(withFeature(null, 'on')).features, { myitero: 'on' })
})

const bytes = (text: string) => new TextEncoder().encode(text)

for (const [what, text, code] of [
  ['no JSON', bytes('{'), 'reseller-not-json'],
  ['UTF-16', Buffer.from('\uFEFF{"reseller":"A","features":{}}', 'utf16le'), 'reseller-not-json'],
  ['no UTF-8', Buffer.from('{"reseller":"M\xfcller","features":{}}', 'latin1'), 'reseller-not-json'],
  ['an unknown field', bytes('{"reseller":"A","features":{},"more":1}'), 'reseller-invalid'],
  ['no name', bytes('{"features":{}}'), 'reseller-invalid'],
  ['true', bytes('{"reseller":"A","features":{"myitero":true}}'), 'reseller-invalid'],
  ['neither on nor off', bytes('{"reseller":"A","features":{"myitero":"maybe"}}'), 'reseller-invalid'],
  ['a feature of no such name', bytes('{"reseller":"A","features":{"My Itero":"on"}}'), 'reseller-invalid'],
  ['no object', bytes('[]'), 'reseller-invalid'],
] as const) {
  t.test(
    `a reseller file that a host does not read is not written over, and told as its Settings tell it: ${what}`,
    async (t) => {
      const file = join(t.testdir({}), 'reseller.json')
      writeFileSync(file, text)
      const { problem } = await readReseller(file)
      const place = problem?.facts['field'] ?? ''
      t.throws(() => withFeature(text, 'on'), {
        code,
        fact: code === 'reseller-invalid' ? place || '{}' : '',
      })
      t.equal(problem?.code, code === 'reseller-invalid' ? 'file-invalid' : 'file-not-json')
    },
  )
}

t.test('what an error is about is told in a file: the place in a reseller file', async (t) => {
  const plugin = await folder(t)
  const [reseller, told] = [join(plugin, '../reseller.json'), join(plugin, '../told.txt')]
  writeFileSync(reseller, '{"reseller":"A","features":{"myitero":true}}')
  const code = await setup(['--tell', told, 'change-over', plugin, 'program-2', 'on', reseller])
  t.equal(code, EXIT['reseller-invalid'])
  t.equal(readFileSync(told, 'utf16le'), 'features.myitero')
})

t.test('a folder where the reseller file should be is told as that, and nothing changes', async (t) => {
  const plugin = await folder(t)
  const reseller = join(plugin, '../reseller.json')
  mkdirSync(reseller)
  const code = await setup(['change-over', plugin, 'program-2', 'on', reseller])
  t.equal(code, EXIT['reseller-unwritable'])
  t.equal(manifestIn(plugin).version, '1.0.0')
})

t.test('folders that were made for a reseller file go again where nothing comes of it', async (t) => {
  const plugin = await folder(t)
  rmSync(join(plugin, 'plugin.json'))
  mkdirSync(join(plugin, 'plugin.json/in the way'), { recursive: true })
  const reseller = join(plugin, '../made/for it/reseller.json')
  t.not(await setup(['change-over', plugin, 'program-2', 'on', reseller]), EXIT.done)
  t.notOk(existsSync(join(plugin, '../made')))
})

t.test(
  'the data of the plugin and the terminal are removed, those of the host and a linked folder stay',
  async (t) => {
    const local = t.testdir({
      'MyiTero import': { ledgers: { 'a.sqlite': '' } },
      'MyiTero host': { 'host.sqlite': '', plugins: { 'myitero-import': { log: {} }, other: {} } },
      elsewhere: { kept: '' },
    })
    symlinkSync(join(local, 'elsewhere'), join(local, 'MyiTero import/link'))
    let forgotten = 0
    await removeData({ LOCALAPPDATA: local }, async () => void forgotten++)
    t.equal(forgotten, 1)
    t.notOk(existsSync(join(local, 'MyiTero import')))
    t.same(readdirSync(join(local, 'MyiTero host/plugins')), ['other'])
    t.ok(existsSync(join(local, 'MyiTero host/host.sqlite')))
    t.ok(existsSync(join(local, 'elsewhere/kept')))
  },
)

t.test('where the sign-in cannot be removed, the data stay as they were', async (t) => {
  const local = t.testdir({ 'MyiTero import': { ledgers: { 'a.sqlite': 'a' } } })
  const locked = () => Promise.reject(new Error('locked'))
  await t.rejects(removeData({ LOCALAPPDATA: local }, locked), { code: 'sign-in-left' })
  t.same(readdirSync(local), ['MyiTero import'])
  t.equal(readFileSync(join(local, 'MyiTero import/ledgers/a.sqlite'), 'utf8'), 'a')
})

t.test('what a removal left that was interrupted goes with the next', async (t) => {
  const local = t.testdir({ 'MyiTero import.removed': { 'a.sqlite': '' }, 'MyiTero import': {} })
  await removeData({ LOCALAPPDATA: local }, async () => {})
  t.same(readdirSync(local), [])
})

t.test('the program is tried by loading it', async (t) => {
  t.equal(await setup(['try']), EXIT.done)
  t.equal(await setup(['anything else']), EXIT.failed)
})

/** A user in whose case folder one order waits for answers. */
async function userWhoWaits(t: Test) {
  const local = join(t.testdirName, 'local')
  const lab = await laboratory(t, { data: join(local, 'MyiTero import') })
  const { ledger, stagingRoot } = lab.importer
  await importPackage(lab.importer, (await lab.make('single-crown')).path)
  await closeLedger(ledger)
  return { local, lab, stagingRoot, environment: { LOCALAPPDATA: local } }
}

t.test('orders that wait are counted, with the folder of their files', async (t) => {
  const { local, stagingRoot, environment } = await userWhoWaits(t)
  t.same(await waitingOrders(environment), { orders: 1, folders: [stagingRoot] })
  t.ok(existsSync(stagingRoot))
  t.same(await waitingOrders({ LOCALAPPDATA: join(local, 'nobody') }), { orders: 0, folders: [] })
})

t.test('with the data go the files of orders that wait, and nothing else of the case folder', async (t) => {
  const { lab, stagingRoot, environment } = await userWhoWaits(t)
  mkdirSync(join(lab.cases, 'A case'))
  mkdirSync(join(lab.cases, '.myitero-import-0123456789ab'))
  await removeData(environment, async () => {})
  t.notOk(existsSync(stagingRoot))
  t.same(readdirSync(lab.cases).toSorted(), ['.myitero-import-0123456789ab', 'A case'])
})

t.test('where the sign-in cannot be removed, what waits goes on afterwards', async (t) => {
  const { stagingRoot, environment } = await userWhoWaits(t)
  const before = filesIn(stagingRoot)
  t.ok(before.length > 2)
  await t.rejects(
    removeData(environment, () => Promise.reject(new Error('locked'))),
    { code: 'sign-in-left' },
  )
  t.same(filesIn(stagingRoot), before)
  t.equal((await waitingOrders(environment)).orders, 1)
})

t.test('a case folder that is away does not keep the data', async (t) => {
  const { local, lab, environment } = await userWhoWaits(t)
  renameSync(lab.cases, `${lab.cases} away`)
  await removeData(environment, async () => {})
  t.notOk(existsSync(join(local, 'MyiTero import')))
})

t.test('what of a waiting order a removal left that was interrupted goes with the next', async (t) => {
  const { local, lab, stagingRoot, environment } = await userWhoWaits(t)
  renameSync(stagingRoot, `${stagingRoot}.removed`)
  renameSync(join(local, 'MyiTero import'), join(local, 'MyiTero import.removed'))
  await removeData(environment, async () => {})
  t.same(readdirSync(lab.cases), [])
  t.same(readdirSync(local), [])
})
