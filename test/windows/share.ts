import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { dirname, join, win32 } from 'node:path'
import { hosted, oneCase } from './hosted-case.ts'
import { byItself, type WindowsMachine } from './wine.ts'
import { inWorkFolder } from './work-folder.ts'

/**
 * Case folder and export folder on a share, `\\server\share`, for a plugin under the permissions that a host gives: an
 * export becomes a case there. A ledger there, and a case folder whose path is too long for other programs, are refused. And
 * both folders on a drive of another file system than the plugin's own data, and an export folder over Windows' old limit.
 */
export function tryShare(machine: WindowsMachine, say: (text: string) => void): Promise<void> {
  return inWorkFolder('share-test', async (work) => {
    const folder = join(work, 'Dental')
    await oneCase(machine, folder, shared(machine, folder), join(work, 'own'))
    say('an export on a share becomes a case on a share, under the permissions that a host gives')

    const volume = mkdtempSync(join('/dev/shm', 'myitero-volume-'))
    try {
      assert.notEqual(statSync(volume).dev, statSync(work).dev)
      await oneCase(machine, volume, drive(machine, volume), join(work, 'beside'))
    } finally {
      rmSync(volume, { recursive: true, force: true })
    }
    say('and on a drive of another volume than the plugin’s own data')

    const deep = join(work, ...['b', 'c', 'd'].map((letter) => letter.repeat(90)))
    mkdirSync(deep, { recursive: true })
    const near = join(work, 'near')
    await oneCase(machine, near, machine.pathOf(near), join(work, 'deep'), deep)
    say(`and out of an export folder whose path has ${machine.pathOf(deep).length} characters`)

    const own = join(work, 'data.txt')
    const onShare = ['orders', '--into', shared(machine, folder, 'cases'), '--data', shared(machine, folder)]
    const asked = machine.start('plugin/terminal/start.js', [...onShare, '--language', 'en'], own)
    assert.equal(await asked.ended, 4)
    assert.match(readFileSync(own, 'utf8'), /order ledger.*labserver.*on a share/)
    say('a ledger on a share is refused in plain words')

    const long = join(work, 'a'.repeat(90))
    for (const name of ['cases', 'exports']) mkdirSync(join(long, name), { recursive: true })
    const refused = await hosted(machine, machine.pathOf(long), join(work, 'long'))
    assert.match(refused, /"state":"attention","failure":\{"code":"case-folder-path-too-long"/)
    assert.deepEqual(readdirSync(join(long, 'cases')), [])
    say('a case folder whose path is too long for other programs is refused in plain words')
  })
}

/** Makes a folder a share of a server, as Wine knows them, and gives its name. */
function shared(machine: WindowsMachine, folder: string, below = ''): string {
  const server = join(devices(machine), 'unc/labserver')
  mkdirSync(server, { recursive: true })
  rmSync(join(server, 'dental'), { force: true })
  symlinkSync(folder, join(server, 'dental'))
  return win32.join('\\\\labserver\\dental', below)
}

/** Makes a folder a drive, and gives its name. */
function drive(machine: WindowsMachine, folder: string): string {
  symlinkSync(folder, join(devices(machine), 'v:'))
  return 'V:\\'
}

/** Where Wine keeps its drives. */
function devices(machine: WindowsMachine): string {
  return dirname(machine.run('winepath', ['-u', 'C:\\']).toString().trim().replace(/\/$/, ''))
}

if (import.meta.main) await byItself(tryShare)
