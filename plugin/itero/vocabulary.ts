import { allChildren, attribute, children, told, type Warn } from './manifest-fields.ts'
import { type Node, parseRows } from './manifest-xml.ts'
import type { Term } from './order.ts'
import builtIn from './rxdefines.json' with { type: 'json' }

/** iTero's tables. Names of those that no export showed yet are [?]: they are found by likeness of name. */
export type TableName =
  | 'RestorationTypes'
  | 'Specifications'
  | 'ImplantBasedRestorationTypes'
  | 'AbutmentTypes'
  | 'PonticDesigns'
  | 'Materials'
  | 'BridgeTypes'
  | 'ToothInBridgeTypes'
  | 'Procedures'
  | 'ProcedureTypes'
  | 'ToothShadeSystems'
  | 'ImplantTypes'

/**
 * The name of an id: the file's own RxDefines first, then the built-in table; null where neither knows it. Where the file's
 * own rows give it more than one meaning, it is contradictory and warned about once.
 */
export type Vocabulary = (table: TableName, id: string) => Term

/** Beside the 144 rows seen in real files [V]: 21 [C], Full Contour and Fixed Restorative [V]. */
const KNOWN: Readonly<Partial<Record<TableName, Readonly<Record<string, string>>>>> = {
  ...builtIn,
  RestorationTypes: { ...builtIn.RestorationTypes, '21': 'Pontic' },
  Specifications: { '1': 'Full Contour' },
  Procedures: { '4': 'Fixed Restorative' },
}

/** Names that tables may go by. */
const ALIASES: Readonly<Partial<Record<TableName, readonly string[]>>> = {
  Materials: ['toothmaterials'],
  Specifications: ['restorationspecifications'],
  ImplantBasedRestorationTypes: ['implantbased', 'implantrestorationtypes'],
  ToothInBridgeTypes: ['typeinbridge'],
  ToothShadeSystems: ['shadesystems'],
}

/** Reads RxDefines: rows are `<Material Id Name>` in v10–v24 and `<Type Id Name>` in v50 [V]. */
export function readVocabulary(rxDefines: Node | undefined, implantRows: string, warn: Warn): Vocabulary {
  const own = new Map<string, Map<string, readonly string[]>>()
  for (const { name, node } of allChildren(rxDefines)) {
    if (name !== 'ImplantTypes') addRows(node, own, stem(name))
  }
  const inPlace = children(rxDefines, 'ImplantTypes').map((node) => node['#text'])
  const implantTypes = [implantRows, ...inPlace].filter((rows) => typeof rows === 'string').join('')
  const warned = new Set<string>()
  return (table, id) => {
    const meanings = distinctMeanings(
      table === 'ImplantTypes' ? unparsedNames(implantTypes, id) : writtenNames(own, table, id),
    )
    if (meanings.length > 1) {
      const name = told(meanings.slice(0, MEANINGS_SHOWN).join(' / '))
      if (!warned.has(`${table} ${id}`))
        warn('definition-contradicts', { table, id: told(id), meanings: name })
      warned.add(`${table} ${id}`)
      return { id, name, contradictory: true }
    }
    const known = KNOWN[table]
    const name = meanings[0] ?? (known !== undefined && Object.hasOwn(known, id) ? known[id] : undefined)
    return { id, name: name === undefined || name === '' ? null : name }
  }
}

const MEANINGS_SHOWN = 3

function addRows(table: Node, own: Map<string, Map<string, readonly string[]>>, stem: string): void {
  const rows = own.get(stem) ?? new Map<string, readonly string[]>()
  own.set(stem, rows)
  for (const { node } of allChildren(table)) {
    const id = attribute(node, 'Id')
    if (id === '') continue
    const names = rows.get(id) ?? []
    // More of them make it no more contradictory.
    if (names.length < MEANINGS_SHOWN) rows.set(id, distinctMeanings([...names, attribute(node, 'Name')]))
  }
}

/** Of the first of the table's names under which the file has the id. */
function writtenNames(
  own: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>,
  table: TableName,
  id: string,
): readonly string[] {
  const names = [table.toLowerCase(), ...(ALIASES[table] ?? [])].map(stem)
  return names.map((name) => own.get(name)?.get(id)).find((found) => found !== undefined) ?? []
}

/** Each meaning once, whatever the order of rows; case, spaces and marks make none, and an empty name says nothing. */
function distinctMeanings(names: readonly string[]): readonly string[] {
  if (names.length < 2) return names
  const meanings = new Map<string, string>()
  for (const name of [...names].sort()) {
    const bare = name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '')
    if (name.trim() !== '' && !meanings.has(bare)) meanings.set(bare, name)
  }
  return meanings.size > 0 ? [...meanings.values()] : names.slice(0, 1)
}

/** `RestorationTypes`, `RestorationType` and `Restorations` are one table. */
function stem(name: string): string {
  return name.toLowerCase().replace(/(types?|s)$/, '')
}

/** A start tag with its attributes, in whose values a `>` may stand. */
const START_TAG = /<[^\s>]+(?:\s+[^\s=>]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*\/?>/y

/** A file that has more rows of one id than these is no table: the first ones tell as much. */
const SAME_ID_LIMIT = 100

/** Names in the rows with this id, out of text that was never made into elements. */
function unparsedNames(rows: string, id: string): readonly string[] {
  const attributes = [`Id="${escaped(id)}"`, `Id='${escaped(id)}'`]
  const names: string[] = []
  for (const wanted of attributes) {
    for (let at = rows.indexOf(wanted); at >= 0; at = rows.indexOf(wanted, at + 1)) {
      if (!/\s/.test(rows[at - 1] ?? '')) continue
      const from = rows.lastIndexOf('<', at)
      if (from < 0) continue
      START_TAG.lastIndex = from
      const row = START_TAG.exec(rows)?.[0] ?? ''
      const [found] = allChildren(parseRows(row.endsWith('/>') ? row : `${row.slice(0, -1)}/>`) ?? undefined)
      const name = attribute(found?.node, 'Name')
      if (attribute(found?.node, 'Id') === id && name !== '') names.push(name)
      if (names.length === SAME_ID_LIMIT) return names
    }
  }
  return names
}

function escaped(id: string): string {
  return id.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
