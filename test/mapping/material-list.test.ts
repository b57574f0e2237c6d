import { readFileSync } from 'node:fs'
import t from 'tap'
import type { ImportError } from '../../plugin/errors.ts'
import { MATERIAL_LIST_LIMITS } from '../../plugin/mapping/material-list-xml.ts'
import {
  DEFAULT_MATERIALS_FILE,
  RECONSTRUCTION_TYPES,
  readMaterialList,
} from '../../plugin/mapping/materials.ts'
import { faultsOf, validate } from '../xsd.ts'
import { MATERIALS } from './made-up.ts'

const LIST = `<?xml version="1.0" encoding="UTF-8"?>
<MaterialList Version="1">
  <ProductionMethod Code="M5"><Name Language="en">A &amp; B, 5&#45;axis</Name></ProductionMethod>
  <Material Code="ZI" Connectors="true">
    <Name Language="en">Zirconia</Name>
    <Name Language="de">Zirkon</Name>
    <Suits>AnatomicCrown
           AnatomicPontic</Suits>
    <Method>M5</Method>
    <Colours>A1 OM1 ---</Colours>
  </Material>
</MaterialList>
`

const read = (xml: string) => readMaterialList(Buffer.from(xml))

t.test('a list is read as it is written', async (t) => {
  await validate(t, 'material-list', LIST)
  t.same(read(LIST).materials, [
    {
      code: 'ZI',
      names: { en: 'Zirconia', de: 'Zirkon' },
      suits: ['AnatomicCrown', 'AnatomicPontic'],
      connectors: true,
      abutments: false,
      methods: [{ code: 'M5', names: { en: 'A & B, 5-axis' } }],
      colours: ['A1', 'OM1', '---'],
    },
  ])
})

t.test('a byte order mark and Windows line ends do not matter', async (t) => {
  t.same(read(`\uFEFF${LIST.replaceAll('\n', '\r\n')}`), read(LIST))
})

t.test('the default list is valid', async (t) => {
  await validate(t, 'material-list', readFileSync(DEFAULT_MATERIALS_FILE))
})

t.test('the default list names everything in English and German', async (t) => {
  for (const { names, methods } of MATERIALS.materials)
    for (const one of [names, ...methods.map((method) => method.names)]) t.ok(one.en && one.de)
})

t.test(
  'the default list has the materials of a default installation, four of them without connectors',
  async (t) => {
    const codes = MATERIALS.materials.map(({ code }) => code)
    const installed = 'NP TI PMMA COMP ZI ZIHT MLZI GCER LS1 LS2 WAX PEEK MLPMMA HC FSP NP_L TI_L'.split(' ')
    t.same([...codes].sort(), installed.sort())
    const unjoined = MATERIALS.materials.filter(({ connectors }) => !connectors).map(({ code }) => code)
    t.same(unjoined.sort(), ['FSP', 'GCER', 'HC', 'LS1'])
  },
)

t.test(
  'metals, wax and PEEK have no colour in the default list, resins letters, ceramics shades',
  async (t) => {
    for (const { code, colours } of MATERIALS.materials) {
      if (/^(NP|TI|WAX|PEEK)/.test(code)) t.same(colours, [], code)
      else if (/PMMA|COMP/.test(code)) t.same(colours, ['A', 'B', 'C', 'D', '---'], code)
      else t.ok(colours.includes('A3.5') && colours.includes('OM3') && colours.includes('---'), code)
    }
  },
)

t.test('schema and reader know the same kinds of work', async (t) => {
  const all = LIST.replace(/<Suits>[^<]*/, `<Suits>${RECONSTRUCTION_TYPES.join(' ')}`)
  await validate(t, 'material-list', all)
  t.same(read(all).materials[0]?.suits, RECONSTRUCTION_TYPES)
  const xsd = readFileSync(new URL('../../schemas/material-list.xsd', import.meta.url), 'utf8')
  const named = xsd.match(/name="ReconstructionType"[\s\S]*?<\/xs:simpleType>/)?.[0].match(/value="\w+"/g)
  t.equal(named?.length, RECONSTRUCTION_TYPES.length)
})

interface Refusal {
  readonly what: string
  readonly xml: string
  readonly facts: Record<string, unknown>
  /** The schema cannot say this. */
  readonly schemaAllows?: true
}

const MATERIAL = /<Material [\s\S]*<\/Material>/.exec(LIST)?.[0] ?? ''

const REFUSALS: readonly Refusal[] = [
  { what: 'an empty file', xml: '', facts: { problem: 'not-xml' } },
  { what: 'text that is not XML', xml: 'ZI;NP;TI', facts: { problem: 'not-xml' } },
  {
    what: 'an element that is not closed',
    xml: LIST.replace('</Suits>', ''),
    facts: { problem: 'not-xml' },
  },
  {
    what: 'another root',
    xml: LIST.replaceAll('MaterialList', 'Materials'),
    facts: { problem: 'wrong-root', line: 2 },
  },
  {
    what: 'a document type',
    xml: LIST.replace('<MaterialList', '<!DOCTYPE x [<!ENTITY e "boom">]>\n<MaterialList'),
    facts: { problem: 'has-doctype', line: 2 },
  },
  {
    what: 'another version',
    xml: LIST.replace('Version="1"', 'Version="2"'),
    facts: { field: 'Version', line: 2 },
  },
  {
    what: 'no material',
    xml: LIST.replace(MATERIAL, ''),
    facts: { field: 'MaterialList.Material', problem: 'missing' },
  },
  {
    what: 'a code that occurs twice',
    xml: LIST.replace(MATERIAL, `${MATERIAL}\n${MATERIAL}`),
    facts: { field: 'Material.Code', problem: 'duplicate', value: 'ZI', line: 12 },
  },
  {
    what: 'codes that differ in capitals alone',
    xml: LIST.replace(MATERIAL, `${MATERIAL}\n${MATERIAL.replace('Code="ZI"', 'Code="zi"')}`),
    facts: { field: 'Material.Code', problem: 'duplicate', value: 'zi', line: 12 },
    schemaAllows: true,
  },
  {
    what: 'a production method that occurs twice, in other capitals',
    xml: LIST.replace(/(<ProductionMethod.*)\n/, (line) => line + line.replace('Code="M5"', 'Code="m5"')),
    facts: { field: 'ProductionMethod.Code', problem: 'duplicate', value: 'm5', line: 4 },
    schemaAllows: true,
  },
  {
    what: 'a production method that occurs twice',
    xml: LIST.replace(/(<ProductionMethod.*)\n/, '$1\n$1\n'),
    facts: { field: 'ProductionMethod.Code', problem: 'duplicate', line: 4 },
  },
  {
    what: 'a method that is not defined',
    xml: LIST.replace('<Method>M5', '<Method>M9'),
    facts: { field: 'Material.Method', problem: 'unknown', line: 9, material: 'ZI' },
  },
  {
    what: 'a material without a method',
    xml: LIST.replace('<Method>M5</Method>', ''),
    facts: { field: 'Material.Method', problem: 'missing', line: 4 },
  },
  {
    what: 'a kind of work that does not exist',
    xml: LIST.replace('AnatomicPontic', 'AnatomicPontick'),
    facts: { field: 'Material.Suits', problem: 'unknown', line: 7, material: 'ZI' },
  },
  {
    what: 'no kind of work',
    xml: LIST.replace(/<Suits>[^<]*/, '<Suits>'),
    facts: { field: 'Material.Suits' },
  },
  {
    what: 'a misspelt attribute',
    xml: LIST.replace('Connectors', 'Connector'),
    facts: { field: 'Material.Connector', problem: 'not-expected', line: 4 },
  },
  {
    what: 'a missing Connectors',
    xml: LIST.replace(' Connectors="true"', ''),
    facts: { field: 'Material.Connectors', problem: 'missing' },
  },
  {
    what: 'Connectors that is neither true nor false',
    xml: LIST.replace('Connectors="true"', 'Connectors="yes"'),
    facts: { field: 'Material.Connectors', problem: 'malformed' },
  },
  {
    what: 'a code with blanks',
    xml: LIST.replace('Code="ZI"', 'Code="Z I"'),
    facts: { field: 'Material.Code', problem: 'malformed' },
  },
  {
    what: 'a name in a language that is not known',
    xml: LIST.replace('"de"', '"xx"'),
    facts: { field: 'Name.Language', problem: 'unknown', line: 6 },
  },
  {
    what: 'a material without an English name',
    xml: LIST.replace('<Name Language="en">Zirconia</Name>', ''),
    facts: { field: 'Name', problem: 'missing' },
    schemaAllows: true,
  },
  {
    what: 'a name of 101 letters',
    xml: LIST.replace('Zirconia', 'Z'.repeat(101)),
    facts: { field: 'Name', problem: 'length' },
  },
  {
    what: 'an unknown element',
    xml: LIST.replace('<Method>', '<Price>9</Price><Method>'),
    facts: { field: 'Material.Price', problem: 'not-expected' },
  },
  {
    what: 'loose text between elements',
    xml: LIST.replace('<Suits>', 'hello <Suits>'),
    facts: { field: 'Material', problem: 'text-not-expected' },
  },
  {
    what: 'a colour that could not stand in a file name',
    xml: LIST.replace('OM1', 'O:M1'),
    facts: { field: 'Material.Colours', problem: 'malformed' },
  },
  {
    what: 'elements nested a thousand deep',
    xml: `<MaterialList Version="1">${'<a>'.repeat(1000)}${'</a>'.repeat(1000)}</MaterialList>`,
    facts: { problem: 'too-deep' },
  },
  {
    what: '501 materials',
    xml: LIST.replace(
      MATERIAL,
      Array.from({ length: 501 }, (_, n) => MATERIAL.replace('"ZI"', `"Z${n}"`)).join('\n'),
    ),
    facts: { field: 'MaterialList.Material', problem: 'too-many' },
  },
]

for (const { what, xml, facts, schemaAllows } of REFUSALS) {
  t.test(`${what} is refused, by line or field`, async (t) => {
    t.throws(() => read(xml), { code: 'material-list-invalid', facts })
    if (!schemaAllows && !['has-doctype', 'not-xml'].includes(String(facts['problem'])))
      t.not((await faultsOf('material-list', xml)).length, 0, 'libxml2 refuses it too')
  })
}

t.test('a list of more than its limit is refused before it is parsed', async (t) => {
  const large = Buffer.alloc(MATERIAL_LIST_LIMITS.bytes + 1, ' ')
  t.throws(() => readMaterialList(large), { code: 'material-list-invalid', facts: { problem: 'too-large' } })
})

t.test('bytes that are not UTF-8 are refused', async (t) => {
  const latin1 = Buffer.from(LIST.replace('Zirkon', 'Zirk\xf6n'), 'latin1')
  t.throws(() => readMaterialList(latin1), { code: 'material-list-invalid', facts: { problem: 'not-utf-8' } })
})

t.test('an error quotes nothing but codes and positions', async (t) => {
  try {
    read(LIST.replace('"de"', '"secret"'))
    t.fail('was not refused')
  } catch (error) {
    t.notMatch(JSON.stringify((error as ImportError).facts), /secret/)
  }
})
