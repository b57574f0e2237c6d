import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  EXIT,
  type Laboratory,
  type Made,
  reason,
  registered,
  setupAsUser,
  uninstall,
  until,
} from './installer-laboratory.ts'

/** A command line as a person or a script writes it, word for word. */
function line({ machine, work }: Laboratory, program: string, flags: string): number {
  const script = join(mkdtempSync(join(work, 'line-')), 'line.cmd')
  writeFileSync(
    script,
    `@cd /d ${machine.pathOf(work)}\r\n@${machine.pathOf(program)} /S ${flags}\r\n@exit %errorlevel%\r\n`,
  )
  try {
    machine.run('wine', ['cmd', '/c', machine.pathOf(script)])
    return 0
  } catch (error) {
    const { status } = error as { readonly status?: number | null }
    if (typeof status !== 'number') throw error
    return status
  }
}

/** On a computer that has no installation yet: what a command line means, what is refused, and what nobody can take away. */
export async function triedFlags(lab: Laboratory, made: Made, say: (text: string) => void): Promise<void> {
  const before = placesOf(lab)
  readAsWritten(lab, made)
  say('a folder is found whole in the command line: quoted or not, in any order, with slashes of either kind')
  refusedWithout(lab, made)
  assert.equal(line(lab, made.new, '/RESELLERFILE=C:\\r.json'), EXIT.flag)
  assert.match(reason(lab), /RESELLER=/)
  const admins = await setupAsUser(lab, made.new, '/ALLUSERS')
  assert.equal(admins, EXIT.rights)
  assert.match(reason(lab), /[Aa]dministrator/)
  assert.deepEqual(placesOf(lab), before)
  say('an unknown, doubled or empty flag ends it, and the word is named; so does /ALLUSERS for a user')
  await onePass(lab, made, say)
}

/** Where an installer that reads a path wrong would leave something. */
const placesOf = ({ local, programFiles, work }: Laboratory) =>
  [dirname(programFiles), local, join(local, 'Programs'), programFiles]
    .map((folder) => (existsSync(folder) ? readdirSync(folder).toSorted() : []))
    .concat([readdirSync(work).filter((name) => !/^(line|user)-/.test(name))])

/** A share is refused by its name, which says what was read. */
function readAsWritten(lab: Laboratory, made: Made): void {
  for (const [flags, read] of [
    ['/RESELLER=on "/PLUGINS=\\\\server\\a folder\\plugins"', '\\\\server\\a folder\\plugins'],
    ['/PLUGINS=\\\\server\\plain "/RESELLERFILE=C:\\Re seller\\r.json" /RESELLER=off', '\\\\server\\plain'],
    ['/PLUGINS="\\\\server\\its value\\" /reseller=OFF', '\\\\server\\its value'],
    ['/RESELLER=on /PLUGINS=//server/fwd/plugins', '\\\\server\\fwd\\plugins'],
  ] as const) {
    assert.equal(line(lab, made.new, flags), EXIT.path, flags)
    assert(reason(lab).includes(`: ${read}.`), `${flags}: ${reason(lab)}`)
  }
  const long = 'a'.repeat(130)
  assert.equal(line(lab, made.new, `/PLUGINS=${long}`), EXIT.path)
  assert(reason(lab).includes(`: ${lab.machine.pathOf(join(lab.work, long))}.`), reason(lab))
}

function refusedWithout(lab: Laboratory, made: Made): void {
  for (const flags of ['/RESELLER=', '/RESELLER', '/RESELLER=maybe', '/RESELLER=on /RESELLER=off'])
    assert.equal(line(lab, made.new, flags), EXIT.reseller, flags)
  for (const [flags, word] of [
    ['/BOGUS', '/BOGUS'],
    ['/PLUGIN=C:\\x', '/PLUGIN=C:\\x'],
    ['/PLUGINS=C:\\Host Folder\\plugins', 'Folder\\plugins'],
    ['/PLUGINS=', '/PLUGINS='],
    ['/PLUGINS=C:\\a /PLUGINS=C:\\b', '/PLUGINS=C:\\b'],
    ['/PURGE', '/PURGE'],
  ] as const) {
    assert.equal(line(lab, made.new, flags), EXIT.flag, flags)
    assert(reason(lab).includes(`: ${word}.`), `${flags}: ${reason(lab)}`)
  }
}

async function onePass(lab: Laboratory, made: Made, say: (text: string) => void): Promise<void> {
  const { machine, work, local } = lab
  assert.equal(line(lab, made.new, ''), EXIT.done)
  assert(existsSync(join(local, 'Programs/MyiTero host/plugins/myitero-import/plugin.json')))
  const home = join(ofLength(lab, LONGEST), 'myitero-import')
  const file = join(work, 'Re seller/r.json')
  const path = (of: string) => machine.pathOf(of)
  assert.equal(line(lab, made.new, `"/PLUGINS=${path(ofLength(lab, LONGEST + 1))}"`), EXIT.path)
  assert(reason(lab).includes(` ${LONGEST} `), reason(lab))
  const flags = `/RESELLER=ON "/RESELLERFILE=${path(file)}" /PLUGINS="${path(dirname(home)).replaceAll('\\', '/')}"`
  mkdirSync(dirname(file))
  assert.equal(line(lab, made.new, flags), EXIT.done)
  assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')).features, { myitero: 'on' })
  assert(existsSync(join(home, 'plugin.json')))
  assert.equal(reason(lab).trim().split('\n').length, 1)
  assert(reason(lab).includes(path(home)), reason(lab))
  assert.deepEqual(readdirSync(join(local, 'Programs')), [])
  say('where it stood before nothing is left, no folder either; the log tells of the last run alone')
  assert.equal(line(lab, made.new, `"/PLUGINS=${path(home)}"`), EXIT.done)
  assert.deepEqual(readdirSync(home).toSorted(), ['myitero.cmd', 'plugin.json', 'program-2', 'uninstall.exe'])
  assert.match(registered(lab), /myitero-import\r?\n/)
  say('named the plugin’s own folder, it is installed in that and not in another within')

  const ledger = join(local, 'MyiTero import/ledgers/held.sqlite')
  mkdirSync(dirname(ledger), { recursive: true })
  writeFileSync(join(dirname(ledger), 'list.json'), '[]')
  assert.equal(uninstall(lab, home, '/PURG'), EXIT.flag)
  const reader = await hold(lab, 'database', ledger)
  assert.equal(uninstall(lab, home, '/PURGE'), EXIT.failed)
  assert(reason(lab).includes('held.sqlite'), reason(lab))
  assert(existsSync(join(dirname(ledger), 'list.json')))
  assert(existsSync(join(home, 'plugin.json')))
  await reader.letGo()
  const library = 'program-2/node_modules/@koromix/koffi-win32-x64/win32_x64/koffi.node'
  const user = await hold(lab, 'library', join(home, library))
  assert.equal(uninstall(lab, home, '/PURGE'), EXIT.failed)
  assert(reason(lab).includes('program-2'), reason(lab))
  assert.notEqual(registered(lab), '')
  await user.letGo()
  assert.equal(existsSync(join(local, 'MyiTero import')), false)
  assert.equal(uninstall(lab, home), EXIT.done)
  assert.equal(registered(lab), '')
  assert.deepEqual(readdirSync(home), ['uninstall.exe'])
  say(
    'data or a program that somebody has open is named, the data stay whole, and the next uninstalling ends it',
  )
}

/** Characters of a plugin folder's path, as docs/windows.md has them. */
const LONGEST = 115

/** A plugin folder that is not there yet, whose path has so many characters on the machine. */
function ofLength({ machine, work }: Laboratory, characters: number): string {
  const without = machine.pathOf(join(work, 'made for it', 'plugins')).length
  return join(work, `made for it${'x'.repeat(characters - without)}`, 'plugins')
}

async function hold({ machine, work }: Laboratory, kind: 'database' | 'library', file: string) {
  const place = mkdtempSync(join(work, 'hold-'))
  const [ready, stop] = [join(place, 'ready'), join(place, 'stop')]
  const args = [kind, ...[file, ready, stop].map((path) => machine.pathOf(path))]
  const holder = machine.start('test/windows/hold.ts', args, join(place, 'out.txt'))
  await until(() => existsSync(ready), `${file} is open`)
  return {
    async letGo() {
      writeFileSync(stop, '')
      await holder.ended
    },
  }
}
