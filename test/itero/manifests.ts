import { readManifest } from '../../plugin/itero/manifest.ts'
import type { Order } from '../../plugin/itero/order.ts'

export const SETTINGS = { patientNameOrder: 'given-family' } as const
export const FILE = 'iTero_Export_#123456789_v50.xml'

/** Attributes of a tooth as v50 writes them, the placeholders among them. */
export function toothRow(adaId: number | string, changes: Readonly<Record<string, string>> = {}): string {
  const attributes = {
    ...{ AdaId: String(adaId), RestorationType: '2', Specification: '1', ImplantBasedRestorationType: '-1' },
    ...{ AbutmentType: '-1', PonticDesign: '-1', Ditch: '0', ToothMaterial: '2010', MarginDesignInt: '' },
    ...{ MarginDesignExt: '', IncisalShade: '', MiddleShade: 'A2', GingivalShade: 'A3', DieShade: '' },
    ...{ PreparationDesignBuccal: '', PreparationDesignLingual: '', AbutmentMaterial: '-1' },
    ...changes,
  }
  const written = Object.entries(attributes).map(([name, value]) => `${name}="${value}"`)
  return `<Tooth ${written.join(' ')}/>`
}

export interface Parts {
  readonly version?: string
  readonly rxInfo?: string
  readonly teeth?: string
  readonly bridges?: string
  readonly defines?: string
  readonly objects?: string
  readonly rest?: string
}

/** A v50 manifest with made-up people, its parts to be changed. */
export function manifest(parts: Parts = {}): string {
  return `<?xml version="1.0" encoding="utf-8"?>
<iTeroExport Version="${parts.version ?? '5.0'}">
 <RxInfo>
  ${parts.rxInfo ?? RX_INFO}
  <Teeth>${parts.teeth ?? toothRow(8)}</Teeth>
  <Bridges>${parts.bridges ?? ''}</Bridges>
 </RxInfo>
 <RxDefines>${parts.defines ?? '<Materials><Type Id="2010" Name="Ceramic: Translucent Zirconia"/></Materials>'}</RxDefines>
 <ExportedObjects>${parts.objects ?? ''}</ExportedObjects>
 ${parts.rest ?? ''}
</iTeroExport>
`
}

export const RX_INFO = `<OrderID>123456789</OrderID>
  <OrderCode>AB-77</OrderCode>
  <FilePath>C:\\Exports\\1</FilePath>
  <ExportTime>09/08/2026 14:03:22</ExportTime>
  <UtcOffset>0</UtcOffset>
  <LabTechnician>Null</LabTechnician>
  <Patient>Testa, Muster</Patient>
  <UniquePatientIdentifier>P-0001</UniquePatientIdentifier>
  <ChartNumber>0</ChartNumber>
  <Doctor>Dr. Fixture</Doctor>
  <DoctorLicense>0000000</DoctorLicense>
  <DoctorID>4711</DoctorID>
  <LabName>Made Up Lab</LabName>
  <LabID>-1</LabID>
  <PracticeShipToAddress>1 Nowhere Street</PracticeShipToAddress>
  <DueDate>09/15/2026</DueDate>
  <ScanRange><UpperRange FromAdaId="1" ToAdaId="16"/><LowerRange FromAdaId="17" ToAdaId="32"/></ScanRange>
  <ToothShadeSystem>VITA Lumin</ToothShadeSystem>
  <Procedure>4</Procedure>
  <Notes>Please call</Notes>`

export function read(xml: string | Uint8Array, file = FILE): Order {
  return readManifest(typeof xml === 'string' ? Buffer.from(xml) : xml, file, SETTINGS)
}

export function codes(order: Order): readonly string[] {
  return order.warnings.map(({ code }) => code)
}
