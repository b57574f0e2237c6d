import Value from 'typebox/value'

/** A declaration of bridge/protocol.ts, as plain JSON Schema. */
export interface Schema {
  readonly type?: string
  readonly const?: string
  readonly anyOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
}

/** A value that fits, with every member that may be there and something in every list. */
export function fit(schema: Schema): unknown {
  if (schema.const !== undefined) return schema.const
  if (schema.anyOf !== undefined) return fit(schema.anyOf[0] ?? {})
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, part]) => [name, fit(part)]),
      )
    case 'array':
      return Array.from({ length: Math.max(1, schema.minItems ?? 0) }, () => fit(schema.items ?? {}))
    case 'string':
      return 'x'.repeat(Math.max(1, schema.minLength ?? 0))
    case 'integer':
    case 'number':
      return schema.minimum ?? 0
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      throw new Error(`a kind of schema that this test does not know: ${JSON.stringify(schema)}`)
  }
}

/** Where it is wrong, and a value that is wrong there alone. */
export type Unfit = readonly [where: string, value: unknown]

/**
 * Of every member, at any depth: absent where it has to be there, of another kind, out of its bounds; all else fits. Taken from
 * the declaration alone, so that a new method is covered by being declared.
 */
export function unfit(schema: Schema, where = ''): readonly Unfit[] {
  if (schema.anyOf !== undefined) return unfitInAll(schema.anyOf, where)
  const kinds = KINDS.filter((value) => !isKind(schema, value)).map((value): Unfit => [where, value])
  const bounds = outOfBounds(schema).map((value): Unfit => [where, value])
  return [...kinds, ...bounds, ...inside(schema, where)]
}

/** One of every kind of JSON. */
const KINDS = [null, true, 'text', -0.5, [], {}]

function isKind({ type, const: only }: Schema, value: unknown): boolean {
  if (only !== undefined) return value === only
  switch (type) {
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value)
    case 'array':
      return Array.isArray(value)
    case 'null':
      return value === null
    case 'integer':
      return Number.isInteger(value)
    default:
      return typeof value === type
  }
}

function outOfBounds(schema: Schema): readonly unknown[] {
  const { minimum, maximum, minLength = 0, maxLength, minItems = 0, maxItems, items } = schema
  return [
    ...(minimum === undefined ? [] : [minimum - 1]),
    ...(maximum === undefined ? [] : [maximum + 1]),
    ...(schema.type === 'integer' ? [(minimum ?? 0) + 0.5] : []),
    ...(minLength > 0 ? ['x'.repeat(minLength - 1)] : []),
    ...(maxLength === undefined ? [] : ['x'.repeat(maxLength + 1)]),
    ...(minItems > 0 ? [Array.from({ length: minItems - 1 }, () => fit(items ?? {}))] : []),
    ...(maxItems === undefined ? [] : [Array.from({ length: maxItems + 1 }, () => fit(items ?? {}))]),
  ]
}

function inside(schema: Schema, where: string): readonly Unfit[] {
  const { properties = {}, required = [], items } = schema
  const whole = fit(schema)
  if (items !== undefined) return unfit(items, `${where}/0`).map(([at, value]) => [at, [value]])
  if (schema.type !== 'object') return []
  const members = whole as Readonly<Record<string, unknown>>
  const without = required.map((name): Unfit => {
    const { [name]: _, ...others } = members
    return [`${where}/${name} absent`, others]
  })
  const wrong = Object.entries(properties).flatMap(([name, part]) =>
    unfit(part, `${where}/${name}`).map(([at, value]): Unfit => [at, { ...members, [name]: value }]),
  )
  return [...without, ...wrong]
}

/** What is wrong in one of several ways may be right in another. */
function unfitInAll(ways: readonly Schema[], where: string): readonly Unfit[] {
  return ways.flatMap((way) =>
    unfit(way, where).filter(([, value]) => !ways.some((other) => Value.Check(other, value))),
  )
}
