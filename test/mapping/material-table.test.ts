import { Ajv } from 'ajv'
import t from 'tap'
import builtIn from '../../plugin/itero/rxdefines.json' with { type: 'json' }
import rows from '../../plugin/mapping/material-candidates.json' with { type: 'json' }
import { candidatesFor, orderedMaterial } from '../../plugin/mapping/material-candidates.ts'
import schema from '../../schemas/material-candidates.schema.json' with { type: 'json' }
import { MATERIALS, only } from './made-up.ts'

const CROWN = { reconstructionTypes: ['AnatomicCrown'], connectors: false, abutment: false } as const

t.test('every one of the 108 built-in ids has an entry, under its own name', async (t) => {
  t.equal(Object.keys(builtIn.Materials).length, 108)
  const named = Object.fromEntries(Object.entries(rows).map(([id, { name }]) => [id, name]))
  t.same(named, builtIn.Materials)
})

t.test('every candidate of the table is in the default list', async (t) => {
  const codes = new Set(MATERIALS.materials.map(({ code }) => code))
  for (const [id, row] of Object.entries(rows))
    for (const code of row.codes === '*' ? [] : row.codes) t.ok(codes.has(code), `${code} of ${id}`)
})

t.test('the table is as its schema describes it, and the schema refuses what it does not know', async (t) => {
  const valid = new Ajv({ strict: true }).compile(schema)
  t.ok(valid(rows), JSON.stringify(valid.errors))
  const row = { name: 'Gold', codes: ['WAX'], methods: { WAX: ['MillCast'] } }
  t.ok(valid({ 15: row }))
  for (const wrong of [{ method: ['MillCast'] }, { methods: { WAX: [] } }, { methods: ['MillCast'] }])
    t.notOk(valid({ 15: { ...row, ...wrong } }), JSON.stringify(wrong))
  t.notOk(valid({ gold: row }))
})

t.test('what a material’s own name says of its build is in the table', async (t) => {
  const named = Object.entries(rows).flatMap(([id, { name }]) =>
    /full contour|full gold/i.test(name)
      ? [[id, 'full']]
      : /PFM:|Porcelain Fused/.test(name)
        ? [[id, name.startsWith('Metal/') ? 'either' : 'layered']]
        : [],
  )
  t.same(
    Object.fromEntries(
      Object.entries(rows).flatMap(([id, row]) => ('build' in row ? [[id, row.build]] : [])),
    ),
    Object.fromEntries(named),
  )
})

t.test('a row names methods of its own candidates alone, and such as the default list has', async (t) => {
  for (const [id, row] of Object.entries(rows)) {
    for (const [code, methods] of Object.entries('methods' in row ? row.methods : {})) {
      t.ok(row.codes.includes(code), `${code} of ${id}`)
      const known = MATERIALS.materials.find((material) => material.code === code)?.methods
      t.same(
        methods.filter((method) => !known?.some((one) => one.code === method)),
        [],
        `${code} of ${id}`,
      )
    }
  }
})

t.test('every row with candidates suits the plainest work it is ordered for', async (t) => {
  for (const [id, { name }] of Object.entries(rows)) {
    const ordered = orderedMaterial({ id, name })
    const type = ordered.build === 'layered' ? 'Coping' : 'AnatomicCrown'
    const found = candidatesFor(ordered, { ...CROWN, reconstructionTypes: [type] }, MATERIALS)
    if (ordered.codes)
      t.same(found.materials.map(({ code }) => code).sort(), [...ordered.codes].sort(), `${id} ${name}`)
  }
})

const offered = (id: string, need: Parameters<typeof candidatesFor>[1] = CROWN) =>
  candidatesFor(orderedMaterial({ id, name: null }), need, MATERIALS).materials.map(({ code }) => code)

t.test('gold is milled in wax', async (t) => {
  for (const id of ['15', '30', '44', '68']) t.same(offered(id), ['WAX'])
})

const waxMethods = (id: string, list = MATERIALS) => {
  const found = candidatesFor(orderedMaterial({ id, name: null }), CROWN, list)
  const wax = found.materials.find(({ code }) => code === 'WAX')
  return { ask: found.ask, methods: wax?.methods.map(({ code }) => code) }
}

t.test('metal in wax is cast, ceramic in wax is pressed, and wax alone may be either', async (t) => {
  t.same(waxMethods('68').methods, ['MillCast', 'PrintCast'])
  t.same(waxMethods('15').methods, ['MillCast', 'PrintCast'])
  t.same(waxMethods('63').methods, ['MillPress', 'PrintPress'])
  t.same(waxMethods('2012').methods, ['MillPress', 'PrintPress'])
  t.same(waxMethods('2026').methods, ['MillCast', 'MillPress', 'PrintCast', 'PrintPress'])
})

t.test('a laboratory that has none of the methods is asked with all that it has', async (t) => {
  const presses = {
    materials: only('WAX').materials.map((wax) => ({
      ...wax,
      methods: [{ code: 'MillPress', names: { en: 'Milling, then pressing' } }],
    })),
  }
  t.same(waxMethods('68', presses), { ask: true, methods: ['MillPress'] })
  t.same(waxMethods('63', presses), { ask: false, methods: ['MillPress'] })
})

t.test('pressed ceramic is made in wax too', async (t) => {
  t.same(offered('63'), ['WAX', 'LS2'])
})

t.test('zirconia of the laboratory’s preference may be any zirconia', async (t) => {
  t.same(offered('12'), ['ZI', 'ZIHT', 'MLZI'])
})

t.test('lab preference is everything that suits the work', async (t) => {
  const joined = { reconstructionTypes: ['AnatomicPontic'], connectors: true, abutment: false } as const
  t.ok(offered('78').includes('GCER'))
  t.notOk(offered('78', joined).includes('GCER'))
})

t.test(
  'where the work rules out every candidate, whatever suits the work is offered and always asked',
  async (t) => {
    const joined = { reconstructionTypes: ['AnatomicPontic'], connectors: true, abutment: false } as const
    const found = candidatesFor(orderedMaterial({ id: '2015', name: null }), joined, MATERIALS)
    t.ok(found.ask)
    t.ok(found.materials.every(({ connectors }) => connectors))
  },
)

t.test('a file re-saved by other tools still names the same material', async (t) => {
  t.ok(orderedMaterial({ id: '1003', name: 'IPS e.maxÂ® CAD' }).understood)
})

t.test('an id that the file gives another name is as unknown as a new one', async (t) => {
  const reused = orderedMaterial({ id: '2007', name: 'Gold Alloy' })
  t.match(reused, { understood: false, codes: null, ask: true })
  t.not(reused.key, '2007')
  t.notOk(orderedMaterial({ id: '2007', name: 'Цирконий' }).understood)
  t.notOk(orderedMaterial({ id: 'constructor', name: null }).understood, 'nor is a property of any object')
})
