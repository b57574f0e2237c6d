import { readFile } from 'node:fs/promises'
import { Ajv } from 'ajv'
import t from 'tap'
import { paramsFit, resultFits } from '../../bridge/check.ts'
import { EXAMPLES } from '../../bridge/examples.ts'
import { proof } from '../../bridge/handshake.ts'
import { MESSAGES, type Method } from '../../bridge/protocol.ts'
import { bridgeSchema } from '../../bridge/reference.ts'
import { renewed } from '../../bridge/write-reference.ts'
import { EXPORTS_ACCOUNT } from '../../plugin/installation.ts'

const METHODS = Object.keys(MESSAGES) as Method[]
const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8')
const validator = async () => {
  const ajv = new Ajv({ strict: false })
  ajv.addSchema(JSON.parse(await read('schemas/bridge.schema.json')), 'bridge')
  return ajv
}

t.test('the schema is what `npm run schemas` writes', async (t) => {
  t.equal(await read('schemas/bridge.schema.json'), bridgeSchema())
})

t.test('the page is what `npm run schemas` writes', async (t) => {
  const page = await read('docs/bridge.md')
  t.equal(page, renewed(page))
  for (const method of METHODS) t.ok(page.includes(`#### \`${method}\``), method)
})

t.test('the page’s worked proofs are right', async (t) => {
  const page = await read('docs/bridge.md')
  for (const side of ['host', 'plugin'] as const) {
    t.ok(page.includes(proof('0'.repeat(64), side, 1, '1'.repeat(64), '2'.repeat(64))), side)
  }
})

t.test('the page’s frame is what node-ipc writes', async (t) => {
  const page = await read('docs/bridge.md')
  const hex = /^(7b(?: [0-9a-f]{2})+)/m.exec(page)?.[1] ?? ''
  t.equal(Buffer.from(hex.replaceAll(' ', ''), 'hex').toString(), '{"type":"myitero.rpc","data":')
})

for (const method of METHODS) {
  t.test(`${method}: its example fits the declaration and the written schema alike`, async (t) => {
    const ajv = await validator()
    const example: { readonly params: unknown; readonly result?: unknown } = EXAMPLES[method]
    const id = MESSAGES[method].kind === 'request' ? { id: 7 } : {}
    t.ok(paramsFit(method, example.params))
    const whole = ajv.getSchema('bridge')
    t.ok(whole?.({ jsonrpc: '2.0', ...id, method, params: example.params }), JSON.stringify(whole?.errors))
    t.notOk(whole?.({ jsonrpc: '2.0', ...id, method: `${method}x`, params: example.params }))
    if (MESSAGES[method].kind !== 'request') return
    t.ok(resultFits(method, example.result))
    const pointer = `${method} result`.replaceAll('/', '~1').replaceAll(' ', '%20')
    t.ok(ajv.getSchema(`bridge#/definitions/${pointer}`)?.(example.result))
  })
}

t.test('the orders of the examples are of the account that an export folder is', (t) => {
  for (const [method, example] of Object.entries(EXAMPLES)) {
    if (!method.startsWith('orders/')) continue
    const accounts = JSON.stringify(example).matchAll(/"account":"([^"]*)"/g)
    for (const [, account] of accounts) t.equal(account, EXPORTS_ACCOUNT, method)
  }
  t.end()
})

t.test('a notification has no result', async (t) => {
  t.notOk(resultFits('mappings/changed', {}))
})
