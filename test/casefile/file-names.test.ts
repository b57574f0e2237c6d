import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { caseFileNames } from '../../plugin/casefile/file-names.ts'
import {
  DEFAULT_TEMPLATE,
  type ProjectName,
  projectName,
  SUFFIX_BOUND,
} from '../../plugin/casefile/naming.ts'
import { isTechniciansWork } from '../../plugin/casefile/spoken-for.ts'
import type { FileRole } from '../../plugin/file-role.ts'
import type { FdiTooth } from '../../plugin/teeth.ts'
import { deceptiveFault, sameOnDisk, windowsFault } from './windows-names.ts'

const CASE = 'Sample' as ProjectName
const upper = { kind: 'jaw', jaw: 'upper' } as const
const lower = { kind: 'jaw', jaw: 'lower' } as const
const other = { kind: 'other' } as const
const names = (...files: readonly (readonly [string, FileRole])[]): readonly string[] =>
  caseFileNames(
    CASE,
    files.map(([packageName, role]) => ({ packageName, role })),
  )

t.test(
  'scans stand under the names by which DentalDB finds them, their extension in lower case',
  async (t) => {
    t.same(
      names(
        ['upper_jaw_with_ditch_#1.STL', upper],
        ['lower.ply', lower],
        ['pre.Obj', { kind: 'pre-treatment', jaw: 'upper' }],
        ['body.stl', { kind: 'scan-body', jaw: 'lower' }],
        ['gum.stl', { kind: 'gingiva', jaw: 'upper' }],
        ['bite.ply', { kind: 'bite' }],
        ['m8.PTS', { kind: 'margin', fdi: 11 as FdiTooth }],
      ),
      [
        'Sample-upperjaw.stl',
        'Sample-lowerjaw.ply',
        'Sample-upperjaw-situ.obj',
        'Sample-lowerjaw-marker.stl',
        'Sample-upperjaw-gingiva.stl',
        'Sample-occlusionfirst.ply',
        'Sample-11-Margin.pts',
      ],
    )
  },
)

t.test('what DentalDB has no name for keeps its own, behind the prefix', async (t) => {
  t.same(
    names(
      ['iTero_Rx_1.pdf', { kind: 'rx-sheet' }],
      ['Gallery #1.JPG', { kind: 'image' }],
      ['folder/1_shell_lockedocclusion_ul.ply', { kind: 'both-jaws' }],
      ['iTero_Export_#1_v50.xml', { kind: 'manifest', version: 50 }],
      ['README', other],
    ),
    [
      'Sample-iTero_Rx_1.pdf',
      'Sample-Gallery #1.JPG',
      'Sample-1_shell_lockedocclusion_ul.ply',
      'Sample-iTero_Export_#1_v50.xml',
      'Sample-README',
    ],
  )
})

t.test('a texture goes with its scan', async (t) => {
  t.same(
    names(
      ['tex/upper_jaw.JPG', { kind: 'texture' }],
      ['upper_jaw.ply', upper],
      ['lower_jaw.ply', lower],
      ['Lower_Jaw_0.png', { kind: 'texture' }],
      ['somewhere.png', { kind: 'texture' }],
    ),
    [
      'Sample-upperjaw.jpg',
      'Sample-upperjaw.ply',
      'Sample-lowerjaw.ply',
      'Sample-lowerjaw.png',
      'Sample-somewhere.png',
    ],
  )
})

t.test('names that a disk would take for one are told apart', async (t) => {
  t.same(names(['a/Photo.jpg', other], ['b/photo.JPG', other], ['c/PHOTO.jpg', other]), [
    'Sample-Photo.jpg',
    'Sample-photo_2.JPG',
    'Sample-PHOTO_3.jpg',
  ])
  const [composed, decomposed] = names(['M\u00fcller.jpg', other], ['Mu\u0308ller.jpg', other])
  t.equal(composed, 'Sample-M\u00fcller.jpg')
  t.equal(decomposed, 'Sample-M\u00fcller_2.jpg')
})

t.test('a file that bears a scan’s name does not take it from the scan', async (t) => {
  t.same(names(['upperjaw.stl', other], ['x.stl', upper]), ['Sample-_upperjaw.stl', 'Sample-upperjaw.stl'])
})

t.test(
  'a file that was only kept never bears a name that DentalDB reads, whatever its extension',
  async (t) => {
    for (const [kept, name] of [
      ['upperjaw.ply', 'Sample-_upperjaw.ply'],
      ['UpperJaw.OBJ', 'Sample-_UpperJaw.OBJ'],
      ['upperjaw-situ.stl', 'Sample-_upperjaw-situ.stl'],
      ['lowerjaw-marker.stl', 'Sample-_lowerjaw-marker.stl'],
      ['sub/upperjaw-gingiva.stl', 'Sample-_upperjaw-gingiva.stl'],
      ['upperjaw_2.stl', 'Sample-_upperjaw_2.stl'],
      ['upperjaw.jpg', 'Sample-_upperjaw.jpg'],
      ['occlusionfirst.stl', 'Sample-_occlusionfirst.stl'],
      ['14-Margin.xyz', 'Sample-_14-Margin.xyz'],
      ['other-upperjaw-situ.stl', 'Sample-other-_upperjaw-situ.stl'],
      ['upper\u200djaw-situ.stl', 'Sample-_upperjaw-situ.stl'],
      ['.upperjaw', 'Sample-_upperjaw'],
      ['upperjaw-situ . ', 'Sample-_upperjaw-situ'],
      ['upperjawbone.stl', 'Sample-upperjawbone.stl'],
    ] as const) {
      t.same(names(['x.stl', upper], [kept, other]), ['Sample-upperjaw.stl', name], kept)
    }
    t.same(names(['upperjaw.jpg', { kind: 'image' }]), ['Sample-_upperjaw.jpg'])
  },
)

t.test(
  'no file of a package comes to tell of a technician’s work, or to be a document of DentalDB’s',
  async (t) => {
    for (const [kept, role, name] of [
      ['x_cad.stl', other, 'Sample-x-cad.stl'],
      ['X_CAD.STL', other, 'Sample-X-CAD.STL'],
      ['x.html', other, 'Sample-x.htm'],
      ['x.HTML. ', other, 'Sample-x.htm'],
      ['Rx_1.html', { kind: 'rx-sheet' }, 'Sample-Rx_1.htm'],
      ['x.dentalCAD', other, 'Sample-x_dentalCAD'],
      ['x.constructionInfo.', other, 'Sample-x_constructionInfo'],
      ['x.dentalProject.', other, 'Sample-x_dentalProject'],
      ['m.html', { kind: 'margin', fdi: 11 as FdiTooth }, 'Sample-11-Margin.htm'],
      ['m.html ', { kind: 'margin', fdi: 11 as FdiTooth }, 'Sample-11-Margin.htm'],
    ] as const) {
      t.same(names([kept, role]), [name], kept)
    }
  },
)

t.test('two scans that claim one place both stand', async (t) => {
  t.same(names(['a.stl', upper], ['b.stl', upper]), ['Sample-upperjaw.stl', 'Sample-upperjaw_2.stl'])
})

t.test('a long name is cut, its extension is not', async (t) => {
  const [name = ''] = names([`${'x'.repeat(300)}.pdf`, { kind: 'rx-sheet' }])
  t.match(name, /^Sample-x+\.pdf$/)
  t.equal(name.length, 'Sample'.length + SUFFIX_BOUND.units)
})

for (const packageName of [
  '..',
  '.',
  '',
  '/',
  'a/',
  '.hidden',
  'dots...',
  'CON',
  'NUL.txt',
  'a:b.stl',
  '\u202egnp.exe',
  'x. .',
  '../../etc/passwd',
  'C:\\x\\y.stl',
]) {
  t.test(`a legal name comes of "${packageName}"`, async (t) => {
    const [name = ''] = names([packageName, other])
    t.equal(windowsFault(name), null, name)
    t.equal(deceptiveFault(name), null)
    t.ok(name.startsWith('Sample-'))
  })
}

/** Roles that have a name of DentalDB's, or that of their scan. */
const NAMED = new Set(['jaw', 'pre-treatment', 'scan-body', 'gingiva', 'bite', 'margin', 'texture'])
/** How DentalDB and those who read its folders find scans [C]. */
const READ = /-((upper|lower)jaw(-situ|-marker|-gingiva)?|occlusionfirst|\d+-margin)(_\d+)?(\.[^.]*)?$/i

const jaws = fc.constantFrom('upper' as const, 'lower' as const)
const roles: fc.Arbitrary<FileRole> = fc.oneof(
  fc.record({
    kind: fc.constantFrom(
      'jaw' as const,
      'pre-treatment' as const,
      'scan-body' as const,
      'gingiva' as const,
      'denture-copy' as const,
    ),
    jaw: jaws,
  }),
  fc.record({
    kind: fc.constantFrom(
      'bite' as const,
      'both-jaws' as const,
      'texture' as const,
      'image' as const,
      'rx-sheet' as const,
      'other' as const,
    ),
  }),
  fc.constantFrom<FileRole>(
    { kind: 'margin', fdi: 11 as FdiTooth },
    { kind: 'margin', fdi: 48 as FdiTooth },
    { kind: 'manifest', version: 50 },
  ),
)
const packageNames = fc.oneof(
  fc.constantFrom(
    'a.stl',
    'A.STL',
    'a.stl ',
    'upperjaw.stl',
    'upperjaw_2.stl',
    'upperjaw-situ.ply',
    'x-lowerjaw-marker-occlusionfirst.stl',
    'x_cad.stl',
    'x.html',
    `${'a'.repeat(36)}_cadx.stl`,
    `${'a'.repeat(34)}-14-marginx`,
    'ß.jpg',
    'SS.jpg',
    'É.png',
    'e\u0301.png',
    'case.xml',
    '',
    '.',
    'ſ.a',
    's.a',
    'K.a',
    'k.a',
  ),
  fc.string({ unit: 'binary', maxLength: 120 }),
  fc.string({
    unit: fc.constantFrom('.', ' ', 'a', 'A', '/', '\\', '\u200d', '王', '\ud83e', '\u0301', '_', '2'),
  }),
)

t.test(
  'two names that differ in what nobody sees alone get two names that anybody can tell apart',
  async (t) => {
    const files = ['A王.jpg', 'a\u200d王.jpg'].map((packageName) => ({
      packageName,
      role: { kind: 'other' as const },
    }))
    const project = '2026-09-09_Muster' as ProjectName
    const names = caseFileNames(project, files)
    t.match(names[1], /_2\.jpg$/)
  },
)

t.test(
  'whatever the files are called, their names are legal, bounded, distinct and of one prefix',
  async () => {
    const families = fc.string({ unit: 'binary', maxLength: 200 })
    fc.assert(
      fc.property(
        families,
        fc.array(fc.record({ packageName: packageNames, role: roles }), { maxLength: 25 }),
        (family, files) => {
          const project = projectName(
            DEFAULT_TEMPLATE,
            {
              practice: '',
              practiceId: '',
              family,
              given: family,
              date: '2026-09-09',
              tray: '',
              toothColor: '',
              orderId: '1',
            },
            { revision: 3, collision: 12 },
          )
          const given = caseFileNames(project, files)
          assert.equal(given.length, files.length)
          const all = [...given, `${project}.dentalProject`, `${project}.case.xml`]
          for (const [index, name] of all.entries()) {
            assert.equal(windowsFault(name), null, name)
            assert.equal(deceptiveFault(name), null)
            assert.ok(name.startsWith(project))
            assert.ok(!isTechniciansWork(name), name)
            const own = index < files.length && NAMED.has(files[index]?.role.kind ?? 'other')
            assert.ok(own || !READ.test(name.slice(project.length)), name)
            assert.ok(Buffer.byteLength(name) <= 255, `${Buffer.byteLength(name)} bytes`)
            assert.ok(`C:\\${'f'.repeat(77)}\\${project}\\${name}`.length < 260)
            for (const before of all.slice(0, index))
              assert.ok(!sameOnDisk(before, name), `${before} and ${name}`)
          }
          assert.deepEqual(caseFileNames(project, files), given, 'the same again')
        },
      ),
      { numRuns: 300 },
    )
  },
)

t.test('of two textures of one name in two folders each stands under the scan beside it', async (t) => {
  const scan = (packageName: string, jaw: 'upper' | 'lower') =>
    ({ packageName, role: { kind: 'jaw', jaw }, mesh: { texture: 'a.jpg' } }) as const
  const image = (packageName: string) => ({ packageName, role: { kind: 'texture' } }) as const
  const files = [
    scan('up/u.ply', 'upper'),
    scan('low/l.ply', 'lower'),
    image('low/a.jpg'),
    image('up/a.jpg'),
    image('elsewhere/A.jpg'),
  ]
  t.same(caseFileNames(CASE, files).slice(2), [
    'Sample-lowerjaw.jpg',
    'Sample-upperjaw.jpg',
    'Sample-upperjaw_2.jpg',
  ])
})
