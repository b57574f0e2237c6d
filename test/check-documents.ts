import { text } from 'node:stream/consumers'
import type { Written } from './written-documents.ts'
import { faultsOf } from './xsd.ts'

/** Validates the documents that a run hands over on its standard input; exit 1, and what is wrong where, if one is not valid. */
const AT_ONCE = 100

const documents: readonly Written[] = JSON.parse(await text(process.stdin))
for (const schema of new Set(documents.map((each) => each.schema))) {
  const own = documents.filter((each) => each.schema === schema)
  for (let from = 0; from < own.length; from += AT_ONCE) {
    const some = own.slice(from, from + AT_ONCE)
    if ((await faultsOf(schema, ...some.map(bytesOf))).length > 0) await nameThem(some)
  }
}

async function nameThem(some: readonly Written[]): Promise<void> {
  for (const document of some) {
    const faults = await faultsOf(document.schema, bytesOf(document))
    if (faults.length === 0) continue
    process.exitCode = 1
    const told = [`not valid against ${document.schema}.xsd: ${document.path}`, ...faults]
    process.stderr.write(`${told.join('\n    ')}\n`)
  }
}

function bytesOf({ content }: Written): Uint8Array {
  return Buffer.from(content, 'base64')
}
