import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import t from 'tap'
import type { ImportError } from '../../plugin/errors.ts'
import { readClientList } from '../../plugin/mapping/client-list.ts'
import { RECONSTRUCTION_TYPES } from '../../plugin/mapping/materials.ts'

const PARAMETER = { type: 'CementGapThickness', value: 0.04, minValue: 0, maxValue: 0.2, stepSize: 0.005 }
const GREEN = {
  id: '003',
  name: 'Practice on the Green',
  address: '1 Example Road',
  parameters: { AnatomicCrown: [PARAMETER] },
}

const list = (...clients: readonly unknown[]) => JSON.stringify({ version: 1, clients })

t.test('a list is read with its parameters; none given are none', async (t) => {
  t.same(readClientList(list(GREEN, { id: '4', name: 'Other' })), [
    GREEN,
    { id: '4', name: 'Other', parameters: {} },
  ])
})

t.test('an empty list is a list', async (t) => {
  t.same(readClientList(`\uFEFF${list()}`), [])
})

t.test('the schema knows every kind of work', async (t) => {
  const schema = JSON.parse(
    readFileSync(new URL('../../schemas/client-list.schema.json', import.meta.url), 'utf8'),
  )
  t.ok(new Ajv().validateSchema(schema))
  t.same(schema.definitions.client.properties.parameters.propertyNames.enum, RECONSTRUCTION_TYPES)
})

const REFUSALS: readonly (readonly [string, string, string])[] = [
  ['text that is not JSON', '{', ''],
  ['a bare array', '[]', ''],
  ['another version', '{"version":2,"clients":[]}', '/version'],
  ['no clients', '{"version":1}', '/clients'],
  ['a client without an id', list({ name: 'X' }), '/clients/0/id'],
  ['an id that is a number', list({ id: 3, name: 'X' }), '/clients/0/id'],
  ['an id of blanks', list({ id: ' ', name: 'X' }), '/clients/0/id'],
  ['a name of blanks', list(GREEN, { id: '4', name: '  ' }), '/clients/1/name'],
  ['a name of 201 letters', list({ id: '4', name: 'x'.repeat(201) }), '/clients/0/name'],
  ['a field that is not known', list({ ...GREEN, adress: 'x' }), '/clients/0/adress'],
  [
    'a kind of work that does not exist',
    list({ ...GREEN, parameters: { Crown: [] } }),
    '/clients/0/parameters/Crown',
  ],
  [
    'a parameter whose value is text',
    list({ ...GREEN, parameters: { Veneer: [{ ...PARAMETER, value: '0.04' }] } }),
    '/clients/0/parameters/Veneer/0/value',
  ],
  [
    'a parameter without a step',
    list({ ...GREEN, parameters: { Veneer: [{ ...PARAMETER, stepSize: 0 }] } }),
    '/clients/0/parameters/Veneer/0/stepSize',
  ],
  ['two clients of one id', list(GREEN, GREEN), '/clients/1/id'],
  [
    'a key that would reach a prototype',
    '{"version":1,"clients":[{"id":"1","name":"x","__proto__":{}}]}',
    '/clients/0/__proto__',
  ],
]

for (const [what, json, field] of REFUSALS) {
  t.test(`${what} is refused and its field named`, async (t) => {
    t.throws(() => readClientList(json), { code: 'client-list-invalid', facts: { field } })
  })
}

t.test('an error never quotes a value', async (t) => {
  try {
    readClientList(list({ id: 'A. Secret', name: 7 }))
    t.fail('was not refused')
  } catch (error) {
    t.notMatch(JSON.stringify((error as ImportError).facts), /Secret/)
  }
})
