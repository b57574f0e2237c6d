import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import {
  readTreatmentDocument,
  treatmentOf,
  valueAt,
  withValue,
  writeTreatmentDocument,
} from '../../plugin/casefile/treatment-document.ts'
import { writeTreatment } from '../../plugin/casefile/treatment-xml.ts'
import { DOCUMENT_LIMIT_BYTES } from '../../plugin/casefile/xml-file.ts'
import { ImportError } from '../../plugin/errors.ts'
import { validateWellFormed } from '../xsd.ts'
import { legalTexts, treatments } from './arbitraries.ts'

const BOM = '\ufeff'
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const code = (step: () => unknown): string => {
  try {
    step()
  } catch (error) {
    if (error instanceof ImportError) return error.code
    throw error
  }
  return 'nothing thrown'
}

/** As DentalDB writes: BOM, CRLF, elements that we do not know, values that look like numbers. */
const DENTALDB = `${BOM}<?xml version="1.0" encoding="utf-8"?>
<Treatment>
  <DateTime>2026-09-09T22:24:58.2771872+09:00</DateTime>
  <TrayNo>003</TrayNo>
  <Notes />
  <WorkParamsSHA>1.0</WorkParamsSHA>
  <WorkParams><Entry Key="a"  Value='b &gt; "c"' /></WorkParams>
  <ProjectGUID>01234567-89ab-cdef-0123-456789abcdef</ProjectGUID>
  <Teeth>
    <Tooth>
      <Number>11</Number>
      <ReconstructionType>AnatomicCrown</ReconstructionType>
      <MesialConnector>false</MesialConnector>
      <Parameters />
      <MaterialName>Zirkon &amp; mehr</MaterialName>
      <Material>ZI_3ax</Material>
      <ImplantType>CustomAbutment</ImplantType>
      <MaterialAbutment ParentParamRef="ImplantType">TI</MaterialAbutment>
      <ScanAbutmentScan ParentParamRef="ImplantType">true</ScanAbutmentScan>
      <PreparationType>Crown</PreparationType>
    </Tooth>
    <Tooth>
      <Number>12</Number>
      <ReconstructionType>SomethingOfNextYear</ReconstructionType>
    </Tooth>
  </Teeth>
  <LoggedInUserHashWhoCreatedTheCase>0</LoggedInUserHashWhoCreatedTheCase>
  <Practice><PracticeId>003</PracticeId><PracticeName>Park</PracticeName></Practice>
  <Patient><PatientId>1.0</PatientId><PatientName>Sample</PatientName><PatientFirstName /></Patient>
  <ToothColor>---</ToothColor>
</Treatment>
`.replaceAll('\n', '\r\n')

/** ⟦ and ⟧ stand around what setting TrayNo replaces: its content, or the end of an empty tag. */
const ODDITIES: Readonly<Record<string, string>> = {
  'BOM and CRLF, as DentalDB writes': DENTALDB.replace('<TrayNo>003<', '<TrayNo>⟦003⟧<'),
  'LF and no declaration': '<Treatment>\n\t<TrayNo>⟦1⟧</TrayNo>\n</Treatment>',
  'bare carriage returns': '<Treatment>\r  <TrayNo>⟦1⟧</TrayNo>\r</Treatment>\r',
  'mixed line ends': '<Treatment>\r\n  <TrayNo>⟦1\r\n⟧</TrayNo>\n\r</Treatment>\n\r\n',
  comments:
    '<!-- before --><Treatment><!-- <TrayNo>9</TrayNo> - --><TrayNo>⟦1<!-- in -->⟧</TrayNo></Treatment><!-- after -->',
  CDATA:
    '<Treatment><TrayNo>⟦<![CDATA[</TrayNo>]]>⟧</TrayNo><Notes><![CDATA[<b> & ]] > </b>]]></Notes></Treatment>',
  'processing instructions':
    '<?xml-stylesheet href="a.xsl"?><Treatment><?keep this?><TrayNo>⟦1⟧</TrayNo></Treatment><?end?>',
  'unknown elements and attributes':
    '<Treatment a="1" b=\'2\'><x:New xmlns:x="urn:x" x:y="&#10;"/><TrayNo z="">⟦1⟧</TrayNo></Treatment>',
  'odd white space': '<Treatment  \n a = "1"  >  <TrayNo\t>⟦ 1 ⟧</TrayNo >  <Notes   />   </Treatment  >   ',
  'values that look like numbers':
    '<Treatment><TrayNo>⟦003⟧</TrayNo><A>1.0</A><B>0x1F</B><C>1e5</C><D> true </D></Treatment>',
  entities: '<Treatment><TrayNo>⟦&#x31;⟧</TrayNo><A>&lt;&gt;&amp;&quot;&apos;&#169;&#x1F9B7;</A></Treatment>',
  'greater-than signs in attributes': '<Treatment a="/>" b=">"><TrayNo c="&lt;/TrayNo>"⟦/>⟧</Treatment>',
  'an empty element with a blank in its tag': '<Treatment><TrayNo⟦ />⟧</Treatment>',
  'an empty element of two tags': '<Treatment><TrayNo>⟦⟧</TrayNo></Treatment>',
  'elements twice': '<Treatment><TrayNo>⟦1⟧</TrayNo><TrayNo>2</TrayNo></Treatment>',
}

for (const [name, marked] of Object.entries(ODDITIES)) {
  const text = marked.replace(/[⟦⟧]/g, '')

  t.test(`a file with ${name} is written back byte for byte`, async (t) => {
    const bytes = utf8(text)
    t.strictSame(Buffer.from(writeTreatmentDocument(readTreatmentDocument(bytes))), Buffer.from(bytes))
  })

  t.test(`in a file with ${name} one value is set and every other byte stays`, async (t) => {
    const changed = withValue(readTreatmentDocument(utf8(text)), ['TrayNo'], 'new & <7>')
    t.equal(valueAt(changed, ['TrayNo']), 'new & <7>')
    const written = Buffer.from(writeTreatmentDocument(changed)).toString()
    const value = 'new &amp; &lt;7&gt;'
    const expected = marked.replace(/⟦([\s\S]*)⟧/, (_, old: string) =>
      old.endsWith('/>') ? `>${value}</TrayNo>` : value,
    )
    t.equal(written, expected)
    t.same(await validateWellFormed(written), [])
  })
}

t.test(
  'a treatment of DentalDB is seen with its unknown words, numbers as text, and what is absent as null',
  async (t) => {
    const seen = treatmentOf(readTreatmentDocument(utf8(DENTALDB)))
    t.same(seen.practice, { id: '003', name: 'Park' })
    t.same(seen.patient, { id: '1.0', family: 'Sample', given: '' })
    t.equal(seen.trayNo, '003')
    t.equal(seen.notes, '')
    t.equal(seen.antagonistType, null)
    const [crown, next] = seen.teeth
    t.match(crown, {
      kind: 'restored',
      number: 11,
      materialName: 'Zirkon & mehr',
      material: 'ZI_3ax',
      parameters: [],
      implant: { type: 'CustomAbutment', materialAbutment: 'TI', scanAbutmentScan: true },
      separateGingivaScan: null,
      color: null,
    })
    t.match(next, {
      kind: 'restored',
      number: 12,
      reconstructionType: 'SomethingOfNextYear',
      material: null,
      implant: null,
    })
  },
)

t.test('a value deep inside is reached by its place among its like', async (t) => {
  const document = readTreatmentDocument(utf8(DENTALDB))
  const path = ['Teeth', ['Tooth', 1], 'ReconstructionType'] as const
  t.equal(valueAt(document, path), 'SomethingOfNextYear')
  const changed = withValue(document, path, 'AnatomicPontic')
  t.equal(
    Buffer.from(writeTreatmentDocument(changed)).toString(),
    DENTALDB.replace('SomethingOfNextYear', 'AnatomicPontic'),
  )
})

t.test('an empty element takes a value, and a value can become empty', async (t) => {
  const document = readTreatmentDocument(utf8(DENTALDB))
  const noted = withValue(document, ['Notes'], 'first\nsecond')
  t.equal(
    Buffer.from(writeTreatmentDocument(noted)).toString(),
    DENTALDB.replace('<Notes />', '<Notes>first\r\nsecond</Notes>'),
  )
  t.equal(valueAt(noted, ['Notes']), 'first\nsecond')
  t.equal(valueAt(withValue(noted, ['Notes'], ''), ['Notes']), '')
})

t.test('any value that is set is read back, and the file stays well-formed', async (t) => {
  const written: string[] = []
  fc.assert(
    fc.property(treatments, legalTexts, legalTexts, (treatment, notes, family) => {
      let document = readTreatmentDocument(writeTreatment(treatment))
      document = withValue(withValue(document, ['Notes'], notes), ['Patient', 'PatientName'], family)
      const bytes = writeTreatmentDocument(document)
      written.push(Buffer.from(bytes).toString())
      assert.deepEqual(treatmentOf(readTreatmentDocument(bytes)), {
        ...treatment,
        notes,
        patient: { ...treatment.patient, family },
      })
    }),
    { numRuns: 60 },
  )
  t.same(await validateWellFormed(...written), [])
})

const encoded: readonly (readonly [string, Uint8Array])[] = [
  [
    'UTF-16 little endian',
    Buffer.from(
      `${BOM}<?xml version="1.0" encoding="utf-16"?><Treatment><Notes>Зуб 🦷</Notes></Treatment>`,
      'utf16le',
    ),
  ],
  [
    'UTF-16 big endian',
    Buffer.from(
      `${BOM}<?xml version="1.0" encoding="utf-16"?><Treatment><Notes>Зуб 🦷</Notes></Treatment>`,
      'utf16le',
    ).swap16(),
  ],
  [
    'ISO 8859-1',
    Buffer.from(
      '<?xml version="1.0" encoding="ISO-8859-1"?><Treatment><Notes>M\xfcller</Notes></Treatment>',
      'latin1',
    ),
  ],
  [
    'Windows-1251',
    Buffer.from(
      '<?xml version="1.0" encoding="windows-1251"?><Treatment><Notes>\xc7\xf3\xe1</Notes></Treatment>',
      'latin1',
    ),
  ],
]
for (const [name, bytes] of encoded) {
  t.test(`a file in ${name} stays in its encoding`, async (t) => {
    const document = readTreatmentDocument(bytes)
    t.strictSame(Buffer.from(writeTreatmentDocument(document)), Buffer.from(bytes))
    const changed = readTreatmentDocument(writeTreatmentDocument(withValue(document, ['Notes'], 'Zahn 牙 ü')))
    t.equal(valueAt(changed, ['Notes']), 'Zahn 牙 ü')
    t.equal(changed.encoding.name, document.encoding.name)
  })
}

t.test('a file in UTF-8 that declares UTF-16, as .NET writes by mistake, is read and kept', async (t) => {
  const text = '<?xml version="1.0" encoding="utf-16"?><Treatment><Notes>Зуб</Notes></Treatment>'
  const document = readTreatmentDocument(utf8(text))
  t.equal(valueAt(document, ['Notes']), 'Зуб')
  t.equal(Buffer.from(writeTreatmentDocument(document)).toString(), text)
})

t.test('a value is set only where one stands', async (t) => {
  const document = readTreatmentDocument(utf8(DENTALDB))
  t.equal(
    code(() => withValue(document, ['AntagonistType'], 'x')),
    'document-value-missing',
  )
  t.equal(
    code(() => withValue(document, ['Teeth', ['Tooth', 2], 'Material'], 'x')),
    'document-value-missing',
  )
  t.equal(
    code(() => withValue(document, ['Patient'], 'x')),
    'document-value-missing',
    'it holds other elements',
  )
  t.equal(
    code(() => withValue(document, [], 'x')),
    'document-value-missing',
    'the root is no value',
  )
})

const refused: readonly (readonly [string, string, Uint8Array])[] = [
  ['an empty file', 'document-not-xml', utf8('')],
  ['a file of nothing but zeros', 'document-not-xml', new Uint8Array(64)],
  ['a truncated file', 'document-not-xml', utf8(DENTALDB.slice(0, 700))],
  ['a file with crossed tags', 'document-not-xml', utf8('<Treatment><A><B></A></B></Treatment>')],
  ['a file with text after its root', 'document-not-xml', utf8('<Treatment/>x')],
  ['a file with two roots', 'document-not-xml', utf8('<Treatment/><Treatment/>')],
  ['a file with an unclosed comment', 'document-not-xml', utf8('<Treatment><!-- </Treatment>')],
  [
    'bytes that are not UTF-8',
    'document-not-xml',
    Uint8Array.of(...utf8('<Treatment>'), 0xff, ...utf8('</Treatment>')),
  ],
  [
    'an encoding that cannot be kept',
    'document-not-xml',
    utf8('<?xml version="1.0" encoding="Shift_JIS"?><Treatment/>'),
  ],
  [
    'an encoding that nobody knows',
    'document-not-xml',
    utf8('<?xml version="1.0" encoding="klingon"?><Treatment/>'),
  ],
  [
    'a thousand nested elements',
    'document-not-xml',
    utf8(`<Treatment>${'<a>'.repeat(1000)}${'</a>'.repeat(1000)}</Treatment>`),
  ],
  ['a doctype', 'document-has-doctype', utf8('<!DOCTYPE Treatment SYSTEM "file:///etc/passwd"><Treatment/>')],
  [
    'entities that multiply',
    'document-has-doctype',
    utf8('<!DOCTYPE T [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><Treatment>&b;</Treatment>'),
  ],
  ['a doctype inside the root', 'document-has-doctype', utf8('<Treatment><!DOCTYPE x></Treatment>')],
  [
    'a doctype behind a byte order mark and a comment',
    'document-has-doctype',
    utf8(`${BOM}<!-- c --><!DOCTYPE x><Treatment/>`),
  ],
  ['another root', 'document-not-treatment', utf8('<iTeroExport/>')],
  ['a root of another case', 'document-not-treatment', utf8('<treatment/>')],
  [
    'a file of a million elements',
    'document-too-large',
    utf8(`<Treatment>${'<a/>'.repeat(1_000_000)}</Treatment>`),
  ],
  [
    'a file of 200,000 attributes',
    'document-too-large',
    utf8(`<Treatment ${Array.from({ length: 200_000 }, (_, index) => `a${index}=""`).join(' ')}/>`),
  ],
  ['a file beyond the limit', 'document-too-large', new Uint8Array(DOCUMENT_LIMIT_BYTES + 1)],
]
for (const [name, expected, bytes] of refused) {
  t.test(`${name} is refused as ${expected}`, async (t) => {
    t.equal(
      code(() => readTreatmentDocument(bytes)),
      expected,
    )
  })
}

t.test('a refusal never repeats what the file says, which may name a patient', async (t) => {
  try {
    readTreatmentDocument(utf8('<Treatment><PatientName>Sample</Patient'))
    t.fail('refused')
  } catch (error) {
    t.notMatch(JSON.stringify(error) + String(error), /Sample/)
  }
})

t.test('no bytes whatever make the reader fail otherwise than by its codes', async () => {
  const pieces = fc.array(
    fc.constantFrom(
      '<Treatment>',
      '</Treatment>',
      '<a ',
      'b="',
      '"',
      '>',
      '/>',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '<?',
      '?>',
      '<!',
      '&',
      ';',
      '&#0;',
      '__proto__',
      '<constructor/>',
      'x',
      ' ',
      '\u0000',
    ),
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        pieces.map((each) => utf8(each.join(''))),
      ),
      (bytes) => {
        let document: ReturnType<typeof readTreatmentDocument>
        try {
          document = readTreatmentDocument(bytes)
        } catch (error) {
          assert.ok(error instanceof ImportError, String(error))
          return
        }
        treatmentOf(document)
        assert.deepEqual(Buffer.from(writeTreatmentDocument(document)), Buffer.from(bytes))
      },
    ),
    { numRuns: 1500 },
  )
})
