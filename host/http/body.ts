import type { Context } from 'hono'
import type { Static, TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { HostError } from '../errors.ts'

/** Compiled once per schema. */
const validators = new WeakMap<TSchema, Validator>()

/**
 * The body of a request, checked; members that the schema does not know are dropped.
 * Errors: `body-not-json`, `body-invalid` {field, problem}.
 */
export async function bodyOf<S extends TSchema>(c: Context, schema: S): Promise<Static<S>> {
  // A form of another site cannot send this type without being asked first (CORS).
  if (!/^application\/json\b/i.test(c.req.header('content-type') ?? '')) throw new HostError('body-not-json')
  return checked(schema, parse(await c.req.text()))
}

function parse(text: string): unknown {
  try {
    // A member of that name would become a prototype where the body is copied.
    return JSON.parse(text, (name, value) => (name === '__proto__' ? undefined : value))
  } catch {
    throw new HostError('body-not-json')
  }
}

function checked<S extends TSchema>(schema: S, body: unknown): Static<S> {
  const validator = validators.get(schema) ?? Compile(schema)
  validators.set(schema, validator)
  if (validator.Check(body)) return validator.Clean(body) as Static<S>
  const errors = validator.Errors(body)
  // Of a choice, the deepest fault says most.
  const [error] = errors.toSorted((a, b) => b.instancePath.length - a.instancePath.length)
  throw new HostError('body-invalid', {
    field: error?.instancePath || '/',
    problem: error?.keyword ?? 'invalid',
  })
}
