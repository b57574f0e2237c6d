import { allChildren, attribute, children } from './manifest-fields.ts'
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

/** The name of an id: the file's own RxDefines first, then the built-in table; null where neither knows it. */
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
export function readVocabulary(rxDefines: Node | undefined, implantRows: string): Vocabulary {
  const own = new Map<string, ReadonlyMap<string, string>>()
  for (const { name, node } of allChildren(rxDefines)) {
    if (name !== 'ImplantTypes') own.set(stem(name), rowsOf(node))
  }
  const inPlace = children(rxDefines, 'ImplantTypes').map((node) => node['#text'])
  const implantTypes = [implantRows, ...inPlace].filter((rows) => typeof rows === 'string').join('')
  return (table, id) => {
    if (table === 'ImplantTypes') return { id, name: unparsedName(implantTypes, id) }
    const names = [table.toLowerCase(), ...(ALIASES[table] ?? [])].map(stem)
    const written = names.map((name) => own.get(name)?.get(id)).find((name) => name !== undefined)
    const known = KNOWN[table]
    const name = written ?? (known !== undefined && Object.hasOwn(known, id) ? known[id] : undefined)
    return { id, name: name === undefined || name === '' ? null : name }
  }
}

function rowsOf(table: Node): ReadonlyMap<string, string> {
  const rows = new Map<string, string>()
  for (const { node } of allChildren(table)) {
    const id = attribute(node, 'Id')
    // Where an id stands twice the first holds, as it does for a reader from the top.
    if (id !== '' && !rows.has(id)) rows.set(id, attribute(node, 'Name'))
  }
  return rows
}

/** `RestorationTypes`, `RestorationType` and `Restorations` are one table. */
function stem(name: string): string {
  return name.toLowerCase().replace(/(types?|s)$/, '')
}

/** A start tag with its attributes, in whose values a `>` may stand. */
const START_TAG = /<[^\s>]+(?:\s+[^\s=>]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*\/?>/y

/** The row with this id, out of text that was never made into elements. */
function unparsedName(rows: string, id: string): string | null {
  const attributes = [`Id="${escaped(id)}"`, `Id='${escaped(id)}'`]
  for (const wanted of attributes) {
    for (let at = rows.indexOf(wanted); at >= 0; at = rows.indexOf(wanted, at + 1)) {
      if (!/\s/.test(rows[at - 1] ?? '')) continue
      const from = rows.lastIndexOf('<', at)
      if (from < 0) continue
      START_TAG.lastIndex = from
      const row = START_TAG.exec(rows)?.[0] ?? ''
      const [found] = allChildren(parseRows(row.endsWith('/>') ? row : `${row.slice(0, -1)}/>`) ?? undefined)
      const name = attribute(found?.node, 'Name')
      if (attribute(found?.node, 'Id') === id && name !== '') return name
    }
  }
  return null
}

function escaped(id: string): string {
  return id.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
