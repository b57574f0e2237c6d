import t from 'tap'
import type { Warning } from '../../plugin/errors.ts'
import { saidOnce } from '../../plugin/importing/said-once.ts'

const of = (facts: Warning['facts']): Warning => ({ code: 'implant-not-understood', facts })

t.test('what reading and mapping both say of one thing stands once', async (t) => {
  const read = of({ tooth: 36, id: '7', field: 'AbutmentType' })
  const mapped = of({ tooth: 36, id: '7', field: 'AbutmentType', taken: 'CustomAbutment' })
  t.same(saidOnce([read], [mapped]), [mapped])
})

t.test('the same number in two tables is two things: neither warning is lost', async (t) => {
  const read = of({ tooth: 36, id: '7', field: 'ScanBodyRecognitionData' })
  const mapped = of({ tooth: 36, id: '7', field: 'AbutmentType', taken: 'CustomAbutment' })
  t.same(saidOnce([read], [mapped]), [read, mapped])
})
