import { Ajv, type ValidateFunction } from 'ajv'
import written from '../schemas/bridge.schema.json' with { type: 'json' }
import type { Bootstrap } from './data.ts'
import type { Method, Sender } from './protocol.ts'

/**
 * What crosses the bridge is checked by schemas/bridge.schema.json, which is written from protocol.ts: to load the
 * declarations themselves would take a third of the plugin's start (measured).
 */
export interface KnownMessage {
  readonly method: Method
  readonly kind: 'request' | 'notification'
  readonly sender: Sender
}

/** The message of this name, or null. */
export function messageNamed(name: string): KnownMessage | null {
  const known: Readonly<Record<string, { readonly kind: string; readonly sender: string }>> = written.messages
  return Object.hasOwn(known, name) ? ({ ...known[name], method: name } as KnownMessage) : null
}

/** Whether this is what the method takes. Compiled at the first use. */
export function paramsFit(method: Method, params: unknown): boolean {
  return checkOf(`${method} params`)(params)
}

/** Whether this is what the method answers. A notification answers nothing. */
export function resultFits(method: Method, result: unknown): boolean {
  return messageNamed(method)?.kind === 'request' && checkOf(`${method} result`)(result)
}

export function isBootstrap(value: unknown): value is Bootstrap {
  return checkOf('Bootstrap')(value)
}

/** Where it does not fit, for a developer: paths and what is wanted there, never a value. */
export function misfits(method: Method, part: 'params' | 'result', value: unknown): string {
  const check = checkOf(`${method} ${part}`)
  if (check(value)) return ''
  return (check.errors ?? [])
    .slice(0, 3)
    .map(({ instancePath, message }) => `${instancePath || '/'} ${message ?? ''}`)
    .join('; ')
    .slice(0, 500)
}

let ajv: Ajv | null = null
const checks = new Map<string, ValidateFunction>()

function checkOf(name: string): ValidateFunction {
  const known = checks.get(name)
  if (known !== undefined) return known
  // The definitions alone, and taken as they are (a test checks them): else the first check would compile every message,
  // and the schema of schemas: a quarter of the plugin's start (measured).
  ajv ??= new Ajv({ meta: false, validateSchema: false }).addSchema(
    { definitions: written.definitions },
    'bridge',
  )
  const check = ajv.getSchema(`bridge#/definitions/${name.replaceAll('/', '~1').replaceAll(' ', '%20')}`)
  if (check === undefined) throw new Error(`schemas/bridge.schema.json has no ${name}`)
  checks.set(name, check)
  return check
}
