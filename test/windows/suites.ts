import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './packages.ts'

export interface Suite {
  readonly name: string
  readonly files: readonly string[]
}

const testsIn = (folder: string) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => `${folder}/${name}`)

const NAMING = ['test/casefile/naming.test.ts', 'test/casefile/file-names.test.ts']

/** What runs under Windows' Node. */
export const suites = (): readonly Suite[] => [
  { name: 'naming', files: NAMING },
  { name: 'publishing', files: testsIn('test/casefile').filter((file) => !NAMING.includes(file)) },
  { name: 'ledger', files: testsIn('test/ledger') },
  { name: 'bridge', files: testsIn('test/bridge') },
  { name: 'secrets', files: ['test/secrets.test.ts', 'test/windows/credential-manager.ts'] },
]

export interface LeftOut {
  readonly file: string
  /** Name of a test at the top of its file; null: the whole file. */
  readonly test: string | null
  readonly because: string
}

const LINKS = 'Wine 8 makes no symbolic links, and says that it did'
const SOCKETS = 'about files of sockets, which pipes of Windows are not'

/** What does not run there, and why. Nothing else is left out, but for what a test says itself. */
export const LEFT_OUT: readonly LeftOut[] = [
  {
    file: 'test/casefile/publish.test.ts',
    test: 'a link that leads nowhere at its name is never touched',
    because: LINKS,
  },
  {
    file: 'test/casefile/publish.test.ts',
    test: 'a link to a case of ours outside the case folder counts as that case',
    because: LINKS,
  },
  {
    file: 'test/casefile/publish-failures.test.ts',
    test: 'what is told to be already there outlives a power cut, also where its own run died unflushed',
    because: 'Windows flushes no folder',
  },
  {
    file: 'test/ledger/many.test.ts',
    test: null,
    because: 'measures a million rows, against goals of this system',
  },
  ...[
    'a folder whose path is too long for a socket is passed over',
    'a folder that is not there or not to be written to is passed over',
    'what is not ours, or may still come alive, is not cleared away',
  ].map((test) => ({ file: 'test/bridge/address.test.ts', test, because: SOCKETS })),
  {
    file: 'test/bridge/permissions.test.ts',
    test: 'a case folder behind a link is written to by either name',
    because: LINKS,
  },
  {
    file: 'test/bridge/dependency.test.ts',
    test: 'no other version is installed anywhere',
    because: 'the machine has the packages of this tree by links, which it does not walk',
  },
  {
    file: 'test/bridge/plugin.test.ts',
    test: 'a pipe whose name is taken cannot be served',
    because: 'Wine 8 lets two serve pipes of one name, which Windows refuses',
  },
  { file: 'test/bridge/python-host.test.ts', test: null, because: 'there is no Python in Wine' },
]
