import { access, readFile } from 'node:fs/promises'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import t from 'tap'
import { parse } from 'yaml'
import { wireTypes } from '../../fixtures/cloud/write-wire.ts'

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8')
const yaml = await read('schemas/lab-connector.openapi.yaml')
const document = parse(yaml)

t.test('the document is OpenAPI 3.1 in the eyes of its own schema', async (t) => {
  const validator = new Validator()
  const { valid, errors } = await validator.validate(structuredClone(document))
  t.same(errors ?? [], [])
  t.equal(valid, true)
  t.equal(validator.version, '3.1')
})

t.test(
  'every schema of it compiles in strict mode, and every text, list and number has a bound',
  async (t) => {
    const ajv = new Ajv2020({ strict: true, allErrors: true })
    ajv.addKeyword('x-origin')
    for (const [name, schema] of Object.entries(document.components.schemas))
      ajv.addSchema({ ...(schema as object), $id: `/components/schemas/${name}` })
    const unbounded: string[] = []
    const look = (schema: unknown, path: string): void => {
      if (schema === null || typeof schema !== 'object') return
      const { type, maxLength, maxItems, maximum } = schema as Record<string, unknown>
      const types = [type].flat()
      if (types.includes('string') && maxLength === undefined) unbounded.push(path)
      if (types.includes('array') && maxItems === undefined) unbounded.push(path)
      if (types.includes('integer') && maximum === undefined) unbounded.push(path)
      for (const [key, below] of Object.entries(schema)) look(below, `${path}/${key}`)
    }
    look(document, '')
    t.same(unbounded, [])
    for (const name of Object.keys(document.components.schemas)) {
      const local = JSON.parse(
        JSON.stringify({ $ref: `#/components/schemas/${name}`, components: document.components }),
      )
      t.doesNotThrow(() => new Ajv2020({ strict: false }).compile(local), name)
    }
  },
)

t.test('every operation and every object of the wire says whose it is', async (t) => {
  const owners = new Set(['ours', 'shape'])
  const silent: string[] = []
  for (const [path, item] of Object.entries({ ...document.paths, ...document.webhooks }))
    for (const [method, operation] of Object.entries(item as Record<string, Record<string, unknown>>))
      if (['get', 'put', 'post', 'delete'].includes(method) && !owners.has(operation['x-origin'] as string))
        silent.push(`${method} ${path}`)
  for (const [name, schema] of Object.entries(document.components.schemas as Record<string, object>))
    if ('properties' in schema && !owners.has((schema as Record<string, string>)['x-origin'] ?? ''))
      silent.push(name)
  t.same(silent, [])
})

t.test('the types in the tree are what `npm run wire` writes', async (t) => {
  const path = 'plugin/cloud/wire.d.ts'
  const there = await access(new URL(`../../${path}`, import.meta.url)).then(
    () => true,
    () => false,
  )
  if (!there) return t.fail(`${path} is missing: npm run wire`)
  t.equal(await read(path), await wireTypes(yaml))
})

t.test('the connection profile’s schema compiles, and takes and refuses what it should', async (t) => {
  const validate = new Ajv({ strict: true }).compile(
    JSON.parse(await read('schemas/connection-profile.schema.json')),
  )
  const profile = {
    name: 'MyiTero',
    issuer: 'https://sign-in.example/oauth',
    clientId: 'laboratory',
    apiBase: 'https://lab-connector.example/api',
    redirectUri: 'http://127.0.0.1:0/callback',
    scopes: ['openid', 'offline_access'],
    hosts: ['*.lab-connector.example', 'localhost'],
    poll: { fastestMs: 5000, slowestMs: 300_000 },
  }
  t.equal(validate(profile), true)
  const bad: Record<string, object> = {
    'an address with a fragment': { issuer: 'https://sign-in.example/#a' },
    'an address of another kind': { apiBase: 'file:///api' },
    'a redirect with a fragment': { redirectUri: 'https://lab.example/#' },
    'a scope with a space': { scopes: ['openid profile'] },
    'no scope': { scopes: [] },
    'a host with a path': { hosts: ['example.com/a'] },
    'every host there is': { hosts: ['*'] },
    'a pause of no length': { poll: { fastestMs: 0, slowestMs: 1 } },
    'a member nobody knows': { clientID: 'laboratory' },
  }
  for (const [name, member] of Object.entries(bad)) t.equal(validate({ ...profile, ...member }), false, name)
})
