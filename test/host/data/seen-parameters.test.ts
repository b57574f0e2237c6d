import t from 'tap'
import { addClient } from '../../../host/clients.ts'
import { seenParameters } from '../../../host/seen-parameters.ts'
import { caseRecord, dentalDbProject, home, put, putCase, rowOf, tooth } from './host-home.ts'

const parameter = (type: string, value: number, max = 2, step = 0.01) =>
  `<Parameter><Type>${type}</Type><Value>${value}</Value><MinValue>0</MinValue><MaxValue>${max}</MaxValue><StepSize>${step}</StepSize></Parameter>`
const crown = (...parameters: readonly string[]) =>
  tooth(11, 'AnatomicCrown', `<Parameters>${parameters.join('')}</Parameters>`)

t.test('names and bounds are those of the newest own case, by kind of work', async (t) => {
  const { db, cases, watched, until } = home(t)
  watched()
  putCase(cases, 'older', { teeth: crown(parameter('MadeUpSpacing', 0.05), parameter('OnlyOlder', 1)) })
  await until(() => rowOf(db, 'older') !== undefined)
  putCase(cases, 'newer', { teeth: crown(parameter('MadeUpSpacing', 0.06)) + tooth(12, 'HealthyTooth') })
  await until(() => rowOf(db, 'newer') !== undefined)
  t.match(
    (await seenParameters(db, cases)).toSorted((a, b) => a.type.localeCompare(b.type)),
    [
      { work: 'AnatomicCrown', type: 'MadeUpSpacing', minValue: 0, maxValue: 2, stepSize: 0.01 },
      { work: 'AnatomicCrown', type: 'OnlyOlder', value: 1 },
    ],
  )
})

t.test(
  'what could be no default is not offered: another name, a value off its step or its bounds',
  async (t) => {
    const { db, cases, watched, until } = home(t)
    watched()
    const unfit = [parameter('two words', 1), parameter('Beyond', 3), parameter('OffStep', 0.005)]
    putCase(cases, 'case', { teeth: crown(...unfit, parameter('Fit', 1)) })
    await until(() => rowOf(db, 'case') !== undefined)
    t.match(await seenParameters(db, cases), [{ type: 'Fit' }])
  },
)

t.test('of a case that the import wrote, only what no person typed is offered', async (t) => {
  const { db, cases, watched, until } = home(t)
  watched()
  const parameters = {
    AnatomicCrown: [{ type: 'Typed', value: 1, minValue: 0, maxValue: 2, stepSize: 0.01 }],
  }
  addClient(db, { name: 'Practice', parameters })
  put(cases, 'imported', {
    'imported.dentalProject': dentalDbProject({ teeth: crown(parameter('Typed', 1), parameter('Added', 1)) }),
    'imported.case.xml': caseRecord({}),
  })
  await until(() => rowOf(db, 'imported') !== undefined)
  t.strictSame(
    (await seenParameters(db, cases)).map(({ type }) => type),
    ['Added'],
  )
})

t.test('a case that is gone or broken by now keeps nothing from being offered', async (t) => {
  const { db, cases, watched, until } = home(t)
  const watch = watched()
  putCase(cases, 'whole', { teeth: crown(parameter('Fit', 1)) })
  putCase(cases, 'torn', { teeth: crown(parameter('Torn', 1)) })
  await until(() => rowOf(db, 'whole') !== undefined && rowOf(db, 'torn') !== undefined)
  await watch.close()
  put(cases, 'torn', { 'torn.dentalProject': '<Treat' })
  t.match(await seenParameters(db, cases), [{ type: 'Fit' }])
})
