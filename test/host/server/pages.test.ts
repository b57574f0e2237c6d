import { readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { preparePages } from '../../../host/pages.ts'

const SOURCES = {
  'index.html':
    '<!doctype html><html><head><script type="module" src="/main.ts"></script></head><body></body></html>',
  'main.ts': 'const said: string = "hello"\ndocument.title = said\n',
}
const text = (body: Uint8Array | undefined) => new TextDecoder().decode(body)
const script = (files: ReadonlyMap<string, { readonly body: Uint8Array }>) =>
  text([...files].find(([path]) => path.endsWith('.js'))?.[1].body)

t.test('Sources are bundled, and files with a hash in their name are for ever', async (t) => {
  const { index, files } = await preparePages(t.testdir(SOURCES))
  t.match(text(index.body), /src="\/assets\/[\w-]+\.js"/)
  t.equal(index.forever, false)
  t.match(script(files), 'hello')
  t.ok([...files.values()].every(({ forever }) => forever))
})

t.test('Nothing is bundled where nothing changed', async (t) => {
  const web = t.testdir(SOURCES)
  await preparePages(web)
  const [asset] = readdirSync(join(web, 'dist', 'assets'))
  writeFileSync(join(web, 'dist', 'assets', asset ?? ''), 'still the old one')
  t.equal(script((await preparePages(web)).files), 'still the old one')
})

t.test('A changed source is bundled anew, and what it replaces is gone', async (t) => {
  const web = t.testdir(SOURCES)
  await preparePages(web)
  writeFileSync(join(web, 'main.ts'), 'document.title = "goodbye"\n')
  utimesSync(join(web, 'main.ts'), 1, 1)
  const { files } = await preparePages(web)
  t.match(script(files), 'goodbye')
  t.equal([...files].length, 1)
  t.strictSame(readdirSync(web).toSorted(), ['dist', 'index.html', 'main.ts'])
})

t.test('A removed source is noticed', async (t) => {
  const web = t.testdir({ ...SOURCES, 'other.ts': '' })
  await preparePages(web)
  const [asset] = readdirSync(join(web, 'dist', 'assets'))
  writeFileSync(join(web, 'dist', 'assets', asset ?? ''), 'still the old one')
  rmSync(join(web, 'other.ts'))
  t.match(script((await preparePages(web)).files), 'hello')
})

t.test('A source that cannot be bundled leaves what was served before', async (t) => {
  const web = t.testdir(SOURCES)
  await preparePages(web)
  writeFileSync(join(web, 'main.ts'), 'const = "broken')
  await t.rejects(preparePages(web))
  t.equal(readdirSync(join(web, 'dist', 'assets')).length, 1)
  t.strictSame(readdirSync(web).toSorted(), ['dist', 'index.html', 'main.ts'])
})
