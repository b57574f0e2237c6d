import fc from 'fast-check'
import t from 'tap'
import { CASE_SORTS, type CaseSort } from '../../../host/api.ts'
import {
  COUNTS,
  caseCounts,
  caseIdOf,
  caseRow,
  foreignClients,
  listCases,
  listStatements,
  markRead,
} from '../../../host/cases.ts'
import { addClient } from '../../../host/clients.ts'
import { rows, writing } from '../../../host/database.ts'
import { putOrder } from '../../../host/incoming.ts'
import { removeCases } from '../../../host/listed-cases.ts'
import { home, listed, order, putRow, rowOf } from './host-home.ts'

const projects = (found: readonly { readonly project: string | null }[]) =>
  found.map(({ project }) => project)

t.test('the newest come first where nothing is said', async (t) => {
  const { db } = home(t)
  putRow(db, 'old', {}, 1000)
  putRow(db, 'new', {}, 3000)
  putRow(db, 'between', {}, 2000)
  t.same(projects(listed(db)), ['new', 'between', 'old'])
})

const PEOPLE = {
  german: { family: 'Müller', given: 'Jörg' },
  spelled: { family: 'Mueller', given: 'Hans' },
  irish: { family: 'O’Brien', given: 'Cáit' },
  french: { family: 'Lefèvre', given: 'Zoë' },
  turkish: { family: 'Çelik', given: 'Işıl' },
  polish: { family: 'Łukasiewicz', given: 'Ewa' },
  russian: { family: 'Примерова', given: 'Алёна' },
  arabic: { family: 'التجريبي', given: 'لَيلى' },
  chinese: { family: '样例', given: '小明' },
  japanese: { family: '見本', given: 'たろう' },
  korean: { family: '견본', given: '하나' },
  hindi: { family: 'उदाहरण', given: 'मीना' },
} as const

for (const [search, who] of [
  ['müller', ['german', 'spelled']],
  ['MULLER', ['german', 'spelled']],
  ['obrien', ['irish']],
  ["o'brien cait", ['irish']],
  ['O’Brien', ['irish']],
  ['O´Brien', ['irish']],
  ['Mueller', ['german', 'spelled']],
  ['lefevre', ['french']],
  ['ZOË', ['french']],
  ['celik', ['turkish']],
  ['isil', ['turkish']],
  ['lukasiewicz', ['polish']],
  ['ПРИМЕР', ['russian']],
  ['алена', ['russian']],
  ['ليلي', ['arabic']],
  ['التجريبي', ['arabic']],
  ['小明', ['chinese']],
  ['样', ['chinese']],
  ['見本', ['japanese']],
  ['견본', ['korean']],
  ['मीना', ['hindi']],
  ['जोर', []],
] as const) {
  t.test(`a search for ${search} finds ${who.join(' and ') || 'nobody'}`, async (t) => {
    const { db } = home(t)
    for (const [project, { family, given }] of Object.entries(PEOPLE)) {
      putRow(db, project, { patient: { id: project, family, given } })
    }
    t.same(projects(listed(db, { search })).sort(), [...who].sort())
  })
}

t.test('all words of a search have to occur, each in any field', async (t) => {
  const { db } = home(t)
  putRow(db, '2026-03-09_Muster_Mia', {
    origin: { account: 'exports', orderId: '300012345' },
    orderCode: 'BRI9079',
    practice: { id: '7', name: 'Praxis am See' },
    teeth: [14, 15],
    material: 'Zirconia, multilayer',
  })
  putRow(db, 'other', { patient: { id: '1', family: 'Nobody', given: '' }, teeth: [24] })
  for (const search of [
    '12345',
    'bri90',
    'see mia',
    'zirconia 15',
    'MULTI',
    '2026-03-09_muster',
    '14',
    '  ',
    'mus pra',
  ]) {
    t.ok(projects(listed(db, { search })).includes('2026-03-09_Muster_Mia'), search)
  }
  for (const search of ['see hugo', '16', '45', '"', "' or 1=1 --", '%', '_x', 'a\u0000b']) {
    t.notOk(projects(listed(db, { search })).includes('2026-03-09_Muster_Mia'), search)
  }
})

t.test('a list is filtered by status and client, and counts what fits', async (t) => {
  const { db } = home(t)
  for (let i = 0; i < 10; i++) putRow(db, `case ${i}`)
  const some = listed(db).slice(0, 4)
  for (const { id } of some) markRead(db, id, true)
  putOrder(db, order())
  const list = listCases(db, { status: ['read', 'waiting'], limit: 2 }, 'en')
  t.match(list, { total: 5, unread: 6, waiting: 1, offset: 0 })
  t.equal(list.rows.length, 2)
  t.equal(listCases(db, { status: ['broken'] }, 'en').total, 0)
  t.equal(listCases(db, { client: '001' }, 'en').total, 0)
  t.same(caseCounts(db), { total: 11, unread: 6, waiting: 1, refused: 0, broken: 0, noted: 0 })
})

t.test(
  'clients that are none of the host’s are named once each, and the list is filtered by them',
  async (t) => {
    const { db } = home(t)
    addClient(db, { name: 'Own Practice', id: '001' })
    putRow(db, 'own', { practice: { id: '001', name: 'Own Practice' } })
    putRow(db, 'namesake', { practice: { id: '7', name: 'Own Practice' } })
    putRow(db, 'foreign 1', { practice: { id: '8', name: 'Praxis Größe' } }, 2000)
    putRow(db, 'foreign 2', { practice: { id: '9', name: 'PRAXIS GROSSE' } }, 1000)
    putRow(db, 'nobody', { practice: { id: null, name: null } })
    putOrder(db, order())
    t.same(foreignClients(db), ['Own Practice', 'PRAXIS GROSSE'])
    for (const [clientName, found] of [
      ['PRAXIS GROSSE', ['foreign 1', 'foreign 2']],
      ['Own Practice', ['namesake']],
      ['Nobody’s', []],
      ['', []],
    ] as const) {
      for (const sort of CASE_SORTS)
        t.same(projects(listed(db, { clientName, sort })).sort(), found, `${clientName} ${sort}`)
      t.equal(listCases(db, { clientName }, 'en').total, found.length)
    }
    const list = listCases(db, { clientName: 'Praxis Größe', search: 'foreign', status: ['unread'] }, 'en')
    t.same(projects(list.rows), ['foreign 1', 'foreign 2'])
  },
)

t.test(
  'sorting follows what a person reads: accents do not count, 9 comes before 10, nothing comes last',
  async (t) => {
    const { db } = home(t)
    const names = ['Zeta', 'Émile', 'emil', 'Case 10', 'Case 9', '']
    names.forEach((family, i) => {
      putRow(db, `p${i}`, { patient: { id: `${i}`, family, given: '' } })
    })
    const by = (direction: 'ascending' | 'descending') =>
      listed(db, { sort: 'patient', direction }).map(({ patient }) => patient)
    t.same(by('ascending'), ['Case 9', 'Case 10', 'emil', 'Émile', 'Zeta', ''])
    t.same(by('descending'), ['Zeta', 'Émile', 'emil', 'Case 10', 'Case 9', ''])
  },
)

t.test('by status what a person has to act on comes first, the newest of each first', async (t) => {
  const { db } = home(t)
  putRow(db, 'read', {}, 1000)
  markRead(db, rowOf(db, 'read')?.id ?? 0, true)
  putRow(db, 'unread old', {}, 1000)
  putRow(db, 'unread new', {}, 2000)
  putOrder(db, order())
  t.same(
    listed(db, { sort: 'status' }).map(({ project, status }) => project ?? status),
    ['waiting', 'unread new', 'unread old', 'read'],
  )
  t.same(
    listed(db, { sort: 'status', direction: 'descending' }).map(({ project, status }) => project ?? status),
    ['read', 'unread new', 'unread old', 'waiting'],
  )
})

t.test('the pages of any sort, filter and search together are the whole list, each row once', async (t) => {
  const { db } = home(t)
  writing(db, () => {
    for (let i = 0; i < 60; i++) {
      putRow(
        db,
        `case ${i}`,
        {
          patient: { id: `${i}`, family: ['Müller', 'Muster', ''][i % 3] ?? '', given: `${i % 7}` },
          practice: { id: null, name: i % 4 === 0 ? null : `Praxis ${i % 5}` },
          origin: i % 2 === 0 ? null : { account: 'exports', orderId: String(i) },
          material: i % 3 === 0 ? null : 'Zirconia',
          due: i % 5 === 0 ? null : `2026-01-0${(i % 9) + 1}`,
          teeth: i % 6 === 0 ? [] : [11 + (i % 7)],
        },
        1000 * (i % 11),
      )
    }
  })
  fc.assert(
    fc.property(
      fc.constantFrom(...CASE_SORTS),
      fc.constantFrom('ascending', 'descending'),
      fc.constantFrom(undefined, 'm', 'zirconia', 'case 1', 'nothing of it'),
      fc.constantFrom(undefined, ['unread'] as const, ['read', 'broken'] as const),
      fc.integer({ min: 1, max: 70 }),
      (sort: CaseSort, direction, search, status, limit) => {
        const query = {
          sort,
          direction,
          limit,
          ...(search && { search }),
          ...(status && { status }),
        } as const
        const ids: number[] = []
        for (;;) {
          const { rows: page, total } = listCases(db, { ...query, offset: ids.length }, 'en')
          ids.push(...page.map(({ id }) => id))
          if (page.length === 0) return total === ids.length && new Set(ids).size === total
        }
      },
    ),
    { numRuns: 60 },
  )
})

t.test('strange pages are empty or bounded', async (t) => {
  const { db } = home(t)
  writing(db, () => {
    for (let i = 0; i < 250; i++) putRow(db, `case ${i}`)
  })
  t.equal(listCases(db, { limit: 1e9 }, 'en').rows.length, 200)
  t.equal(listCases(db, { limit: -1 }, 'en').rows.length, 50)
  t.equal(listCases(db, { offset: 1e9 }, 'en').rows.length, 0)
  t.equal(listCases(db, { offset: Number.NaN }, 'en').offset, 0)
  t.equal(listCases(db, { search: 'x '.repeat(100_000) }, 'en').total, 0)
})

t.test('the walk along an order and the look at all texts find the same', async (t) => {
  const { db } = home(t)
  writing(db, () => {
    for (let i = 0; i < 50; i++) putRow(db, `case ${i}`, { material: i % 2 ? 'Zirconia' : 'Wax' })
  })
  for (const sort of CASE_SORTS) {
    const { walk, whole, first, known, values } = listStatements({
      sort,
      search: 'zirconia',
      status: ['unread'],
    })
    const all = rows(db, whole, ...values, 100, 0)
    t.equal(all.length, 25)
    t.same(rows(db, walk, ...values, 100, 0), all)
    const ids = rows(db, first ?? '', ...values, 100).map(({ id }) => Number(id))
    t.same(rows(db, known, JSON.stringify(ids), 100, 0), all)
  }
})

for (const sort of CASE_SORTS) {
  for (const direction of ['ascending', 'descending'] as const) {
    t.test(`a page by ${sort}, ${direction}, is a walk along one index that has all it needs`, async (t) => {
      const { db } = home(t)
      const plan = (sql: string, ...values: readonly (string | number | bigint | null | Uint8Array)[]) =>
        rows(db, `explain query plan ${sql}`, ...values).map(({ detail }) => String(detail))
      const { walk, values } = listStatements({ sort, direction, status: ['unread', 'read'], client: '001' })
      const filtered = plan(walk, ...(values as string[]), 50, 0)
      t.equal(filtered.length, 1)
      t.match(filtered[0], /COVERING INDEX cases_by_/)
      const search = listStatements({ sort, direction, search: 'muster' })
      const found = plan(search.walk, ...(search.values as string[]), 50, 0)
      t.match(found[0], /SCAN cases USING COVERING INDEX cases_by_/)
      t.match(found[1], /SEARCH case_texts USING INTEGER PRIMARY KEY/)
      t.notOk(found.some((each) => /TEMP B-TREE/.test(each)))
    })
  }
}

t.test('counts are taken from indexes alone', async (t) => {
  const { db } = home(t)
  const { count, values } = listStatements({ status: ['unread'], client: '001' })
  const [plan] = rows(db, `explain query plan ${count}`, ...values)
  t.match(String(plan?.['detail']), /SEARCH cases USING COVERING INDEX cases_(status|client)/)
  const looks = rows(db, `explain query plan ${COUNTS}`)
    .map(({ detail }) => String(detail))
    .filter((detail) => / cases/.test(detail))
  t.equal(looks.length, 6)
  for (const look of looks) t.match(look, /USING COVERING INDEX/)
})

t.test('the mark of a case is set and taken back; an order has none', async (t) => {
  const { db } = home(t)
  putRow(db, 'case')
  putOrder(db, order())
  const id = rowOf(db, 'case')?.id ?? 0
  t.equal(markRead(db, id, true), true)
  t.equal(markRead(db, id, true), false)
  t.equal(caseRow(db, id, 'en')?.status, 'read')
  t.equal(markRead(db, id, false), true)
  const waiting = listed(db, { status: ['waiting'] })[0]?.id ?? 0
  t.equal(markRead(db, waiting, true), false)
  t.throws(() => markRead(db, 999, true), { code: 'case-unknown' })
})

t.test('a case that leaves the folder and comes back is the same row, as read as it was', async (t) => {
  const { db } = home(t)
  putRow(db, 'case', {}, 1000)
  const id = rowOf(db, 'case')?.id ?? 0
  markRead(db, id, true)
  writing(db, () => removeCases(db, ['case']))
  t.same(listed(db), [])
  putRow(db, 'case', {}, 5000)
  t.match(rowOf(db, 'case'), { id, status: 'read', receivedAt: 1000 })
})

t.test('another case under the same name is a new one', async (t) => {
  const { db } = home(t)
  putRow(db, 'case')
  const id = rowOf(db, 'case')?.id ?? 0
  markRead(db, id, true)
  writing(db, () => removeCases(db, ['case']))
  putRow(db, 'case', { guid: 'another' })
  t.equal(rowOf(db, 'case')?.status, 'unread')
  t.not(rowOf(db, 'case')?.id, id)
})

t.test('patients are kept once for all their cases, and go with the last one', async (t) => {
  const { db } = home(t)
  const patient = { id: '17', family: 'Muster', given: 'Mia' }
  putRow(db, 'one', { patient, practice: { id: '001', name: 'A' } })
  putRow(db, 'two', {
    patient: { ...patient, family: 'Muster-Beispiel' },
    practice: { id: '001', name: 'A' },
  })
  putRow(db, 'three', { patient, practice: { id: '002', name: 'B' } })
  t.match(rows(db, 'select family from patients order by id'), [
    { family: 'Muster-Beispiel' },
    { family: 'Muster' },
  ])
  writing(db, () => removeCases(db, ['one', 'two']))
  t.equal(rows(db, 'select 1 from patients').length, 1)
})

t.test('the case by which a mapping was made is found by its project, else by its order', async (t) => {
  const { db } = home(t)
  putRow(db, 'case', { origin: { account: 'exports', orderId: '0042' } })
  const id = rowOf(db, 'case')?.id
  t.equal(caseIdOf(db, { project: 'case', orderId: null }), id)
  t.equal(caseIdOf(db, { project: null, orderId: '0042' }), id)
  t.equal(caseIdOf(db, { project: 'gone', orderId: '42' }), null)
  t.equal(caseIdOf(db, { project: null, orderId: null }), null)
})
