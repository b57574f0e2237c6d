import t from 'tap'
import {
  clearMaterialDefault,
  clearMethodDefault,
  clientOf,
  deleteDoctorMapping,
  deleteMaterialMapping,
  doctorMappings,
  materialDefaults,
  materialMappings,
} from '../../plugin/ledger/mappings.ts'
import type { DoctorMappingId } from '../../plugin/ledger/schema.ts'
import { finishPublishing, startPublishing } from '../../plugin/ledger/stages.ts'
import type { DoctorIdentity } from '../../plugin/mapping/questions.ts'
import {
  claimed,
  client,
  ledgerFor,
  mapDoctor,
  NOW,
  received,
  SUMMARY,
  setMaterialDefault,
} from './made-up.ts'

const DOCTOR: DoctorIdentity = { account: 'lab', by: 'id', value: '12345' }
const GOLD = { key: '22', itero: { id: '22', name: 'Gold' } }

t.test('a doctor is known by account, kind of identity and value together', async (t) => {
  const { l } = await ledgerFor(t)
  await mapDoctor(l, DOCTOR, client('003'))
  t.equal(await clientOf(l, DOCTOR), '003')
  t.equal(await clientOf(l, { ...DOCTOR, account: 'other' }), null)
  t.equal(await clientOf(l, { ...DOCTOR, by: 'licence' }), null)
  t.equal(await clientOf(l, { ...DOCTOR, value: '123456' }), null)
})

t.test('a mapping made anew says when and at which order', async (t) => {
  const { l, time } = await ledgerFor(t)
  const order = await claimed(l, '1')
  await mapDoctor(l, DOCTOR, client('003'))
  time.now += 10
  await mapDoctor(l, DOCTOR, client('004'), order)
  t.match(await doctorMappings(l), [{ identity: DOCTOR, client: '004', made: { at: NOW + 10, order } }])
})

t.test('a deleted doctor mapping is gone; a second time it is unknown', async (t) => {
  const { l } = await ledgerFor(t)
  await mapDoctor(l, DOCTOR, client('003'))
  const id = (await doctorMappings(l))[0]?.id as DoctorMappingId
  await deleteDoctorMapping(l, id)
  t.equal(await clientOf(l, DOCTOR), null)
  await t.rejects(deleteDoctorMapping(l, id), { code: 'mapping-unknown', facts: { mapping: id } })
  await mapDoctor(l, DOCTOR, client('003'))
  t.not((await doctorMappings(l))[0]?.id, id, 'an old page cannot delete the new one')
})

t.test('a mapping tells the order that made it, its doctor and its newest case', async (t) => {
  const { l } = await ledgerFor(t)
  const first = await received(l, '1', 'a')
  await startPublishing(l, first.id, 'Case_1')
  await finishPublishing(l, first.id)
  await received(l, '1', 'b')
  await mapDoctor(l, DOCTOR, client('003'), first.order)
  await setMaterialDefault(l, GOLD, { material: 'GOLD' }, first.order)
  const made = { at: NOW, order: first.order, orderId: '1', project: 'Case_1' }
  t.match(await doctorMappings(l), [{ doctor: SUMMARY.doctor, made }])
  t.match(await materialMappings(l), [{ material: { made } }])
})

t.test('mappings come page by page', async (t) => {
  const { l } = await ledgerFor(t)
  for (const value of ['1', '2', '3']) await mapDoctor(l, { ...DOCTOR, value }, client('003'))
  for (const key of ['a', 'b', 'c']) await setMaterialDefault(l, { ...GOLD, key }, { material: 'GOLD' })
  const [first, second] = await doctorMappings(l, { limit: 2 })
  t.strictSame([first?.identity.value, second?.identity.value], ['1', '2'])
  const rest = await doctorMappings(l, { limit: 2, ...(second ? { after: second.id } : {}) })
  t.strictSame(
    rest.map(({ identity }) => identity.value),
    ['3'],
  )
  const keys = async (page: { limit: number; after?: string }) =>
    (await materialMappings(l, page)).map(({ key }) => key)
  t.strictSame(await keys({ limit: 2 }), ['a', 'b'])
  t.strictSame(await keys({ limit: 2, after: 'b' }), ['c'])
})

t.test('the two defaults of a material carry their own time and order', async (t) => {
  const { l, time } = await ledgerFor(t)
  const order = await claimed(l, '1')
  await setMaterialDefault(l, GOLD, { material: 'GOLD' }, order)
  time.now += 10
  await setMaterialDefault(l, GOLD, { method: 'cast' })
  t.strictSame(await materialMappings(l), [
    {
      ...GOLD,
      material: { code: 'GOLD', made: { at: NOW, order, orderId: null, project: null } },
      method: { code: 'cast', made: { at: NOW + 10, order: null, orderId: null, project: null } },
    },
  ])
})

t.test('the material is cleared alone, and its method stays', async (t) => {
  const { l } = await ledgerFor(t)
  await setMaterialDefault(l, GOLD, { material: 'GOLD', method: 'cast' })
  await clearMaterialDefault(l, '22')
  t.strictSame((await materialDefaults(l, ['22'])).get('22'), { material: null, method: 'cast' })
  await t.rejects(clearMaterialDefault(l, '22'), { code: 'mapping-unknown' })
})

t.test('the method is cleared alone, and its material stays', async (t) => {
  const { l } = await ledgerFor(t)
  await setMaterialDefault(l, GOLD, { material: 'GOLD', method: 'cast' })
  await clearMethodDefault(l, '22')
  t.strictSame((await materialDefaults(l, ['22'])).get('22'), { material: 'GOLD', method: null })
  await t.rejects(clearMethodDefault(l, '22'), { code: 'mapping-unknown' })
})

t.test('with both halves cleared the material is not listed', async (t) => {
  const { l } = await ledgerFor(t)
  await setMaterialDefault(l, GOLD, { material: 'GOLD', method: 'cast' })
  await clearMethodDefault(l, '22')
  await clearMaterialDefault(l, '22')
  t.strictSame(await materialMappings(l), [])
})

t.test('a material is deleted with both halves, and no other', async (t) => {
  const { l } = await ledgerFor(t)
  await setMaterialDefault(l, GOLD, { material: 'GOLD', method: 'cast' })
  await setMaterialDefault(l, { key: '23', itero: { id: '23', name: null } }, { method: 'milled' })
  await deleteMaterialMapping(l, '22')
  t.strictSame([...(await materialDefaults(l, ['22', '23']))], [['23', { material: null, method: 'milled' }]])
  await t.rejects(deleteMaterialMapping(l, '22'), { code: 'mapping-unknown', facts: { mapping: '22' } })
  await deleteMaterialMapping(l, '23')
  t.strictSame(await materialMappings(l), [])
})

t.test('defaults are given for what is asked, and nothing for nothing', async (t) => {
  const { l } = await ledgerFor(t)
  await setMaterialDefault(l, GOLD, { material: 'GOLD' })
  t.equal((await materialDefaults(l, [])).size, 0)
  t.equal((await materialDefaults(l, ['x', 'y'])).size, 0)
})
