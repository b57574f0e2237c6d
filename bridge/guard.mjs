// Loaded by the host before any code of the plugin: closes what Node's permission model leaves open (docs/bridge.md).
// In JavaScript, and all that it uses taken now: what comes later may put its own in place of anything that it can reach.
import { realpathSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'
import { basename, dirname, join, resolve, sep } from 'node:path'

// Not imported: Node would keep the unguarded names for every later import (seen in 24.21).
const sqlite = process.getBuiltinModule('node:sqlite')
const v8 = process.getBuiltinModule('node:v8')
const { apply, construct } = Reflect
const { isView } = ArrayBuffer
const { indexOf, slice, startsWith, toLowerCase } = String.prototype
const { decodeURIComponent: decoded, encodeURIComponent: encoded } = globalThis
const { chdir, cwd, _kill: kill, pid: ownPid, platform } = process
const { native: realpath } = realpathSync
const decode = TextDecoder.prototype.decode.bind(new TextDecoder('utf-8', { ignoreBOM: true }))
const { has } = process.permission ?? { has: () => true }
// What the host lets through of native code: folders that the plugin does not write to. Nobody reads it again.
const native = JSON.parse(process.env['BRIDGE_NATIVE_CODE'] ?? '[]')
delete process.env['BRIDGE_NATIVE_CODE']
// Each of them leads around everything here: better no plugin at all.
const closed = ['child', 'inspector', 'wasi', 'worker', ...(native.length > 0 ? [] : ['addon'])]
if (closed.some((scope) => has(scope))) {
  throw new Error('Started with too many permissions, or without --permission (docs/bridge.md).')
}

/** For good: neither assigned nor defined anew. */
const lock = (object, name, value) =>
  Object.defineProperty(object, name, { value, writable: false, configurable: false })

function refuse(permission, resource) {
  const facts = { code: 'ERR_ACCESS_DENIED', permission, resource }
  throw Object.assign(new Error('Access to this API has been restricted by the host.'), facts)
}

guardSqlite()
guardPipes()
guardProcess()
guardNativeCode()
syncBuiltinESMExports()

/** SQLite opens files by itself: only where the plugin may write, or read what is not written meanwhile. */
function guardSqlite() {
  const { DatabaseSync: Unguarded, backup, constants } = sqlite
  const { prototype } = Unguarded
  // From Node 24.10 on; before, nothing holds `attach`.
  const { setAuthorizer } = prototype
  const { SQLITE_ATTACH: ATTACH, SQLITE_PRAGMA: PRAGMA, SQLITE_OK: OK, SQLITE_DENY: DENY } = constants

  // By its constructor alone: no moment in which the plugin has it open and not yet guarded.
  function DatabaseSync(path, options) {
    // Read once, and nothing inherited: a getter could answer differently the second time.
    const own = typeof options === 'object' && options !== null ? { __proto__: null, ...options } : options
    const file = openable(path, own?.readOnly === true)
    const database = construct(Unguarded, own === undefined ? [file] : [file, own], new.target)
    if (own?.open !== false && setAuthorizer) apply(setAuthorizer, database, [authorize])
    return database
  }

  /** Another file by its name in SQL, also by `vacuum into`, and the folder of temporary files. */
  function authorize(action, subject, value) {
    if (action === ATTACH) return subject === '' || subject === ':memory:' ? OK : DENY
    if (action !== PRAGMA || value === null) return OK
    const pragma = apply(toLowerCase, subject, [])
    return pragma === 'temp_store_directory' || pragma === 'data_store_directory' ? DENY : OK
  }

  lock(DatabaseSync, 'prototype', prototype)
  lock(prototype, 'constructor', DatabaseSync)
  lock(prototype, 'open', () => refuse('FileSystemWrite', 'open'))
  if (setAuthorizer) {
    lock(prototype, 'setAuthorizer', function (theirs) {
      const both = (...asked) => apply(authorize, null, asked) || apply(theirs, null, asked)
      apply(setAuthorizer, this, [typeof theirs === 'function' ? both : authorize])
    })
  }
  const backUp = (source, path, options) => backup(source, openable(path, false), options ?? {})
  const kept = { StatementSync: sqlite.StatementSync, Session: sqlite.Session, constants }
  // Nothing else: what a later Node opens a file with would be a new door.
  for (const name in sqlite) lock(sqlite, name, { ...kept, DatabaseSync, backup: backUp }[name])
}

/** What SQLite may open in the place of `path`, behind all links; undefined is for Node to complain about. */
function openable(path, readOnly) {
  const text = typeof path === 'string' ? path : isView(path) ? decode(path) : path?.href
  const isUri = typeof text === 'string' && apply(startsWith, text, ['file:'])
  if (!isUri && typeof path !== 'string' && !isView(path)) return undefined
  const { name, query } = isUri ? parts(text) : { name: text, query: '' }
  // SQLite would read on to the zero alone.
  if (apply(indexOf, name, ['\0']) >= 0) return undefined
  const as = (file) => (isUri ? `file:${encoded(file)}${query}` : file)
  if (name === '' || name === ':memory:') return as(name)
  const file = behindLinks(resolve(cwd(), name))
  if (has('fs.write', file)) return as(file)
  if (!readOnly) refuse('FileSystemWrite', file)
  if (!has('fs.read', file)) refuse('FileSystemRead', file)
  // Otherwise SQLite makes `-wal` and `-shm` beside it, even to read.
  return `file:${encoded(file)}?immutable=1`
}

/** As SQLite takes a URI apart: a host that is empty or this one, the path, the query, and no fragment. */
function parts(uri) {
  const rest = apply(slice, uri, [5, apply(indexOf, `${uri}#`, ['#'])])
  const mark = apply(indexOf, `${rest}?`, ['?'])
  let name = apply(slice, rest, [0, mark])
  const query = apply(slice, rest, [mark])
  if (apply(startsWith, name, ['//'])) {
    const root = apply(indexOf, name, ['/', 2])
    const host = apply(slice, name, [2, root])
    if (root < 0 || (host !== '' && host !== 'localhost')) refuse('FileSystemRead', uri)
    name = apply(slice, name, [root])
  }
  name = decoded(name)
  const hasDrive = platform === 'win32' && name[0] === '/' && name[2] === ':'
  return { name: hasDrive ? apply(slice, name, [1]) : name, query }
}

function behindLinks(file) {
  try {
    return realpath(file)
  } catch {}
  try {
    return join(realpath(dirname(file)), basename(file))
  } catch {
    return file
  }
}

/** To listen on a path makes a file of it. The plugin only connects. */
function guardPipes() {
  const socket = new net.Socket()
  try {
    // Has its handle before it looks at the path: the only way to what all pipes are made of.
    socket.connect({ path: 1 })
  } catch {}
  const { constructor: Pipe } = socket._handle
  lock(Pipe.prototype, 'bind', (path) => refuse('FileSystemWrite', path))
  socket.destroy()
}

function guardProcess() {
  // SIGUSR1 opens the host's own debugger to everybody on this machine.
  lock(process, '_kill', (pid, signal) =>
    signal === 0 || pid === ownPid ? apply(kill, process, [pid, signal]) : refuse('ChildProcess', pid),
  )
  lock(process, '_debugProcess', (pid) => refuse('ChildProcess', pid))
  // What Node and V8 write by themselves (traces, heap snapshots) goes to the working folder.
  const change = (folder) =>
    has('fs.write', folder) ? apply(chdir, process, [folder]) : refuse('FileSystemWrite', folder)
  // An accessor: Node assigns to it when it loads its threads.
  Object.defineProperty(process, 'chdir', { get: () => change, set() {}, configurable: false })
  // V8 writes its traces to any file.
  lock(v8, 'setFlagsFromString', (flags) => refuse('FileSystemWrite', flags))
}

/** It has every right of the user: that of the packages alone which the manifest names, and as they were installed. */
function guardNativeCode() {
  const { dlopen } = process
  // Closed by Node only as long as it permits no native code at all.
  lock(process, '_linkedBinding', (name) => refuse('Addon', name))
  lock(process, 'dlopen', (module, path, ...flags) => {
    const file = behindLinks(resolve(cwd(), `${path}`))
    let own = false
    for (let at = 0; at < native.length; at++) own ||= apply(startsWith, file, [native[at] + sep])
    if (!own || has('fs.write', file)) refuse('Addon', file)
    return apply(dlopen, process, [module, file, ...flags])
  })
}
