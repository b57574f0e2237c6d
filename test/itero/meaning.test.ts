import fc from 'fast-check'
import t from 'tap'
import { meaningOf, readManifest } from '../../plugin/itero/manifest.ts'
import { manifest, RX_INFO, read, toothRow } from './manifests.ts'

const PARTS = {
  teeth: [3, 4, 5]
    .map((ada) => toothRow(ada, { BridgeID: '1', TypeInBridge: ada === 4 ? '4' : '1' }))
    .join(''),
  bridges: '<Bridge Id="1" Type="1" FromAdaId="3" ToAdaId="5"/>',
  objects:
    '<Object ObjectType="Surface" SubType="Jaw" JawId="Upper" FileName="u.stl"/><Object ObjectType="Image" FileName="i.jpg"/>',
  rest: '<ScanBodyRecognitionData><S AdaId="14" ImplantTypeId="1"/><S AdaId="13" ImplantTypeId="2"/></ScanBodyRecognitionData>',
}
const XML = manifest(PARTS)
const MEANING = meaningOf(read(XML))

t.test('the meaning hangs neither on when, where nor by which software the order was exported', (t) => {
  const other = XML.replace('09/08/2026 14:03:22', '10/08/2026 09:00:00').replace('C:\\Exports\\1', 'D:\\2')
  t.equal(meaningOf(read(other)), MEANING)
  const newer = manifest({
    ...PARTS,
    rxInfo: `${RX_INFO}<CaaSVersion>9</CaaSVersion><iTeroVersion>8</iTeroVersion>`,
  })
  t.equal(meaningOf(read(newer)), MEANING)
  t.equal(meaningOf(read(XML.replace('14:03:22', 'nonsense'))), MEANING)
  t.end()
})

t.test('the meaning does not hang on how the manifest is formatted or the patient setting', (t) => {
  const formatted = XML.replaceAll('\n', '\r\n')
    .replaceAll('/>', ' />')
    .replace('<RxInfo>', '<!-- again -->\t<RxInfo>')
  t.equal(meaningOf(read(`\ufeff${formatted}`)), MEANING)
  t.equal(meaningOf(readManifest(Buffer.from(XML), 'm.xml', { patientNameOrder: 'family-given' })), MEANING)
  t.end()
})

t.test('the meaning does not hang on the order of elements', (t) => {
  const shuffled = (text: string): fc.Arbitrary<string> => {
    const rows = text.match(/<(\w+)[^>]*(?:\/>|>[\s\S]*?<\/\1>)/g) ?? []
    return fc.shuffledSubarray(rows, { minLength: rows.length }).map((rows) => rows.join(''))
  }
  const parts = fc.record({
    rxInfo: shuffled(RX_INFO),
    teeth: shuffled(PARTS.teeth),
    objects: shuffled(PARTS.objects),
    rest: shuffled(PARTS.rest.replace(/<\/?ScanBodyRecognitionData>/g, '')).map(
      (rows) => `<ScanBodyRecognitionData>${rows}</ScanBodyRecognitionData>`,
    ),
  })
  fc.assert(
    fc.property(parts, (changed) => meaningOf(read(manifest({ ...PARTS, ...changed }))) === MEANING),
    { numRuns: 50 },
  )
  t.end()
})

t.test('whatever a technician would act on changes the meaning', (t) => {
  const changes: [string, string][] = [
    ['AdaId="3"', 'AdaId="2"'],
    ['RestorationType="2"', 'RestorationType="5"'],
    ['ToothMaterial="2010"', 'ToothMaterial="12"'],
    ['ToothMaterial="2010"', 'ToothMaterial="8888"'],
    ['Translucent Zirconia', 'Lithium Disilicate'],
    ['Specification="1"', 'Specification="2"'],
    ['MiddleShade="A2"', 'MiddleShade="A3"'],
    ['DieShade=""', 'DieShade="ND2"'],
    ['Ditch="0"', 'Ditch="1"'],
    ['MarginDesignInt=""', 'MarginDesignInt="Chamfer"'],
    ['TypeInBridge="4"', 'TypeInBridge="1"'],
    ['Bridge Id="1" Type="1"', 'Bridge Id="1" Type="3"'],
    ['ToAdaId="5"', 'ToAdaId="4"'],
    ['ToAdaId="5"', 'ToAdaId="99"'],
    ['09/15/2026', '09/16/2026'],
    ['09/15/2026', '02/30/2026'],
    ['Please call', 'Please do not call'],
    ['Testa, Muster', 'Testo, Muster'],
    ['P-0001', 'P-0002'],
    ['4711', '4712'],
    ['1 Nowhere Street', '2 Nowhere Street'],
    ['<Procedure>4', '<Procedure>5'],
    ['VITA Lumin', 'Other'],
    ['FileName="u.stl"', 'FileName="v.stl"'],
    ['JawId="Upper"', 'JawId="Lower"'],
    ['ImplantTypeId="1"', 'ImplantTypeId="3"'],
    ['<S AdaId="14"', '<S AdaId="12"'],
    ['FromAdaId="1" ToAdaId="16"', 'FromAdaId="2" ToAdaId="16"'],
  ]
  const meanings = changes.map(([from, to]) => {
    t.ok(XML.includes(from), from)
    return meaningOf(read(XML.replace(from, to)))
  })
  for (const [at, meaning] of meanings.entries()) t.not(meaning, MEANING, (changes[at] ?? []).join(' → '))
  t.equal(new Set(meanings).size, changes.length, 'and no two of them mean the same')
  t.end()
})

t.test('work on a tooth that is none changes the meaning as well', (t) => {
  const of = (material: string): string =>
    meaningOf(read(manifest({ ...PARTS, teeth: PARTS.teeth + toothRow(99, { ToothMaterial: material }) })))
  t.not(of('12'), of('13'))
  t.end()
})
