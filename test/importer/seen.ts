import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { XMLParser } from 'fast-xml-parser'
import type { Test } from 'tap'
import { faultsOf } from '../xsd.ts'

/** A standing case, read without any of the product's own readers. */
export interface SeenCase {
  /** Textures under the names that their scans give them: name → SHA-256. */
  readonly twins: Readonly<Record<string, string>>
  /** Names without the project's, sorted: `-upperjaw.stl`, `.case.xml`. */
  readonly names: readonly string[]
  /** SHA-256 of each file by that name. */
  readonly contents: Readonly<Record<string, string>>
  readonly treatment: Seen
  readonly record: Seen
  /** By FDI number. */
  readonly teeth: ReadonlyMap<number, Seen>
}

/** One element: what its children of a name hold. */
export interface Seen {
  /** Text of the first child of that name, null where there is none. */
  text(name: string): string | null
  all(name: string): readonly Seen[]
  one(name: string): Seen
  attribute(name: string): string | null
  /** In the order of the document. */
  children(): readonly { readonly name: string; readonly value: string }[]
  readonly value: string
}

export async function seenCase(caseFolder: string, project: string): Promise<SeenCase> {
  const folder = join(caseFolder, project)
  const all = (await readdir(folder)).sort()
  const names = all.filter((name) => name.startsWith(project))
  const contents: Record<string, string> = {}
  const twins: Record<string, string> = {}
  for (const name of all) {
    const hash = createHash('sha256')
      .update(await readFile(join(folder, name)))
      .digest('hex')
    if (names.includes(name)) contents[name.slice(project.length)] = hash
    else if (/\.(jpg|png)$/.test(name)) twins[name] = hash
    else throw new Error(`without the project's name: ${name}`)
  }
  const treatment = seen(await readFile(join(folder, `${project}.dentalProject`), 'utf8'), 'Treatment')
  const record = seen(await readFile(join(folder, `${project}.case.xml`), 'utf8'), 'Case')
  const teeth = treatment.one('Teeth').all('Tooth')
  return {
    names: names.map((name) => name.slice(project.length)),
    twins,
    contents,
    treatment,
    record,
    teeth: new Map(teeth.map((tooth) => [Number(tooth.text('Number')), tooth])),
  }
}

/** The documents of many cases at once, held against their schemas by libxml2. */
export async function assertAllValid(
  t: Test,
  caseFolder: string,
  projects: readonly string[],
): Promise<void> {
  const documents = (end: string) =>
    Promise.all(projects.map((project) => readFile(join(caseFolder, project, project + end))))
  t.same(await faultsOf('dental-project', ...(await documents('.dentalProject'))), [])
  t.same(await faultsOf('case', ...(await documents('.case.xml'))), [])
}

/** The codes of the warnings that stand in the case. */
export const warningsIn = ({ record }: SeenCase): readonly string[] =>
  record.all('Warnings').flatMap((list) => list.all('Warning').map((one) => one.attribute('code') ?? ''))

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
})

type Ordered = Readonly<Record<string, unknown>>

function seen(xml: string, root: string): Seen {
  const [found] = (parser.parse(xml) as Ordered[]).filter((node) => root in node)
  if (!found) throw new Error(`no ${root}`)
  return seenNode(found, root)
}

function seenNode(node: Ordered, name: string): Seen {
  const children = (node[name] ?? []) as readonly Ordered[]
  const attributes = (node[':@'] ?? {}) as Readonly<Record<string, string>>
  const all = (wanted: string) =>
    children.filter((child) => wanted in child).map((child) => seenNode(child, wanted))
  return {
    value: children.map((child) => String(child['#text'] ?? '')).join(''),
    all,
    children: () =>
      children.flatMap((child) => {
        const [tag] = Object.keys(child).filter((key) => key !== '#text' && key !== ':@')
        return tag === undefined ? [] : [{ name: tag, value: seenNode(child, tag).value }]
      }),
    attribute: (wanted) => attributes[wanted] ?? null,
    text: (wanted) => all(wanted)[0]?.value ?? null,
    one(wanted) {
      const [only, ...more] = all(wanted)
      if (!only || more.length > 0) throw new Error(`${more.length + (only ? 1 : 0)} × ${wanted}`)
      return only
    },
  }
}
