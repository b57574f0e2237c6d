import * as data from './data.ts'
import { EXAMPLES } from './examples.ts'
import { ERROR_NUMBERS, PROTOCOL_VERSION } from './numbers.ts'
import { MESSAGES, type Method } from './protocol.ts'

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }
type Schema = Readonly<Record<string, Json>>

/** schemas/bridge.schema.json: every message, and every kind of data by its name. */
export function bridgeSchema(): string {
  const definitions: Record<string, Json> = {}
  for (const [name, schema] of NAMED) definitions[name] = named(schema, name)
  for (const method of METHODS) {
    const message = MESSAGES[method]
    definitions[`${method} params`] = named(plain(message.params))
    if (message.kind === 'request') definitions[`${method} result`] = named(plain(message.result))
  }
  const id = { type: ['integer', 'string'], maxLength: 100 }
  const messages = METHODS.map((method) => {
    const params = { $ref: reference(`${method} params`) }
    const isRequest = MESSAGES[method].kind === 'request'
    return {
      type: 'object',
      required: ['jsonrpc', ...(isRequest ? ['id'] : []), 'method', 'params'],
      properties: {
        jsonrpc: { const: '2.0' },
        ...(isRequest ? { id } : {}),
        method: { const: method },
        params,
      },
    }
  })
  const directory = Object.fromEntries(
    METHODS.map((method) => {
      const { kind, sender, about } = MESSAGES[method]
      return [method, { kind, sender, about }]
    }),
  )
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: `Messages of the bridge, version ${PROTOCOL_VERSION}`,
    description:
      'Written by `npm run schemas` from bridge/protocol.ts. Members that are not described are ignored.',
    messages: directory,
    anyOf: messages,
    definitions,
  }
  return `${JSON.stringify(schema, null, 2).replace(FLAT_LIST, inOneLine)}\n`
}

/** A list of plain values, with what stands before it on its line: in one line where that fits, as the formatter wants it. */
const FLAT_LIST = /^(.*)\[\n([^[\]{}]*?)\n\s*\](,?)$/gm

function inOneLine(whole: string, before: string, values: string, after: string): string {
  const line = `${before}[${values.trim().replace(/\n\s*/g, ' ')}]${after}`
  return line.length <= 110 ? line : whole
}

/** The part of docs/bridge.md that is written from the declarations. */
export function methodReference(): string {
  const direction = { host: 'Host → plugin', plugin: 'Plugin → host', either: 'Either way' }
  const sections = (['host', 'plugin', 'either'] as const).map((sender) => {
    const methods = METHODS.filter((method) => MESSAGES[method].sender === sender)
    return [`### ${direction[sender]}`, ...methods.map(methodText)].join('\n\n')
  })
  const types = [...NAMED].map(([name, schema]) => `type ${name} = ${typeText(schema, 0, name)}`)
  const numbers = Object.entries(ERROR_NUMBERS).map(([name, number]) => `| ${number} | ${name} |`)
  return [
    ...sections,
    '### Numbers of errors',
    ['| number | name |', '|---:|---|', ...numbers].join('\n'),
    '### Kinds of data',
    'Bounds of lengths and counts stand in `schemas/bridge.schema.json`; what each member means, in `bridge/data.ts`.',
    ['```ts', types.join('\n\n'), '```'].join('\n'),
  ].join('\n\n')
}

function methodText(method: Method): string {
  const message = MESSAGES[method]
  const example = EXAMPLES[method]
  const kind = message.kind === 'request' ? 'request' : 'notification'
  const params = { jsonrpc: '2.0', ...(kind === 'request' ? { id: 7 } : {}), method, params: example.params }
  const lines = [`#### \`${method}\``, `${capital(kind)}. ${message.about}`]
  if (message.kind === 'request') {
    lines.push(
      code('ts', `params: ${typeText(plain(message.params))}\nresult: ${typeText(plain(message.result))}`),
    )
    if (message.errors.length > 0) {
      lines.push(`Refusals: ${message.errors.map((name) => `\`${name}\``).join(', ')}.`)
    }
  } else {
    lines.push(code('ts', `params: ${typeText(plain(message.params))}`))
  }
  const answer =
    'result' in example ? [JSON.stringify({ jsonrpc: '2.0', id: 7, result: example.result })] : []
  lines.push(code('json', [JSON.stringify(params), ...answer].join('\n')))
  return lines.join('\n\n')
}

const METHODS = Object.keys(MESSAGES) as Method[]

/** Kinds of data that have a name, as plain JSON Schema. */
const NAMED: ReadonlyMap<string, Schema> = new Map(
  Object.entries(data)
    .filter(([, value]) => typeof value === 'object')
    .map(([name, schema]) => [name, plain(schema)]),
)

const NAMES = new Map([...NAMED].map(([name, schema]) => [JSON.stringify(schema), name]))

function plain(schema: object): Schema {
  return JSON.parse(JSON.stringify(schema))
}

/** With every part that has a name replaced by its name; `except`: it is that one. */
function named(schema: Json, except?: string): Json {
  const name = NAMES.get(JSON.stringify(schema))
  if (name !== undefined && name !== except) return { $ref: reference(name) }
  if (Array.isArray(schema)) return schema.map((part) => named(part))
  if (typeof schema !== 'object' || schema === null) return schema
  return Object.fromEntries(Object.entries(schema).map(([key, part]) => [key, named(part)]))
}

const reference = (name: string) =>
  `#/definitions/${name.replaceAll('~', '~0').replaceAll('/', '~1').replaceAll(' ', '%20')}`

/** A schema as a type that a programmer reads at a glance. */
function typeText(schema: Schema, depth = 0, except?: string): string {
  const name = NAMES.get(JSON.stringify(schema))
  if (name !== undefined && name !== except) return name
  const { anyOf, items, properties, patternProperties, required, type } = schema as {
    anyOf?: Schema[]
    items?: Schema
    properties?: Record<string, Schema>
    patternProperties?: Record<string, Schema>
    required?: string[]
    type?: string
  }
  if ('const' in schema) return `'${schema['const']}'`
  if (anyOf !== undefined) return anyOf.map((part) => typeText(part, depth)).join(' | ')
  if (items !== undefined) {
    const text = typeText(items, depth)
    return /[|]/.test(text) && !text.startsWith('{') ? `(${text})[]` : `${text}[]`
  }
  if (patternProperties !== undefined) {
    return `{ [name: string]: ${typeText(Object.values(patternProperties)[0] ?? {}, depth)} }`
  }
  if (properties === undefined) return type ?? 'unknown'
  const members = Object.entries(properties).map(
    ([key, part]) => `${key}${required?.includes(key) ? '' : '?'}: ${typeText(part, depth + 1)}`,
  )
  const line = members.length === 0 ? '{}' : `{ ${members.join('; ')} }`
  const pad = '  '.repeat(depth)
  if (line.length + pad.length < 100 && !line.includes('\n')) return line
  return `{\n${members.map((member) => `${pad}  ${member}\n`).join('')}${pad}}`
}

const code = (language: string, text: string) => `\`\`\`${language}\n${text}\n\`\`\``
const capital = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1)
