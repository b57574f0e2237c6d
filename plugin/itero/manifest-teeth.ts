import type { WarningCode } from '../errors.ts'
import { attribute, children, idOrNothing, told, type Warn } from './manifest-fields.ts'
import type { Node } from './manifest-xml.ts'
import type { OrderBridge, OrderTooth, Term } from './order.ts'
import { adaTooth, archOrder, type FdiTooth, fdiOf, jawOf } from './teeth.ts'
import { oneTooth } from './tooth-twice.ts'
import type { TableName, Vocabulary } from './vocabulary.ts'

/** Rows beyond these belong to no mouth; each row that is dropped is told, and the telling is bounded too. */
const ROWS_LIMIT = 1000

/** The teeth of `RxInfo/Teeth`, by ADA number. */
export function readTeeth(rxInfo: Node, vocabulary: Vocabulary, warn: Warn): readonly OrderTooth[] {
  const bridgeIds = new Set(bridgeRows(rxInfo).map((row) => attribute(row, 'Id')))
  const rows = children(rxInfo, 'Teeth').flatMap((teeth) => children(teeth, 'Tooth'))
  const teeth = new Map<number, [OrderTooth, ...OrderTooth[]]>()
  for (const row of boundedRows(rows, 'Tooth', warn)) {
    const tooth = readTooth(row, vocabulary, bridgeIds, warn)
    if (tooth === null) continue
    const before = teeth.get(tooth.ada)
    if (before === undefined) teeth.set(tooth.ada, [tooth])
    else before.push(tooth)
  }
  return [...teeth.values()].map((rows) => oneTooth(rows, warn)).sort((a, b) => a.ada - b.ada)
}

/** The bridges of `RxInfo/Bridges` whose span lies in one jaw, by id; v10 has no such list [V]. */
export function readBridges(
  rxInfo: Node,
  teeth: readonly OrderTooth[],
  vocabulary: Vocabulary,
  warn: Warn,
): readonly OrderBridge[] {
  if (children(rxInfo, 'Bridges').length === 0) {
    warnUnlisted(teeth, warn)
    return []
  }
  const present = new Set<number>(teeth.map(({ fdi }) => fdi))
  const bridges = new Map<string, OrderBridge>()
  for (const row of boundedRows(bridgeRows(rxInfo), 'Bridge', warn)) {
    const bridge = readBridge(row, vocabulary, warn)
    if (bridge === null) continue
    if (bridges.has(bridge.id)) {
      warn('bridge-not-understood', { bridge: told(bridge.id), reason: 'listed-twice' })
      continue
    }
    bridges.set(bridge.id, bridge)
    for (const tooth of bridge.span) {
      if (!present.has(tooth)) warn('bridge-names-absent-tooth', { bridge: told(bridge.id), tooth })
    }
  }
  for (const { bridgeId, fdi } of teeth) {
    const bridge = bridgeId === null ? undefined : bridges.get(bridgeId)
    if (bridgeId !== null && bridge === undefined) {
      warn('bridge-not-understood', { bridge: told(bridgeId), tooth: fdi, reason: 'not-listed' })
    } else if (bridge !== undefined && !bridge.span.includes(fdi)) {
      warn('bridge-not-understood', { bridge: told(bridge.id), tooth: fdi, reason: 'outside-span' })
    }
  }
  const listed = [...bridges.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  warnOverlaps(listed, teeth, warn)
  return listed
}

/** A tooth is of one bridge only: where several claim it, one of them ends up short of it. Told once for the same ones. */
function warnOverlaps(bridges: readonly OrderBridge[], teeth: readonly OrderTooth[], warn: Warn): void {
  const idOf = new Map(teeth.map(({ fdi, bridgeId }) => [fdi, bridgeId]))
  const claimed = new Map<string, { readonly ids: readonly string[]; readonly teeth: FdiTooth[] }>()
  for (const fdi of [...archOrder.upper, ...archOrder.lower]) {
    const ids = bridges
      .filter(({ id, span }) => span.includes(fdi) || idOf.get(fdi) === id)
      .map(({ id }) => id)
    if (ids.length < 2) continue
    const same = claimed.get(JSON.stringify(ids))
    if (same) same.teeth.push(fdi)
    else claimed.set(JSON.stringify(ids), { ids, teeth: [fdi] })
  }
  for (const { ids, teeth } of claimed.values()) {
    const [bridge = '', ...others] = ids
    warn('bridges-overlap', { bridge: told(bridge), other: told(others.join(', ')), teeth: teeth.join(' ') })
  }
}

/** Bridges that teeth name where the file has no list of them: which of its teeth belong together is not said elsewhere. */
function warnUnlisted(teeth: readonly OrderTooth[], warn: Warn): void {
  for (const bridge of new Set(teeth.flatMap(({ bridgeId }) => bridgeId ?? []))) {
    const of = teeth.filter(({ bridgeId }) => bridgeId === bridge)
    warn('bridges-not-listed', { bridge: told(bridge), teeth: of.map(({ fdi }) => fdi).join(' ') })
  }
}

/** The tooth that an attribute names by its ADA number. */
export function toothOf(adaId: string): FdiTooth | null {
  const ada = /^\d{1,2}$/.test(adaId) ? adaTooth(Number(adaId)) : null
  return ada === null ? null : fdiOf(ada)
}

function bridgeRows(rxInfo: Node): readonly Node[] {
  return children(rxInfo, 'Bridges').flatMap((bridges) => children(bridges, 'Bridge'))
}

/** Sorted by what they say, so that which of two rows for one tooth holds does not hang on the order of the file. */
function boundedRows(rows: readonly Node[], row: string, warn: Warn): readonly Node[] {
  if (rows.length > ROWS_LIMIT) warn('manifest-row-skipped', { row, rows: rows.length, limit: ROWS_LIMIT })
  const keyed = rows.map((node) => ({ node, key: JSON.stringify(Object.entries(node).sort()) }))
  return keyed
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .slice(0, ROWS_LIMIT)
    .map(({ node }) => node)
}

function readTooth(
  row: Node,
  vocabulary: Vocabulary,
  bridgeIds: ReadonlySet<string>,
  warn: Warn,
): OrderTooth | null {
  const fdi = toothOf(attribute(row, 'AdaId'))
  const ada = adaTooth(Number(attribute(row, 'AdaId')))
  if (fdi === null || ada === null) {
    const work = {
      restoration: told(attribute(row, 'RestorationType')),
      material: told(attribute(row, 'ToothMaterial')),
    }
    warn('tooth-number-invalid', { tooth: told(attribute(row, 'AdaId')), ...work })
    return null
  }
  const term = (name: string, table: TableName, code: WarningCode): Term | null => {
    const id = idOrNothing(attribute(row, name))
    if (id === null) return null
    const resolved = vocabulary(table, id)
    if (resolved.name === null) warn(code, { tooth: fdi, id: told(id), field: name })
    return resolved
  }
  const value = (name: string): string | null => idOrNothing(attribute(row, name))
  const restoration = term('RestorationType', 'RestorationTypes', 'restoration-not-understood')
  if (restoration === null) {
    warn('restoration-not-understood', { tooth: fdi, id: told(attribute(row, 'RestorationType')) })
  }
  const role = term('TypeInBridge', 'ToothInBridgeTypes', 'role-in-bridge-not-understood')
  return {
    ada,
    fdi,
    restoration: restoration ?? { id: attribute(row, 'RestorationType'), name: null },
    specification: term('Specification', 'Specifications', 'specification-not-understood'),
    implantBased: term(
      'ImplantBasedRestorationType',
      'ImplantBasedRestorationTypes',
      'implant-not-understood',
    ),
    abutmentType: term('AbutmentType', 'AbutmentTypes', 'implant-not-understood'),
    ponticDesign: term('PonticDesign', 'PonticDesigns', 'specification-not-understood'),
    material: term('ToothMaterial', 'Materials', 'material-not-understood'),
    abutmentMaterial: term('AbutmentMaterial', 'Materials', 'material-not-understood'),
    roleInBridge: role,
    bridgeId: bridgeIdOf(attribute(row, 'BridgeID'), bridgeIds),
    ditched: yesOrNo(attribute(row, 'Ditch')),
    marginDesign: { internal: value('MarginDesignInt'), external: value('MarginDesignExt') },
    preparationDesign: {
      buccal: value('PreparationDesignBuccal'),
      lingual: value('PreparationDesignLingual'),
    },
    shades: {
      incisal: shade(row, 'IncisalShade', fdi, warn),
      middle: shade(row, 'MiddleShade', fdi, warn),
      gingival: shade(row, 'GingivalShade', fdi, warn),
      die: shade(row, 'DieShade', fdi, warn),
    },
  }
}

/** `0` is a placeholder, unless a bridge of that id is listed. */
function bridgeIdOf(written: string, listed: ReadonlySet<string>): string | null {
  return listed.has(written) && written !== '' ? written : idOrNothing(written)
}

function yesOrNo(written: string): boolean | null {
  if (/^(1|true|yes)$/i.test(written)) return true
  return /^(0|false|no)$/i.test(written) ? false : null
}

/** Shade names are the systems' own (`A3`, `2M2`, `ND4`, `ST9`): kept as written, told where they look like none. */
function shade(row: Node, name: string, tooth: number, warn: Warn): string | null {
  const written = attribute(row, name)
  if (idOrNothing(written) === null) return null
  if (!/^[\p{L}\p{N}][\p{L}\p{N} .,/+()_-]{0,39}$/u.test(written)) {
    warn('shade-not-understood', { tooth, field: name, shade: told(written) })
  }
  return written
}

function readBridge(row: Node, vocabulary: Vocabulary, warn: Warn): OrderBridge | null {
  const id = attribute(row, 'Id')
  const [from, to] = [toothOf(attribute(row, 'FromAdaId')), toothOf(attribute(row, 'ToAdaId'))]
  const written = {
    bridge: told(id),
    from: told(attribute(row, 'FromAdaId')),
    to: told(attribute(row, 'ToAdaId')),
    type: told(attribute(row, 'Type')),
  }
  const refuse = (reason: string): null => {
    warn('bridge-not-understood', { ...written, reason })
    return null
  }
  if (id === '') return refuse('no-id')
  if (from === null || to === null) return refuse('no-tooth')
  if (jawOf(from) !== jawOf(to)) return refuse('two-jaws')
  if (from === to) return refuse('one-tooth')
  const type = vocabulary('BridgeTypes', attribute(row, 'Type'))
  if (type.name === null) warn('bridge-not-understood', { ...written, reason: 'type' })
  const arch = archOrder[jawOf(from)]
  const [a, b] = [arch.indexOf(from), arch.indexOf(to)]
  return { id, type, from, to, span: arch.slice(Math.min(a, b), Math.max(a, b) + 1) }
}
