import t from 'tap'
import {
  clearMaterialDefault,
  clearMethodDefault,
  clientOf,
  deleteDoctorMapping,
  deleteMaterialMapping,
  doctorMappings,
  mapDoctor,
  materialDefaults,
  materialMappings,
  setMaterialDefault,
} from '../../plugin/ledger/mappings.ts'
import type { DoctorMappingId } from '../../plugin/ledger/schema.ts'
import type { DoctorIdentity } from '../../plugin/mapping/questions.ts'
import { claimed, client, ledgerFor, NOW } from './made-up.ts'

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

t.test('the two defaults of a material carry their own time and order', async (t) => {
  const { l, time } = await ledgerFor(t)
  const order = await claimed(l, '1')
  await setMaterialDefault(l, GOLD, { material: 'GOLD' }, order)
  time.now += 10
  await setMaterialDefault(l, GOLD, { method: 'cast' })
  t.strictSame(await materialMappings(l), [
    {
      ...GOLD,
      material: { code: 'GOLD', made: { at: NOW, order } },
      method: { code: 'cast', made: { at: NOW + 10, order: null } },
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
