import t from 'tap'
import { bars } from '../../plugin/connecting/bars.ts'
import { downloadBars } from '../../plugin/connecting/download-bars.ts'
import type { Fetch } from '../../plugin/ledger/fetches.ts'

const FETCH = { id: 1, orderId: '7001', orderCode: null, stage: 'downloading', failure: null } as Fetch
const HINDERED: Fetch = { ...FETCH, failure: { code: 'cloud-unreachable', facts: {} } }

function told() {
  const words: string[] = []
  const shown = bars(
    (token, value) => words.push(`${value.kind} ${token}`),
    () => 0,
    { paceMs: 0 },
  )
  return { words, downloads: downloadBars(() => shown) }
}

t.test('a download that is hindered has no bar until it goes on', async (t) => {
  const { words, downloads } = told()
  downloads.moved(FETCH, 10, 100)
  downloads.saw(FETCH)
  t.notMatch(words.join(), /end/)
  downloads.saw(HINDERED)
  t.equal(words.at(-1), 'end package-1')
  downloads.moved(FETCH, 20, 100)
  t.equal(words.at(-2), 'begin package-2')
})

t.test('while nothing comes from the cloud no download has a bar, and an import keeps its own', async (t) => {
  const words: string[] = []
  const shown = bars(
    (token, value) => words.push(`${value.kind} ${token}`),
    () => 0,
    { paceMs: 0 },
  )
  const downloads = downloadBars(() => shown)
  downloads.moved(FETCH, 10, 100)
  downloads.moved({ ...FETCH, id: 2 } as Fetch, 10, 100)
  shown.moved('/downloads/3.zip', 10, 100)
  downloads.rest()
  t.strictSame(
    words.filter((word) => word.startsWith('end')),
    ['end package-1', 'end package-2'],
  )
})
