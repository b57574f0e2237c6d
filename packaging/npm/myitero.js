#!/usr/bin/env node
// In old words, and nothing imported that an old Node lacks: it has to come as far as to say what is needed.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const [major, minor] = process.versions.node.split('.').map(Number)
const start = new URL('../plugin/terminal/start.js', import.meta.url)

if (major > 22 || (major === 22 && minor >= 22)) await import(start.href)
else {
  const runtime = pinnedNode()
  if (runtime === null) {
    process.stderr.write(
      `MyiTero import needs Node.js 22.22 or newer; this is ${process.versions.node}.\n` +
        `MyiTero-Import braucht Node.js 22.22 oder neuer; dies ist ${process.versions.node}.\n`,
    )
    process.exitCode = 1
  } else runOn(runtime)
}

/** The one that npm installed with this package, where there is one for this system. */
function pinnedNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform
  try {
    const folder = createRequire(import.meta.url).resolve(`node-${platform}-${process.arch}/package.json`)
    const file = platform === 'win' ? 'bin/node.exe' : 'bin/node'
    return join(dirname(folder), file)
  } catch {
    return null
  }
}

function runOn(runtime) {
  // As little memory as it does with.
  const flags = ['--max-semi-space-size=1', '--v8-pool-size=1', '--no-maglev']
  const child = spawn(runtime, [...flags, fileURLToPath(start), ...process.argv.slice(2)], {
    stdio: 'inherit',
  })
  // A terminal's Ctrl-C reaches the child by itself; what is sent to this process alone is handed on.
  process.on('SIGINT', () => {})
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    process.exit(code === null ? 128 + (constants.signals[signal] || 0) : code)
  })
}
