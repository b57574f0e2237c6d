import { readFile, writeFile } from 'node:fs/promises'
import { bridgeSchema, methodReference } from './reference.ts'

/** `npm run schemas`: writes what follows from the declarations, so that nobody has to keep it in step by hand. */
const SCHEMA = new URL('../schemas/bridge.schema.json', import.meta.url)
const PAGE = new URL('../docs/bridge.md', import.meta.url)
const MARKS = /(<!-- written by npm run schemas -->\n)[\s\S]*(<!-- end of what is written -->)/

/** The page with its written part renewed. */
export function renewed(page: string): string {
  return page.replace(MARKS, (_, begin: string, end: string) => `${begin}\n${methodReference()}\n\n${end}`)
}

if (import.meta.main) {
  await writeFile(SCHEMA, bridgeSchema())
  await writeFile(PAGE, renewed(await readFile(PAGE, 'utf8')))
}
