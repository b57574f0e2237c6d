import t from 'tap'
import { refused } from './packages.ts'
import { rawZip } from './raw-zip.ts'

const good = { name: 'upper.stl', content: 'x' }

const UNSAFE: readonly (readonly [name: string, reason: string])[] = [
  ['../evil.stl', 'traversal'],
  ['a/../../evil.stl', 'traversal'],
  ['..\\evil.stl', 'traversal'],
  ['a\\..\\..\\evil.stl', 'traversal'],
  ['..', 'traversal'],
  ['/etc/passwd', 'absolute'],
  ['\\\\server\\share\\x.stl', 'absolute'],
  ['C:\\x.stl', 'drive'],
  ['c:x.stl', 'drive'],
  ['x.stl:stream', 'colon'],
  ['a//b.stl', 'empty'],
  ['CON', 'device-name'],
  ['NUL.stl', 'device-name'],
  ['con.tar.gz', 'device-name'],
  ['sub/LPT1', 'device-name'],
  ['com¹.stl', 'device-name'],
  ['AUX .stl', 'device-name'],
  ['upper.stl.', 'trailing-dot-or-space'],
  ['upper.stl ', 'trailing-dot-or-space'],
  ['folder./upper.stl', 'trailing-dot-or-space'],
  ['upper\u0000.stl', 'control-character'],
  ['upper\n.stl', 'control-character'],
  ['upper\u007f.stl', 'control-character'],
  ['upper\u0085.stl', 'control-character'],
  ['upper\u202elts.exe', 'control-character'],
  ['upper\u200f.stl', 'control-character'],
  ['upper\u2067.stl', 'control-character'],
  ['\ufeffupper.stl', 'control-character'],
  [`${'n'.repeat(296)}.stl`, 'too-long'],
  [`${'a/'.repeat(40)}x.stl`, 'too-deep'],
  ['', 'empty'],
]

for (const [name, reason] of UNSAFE) {
  t.test(`the entry name ${JSON.stringify(name.slice(0, 40))} is refused: ${reason}`, async (t) => {
    const { code, facts } = await refused(t, rawZip([good, { name, content: 'x' }]))
    t.match({ code, facts }, { code: 'entry-name-unsafe', facts: { package: 'a.zip', reason } })
    t.notMatch(
      String(facts['file']),
      /[\p{Cc}\u202e\u200f\u2067]/u,
      'nothing in the error acts on a terminal',
    )
    t.ok(String(facts['file']).length < 320)
  })
}

for (const name of [
  '.hidden',
  'console.stl',
  'a..b.stl',
  'x?.stl',
  'علی‌رضا.stl',
  '口腔.stl',
  'COM10',
  'nul_1.stl',
  ' x',
]) {
  t.test(`the entry name ${JSON.stringify(name)} is harmless`, async (t) => {
    t.match(await refused(t, rawZip([{ name, content: 'x' }])), { code: 'none' })
  })
}
