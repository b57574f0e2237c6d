import t from 'tap'
import type { Order } from '../../plugin/itero/order.ts'
import type { Client, ClientId } from '../../plugin/mapping/clients.ts'
import { doctorIdentity } from '../../plugin/mapping/doctors.ts'
import { likelyClients } from '../../plugin/mapping/likely-clients.ts'
import { checkAnswer, type DoctorDetails, type DoctorQuestion } from '../../plugin/mapping/questions.ts'
import { answers, CLIENT, codes, MATERIALS, mapped, order, questionsOf } from './made-up.ts'

const NOBODY = { name: null, id: null, licence: null, companyId: null }

function by(doctor: Partial<Order['doctor']>, account = 'a') {
  return doctorIdentity(account, order({ doctor: { ...NOBODY, ...doctor } }))
}

t.test('a doctor is recognised by id, else licence, else name', async (t) => {
  t.match(by({ id: '4711', licence: 'L1', name: 'Jo' }), { by: 'id', value: '4711' })
  t.match(by({ licence: 'l 1', name: 'Jo' }), { by: 'licence', value: 'L1' })
  t.match(by({ name: ' Jo  SAMPLE ' }), { by: 'name', value: 'jo sample' })
})

for (const nothing of ['', ' ', 'Null', 'null', '-1', '0', '0000000', 'N/A', '\u200b']) {
  t.test(`${JSON.stringify(nothing)} is no identity`, async (t) => {
    t.match(by({ id: nothing, licence: nothing, name: nothing }), { by: 'order', value: '123456789' })
    t.match(by({ id: nothing, licence: nothing, name: 'Jo' }), { by: 'name' })
  })
}

t.test('accounts do not share doctors', async (t) => {
  t.not(by({ id: '1' }, 'a').account, by({ id: '1' }, 'b').account)
})

t.test('names that differ in more than spacing and case are different doctors', async (t) => {
  t.not(by({ name: 'Jo Sample' }).value, by({ name: 'Joe Sample' }).value)
})

const UNMAPPED = { known: { client: null } }

function doctorQuestion(from: Order, clients: readonly Client[] = [CLIENT]): DoctorQuestion {
  const [question] = questionsOf(from, { ...UNMAPPED, clients })
  if (question?.kind !== 'doctor') throw new Error('no doctor question')
  return question
}

t.test('the first order of a doctor asks, with the doctor’s details and placeholders left out', async (t) => {
  const doctor = { name: 'Dr. Jo Sample', id: '4711', licence: '0000000', companyId: '-1' }
  const question = doctorQuestion(order({ doctor, practiceAddress: '1 Example Road' }))
  t.equal(question.remembered, true)
  t.same(question.doctor, {
    name: 'Dr. Jo Sample',
    id: '4711',
    licence: null,
    companyId: null,
    practiceAddress: '1 Example Road',
  })
})

t.test('two orders of one doctor share the question, two doctors do not', async (t) => {
  const first = doctorQuestion(order())
  t.equal(doctorQuestion(order({ id: '2' as Order['id'] })).key, first.key)
  t.not(doctorQuestion(order({ doctor: { ...NOBODY, id: '9' } })).key, first.key)
})

t.test('orders without any identity ask each for itself, and the answer is not remembered', async (t) => {
  const first = doctorQuestion(order({ doctor: NOBODY }))
  t.equal(first.remembered, false)
  t.not(doctorQuestion(order({ doctor: NOBODY, id: '2' as Order['id'] })).key, first.key)
  const known = {
    client: null,
    answers: answers([first, { kind: 'doctor', client: { existing: CLIENT.id } }]),
  }
  t.ok(codes(mapped(order({ doctor: NOBODY }), { known }).warnings).includes('doctor-without-identity'))
})

t.test('the key of a question names nobody', async (t) => {
  t.notMatch(doctorQuestion(order({ doctor: { ...NOBODY, name: 'Sample' } })).key, /sample/i)
})

t.test('even the very same name is proposed, not mapped', async (t) => {
  const client = { ...CLIENT, name: 'Dr. Jo Sample', licence: 'L1' }
  const question = doctorQuestion(order({ doctor: { ...NOBODY, name: client.name, licence: 'L1' } }), [
    client,
  ])
  t.equal(question.likely[0]?.client, client.id)
})

t.test('a mapped client becomes the practice', async (t) => {
  t.same(mapped(order()).treatment.practice, { id: '003', name: CLIENT.name })
})

t.test('a client that is gone from the list is asked for again', async (t) => {
  const known = { client: '999' as ClientId }
  t.same(
    questionsOf(order(), { known }).map(({ kind }) => kind),
    ['doctor'],
  )
})

t.test('an answer that names a client who is gone since is asked again', async (t) => {
  const question = doctorQuestion(order())
  const gone = { kind: 'doctor', client: { existing: '999' as ClientId } } as const
  const known = { client: null, answers: answers([question, gone]) }
  t.equal(questionsOf(order(), { known }).length, 1)
})

t.test('an answer with a client that the ledger has not numbered yet decides nothing', async (t) => {
  const question = doctorQuestion(order())
  const added = { kind: 'doctor', client: { new: { name: 'New Practice' } } } as const
  const known = { client: null, answers: answers([question, added]) }
  t.equal(questionsOf(order(), { known }).length, 1)
})

t.test('an answer is checked against the lists', async (t) => {
  const question = doctorQuestion(order())
  const lists = { clients: [CLIENT], materials: MATERIALS }
  const check = (client: object) => () => checkAnswer(question, { kind: 'doctor', client } as never, lists)
  t.doesNotThrow(check({ existing: CLIENT.id }))
  t.doesNotThrow(check({ new: { name: 'New' } }))
  t.throws(check({ existing: '999' }), { code: 'client-unknown' })
  t.throws(check({ new: { name: ' ' } }), { code: 'answer-unfit', facts: { field: 'client.new.name' } })
  t.throws(check({ new: { name: 7 } }), { code: 'answer-unfit', facts: { field: 'client.new.name' } })
  t.throws(check({ new: { name: 'x'.repeat(201) } }), { code: 'answer-unfit' })
  t.throws(check({ new: { name: 'New', id: '003' } }), {
    code: 'answer-unfit',
    facts: { field: 'client.new.id' },
  })
  const other = {
    kind: 'material',
    material: 'ZI',
    method: 'Mill5',
    makeDefault: { material: false, method: false },
  }
  t.throws(() => checkAnswer(question, other as never, lists), {
    code: 'answer-unfit',
    facts: { field: 'kind' },
  })
})

const clients = (...names: readonly string[]): readonly Client[] =>
  names.map((name, index) => ({ id: String(index) as ClientId, name, parameters: {} }))

const likely = (name: string, ...names: readonly string[]) =>
  likelyClients({ ...NOBODY, name, practiceAddress: null }, clients(...names)).map((one) => one.name)

t.test('likeness leaves order, titles, case and punctuation aside', async (t) => {
  t.same(likely('Dr. Jo Sample', 'Otto Mustermann', 'SAMPLE, Jo DDS'), ['SAMPLE, Jo DDS'])
  t.same(likely('Prof. Dr. med. dent. Jo Sample', 'Zahnarztpraxis Dr. Sample'), ['Zahnarztpraxis Dr. Sample'])
})

t.test('likeness leaves diacritics aside, written out or not', async (t) => {
  t.equal(likely('Jürgen Müller', 'Juergen Mueller', 'Jurgen Muller', 'Jan Meier').length, 2)
  t.same(likely('Zoë Łukasiński', 'Zoe Lukasinski'), ['Zoe Lukasinski'])
})

t.test('likeness sees through scripts', async (t) => {
  t.same(likely('Иванова Мария', 'Maria Ivanova', 'Petrova Anna'), ['Maria Ivanova'])
  t.same(likely('小明 王', '王小明', '李大海'), ['王小明'])
  t.same(likely('أحمد علي', 'احمد على', 'سمير حسن'), ['احمد على'])
  t.same(likely('Γιώργος Παππάς', 'Giorgos Pappas'), ['Giorgos Pappas'])
})

t.test('a slip of the pen still finds, a stranger is not offered', async (t) => {
  t.same(likely('Jonathan Samplesmith', 'Jonathan Sampelsmith', 'Theodora Quill'), ['Jonathan Sampelsmith'])
  t.same(likely('Jo Sample', 'Theodora Quill'), [])
})

t.test('the better match stands first, and five are offered at most', async (t) => {
  const offered = likely(
    'Jo Sample',
    'J. Sample',
    'Jo Sample',
    'Joe Sample',
    'Sample',
    'Mo Sample',
    'Jo Samples',
    'Ann Sample',
  )
  t.equal(offered.length, 5)
  t.equal(offered[0], 'Jo Sample')
})

t.test('of equally likely clients the one written just as the doctor stands first', async (t) => {
  t.same(likely('Quill, Petra', 'Dr. Petra Quill', 'Petra Quill', 'quill,  Petra'), [
    'quill,  Petra',
    'Dr. Petra Quill',
    'Petra Quill',
  ])
  const titled = Array.from({ length: 6 }, () => 'Dr. Petra Quill')
  t.equal(likely('Quill, Petra', ...titled, 'Quill, Petra')[0], 'Quill, Petra', 'among many of them')
})

t.test('the same licence beats any name', async (t) => {
  const list = [
    { id: '1' as ClientId, name: 'Jo Sample', parameters: {} },
    { id: '2' as ClientId, name: 'Dental Centre', licence: 'l-77', parameters: {} },
  ]
  const doctor = { ...NOBODY, name: 'Jo Sample', licence: 'L77', practiceAddress: null }
  t.same(
    likelyClients(doctor, list).map(({ client }) => client),
    ['2', '1'],
  )
  t.equal(
    likelyClients({ ...doctor, licence: '0000000' }, [{ ...list[1], licence: '0000000' } as Client]).length,
    0,
  )
})

t.test('between namesakes the address decides', async (t) => {
  const list = ['9 Other Lane, 99999 Elsewhere', '1 Example Road, 12345 Town'].map((address, index) => ({
    id: String(index) as ClientId,
    name: 'Jo Sample',
    address,
    parameters: {},
  }))
  const doctor = { ...NOBODY, name: 'Jo Sample', practiceAddress: 'Example Road 1; 12345 TOWN' }
  t.equal(likelyClients(doctor, list)[0]?.client, '1')
})

const at = (id: string, name: string, address: string): Client => ({
  id: id as ClientId,
  name,
  address,
  parameters: {},
})
const offered = (
  doctor: Partial<DoctorDetails>,
  list: readonly Client[],
  colleagues: readonly string[] = [],
) =>
  likelyClients(
    { ...NOBODY, practiceAddress: null, ...doctor },
    list,
    new Set(colleagues as readonly ClientId[]),
  ).map(({ client }) => client)

t.test('a second doctor of a practice finds the client at its address', (t) => {
  const list = [
    at('1', 'Praxis am Markt', 'Musterstraße 12, 04109 Musterstadt'),
    at('2', 'Praxis am Tor', 'Musterstraße 14, 04109 Musterstadt'),
    at('3', 'Praxis am See', 'Seeweg 12, 99999 Seestadt'),
  ]
  for (const practiceAddress of [
    'Musterstr. 12, 04109 Musterstadt',
    'MUSTERSTRASSE 12; D-04109 MUSTERSTADT',
    'Musterstraße 12\n04109 Musterstadt\nGermany',
  ])
    t.equal(offered({ name: 'Theodora Quill', practiceAddress }, list)[0], '1', practiceAddress)
  t.end()
})

t.test('a postcode is the same however it is spaced', (t) => {
  for (const [given, kept] of [
    ['5 Sample Rd, Exampleton, SW1A 1AA', '5 Sample Road, Exampleton SW1A1AA'],
    ['Voorbeeldweg 5, 1234AB Stad', 'Voorbeeldweg 5, 1234 ab STAD'],
    ['5 Sample St, Exampleton 12345-6789', '5 Sample Street, Exampleton 12345'],
  ] as const)
    t.strictSame(
      offered({ name: 'Theodora Quill', practiceAddress: given }, [at('1', 'Smile', kept)]),
      ['1'],
      given,
    )
  t.end()
})

t.test('a town or a house number alone makes nobody likely', (t) => {
  const list = [
    at('1', 'Smile', '9 Other Lane, 12345 Town'),
    at('2', 'Smile', '1 Other Lane, 54321 Elsewhere'),
  ]
  t.strictSame(offered({ name: 'Theodora Quill', practiceAddress: '1 Example Road, 12345 Town' }, list), [])
  t.strictSame(offered({ name: 'Theodora Quill', practiceAddress: 'Town' }, list), [])
  t.end()
})

t.test('the same name stands before the same address, and both together before either', (t) => {
  const here = '1 Example Road, 12345 Town'
  const list = [at('1', 'Smile', here), at('2', 'Jo Sample', '9 Lane, 99999 Far'), at('3', 'Jo Sample', here)]
  t.strictSame(offered({ name: 'Jo Sample', practiceAddress: here }, list), ['3', '2', '1'])
  t.end()
})

t.test('the client of a colleague of the practice is likely', (t) => {
  const list = clients('Smile', 'Grin')
  t.strictSame(offered({ name: 'Theodora Quill' }, list, ['1']), ['1'])
  t.strictSame(offered({ name: 'Theodora Quill' }, list), [])
  t.end()
})

t.test('equals are ordered by name and id, whatever the order of the list', async (t) => {
  const list = clients('Jo Sample', 'Sample Jo', 'Jo Sample', 'Jo Sample')
  const doctor = { ...NOBODY, name: 'Jo Sample', practiceAddress: null }
  t.same(likelyClients(doctor, list), likelyClients(doctor, [...list].reverse()))
})

t.test(
  'ten thousand clients are looked through in a few times what reading their names alone takes',
  async (t) => {
    const given = ['Anna', 'Björn', 'Chloë', 'Dmitri', 'Ewa', 'Farid', 'Gül', 'Hanna', 'İlker', 'Jo']
    const many = Array.from({ length: 10_000 }, (_, index) => ({
      id: String(index) as ClientId,
      name: `Dr. ${given[index % 10]} Sample${(index * 7919) % 10_000}`,
      address: `${index} Example Road, ${10_000 + index} Town`,
      parameters: {},
    }))
    const doctor = { ...NOBODY, name: 'Björn Sample4321', practiceAddress: '5 Example Road' }
    const words = /[^\p{L}\p{N}]+/u
    const read = () => many.map(({ name, address }) => `${name} ${address}`.normalize('NFKD').split(words))
    // In turn, the best of each: a busy machine is busy for both. Measured: 3 to 5 times, some 30 ms.
    const looks: number[] = []
    const reads: number[] = []
    for (let i = 0; i < 12; i++) {
      looks.push(processorMs(() => likelyClients(doctor, many)))
      reads.push(processorMs(read))
    }
    const times = Math.min(...looks) / Math.min(...reads)
    t.comment(`${Math.min(...looks).toFixed(1)} ms, ${times.toFixed(1)} times`)
    t.ok(times < 15)
  },
)

/** Of this process alone, ms. */
function processorMs(work: () => unknown): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
