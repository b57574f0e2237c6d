import fc from 'fast-check'
import t from 'tap'
import { ImportError } from '../../plugin/errors.ts'
import { MANIFEST_LIMIT_BYTES, meaningOf } from '../../plugin/itero/manifest.ts'
import { FILE, manifest, RX_INFO, read, toothRow } from './manifests.ts'
import { refusal } from './packages.ts'

async function refused(xml: string | Uint8Array): Promise<{ code: string; facts: ImportError['facts'] }> {
  return refusal(async () => read(xml))
}

t.test('an empty manifest is told as empty', async (t) => {
  for (const xml of ['', ' \n', '\ufeff', '\ufeff\n'])
    t.match(await refused(xml), { code: 'manifest-empty', facts: { file: FILE } })
})

t.test('a manifest that is not XML is told with the line at fault', async (t) => {
  t.match(await refused('<a>\n<b>\n</a>'), { code: 'manifest-not-xml', facts: { file: FILE, line: 3 } })
  for (const xml of [
    'JSON {"a":1}',
    '%PDF-1.4',
    '<a',
    '<a b=1/>',
    '<a b="1" b="2"/>',
    '<a>&foo;</a>',
    '<a>x & y</a>',
  ]) {
    t.match(await refused(xml), { code: 'manifest-not-xml' }, xml)
  }
})

t.test('a manifest cut short anywhere is refused: it would be an order with fewer teeth', async (t) => {
  const xml = manifest({ teeth: toothRow(8) + toothRow(9) }).trimEnd()
  for (let length = 1; length < xml.length; length += 7) {
    t.match(await refused(xml.slice(0, length)), { code: 'manifest-not-xml' }, `${length}`)
  }
})

t.test('text in an encoding that is not declared is refused', async (t) => {
  t.match(await refused(Buffer.from(manifest().replace('Muster', 'M\u00fcller'), 'latin1')), {
    code: 'manifest-not-xml',
    facts: { reason: 'encoding' },
  })
})

for (const [what, doctype] of [
  ['a DTD', '<!DOCTYPE iTeroExport SYSTEM "file:///etc/passwd">'],
  ['an entity', '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'],
  ['a billion laughs', '<!doctype x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'],
] as const) {
  t.test(`a manifest with ${what} is refused before it is parsed`, async (t) => {
    const xml = manifest().replace('<iTeroExport', `${doctype}<iTeroExport`)
    t.match(await refused(xml), { code: 'manifest-has-doctype', facts: { file: FILE } })
    t.match(await refused(Buffer.from(`\ufeff${xml}`, 'utf16le')), { code: 'manifest-has-doctype' })
  })
}

t.test('another root is told by its name', async (t) => {
  t.match(await refused('<html><body/></html>'), { code: 'manifest-wrong-root', facts: { root: 'html' } })
  t.match(await refused('<iTeroExport/><iTeroExport/>'), { code: 'manifest-wrong-root' })
  t.match(await refused('<iTeroExport/><other/>'), { code: 'manifest-wrong-root' })
})

t.test('a manifest without an order, or without its number, is told as such', async (t) => {
  for (const xml of [
    '<iTeroExport/>',
    '<iTeroExport Version="5.0"><RxInfo/></iTeroExport>',
    manifest({ rxInfo: '' }),
    manifest({ rxInfo: '<OrderID>-1</OrderID>' }),
    manifest({ rxInfo: '<OrderID>../../x</OrderID>' }),
    manifest({ rxInfo: '<OrderID a="1"><b>1</b></OrderID>' }),
    '<iTeroExport><RxInfo><OrderID>1</OrderID></RxInfo><RxInfo><OrderID>2</OrderID></RxInfo></iTeroExport>',
  ]) {
    t.match(await refused(xml), { code: 'manifest-without-order' }, xml.slice(0, 80))
  }
})

t.test('a manifest of 100 MB is refused at once', async (t) => {
  const content = Buffer.alloc(100 * 2 ** 20, 0x20)
  const started = performance.now()
  const { code, facts } = await refused(content)
  t.match({ code, facts }, { code: 'manifest-too-large', facts: { limit: MANIFEST_LIMIT_BYTES } })
  t.ok(performance.now() - started < 1000)
})

t.test('more rows than any order has are refused', async (t) => {
  t.match(await refused(manifest({ teeth: '<x/>'.repeat(150_000) })), { code: 'manifest-too-many-rows' })
})

t.test('elements nested without end are refused', async (t) => {
  for (const depth of [200, 40_000]) {
    t.match(await refused(manifest({ teeth: '<x>'.repeat(depth) + '</x>'.repeat(depth) })), {
      code: 'manifest-not-xml',
    })
  }
})

t.test('names that reach for prototypes are refused', async (t) => {
  t.match(await refused(manifest({ rxInfo: `${RX_INFO}<__proto__><a/></__proto__>` })), {
    code: 'manifest-not-xml',
  })
})

t.test('ten thousand teeth end in a bounded number of warnings', async (t) => {
  const order = read(manifest({ teeth: toothRow(8).repeat(10_000) }))
  t.equal(order.teeth.length, 1)
  t.ok(order.warnings.length <= 1001)
})

/** Reads or refuses; anything else that is thrown is a defect. */
function orderOrRefusal(bytes: Uint8Array): void {
  try {
    const order = read(bytes)
    if (typeof order.id !== 'string' || order.id === '') throw new Error('an order without a number')
    meaningOf(order)
  } catch (error) {
    if (!(error instanceof ImportError)) throw error
  }
}

t.test('any bytes make an order or a refusal', (t) => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), orderOrRefusal), { numRuns: 300 })
  t.end()
})

t.test('a valid manifest, changed anyhow, makes an order or a refusal', (t) => {
  const bridges = '<Bridge Id="1" Type="1" FromAdaId="3" ToAdaId="5"/>'
  const objects = '<Object ObjectType="Surface" SubType="Jaw" JawId="Upper" FileName="u.stl"/>'
  const rest = '<ScanBodyRecognitionData><S AdaId="14" ImplantTypeId="1"/></ScanBodyRecognitionData>'
  const xml = manifest({
    teeth: [3, 4, 5].map((ada) => toothRow(ada, { BridgeID: '1' })).join(''),
    bridges,
    objects,
    rest,
  })
  const words = xml.match(/"[^"]*"|<\/?\w+|[^<>"\s]+/g) ?? []
  const changes = fc.array(
    fc.oneof(
      fc.record({
        word: fc.constantFrom(...words),
        by: fc.oneof(fc.string(), fc.constantFrom(...words), fc.string({ unit: 'binary' })),
      }),
      fc.record({
        word: fc.constantFrom(...words),
        by: fc.constantFrom('"-1"', '"99"', '<Teeth>', '</Teeth>', '"NaN"', ''),
      }),
    ),
    { minLength: 1, maxLength: 5 },
  )
  fc.assert(
    fc.property(changes, (changes) => {
      const changed = changes.reduce((text, { word, by }) => text.replace(word, () => by), xml)
      orderOrRefusal(Buffer.from(changed))
    }),
    { numRuns: 500 },
  )
  t.end()
})
