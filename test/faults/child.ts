import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { randomOf } from '../../fixtures/exports/random.ts'
import type { Secrets } from '../../plugin/secrets.ts'
import type { Call, ChildSetup, Told } from './child-plugin.ts'
import { faultyDisk } from './faulty-disk.ts'
import { startPlugin } from './plugin.ts'

/** The plugin's rooms in a process that can be killed. */
const setup = JSON.parse(process.argv[2] ?? '{}') as ChildSetup
const say = (told: Told) => process.send?.(told)
const disk = faultyDisk(randomOf(1, 'disk', setup.folder))
const plugin = await startPlugin({
  ...setup,
  disk: disk.disk,
  secrets: fileSecrets(join(setup.folder, 'keychain')),
  onSession: (state) => say({ kind: 'session', state }),
})
process.on('message', async (call: Call) => {
  try {
    say({ kind: 'done', call: call.call, result: await carriedOut(call), error: null })
  } catch (error) {
    say({ kind: 'done', call: call.call, result: null, error: String(error) })
  }
})
say({ kind: 'ready' })

async function carriedOut(call: Call): Promise<unknown> {
  switch (call.what) {
    case 'pause':
      return plugin.pause(call.on)
    case 'finish':
      return plugin.finish(call.there)
    case 'trouble':
      if (call.trouble === null) disk.heal()
      else disk.trouble(call.trouble)
      return null
    default:
      return plugin[call.what]()
  }
}

/** In the keychain's place: made-up tokens of a made-up cloud, whole or not at all, like the system's own. */
function fileSecrets(path: string): Secrets {
  const nameOf = (name: string) => `${path}-${Buffer.from(name).toString('base64url').slice(-40)}`
  return {
    kept: 'keychain',
    read: (name) => readFile(nameOf(name), 'utf8').catch(() => null),
    async write(name, value) {
      await writeFile(`${nameOf(name)}.new`, value)
      await rename(`${nameOf(name)}.new`, nameOf(name))
    },
    remove: (name) => rm(nameOf(name), { force: true }),
  }
}
