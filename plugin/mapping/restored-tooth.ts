import type { RestoredTooth } from '../casefile/treatment.ts'
import type { Warning } from '../errors.ts'
import type { FileRole } from '../file-role.ts'
import type { FdiTooth } from '../teeth.ts'
import type { Client } from './clients.ts'
import type { Joints } from './connectors.ts'
import { implantField } from './implants.ts'
import { type LaboratoryMaterial, type Language, nameIn } from './materials.ts'
import { parametersOf } from './parameters.ts'
import { bodyShade, colourIn, NO_COLOUR, strangeZones, zonesOf } from './shades.ts'
import { isWritten, type RestoredWork } from './works.ts'

/**
 * A tooth to be made, complete. Its colour is only one that its material has, spelled as the list spells it; `---` with
 * `shade-missing` or `shade-not-understood` where there is none; null for materials without colours.
 */
export function restoredTooth(
  { tooth, work, fixing }: RestoredWork,
  joints: Joints,
  materialFor: (fdi: FdiTooth, use: 'tooth' | 'abutment') => LaboratoryMaterial | undefined,
  client: Client,
  files: readonly FileRole[],
  language: Language,
): { readonly tooth: RestoredTooth; readonly warnings: readonly Warning[] } {
  const { fdi } = tooth
  const material = materialFor(fdi, 'tooth')
  // Every restored tooth is in a group, and every group was decided.
  if (!material) throw new RangeError('a restored tooth has a material')
  const { parameters, warnings } = parametersOf(client, work.reconstructionType)
  const zones = zonesOf(tooth)
  const shade = bodyShade(zones)
  const colour = shade === null ? null : colourIn(material, shade)
  const coloured = material.colours.length > 0
  const unclear: Warning[] = []
  if (coloured && shade === null) unclear.push({ code: 'shade-missing', facts: { tooth: fdi } })
  else if (coloured && colour === null && shade !== null)
    unclear.push({ code: 'shade-not-understood', facts: { tooth: fdi, shade, material: material.code } })
  for (const { field, shade } of coloured ? strangeZones(material, zones) : [])
    unclear.push({
      code: 'shade-not-understood',
      facts: { tooth: fdi, field, shade, material: material.code },
    })
  return {
    warnings: [...warnings, ...unclear],
    tooth: {
      kind: 'restored',
      number: fdi,
      reconstructionType: work.reconstructionType,
      mesialConnector: joints.mesial.has(fdi),
      parameters,
      materialName: nameIn(material.names, language),
      material: material.code,
      implant:
        fixing === null
          ? null
          : implantField(
              fixing,
              isWritten(files, 'scan-body', fdi),
              materialFor(fdi, 'abutment')?.code ?? null,
            ),
      preparationType: work.preparationType,
      separateGingivaScan: work.preparationType === 'Inlay' ? null : isWritten(files, 'gingiva', fdi),
      situScan: isWritten(files, 'pre-treatment', fdi),
      color: coloured ? (colour ?? NO_COLOUR) : null,
    },
  }
}
