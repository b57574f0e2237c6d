import { readFile } from 'node:fs/promises'
import t from 'tap'
import { parseXml, type XmlElement } from '../../plugin/casefile/xml-file.ts'

for (const name of ['case', 'dental-project']) {
  t.test(`every element, attribute and type of ${name}.xsd says what it is`, async (t) => {
    const schema = parseXml(await readFile(new URL(`../../schemas/${name}.xsd`, import.meta.url), 'utf8'))
    const silent: string[] = []
    let counted = 0
    const look = (element: XmlElement): void => {
      const named = element.attributes['name']
      if (named !== undefined && element.name !== 'xs:attributeGroup') {
        counted++
        const text = element.children[0]?.children[0]?.value ?? ''
        if (element.children[0]?.name !== 'xs:annotation' || text.length < 4) silent.push(named)
      }
      for (const each of element.children) look(each)
    }
    look(schema)
    t.same(silent, [])
    t.ok(counted > 30, `${counted} looked at`)
  })
}
