import fc from 'fast-check'
import t from 'tap'
import { type Crashes, crashed, NO_CRASHES } from '../../bridge/supervision.ts'

const MINUTE = 60_000

/** Crashes after lives of so many ms, each after its pause: what followed each. */
function lives(ms: readonly number[]) {
  let now = 0
  let crashes: Crashes = NO_CRASHES
  return ms.map((life) => {
    const startedAt = now
    now += life
    const step = crashed(crashes, startedAt, now)
    crashes = step.crashes
    if (step.next.kind === 'pause') now += step.next.ms
    return step.next.kind === 'pause' ? step.next.ms : step.next.kind
  })
}

t.test('pauses double; the fifth crash within three minutes is the last', async (t) => {
  t.same(lives([1, 1, 1, 1, 1]), [500, 1000, 2000, 4000, 'give-up'])
})

t.test('crashes that are a minute apart go on, with pauses that grow to a minute', async (t) => {
  t.same(lives(Array(10).fill(MINUTE)), [500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000])
})

t.test('after three quiet minutes it begins anew', async (t) => {
  t.same(lives([1, 1, 3 * MINUTE, 1]), [500, 1000, 500, 1000])
})

t.test('no run of crashes asks for a pause below half a second or above a minute', async () => {
  fc.assert(
    fc.property(fc.array(fc.nat(10 * MINUTE), { maxLength: 100 }), (ms) =>
      lives(ms).every((next) => next === 'give-up' || (Number(next) >= 500 && Number(next) <= MINUTE)),
    ),
  )
})
