import { readFile } from 'node:fs/promises'
import type { Test } from 'tap'
import { validateXML } from 'xmllint-wasm'

/** One of the schemas in schemas/, by its file's stem. */
export type SchemaName = 'case' | 'dental-project' | 'material-list'

/**
 * Validates with real libxml2. Every test that has a document written passes it through here.
 * An invalid document fails the test with libxml2's own words.
 */
export async function validate(t: Test, schema: SchemaName, xml: Uint8Array | string): Promise<void> {
  const faults = await faultsOf(schema, xml)
  t.same(faults, [], `is valid against ${schema}.xsd`)
}

/** libxml2's complaints, none where all are valid: for many documents at once, and for tests of what a schema refuses. */
export async function faultsOf(
  schema: SchemaName,
  ...documents: readonly (Uint8Array | string)[]
): Promise<readonly string[]> {
  const result = await validateXML({
    xml: documents.map((contents, index) => ({ fileName: `document-${index}.xml`, contents })),
    schema: { fileName: `${schema}.xsd`, contents: await schemaText(schema) },
  })
  if (result.valid) return []
  // A document that is refused without a word must not pass for a valid one.
  return result.errors.length === 0 ? [result.rawOutput] : result.errors.map((each) => each.message)
}

const texts = new Map<SchemaName, Promise<string>>()

function schemaText(schema: SchemaName): Promise<string> {
  const known = texts.get(schema) ?? readFile(new URL(`../schemas/${schema}.xsd`, import.meta.url), 'utf8')
  texts.set(schema, known)
  return known
}

/** libxml2's complaints about documents that have no schema: is it XML at all? */
export async function validateWellFormed(...documents: readonly string[]): Promise<readonly string[]> {
  const result = await validateXML({
    xml: documents.map((contents, index) => ({ fileName: `document-${index}.xml`, contents })),
    normalization: 'c14n',
  })
  return result.errors.map((each) => each.message)
}
