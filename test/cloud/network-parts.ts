import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, createServer as createNetServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'

/** Of the user `lab` at the proxy. */
export const PASSWORD = 'made-up-password'

/** Certificates by openssl: an authority of the laboratory's own, and what it signed. */
export function authority(t: Test) {
  const folder = mkdtempSync(join(tmpdir(), 'authority-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const at = (name: string) => join(folder, name)
  const openssl = (...words: string[]) => execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' })
  const key = ['-newkey', 'rsa:2048', '-nodes']
  openssl(
    'req',
    '-x509',
    ...key,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '2',
    '-subj',
    '/CN=Made-up CA',
  )
  return {
    file: at('ca.pem'),
    signed(name: string, ...more: string[]) {
      writeFileSync(at('names'), `subjectAltName=DNS:${name}`)
      openssl('req', ...key, '-keyout', 's.key', '-out', 's.csr', '-subj', `/CN=${name}`)
      const ca = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial']
      openssl('x509', '-req', '-in', 's.csr', ...ca, '-out', 's.pem', '-extfile', 'names', ...more)
      return { key: readFileSync(at('s.key')), cert: readFileSync(at('s.pem')) }
    },
  }
}

export async function serving(t: Test, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** A real forward proxy for one host, with user and password. It looks names up itself: what stands for the cloud's host is one more proxy behind it. */
export async function tinyproxy(t: Test, cloud: number, host: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'proxy-'))
  const port = await freePort()
  const upstream = await redirecting(t, cloud)
  writeFileSync(
    join(folder, 'conf'),
    [
      `Port ${port}`,
      'Listen 127.0.0.1',
      'Timeout 5',
      `BasicAuth lab ${PASSWORD}`,
      `ConnectPort ${cloud}`,
      `Upstream http 127.0.0.1:${upstream} "${host}"`,
    ].join('\n'),
  )
  const child = spawn('tinyproxy', ['-d', '-c', join(folder, 'conf')], { stdio: 'ignore' })
  t.teardown(() => {
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })
  await listening(port, child)
  return port
}

/** Stands for the name service: every CONNECT ends at the one cloud. */
async function redirecting(t: Test, cloud: number): Promise<number> {
  const server = createServer()
  server.on('connect', (_, socket, head) => {
    const to = connect(cloud, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      to.write(head)
      to.pipe(socket).pipe(to)
    })
    for (const each of [to, socket]) each.on('error', () => to.destroy())
  })
  return serving(t, server)
}

async function freePort(): Promise<number> {
  const server = createNetServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    const there = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false))
      socket.on('connect', () => socket.destroy())
    })
    if (there) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error('the proxy did not start')
}
