import t from 'tap'
import { FAILURES, type FailureCode } from '../../plugin/errors.ts'
import { cloudOrderFailureText } from '../../plugin/words/cloud-orders.ts'
import { failureText } from '../../plugin/words/words.ts'

const LANGUAGES = ['en', 'de'] as const
/** What can be wrong with a package, whoever brought it. */
const OF_PACKAGES = (Object.keys(FAILURES) as FailureCode[]).filter(
  (code) =>
    /^(package|zip|entry|manifest)-|^order-mixed$/.test(code) &&
    FAILURES[code] === 'permanent' &&
    code !== 'package-of-another-order',
)

t.test('of an order of the cloud nobody is sent back to an export', async (t) => {
  t.ok(OF_PACKAGES.length > 15)
  for (const code of OF_PACKAGES) {
    const failure = { code, facts: { package: '12.zip', file: 'order.xml' } }
    for (const language of LANGUAGES) {
      const text = cloudOrderFailureText(failure, false, language)
      t.match(text, language === 'en' ? '“Retry” downloads' : '„Wiederholen“ lädt', code)
      t.notMatch(
        text,
        /portal|Download it|Download the|herunterladen|laden Sie|importier|import each|12\.zip/i,
        code,
      )
      t.match(text, /^\p{Lu}[^.]*(\.\w+[^.]*)*\. \S/u, `${code} says first what is wrong`)
      const first = failureText({ code, facts: { file: 'order.xml' } }, language).slice(0, 20)
      t.ok(text.startsWith(first), `${code} is called what it is`)
    }
  }
})

t.test('while it is fetched anew by itself, nobody is told to press anything', async (t) => {
  const failure = { code: 'zip-damaged', facts: { package: '12.zip' } } as const
  t.equal(
    cloudOrderFailureText(failure, true, 'en'),
    'The zip is damaged or ends too early. The order is downloaded anew by itself.',
  )
  t.equal(
    cloudOrderFailureText(failure, true, 'de'),
    'Das Zip ist beschädigt oder endet zu früh. Der Auftrag wird von selbst neu heruntergeladen.',
  )
})

t.test('what is no fault of a package is said as everywhere', async (t) => {
  const failure = { code: 'download-cut', facts: { bytes: 1, expected: 2 } } as const
  t.equal(cloudOrderFailureText(failure, true, 'en'), failureText(failure, 'en'))
})
