import t from 'tap'
import { keyMeant, typedKeys } from '../../plugin/terminal/mapping-ids.ts'

const UNKNOWN = '["987654","Gold Alloy"]'
const TYPED = /^m[0-9a-f]{4,}$/

t.test('a key that a shell takes as it stands is its own id, any other gets a short one', async (t) => {
  const ids = typedKeys(['12', 'abutment:75', UNKNOWN, `abutment:${UNKNOWN}`])
  t.equal(ids.get('12'), '12')
  t.equal(ids.get('abutment:75'), 'abutment:75')
  t.match(ids.get(UNKNOWN), TYPED)
  t.match(ids.get(`abutment:${UNKNOWN}`), TYPED)
  t.equal(new Set(ids.values()).size, 4)
})

t.test('an id means the same mapping whatever else is listed, and a whole key means itself', async (t) => {
  const short = typedKeys([UNKNOWN]).get(UNKNOWN) ?? ''
  const keys = ['12', UNKNOWN, '["1","Another"]', '["2","Third"]']
  t.equal(keyMeant(short, keys), UNKNOWN)
  t.equal(keyMeant(short.toUpperCase(), keys), UNKNOWN)
  t.equal(keyMeant(UNKNOWN, keys), UNKNOWN)
  t.equal(keyMeant('12', keys), '12')
  t.equal(keyMeant('99', keys), '99', 'what is not there is left to whoever looks for it')
  t.equal(keyMeant('m', keys), 'm', 'less than an id is none')
})

t.test('ids of mappings that begin alike are longer, and what fits several is refused', async (t) => {
  const keys = Array.from({ length: 2000 }, (_, n) => JSON.stringify([String(n), 'Material']))
  const ids = typedKeys(keys)
  t.equal(new Set(ids.values()).size, keys.length)
  for (const key of keys.slice(0, 20)) t.equal(keyMeant(ids.get(key) ?? '', keys), key)
  const beginnings = [...ids.values()].map((id) => id.slice(0, 5))
  const shared = beginnings.find((one, index) => beginnings.indexOf(one) < index) ?? ''
  t.match(shared, TYPED, 'among so many two begin alike')
  t.throws(() => keyMeant(shared, keys), { code: 'mapping-ambiguous', facts: { mapping: shared } })
})
