import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { readBootstrap } from '../bridge/bootstrap.ts'
import { BridgeError } from '../bridge/errors.ts'
import { connectToHost } from '../bridge/plugin.ts'
import { createConnector } from './connector.ts'
import { openLog } from './log.ts'
import { systemSecrets } from './secrets.ts'

/** As plugin.json says. */
const KEYCHAIN_SERVICE = 'MyiTero import'

/** Joins the bridge to the connector until the host stops it or is gone. Gives the exit code: 0, or 1 where it was started by no host. */
export async function main(input: Readable): Promise<number> {
  const reading = readBootstrap(input)
  // The launcher has looked at it, and paused it.
  input.resume()
  const started = await reading.catch(() => null)
  if (started === null) {
    process.stderr.write('This is a plugin: a host starts it (docs/bridge.md).\n')
    return 1
  }
  const { bootstrap, hostGone } = started
  const log = openLog(join(bootstrap.dataFolder, 'log'), Date.now)
  const end = (thrown: unknown) => {
    // Not printed: a message may hold a name.
    log.fault(thrown)
    process.exit(70)
  }
  process.on('uncaughtException', end)
  process.on('unhandledRejection', end)
  log.note('started')

  const connector = createConnector({
    dataFolder: bootstrap.dataFolder,
    log,
    clock: Date.now,
    secrets: systemSecrets(KEYCHAIN_SERVICE),
    afterCrash: bootstrap.afterCrash ?? false,
  })
  const connection = connectToHost({
    bootstrap,
    hostGone,
    handlers: connector.handlers,
    onConnected: connector.connected,
    onFault(fault) {
      if (fault instanceof BridgeError) log.note('fault', { reason: fault.code })
      else log.fault(fault)
    },
  })
  // A Ctrl-C in the host's terminal, or its closing, reaches this process too: the host decides, and says so, or its end does.
  for (const signal of ['SIGINT', 'SIGHUP', 'SIGBREAK'] as const) process.on(signal, () => {})
  process.on('SIGTERM', () => void connector.stop())
  void connection.ended.then(connector.stop)
  await connector.stopped
  // The answer to `plugin/stop` is on its way first.
  await new Promise((resolve) => setImmediate(resolve))
  connection.close()
  await connection.ended
  started.release()
  log.close()
  return 0
}
