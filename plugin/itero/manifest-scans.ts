import {
  allChildren,
  attribute,
  child,
  children,
  id,
  idOrNothing,
  ownText,
  text,
  textOrNothing,
  told,
  type Warn,
} from './manifest-fields.ts'
import { toothOf } from './manifest-teeth.ts'
import type { Node } from './manifest-xml.ts'
import type { Denture, ExportedObject, ScanBody, Term, Transform } from './order.ts'
import type { Vocabulary } from './vocabulary.ts'

/** A package of 64 mouths would have fewer. */
const ROWS_LIMIT = 2000

/** The rows of ExportedObjects that name a file. */
export function readObjects(root: Node, warn: Warn): readonly ExportedObject[] {
  const rows = children(root, 'ExportedObjects').flatMap((objects) => children(objects, 'Object'))
  return bounded(rows, 'Object', warn).flatMap((row) => {
    const fileName = attribute(row, 'FileName')
    const objectType = attribute(row, 'ObjectType')
    if (fileName === '') {
      warn('manifest-row-skipped', { row: 'Object', type: told(objectType), reason: 'no-file-name' })
      return []
    }
    const value = (name: string): string | null => textOrNothing(attribute(row, name))
    const adaId = idOrNothing(attribute(row, 'AdaId'))
    return [{ objectType, subType: value('SubType'), jawId: value('JawId'), adaId, fileName }]
  })
}

/** Sixteen numbers each, in text, attributes or children: which of them is [?]. */
export function readTransforms(root: Node, warn: Warn): readonly Transform[] {
  const rows = children(root, 'ActualUsedTransforms').flatMap((all) => children(all, 'Transformation'))
  return bounded(rows, 'Transformation', warn).flatMap((row) => {
    const name =
      ['Name', 'Id', 'JawId'].map((key) => attribute(row, key)).find((value) => value !== '') ?? null
    const matrix = numbersOf(row)
    if (matrix === null) {
      warn('manifest-row-skipped', {
        row: 'Transformation',
        name: told(name ?? ''),
        reason: 'not-16-numbers',
      })
      return []
    }
    return [{ name, matrix }]
  })
}

function numbersOf(row: Node): readonly number[] | null {
  const inText = [ownText(row), ...allChildren(row).map(({ node }) => ownText(node))].join(' ')
  const cells = Object.keys(row)
    .filter((key) => /^@m?\d+$/i.test(key))
    .map((key) => attribute(row, key.slice(1)))
  const inOne = ['Matrix', 'Value', 'Values'].map((key) => attribute(row, key)).find((value) => value !== '')
  for (const written of [inText, inOne ?? '', cells.join(' ')]) {
    const numbers = written.split(/[\s,;]+/).filter((word) => word !== '')
    const matrix = numbers.map(Number)
    if (matrix.length === 16 && matrix.every(Number.isFinite)) return matrix
  }
  return null
}

/** v50: what is ordered of a denture; null where all of it is nothing. */
export function readDenture(rxInfo: Node): Denture | null {
  const written = child(rxInfo, 'Denture')
  const denture: Denture = {
    shadeSystem: id(written, 'DentureShadeSystem'),
    teethShade: id(written, 'DentureTeethShade'),
    gingivalShade: id(written, 'DentureGingivalShade'),
    mould: id(written, 'DentureMould'),
    stage: id(written, 'DentureStage'),
    upper: jaw(text(written, 'UpperJaw')),
    lower: jaw(text(written, 'LowerJaw')),
    copyScan: jaw(text(written, 'DentureCopyScan')),
  }
  return Object.values(denture).some((value) => value !== null) ? denture : null
}

function jaw(written: string | null): string | null {
  return written === null || /^(-1|0|false|no|none)$/i.test(written) ? null : written
}

/**
 * ScanBodyRecognitionData: its names are [?], so every element below it is looked at for an attribute that names a
 * tooth (`AdaId`, `ToothId` …) and one that names an implant type.
 */
export function readScanBodies(root: Node, vocabulary: Vocabulary, warn: Warn): readonly ScanBody[] {
  const sections = children(root, 'ScanBodyRecognitionData')
  const found = bounded(sections.flatMap(withDescendants), 'ScanBodyRecognitionData', warn).flatMap((row) => {
    const adaId = attributeLike(row, /^(ada|tooth)_?(id|number|no)?$/i)
    const typeId = idOrNothing(attributeLike(row, /^(implant|scan_?body)_?(type)?_?(id)?$/i))
    if (adaId === '' && typeId === null) return []
    const fdi = toothOf(adaId)
    const implantType: Term | null = typeId === null ? null : vocabulary('ImplantTypes', typeId)
    if (fdi === null && idOrNothing(adaId) !== null) {
      warn('tooth-number-invalid', { tooth: told(adaId), field: 'ScanBodyRecognitionData' })
    }
    if (implantType === null || implantType.name === null) {
      warn('implant-not-understood', {
        tooth: fdi ?? told(adaId),
        id: told(typeId ?? ''),
        field: 'ScanBodyRecognitionData',
      })
    }
    return [{ fdi, implantType }]
  })
  const content = sections.some((section) => allChildren(section).length > 0 || ownText(section) !== '')
  if (content && found.length === 0) warn('manifest-row-skipped', { row: 'ScanBodyRecognitionData' })
  return found
}

function withDescendants(node: Node): readonly Node[] {
  return [node, ...allChildren(node).flatMap(({ node }) => withDescendants(node))]
}

function attributeLike(row: Node, pattern: RegExp): string {
  const key = Object.keys(row).find((key) => key.startsWith('@') && pattern.test(key.slice(1)))
  return key === undefined ? '' : attribute(row, key.slice(1))
}

function bounded(rows: readonly Node[], row: string, warn: Warn): readonly Node[] {
  if (rows.length > ROWS_LIMIT) warn('manifest-row-skipped', { row, rows: rows.length, limit: ROWS_LIMIT })
  return rows.slice(0, ROWS_LIMIT)
}
