import { Compile, type Validator } from 'typebox/compile'
import { MESSAGES, type Method } from './protocol.ts'

const checks = new Map<string, Validator>()

/** Whether this is what the method takes. Compiled at the first use. */
export function paramsFit(method: Method, params: unknown): boolean {
  return checkOf(`${method} params`, () => Compile(MESSAGES[method].params)).Check(params)
}

/** Whether this is what the method answers. A notification answers nothing. */
export function resultFits(method: Method, result: unknown): boolean {
  const message = MESSAGES[method]
  return (
    message.kind === 'request' && checkOf(`${method} result`, () => Compile(message.result)).Check(result)
  )
}

/** Where it does not fit, for a developer: paths and what is wanted there, never a value. */
export function misfits(method: Method, part: 'params' | 'result', value: unknown): string {
  const message = MESSAGES[method]
  const schema = part === 'params' ? message.params : message.kind === 'request' ? message.result : null
  if (schema === null) return 'a notification answers nothing'
  const errors = checkOf(`${method} ${part}`, () => Compile(schema)).Errors(value)
  return errors
    .slice(0, 3)
    .map(({ instancePath, message }) => `${instancePath || '/'} ${message}`)
    .join('; ')
    .slice(0, 500)
}

function checkOf(key: string, compile: () => Validator): Validator {
  const known = checks.get(key)
  if (known !== undefined) return known
  const made = compile()
  checks.set(key, made)
  return made
}
