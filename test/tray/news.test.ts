import fc from 'fast-check'
import t from 'tap'
import { gatherCases, newCases } from '../../plugin/tray/news.ts'

/** Time that passes by hand. */
function clock() {
  let now = 0
  let due: { at: number; then: () => void } | null = null
  return {
    clock: () => now,
    schedule(ms: number, then: () => void) {
      const mine = { at: now + ms, then }
      due = mine
      return () => {
        if (due === mine) due = null
      }
    },
    pass(ms: number) {
      const end = now + ms
      while (due !== null && due.at <= end) {
        const { at, then } = due
        due = null
        now = at
        then()
      }
      now = end
    },
  }
}

t.test('cases that come together are told in one', (t) => {
  const time = clock()
  const told: number[] = []
  const news = gatherCases({ ...time, tell: (count) => told.push(count) })
  news.arrived()
  time.pass(2000)
  news.arrived()
  news.arrived()
  t.strictSame(told, [], 'not before it is quiet')
  time.pass(3000)
  t.strictSame(told, [3])
  news.arrived()
  time.pass(60_000)
  t.strictSame(told, [3, 1])
  t.end()
})

t.test('a stream of cases is told all the same', (t) => {
  const time = clock()
  const told: number[] = []
  const news = gatherCases({ ...time, tell: (count) => told.push(count) })
  for (let at = 0; at < 41; at++) {
    news.arrived()
    time.pass(1000)
  }
  t.strictSame(told, [20, 20])
  t.end()
})

t.test('once it is closed nothing is told', (t) => {
  const time = clock()
  const news = gatherCases({ ...time, tell: () => t.fail('told') })
  news.arrived()
  news.close()
  time.pass(60_000)
  t.end()
})

t.test('whenever cases come, each is told once', (t) => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 8000 }), { minLength: 1, maxLength: 80 }), (gaps) => {
      const time = clock()
      let told = 0
      const news = gatherCases({ ...time, tell: (count) => (told += count) })
      for (const gap of gaps) {
        time.pass(gap)
        news.arrived()
      }
      time.pass(60_000)
      return told === gaps.length
    }),
  )
  t.end()
})

t.test('the balloon says how many, in the words of the language', (t) => {
  t.strictSame(newCases(1, 'en'), { title: '1 new case', text: 'It is in the case list, unread.' })
  t.match(newCases(4, 'en'), { title: '4 new cases' })
  t.match(newCases(1, 'de'), { title: '1 neuer Fall' })
  t.match(newCases(1200, 'de'), { title: '1.200 neue Fälle' })
  t.end()
})
