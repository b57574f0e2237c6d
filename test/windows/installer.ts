import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { filesIn } from '../../packaging/emit.ts'
import { makeFolder, sourceEpoch } from '../../packaging/windows/folder.ts'
import { makeInstaller, nsisVersion } from '../../packaging/windows/installer.ts'
import { ANSWERS, makeExportPackage } from '../packaging/made-export.ts'
import { triedFlags } from './installer-flags.ts'
import {
  EXIT,
  hashesOf,
  install,
  type Laboratory,
  laboratoryIn,
  type Made,
  reason,
  registered,
  setup,
  setupAsUser,
  shortName,
  uninstall,
  until,
  versionAt,
} from './installer-laboratory.ts'
import { byItself, type WindowsMachine } from './wine.ts'
import { inWorkFolder } from './work-folder.ts'

/**
 * Installs and uninstalls silently under Wine, runs what was installed, upgrades it, and does what may go wrong: a running
 * plugin, an installer that is killed, no room, no rights, a broken reseller file, a path with spaces and umlauts; for one
 * user, for all (Wine's is an administrator), and for both at once.
 */
export function tryInstaller(machine: WindowsMachine, say: (text: string) => void): Promise<void> {
  return inWorkFolder('installer-test', async (work) => {
    const made = makeInstallers(machine, work)
    const laboratory = laboratoryIn(machine, work)
    await triedFlags(laboratory, made, say)
    await installed(laboratory, made, say)
    await upgraded(laboratory, made, say)
    refused(laboratory, made, say)
    await forAll(laboratory, made, say)
    await uninstalled(laboratory, made, say)
  })
}

const OLD = '0.0.9'
/** The installer as it is, one of an older version, and one whose program does not start; with a Node that Wine starts. */
function makeInstallers(machine: WindowsMachine, work: string): Made {
  const epoch = sourceEpoch()
  const [now, before] = [join(work, 'now/myitero-import'), join(work, 'before/myitero-import')]
  makeFolder({ into: now, node: dirname(machine.node), epoch, nsis: nsisVersion() })
  cpSync(now, before, { recursive: true })
  for (const file of ['plugin.json', 'program/root/plugin.json', 'program/package.json']) {
    const text = readFileSync(join(before, file), 'utf8')
    writeFileSync(join(before, file), text.replace(/"version": "[^"]+"/, `"version": "${OLD}"`))
  }
  const installer = (folder: string) =>
    makeInstaller({ folder, into: dirname(folder), epoch, compression: 'zlib' })
  const broken = join(work, 'broken/myitero-import')
  cpSync(now, broken, { recursive: true })
  writeFileSync(join(broken, 'program/node.exe'), 'MZ')
  return { old: installer(before), new: installer(now), broken: installer(broken) }
}

interface Component {
  readonly name: string
  readonly version: string
}

const programsIn = (home: string) => readdirSync(home).filter((name) => name.startsWith('program'))

async function installed(lab: Laboratory, made: Made, say: (text: string) => void): Promise<void> {
  assert.equal(install(lab, made.old, '/RESELLER=on'), EXIT.done)
  assert.equal(versionAt(lab.home), OLD)
  assert.deepEqual(JSON.parse(readFileSync(lab.reseller, 'utf8')).features, { myitero: 'on' })
  assert.match(registered(lab), new RegExp(`DisplayVersion\\s+REG_SZ\\s+${OLD.replaceAll('.', '\\.')}`))
  const bill = JSON.parse(readFileSync(join(lab.home, 'program-1/sbom.cdx.json'), 'utf8'))
  const nsis = (bill.components as readonly Component[]).filter(({ name }) => name === 'NSIS')
  assert.deepEqual(nsis, [{ ...nsis[0], version: nsisVersion() }])
  const size = /EstimatedSize\s+REG_DWORD\s+0x([0-9a-f]+)/.exec(registered(lab))?.[1] ?? ''
  const bytes = filesIn(lab.home).reduce((sum, file) => sum + statSync(join(lab.home, file)).size, 0)
  // Beside the program lie copies of its small files, and uninstall.exe.
  assert(
    Math.abs(Number.parseInt(size, 16) * 1024 - bytes) < 1e6,
    `${size} KB are told, ${bytes} bytes are there`,
  )
  say(
    'installed silently for one user, into a folder with spaces and umlauts; reseller and list of programs know it',
  )
  const megabytes = (count: number) => `${(count / 1e6).toFixed(1)} MB`
  say(`its installer ${megabytes(statSync(made.old).size)} (packed quickly), installed ${megabytes(bytes)}`)
  assert.match(told(lab, '--language de --help'), /Verwendung: myitero|Aufruf: myitero/)
  importOne(lab, 'single-crown')
  assert.equal(readdirSync(join(lab.work, 'cases')).filter((name) => !name.startsWith('.')).length, 1)
  say('its terminal command makes a case')
}

/** What `myitero.cmd` prints: through a file, for a pipe does not work under Wine. */
function told({ machine, home, work }: Laboratory, flags: string): string {
  const [script, out] = [join(work, 'tell.cmd'), join(work, 'told.txt')]
  // Under Wine a batch file is read in the console's code page; a short name has no umlauts.
  const command = shortName(machine, join(home, 'myitero.cmd'))
  writeFileSync(script, `@call ${command} ${flags} > ${machine.pathOf(out)} 2>&1\r\n`)
  try {
    machine.run('wine', ['cmd', '/c', machine.pathOf(script)])
  } catch {
    // What it says tells more than its code.
  }
  return readFileSync(out, 'utf8')
}

/** By the installed terminal; the ledger lies where it lies for a user. */
function importOne(
  lab: Laboratory,
  order: string,
  cases = join(lab.work, 'cases'),
  answered: object | null = ANSWERS,
): void {
  const { work, machine } = lab
  const [packages, answers] = [mkdtempSync(join(work, 'packages-')), join(work, 'answers.json')]
  mkdirSync(cases, { recursive: true })
  writeFileSync(answers, JSON.stringify(answered ?? {}))
  const paths = [makeExportPackage(packages, order), cases, answers].map((path) => machine.pathOf(path))
  const said = told(
    lab,
    `import ${paths[0]} --into "${paths[1]}"${answered === null ? '' : ` --answers ${paths[2]}`}`,
  )
  assert.match(said, answered === null ? /[Ww]ait|[Ww]arte/ : /[Ii]mported|published|unread/i, said)
}

async function upgraded(lab: Laboratory, made: Made, say: (text: string) => void): Promise<void> {
  await keepSomething(lab)
  const kept = ownOf(lab)
  assert(kept.some((line) => /ledgers.*sqlite/.test(line)))
  const host = await running(lab)
  assert.equal(install(lab, made.new), EXIT.running)
  assert.match(reason(lab), /MyiTero[- ][Ii]mport/)
  assert.equal(uninstall(lab), EXIT.running)
  assert.equal(versionAt(lab.home), OLD)
  assert.deepEqual(programsIn(lab.home), ['program-1'])
  assert(host.isRunning())
  say('over a running plugin nothing is installed or uninstalled, and it runs on')
  await host.stop()

  interrupt(lab, made.new)
  assert.equal(versionAt(lab.home), OLD)
  assert.deepEqual(programsIn(lab.home), ['program-1', 'program-2'])
  const again = await running(lab)
  await again.stop()
  say('after an installer was killed at its work, the old version runs')

  const { reseller, ...rest } = JSON.parse(readFileSync(lab.reseller, 'utf8'))
  writeFileSync(lab.reseller, JSON.stringify({ ...rest, reseller: 'Dental Nord', features: { other: 'on' } }))
  assert.equal(typeof reseller, 'string')
  // Without a folder: where it is installed.
  assert.equal(setup(lab, made.new, '/RESELLER=off'), EXIT.done)
  assert.notEqual(versionAt(lab.home), OLD)
  assert.deepEqual(programsIn(lab.home), ['program-3'])
  assert.deepEqual(JSON.parse(readFileSync(lab.reseller, 'utf8')), {
    reseller: 'Dental Nord',
    features: { other: 'on', myitero: 'off' },
  })
  assert.deepEqual(ownOf(lab), kept)
  assert.equal(await signIn(lab, 'read'), SIGN_IN)
  const fresh = await running(lab)
  await fresh.stop()
  say(
    'upgraded in place: the new version runs; settings, ledgers, lists and sign-in are as they were, no other feature of the reseller changed',
  )
}

/** Characters: more than one entry of Credential Manager takes. */
const SIGN_IN = 3000

/** What a host and a sign-in leave on a computer. */
async function keepSomething(lab: Laboratory): Promise<void> {
  const host = join(lab.local, 'MyiTero host')
  mkdirSync(join(host, 'plugins/myitero-import/ledgers'), { recursive: true })
  for (const name of [
    'host.sqlite',
    'plugins/myitero-import/folders.json',
    'plugins/myitero-import/ledgers/a.sqlite',
  ])
    writeFileSync(join(host, name), name)
  assert.equal(await signIn(lab, `write:${SIGN_IN}`), 'done')
  assert.equal(await signIn(lab, 'read'), SIGN_IN)
}

/** All that is the user's own, but the reseller's file. */
const ownOf = ({ local }: Laboratory): readonly string[] =>
  ['MyiTero import', 'MyiTero host']
    .flatMap((name) => hashesOf(join(local, name)))
    .filter((line) => !line.startsWith('reseller.json'))

/** The plugin's entry in Credential Manager, by a process of its own. */
async function signIn({ machine, work }: Laboratory, step: string): Promise<unknown> {
  const out = join(mkdtempSync(join(work, 'secret-')), 'out.txt')
  const [what, length = ''] = step.split(':')
  await machine.start('test/secrets-child.ts', [`${what}:kept:${length}`], out).ended
  const line =
    readFileSync(out, 'utf8')
      .split('\n')
      .find((one) => one.startsWith('{')) ?? '{}'
  const { result, kept } = JSON.parse(line)
  assert.equal(kept, 'keychain', line)
  return result
}

/** Served as a host serves it, until it is at work. */
async function running(lab: Laboratory) {
  const { machine, work, home } = lab
  const place = mkdtempSync(join(work, 'host-'))
  const args = [home, place].map((path) => machine.pathOf(path))
  const host = machine.start('test/windows/installed-host.ts', args, join(place, 'out.txt'))
  const states = () =>
    existsSync(join(place, 'states.jsonl')) ? readFileSync(join(place, 'states.jsonl'), 'utf8') : ''
  await until(() => /"process":"running","state":"(?!off|connecting)/.test(states()), 'the plugin is at work')
  return {
    isRunning: () => !/"process":"(pausing|given-up|ended)"/.test(states()),
    async stop() {
      writeFileSync(join(place, 'stop'), '')
      assert.equal(await host.ended, 0)
      assert(!/"fault"/.test(states()), states())
    },
  }
}

/** Kills the installer while it unpacks. */
function interrupt({ machine, plugins, home }: Laboratory, program: string): void {
  const script = `wine "$0" /S "/PLUGINS=$1" & p=$!
    until [ -e "$2/program-2/node_modules/ajv" ]; do kill -0 $p || exit 1; sleep 0.01; done; kill -9 $p; wait $p; true`
  machine.run('bash', ['-c', script, program, machine.pathOf(plugins), home])
  assert(!existsSync(join(home, 'program-2/start.js')), 'it was not in the midst of its work')
}

function refused(lab: Laboratory, made: Made, say: (text: string) => void): void {
  const before = hashesOf(lab.home)
  const text = '{ "reseller": "Dental Nord", "features": { "myitero": true } }'
  writeFileSync(lab.reseller, text)
  const fresh = join(lab.work, 'nothing yet')
  const elsewhere = `/PLUGINS=${lab.machine.pathOf(join(fresh, 'plugins'))}`
  assert.equal(setup(lab, made.old, elsewhere, '/RESELLER=on'), EXIT.reseller)
  for (const part of ['reseller.json', 'features.myitero']) assert(reason(lab).includes(part), reason(lab))
  assert.equal(readFileSync(lab.reseller, 'utf8'), text)
  assert.deepEqual(hashesOf(lab.home), before)
  assert.equal(existsSync(fresh), false)
  rmSync(lab.reseller)
  say('a broken reseller file is named and left alone, and so is what was installed; no empty folder stays')

  writeFileSync(join(lab.work, 'file'), '')
  const below = `/PLUGINS=${lab.machine.pathOf(join(lab.work, 'file/plugins'))}`
  assert.equal(setup(lab, made.old, below), EXIT.rights)
  const long = `/PLUGINS=${lab.machine.pathOf(join(lab.work, 'a'.repeat(130)))}`
  assert.equal(setup(lab, made.old, long), EXIT.path)
  assert.equal(setup(lab, made.old, '/PLUGINS=\\\\server\\plugins'), EXIT.path)
  assert.match(reason(lab), /server/)
  say('a folder that cannot be written, one whose path is too long, and a share are refused')

  assert.equal(install(lab, made.broken), EXIT.startsNot)
  assert.match(reason(lab), /node\.exe|64/)
  assert.deepEqual(hashesOf(lab.home), before)
  say('a program that does not start here is told and taken away again, and the one before runs on')

  const small = join(lab.work, 'small')
  mkdirSync(small)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=40m', 'small', small], { stdio: 'ignore' })
  } catch {
    say('not tried, for want of the right to mount: a disk without room')
    return
  }
  try {
    assert.equal(setup(lab, made.old, `/PLUGINS=${lab.machine.pathOf(small)}`), EXIT.space)
    assert.deepEqual(filesIn(small), [])
  } finally {
    execFileSync('umount', ['--lazy', small])
  }
  assert.deepEqual(hashesOf(lab.home), before)
  say('where there is no room, nothing is left behind')
}

/** Beside that of the one user: its own folder, its own entry, and neither takes the other away. */
async function forAll(lab: Laboratory, made: Made, say: (text: string) => void): Promise<void> {
  const home = join(lab.programFiles, 'MyiTero host/plugins/myitero-import')
  const [mine, own] = [hashesOf(lab.home), ownOf(lab)]
  assert.equal(setup(lab, made.old, '/ALLUSERS', '/RESELLER=on'), EXIT.done)
  assert.equal(versionAt(home), OLD)
  assert.match(registered(lab, 'HKLM'), /InstallLocation\s+REG_SZ\s+C:\\Program Files\\MyiTero host\\plugins/)
  const reseller = join(lab.programData, 'MyiTero host/reseller.json')
  assert.deepEqual(JSON.parse(readFileSync(reseller, 'utf8')).features, { myitero: 'on' })
  assert.deepEqual(hashesOf(lab.home), mine)
  const atWork = await running({ ...lab, home })
  assert.equal(setup(lab, made.new, '/ALLUSERS'), EXIT.running)
  await atWork.stop()
  assert.equal(setup(lab, made.new, '/ALLUSERS'), EXIT.done)
  assert.notEqual(versionAt(home), OLD)
  assert.equal(programsIn(home).length, 1)
  const installed = hashesOf(home)
  const flag = `_?=${shortName(lab.machine, home)}`
  assert.equal(await setupAsUser(lab, join(home, 'uninstall.exe'), flag), EXIT.rights)
  assert.match(reason(lab), /[Aa]dministrator/)
  assert.deepEqual(hashesOf(home), installed)
  say('a user does not uninstall what is for all, and is told who does')
  assert.equal(uninstall(lab, home), EXIT.done)
  assert.equal(registered(lab, 'HKLM'), '')
  assert.deepEqual(existsSync(home) ? filesIn(home).filter((file) => file !== 'uninstall.exe') : [], [])
  assert.notEqual(registered(lab), '')
  assert.deepEqual(hashesOf(lab.home), mine)
  assert.deepEqual(ownOf(lab), own)
  say(
    'for all users, beside the one of this user: installed, run, upgraded and uninstalled, and the other stays',
  )

  const here = `/PLUGINS=${lab.machine.pathOf(lab.plugins)}`
  assert.equal(setup(lab, made.new, '/ALLUSERS', here), EXIT.done)
  assert.equal(uninstall(lab), EXIT.done)
  assert.equal(registered(lab) + registered(lab, 'HKLM'), '')
  assert.equal(install(lab, made.new), EXIT.done)
  say('for all users in the place of the one of this user: one uninstalling takes both entries away')
}

async function uninstalled(lab: Laboratory, made: Made, say: (text: string) => void): Promise<void> {
  const { home, local, work } = lab
  const data = join(local, 'MyiTero import')
  const cases = hashesOf(join(work, 'cases'))
  const kept = hashesOf(data)
  assert.equal(uninstall(lab), EXIT.done)
  assert.equal(registered(lab), '')
  assert.deepEqual(existsSync(home) ? filesIn(home).filter((file) => file !== 'uninstall.exe') : [], [])
  assert(existsSync(lab.plugins), 'the host keeps its folder of plugins')
  assert.deepEqual(hashesOf(data), kept)
  assert.equal(await signIn(lab, 'read'), SIGN_IN)
  say('uninstalled silently: program and entry are gone; cases, data and sign-in stay')
  assert.equal(install(lab, made.new), EXIT.done)
  const waits = join(work, 'cases that wait')
  importOne(lab, 'lab-preference', waits, null)
  const [staging = ''] = readdirSync(waits)
  assert(filesIn(join(waits, staging)).length > 2)
  // As Windows' Settings do it: it goes on from a copy of itself, and takes itself away as well.
  assert.equal(setup(lab, join(home, 'uninstall.exe'), '/PURGE'), EXIT.done)
  await until(() => !existsSync(home), 'its folder is gone')
  await until(() => /deinstalliert|uninstalled/.test(reason(lab)), 'its log')
  assert(reason(lab).includes(`(1)`) && reason(lab).includes(`cases that wait\\${staging}`), reason(lab))
  assert.deepEqual(readdirSync(waits), [])
  assert.equal(existsSync(data), false)
  assert.equal(existsSync(join(local, 'MyiTero host/plugins/myitero-import')), false)
  assert(existsSync(join(local, 'MyiTero host/host.sqlite')), 'it is the host’s')
  assert.equal(await signIn(lab, 'read'), null)
  assert.deepEqual(hashesOf(join(work, 'cases')), cases)
  say('with /PURGE data and sign-in go too, what waits is named and its files go, and the cases stay')
}

if (import.meta.main) await byItself(tryInstaller)
