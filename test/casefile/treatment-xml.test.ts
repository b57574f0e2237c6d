import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import type { Tooth, Treatment } from '../../plugin/casefile/treatment.ts'
import { readTreatmentDocument, treatmentOf } from '../../plugin/casefile/treatment-document.ts'
import { decimal, writeTreatment } from '../../plugin/casefile/treatment-xml.ts'
import { faultsOf, validate } from '../xsd.ts'
import { treatments } from './arbitraries.ts'
import { CROWN, TREATMENT } from './samples.ts'

const text = (treatment: Treatment): string => new TextDecoder().decode(writeTreatment(treatment))
const read = (treatment: Treatment) => treatmentOf(readTreatmentDocument(writeTreatment(treatment)))

/** Names of the elements of the one tooth, in the order in which they stand. */
function elementsOf(tooth: Tooth): string {
  const inner = /<Tooth>([\s\S]*)<\/Tooth>/.exec(text({ ...TREATMENT, teeth: [tooth] }))?.[1] ?? ''
  const flat = inner.replace(/<Parameters>[\s\S]*<\/Parameters>/, '<Parameters />')
  return Array.from(flat.matchAll(/<(\w+)/g), (match) => match[1]).join(' ')
}

t.test('a treatment is written in the third-party profile, in the order of DentalDB', async (t) => {
  t.equal(
    text(TREATMENT),
    `<?xml version="1.0" encoding="utf-8"?>
<Treatment UseRecipientMaterialConfiguration="true">
  <DateTime>2026-09-09T22:24:58.2771872+09:00</DateTime>
  <TrayNo>12</TrayNo>
  <Notes />
  <ProjectGUID>01234567-89ab-cdef-0123-456789abcdef</ProjectGUID>
  <ProjectUniqueId>ABCDEFGHIJKLMNOPQRSTUVWXYZ</ProjectUniqueId>
  <Teeth>
    <Tooth>
      <Number>46</Number>
      <ReconstructionType>AnatomicCrown</ReconstructionType>
      <MesialConnector>false</MesialConnector>
      <Parameters>
        <Parameter>
          <Type>CementGapThickness</Type>
          <Value>0.04</Value>
          <MinValue>0</MinValue>
          <MaxValue>0.2</MaxValue>
          <StepSize>0.005</StepSize>
        </Parameter>
      </Parameters>
      <MaterialName>Zirconia</MaterialName>
      <Material>ZI</Material>
      <ImplantType>None</ImplantType>
      <ScanAbutmentScan ParentParamRef="ImplantType">false</ScanAbutmentScan>
      <PreparationType>Crown</PreparationType>
      <SeparateGingivaScan>false</SeparateGingivaScan>
      <SituScan>false</SituScan>
      <Color>A2</Color>
    </Tooth>
  </Teeth>
  <Practice>
    <PracticeId>003</PracticeId>
    <PracticeName>Practice at the Park</PracticeName>
  </Practice>
  <Patient>
    <PatientId>1.0</PatientId>
    <PatientName>Sample</PatientName>
    <PatientFirstName />
  </Patient>
  <DentalDBProductName>MyiTero import</DentalDBProductName>
  <ToothColor>---</ToothColor>
  <AntagonistType>DigitalImpressionScan</AntagonistType>
</Treatment>
`.replaceAll('\n', '\r\n'),
  )
  await validate(t, 'dental-project', writeTreatment(TREATMENT))
})

t.test('each kind of tooth has its own elements in its own order', async (t) => {
  const kinds: readonly (readonly [string, Tooth, string])[] = [
    [
      'implant crown',
      { ...CROWN, implant: { type: 'CustomAbutment', materialAbutment: 'TI', scanAbutmentScan: true } },
      'Number ReconstructionType MesialConnector Parameters MaterialName Material ImplantType MaterialAbutment ScanAbutmentScan PreparationType SeparateGingivaScan SituScan Color',
    ],
    [
      'inlay',
      {
        ...CROWN,
        reconstructionType: 'AnatomicInlay',
        implant: null,
        preparationType: 'Inlay',
        separateGingivaScan: null,
      },
      'Number ReconstructionType MesialConnector Parameters MaterialName Material PreparationType SituScan Color',
    ],
    [
      'pontic',
      { ...CROWN, reconstructionType: 'AnatomicPontic', implant: null, preparationType: 'Pontic' },
      'Number ReconstructionType MesialConnector Parameters MaterialName Material PreparationType SituScan SeparateGingivaScan Color',
    ],
    [
      'crown without parameters in a material without colours',
      { ...CROWN, parameters: [], color: null },
      'Number ReconstructionType MesialConnector MaterialName Material ImplantType ScanAbutmentScan PreparationType SeparateGingivaScan SituScan',
    ],
    [
      'healthy neighbour',
      { kind: 'bystander', number: 45, reconstructionType: 'HealthyTooth' },
      'Number ReconstructionType MesialConnector Material PreparationType',
    ],
    [
      'antagonist',
      { kind: 'bystander', number: 16, reconstructionType: 'Antagonist' },
      'Number ReconstructionType MesialConnector Material PreparationType',
    ],
    [
      'missing tooth',
      { kind: 'bystander', number: 47, reconstructionType: 'MissingTooth' },
      'Number ReconstructionType MesialConnector Material',
    ],
  ]
  for (const [name, tooth, elements] of kinds) {
    t.equal(elementsOf(tooth), elements, name)
    await validate(t, 'dental-project', writeTreatment({ ...TREATMENT, teeth: [tooth] }))
    t.same(read({ ...TREATMENT, teeth: [tooth] }).teeth, [tooth], `${name} is read back`)
  }
})

t.test('what stands for bystanders is Healthy, and None for a missing tooth', async (t) => {
  const written = text({
    ...TREATMENT,
    teeth: [
      { kind: 'bystander', number: 45, reconstructionType: 'HealthyTooth' },
      { kind: 'bystander', number: 16, reconstructionType: 'Antagonist' },
      { kind: 'bystander', number: 47, reconstructionType: 'MissingTooth' },
    ],
  })
  t.same(
    Array.from(written.matchAll(/<Material>(.*)<\/Material>/g), (match) => match[1]),
    ['Healthy', 'Healthy', 'None'],
  )
  t.same(
    Array.from(written.matchAll(/<PreparationType>(.*)<\/PreparationType>/g), (match) => match[1]),
    ['Healthy', 'Antagonist'],
  )
})

t.test('any treatment is read back as it was written, and is valid', async (t) => {
  const written: Uint8Array[] = []
  fc.assert(
    fc.property(treatments, (treatment) => {
      const xml = writeTreatment(treatment)
      written.push(xml)
      assert.deepEqual(treatmentOf(readTreatmentDocument(xml)), treatment)
    }),
    { numRuns: 150 },
  )
  t.same(await faultsOf('dental-project', ...written), [])
})

t.test('a character that XML cannot hold becomes visible instead of breaking the file', async (t) => {
  const notes = 'bell \u0007 null \u0000 lone \ud800 half \udfff end \uffff.'
  const treatment = { ...TREATMENT, notes }
  t.equal(read(treatment).notes, 'bell \ufffd null \ufffd lone \ufffd half \ufffd end \ufffd.')
  await validate(t, 'dental-project', writeTreatment(treatment))
})

t.test('markup in a value stays text', async (t) => {
  const notes = '</Notes><Notes x="1">&amp;]]><![CDATA[<!-- /> -->'
  t.equal(read({ ...TREATMENT, notes }).notes, notes)
  await validate(t, 'dental-project', writeTreatment({ ...TREATMENT, notes }))
})

for (const id of ['', '0']) {
  t.test(`the patient id "${id}" is never written, for it collides on import`, async (t) => {
    t.throws(() => writeTreatment({ ...TREATMENT, patient: { ...TREATMENT.patient, id } }), RangeError)
    const forged = text(TREATMENT).replace('<PatientId>1.0<', `<PatientId>${id}<`)
    t.not((await faultsOf('dental-project', forged)).length, 0, 'and the schema refuses it')
  })
}

t.test('a number is written without exponent and read back the same', async (t) => {
  t.equal(decimal(1e-7), '0.0000001')
  t.equal(decimal(-1.25e-9), '-0.00000000125')
  t.equal(decimal(1e21), '1000000000000000000000')
  t.equal(decimal(-0), '0')
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      assert.match(decimal(value), /^-?\d+(\.\d+)?$/)
      assert.equal(Number(decimal(value)), value + 0)
    }),
  )
})

t.test('a parameter that is no number is never written', async (t) => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) t.throws(() => decimal(value), RangeError)
})

t.test('the schema refuses what the profile does not have', async (t) => {
  const valid = text(TREATMENT)
  const forgeries: readonly (readonly [string, string, string])[] = [
    ['no root attribute', ' UseRecipientMaterialConfiguration="true"', ''],
    ['a tooth that is none', '<Number>46<', '<Number>99<'],
    ['an unknown reconstruction', '>AnatomicCrown<', '>Crown<'],
    ['a date without offset', '+09:00<', '<'],
    ['an upper-case uuid', '-89ab-', '-89AB-'],
    ['an element too many', '<Notes />', '<Notes /><WorkParams />'],
    ['elements in another order', '<TrayNo>12</TrayNo>\r\n  <Notes />', '<Notes />\r\n  <TrayNo>12</TrayNo>'],
  ]
  for (const [name, from, to] of forgeries) {
    t.ok(valid.includes(from), name)
    t.not((await faultsOf('dental-project', valid.replace(from, to))).length, 0, name)
  }
})
