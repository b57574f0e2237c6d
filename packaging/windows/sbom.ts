import { createHash } from 'node:crypto'
import { RUNTIME } from './licences.ts'

interface Bom {
  readonly metadata: Readonly<Record<string, unknown>> & {
    readonly component: Readonly<Record<string, unknown>>
  }
  readonly components: readonly Component[]
  readonly dependencies: readonly {
    readonly ref: string
    readonly dependsOn?: readonly string[] | undefined
  }[]
}

type Component = Readonly<Record<string, unknown>> & { readonly 'bom-ref': string; readonly name: string }

/**
 * npm's bill of materials, the same for the same packages: in order, with a number that comes of its content, the time of
 * the sources (seconds since the epoch), and without the folder in which it was made. For the package that brought node.exe
 * stands Node.js itself, with the hash of the file that is there, and NSIS is added where an installer is made; what is there
 * is none that could be left out.
 */
export function settledBom(text: string, { name, epoch, node, nsis }: BomOptions): object {
  const bom = withNsis(withNode(JSON.parse(text), node), nsis)
  const { tools: _, ...metadata } = bom.metadata
  const settled = {
    ...bom,
    serialNumber: '',
    metadata: {
      ...metadata,
      timestamp: new Date(epoch * 1000).toISOString(),
      component: { ...metadata.component, name, type: 'application' },
    },
    components: bom.components.toSorted((a, b) => inOrder(a['bom-ref'], b['bom-ref'])),
    dependencies: bom.dependencies.toSorted((a, b) => inOrder(a.ref, b.ref)),
  }
  return { ...settled, serialNumber: `urn:uuid:${uuidOf(JSON.stringify(settled))}` }
}

export interface BomOptions {
  /** Of the plugin. */
  readonly name: string
  /** Seconds since the epoch. */
  readonly epoch: number
  /** node.exe as it is packed. */
  readonly node: Uint8Array
  /** Version; null: no installer is made of it. */
  readonly nsis: string | null
}

function withNode(bom: Bom, node: Uint8Array): Bom {
  const runtime = bom.components.find((one) => one.name === RUNTIME)
  if (runtime === undefined) throw new Error(`${RUNTIME} is not among the components`)
  // The one that is packed may be another than the lock file's: Wine takes an older one.
  const version = versionOf(node)
  const own = {
    'bom-ref': `node@${version}`,
    type: 'platform',
    name: 'Node.js',
    version,
    scope: 'required',
    description: 'The JavaScript runtime, program/node.exe',
    purl: `pkg:generic/node@${version}`,
    cpe: `cpe:2.3:a:nodejs:node.js:${version}:*:*:*:*:*:*:*`,
    hashes: [
      { alg: 'SHA-256', content: hashOf('sha256', node) },
      { alg: 'SHA-512', content: hashOf('sha512', node) },
    ],
    licenses: [{ license: { id: 'MIT' } }],
    externalReferences: [{ type: 'website', url: 'https://nodejs.org/' }],
  }
  const ref = (one: string) => (one === runtime['bom-ref'] ? own['bom-ref'] : one)
  return {
    ...bom,
    components: bom.components.map((one) => (one === runtime ? own : { ...one, scope: 'required' })),
    dependencies: bom.dependencies.map((one) => ({
      ...one,
      ref: ref(one.ref),
      dependsOn: one.dependsOn?.map(ref),
    })),
  }
}

/** Its code is in the installer and in the uninstall.exe that it writes. */
function withNsis(bom: Bom, version: string | null): Bom {
  if (version === null) return bom
  const own = {
    'bom-ref': `nsis@${version}`,
    type: 'application',
    name: 'NSIS',
    version,
    scope: 'required',
    description: 'What setup and uninstall.exe are made of',
    purl: `pkg:generic/nsis@${encodeURIComponent(version)}`,
    licenses: [{ license: { id: 'Zlib' } }],
    externalReferences: [{ type: 'website', url: 'https://nsis.sourceforge.io/' }],
  }
  const dependencies = [...bom.dependencies, { ref: own['bom-ref'] }]
  return { ...bom, components: [...bom.components, own], dependencies }
}

/** As the program itself says it of its release. */
function versionOf(node: Uint8Array): string {
  const text = Buffer.from(node.buffer, node.byteOffset, node.byteLength)
  const at = text.indexOf('https://nodejs.org/download/release/v')
  const found = /\/v(\d+\.\d+\.\d+)\//.exec(text.toString('latin1', at, at + 80))
  if (at < 0 || found?.[1] === undefined) throw new Error('node.exe does not tell its version')
  return found[1]
}

const hashOf = (kind: 'sha256' | 'sha512', bytes: Uint8Array) => createHash(kind).update(bytes).digest('hex')

const inOrder = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** Version 8 of RFC 9562: bits of our own choice. [V] */
function uuidOf(text: string): string {
  const hash = createHash('sha256').update(text).digest('hex')
  const variant = ((Number.parseInt(hash.charAt(16), 16) & 3) | 8).toString(16)
  const parts = [hash.slice(0, 8), hash.slice(8, 12), `8${hash.slice(13, 16)}`, variant + hash.slice(17, 20)]
  return [...parts, hash.slice(20, 32)].join('-')
}
