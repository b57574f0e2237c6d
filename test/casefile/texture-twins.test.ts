import t from 'tap'
import type { FileToName } from '../../plugin/casefile/file-names.ts'
import { caseFileNames } from '../../plugin/casefile/file-names.ts'
import type { ProjectName } from '../../plugin/casefile/naming.ts'
import { textureTwins } from '../../plugin/casefile/texture-twins.ts'

const PROJECT = 'Sample' as ProjectName
const DOCUMENTS = ['Sample.dentalProject', 'Sample.case.xml']

const scan = (packageName: string, jaw: 'upper' | 'lower', texture: string | null): FileToName => ({
  packageName,
  role: { kind: 'jaw', jaw },
  mesh: { texture },
})
const image = (packageName: string): FileToName => ({ packageName, role: { kind: 'texture' } })

function twinsOf(...files: FileToName[]) {
  return textureTwins(files, caseFileNames(PROJECT, files), DOCUMENTS)
}

t.test(
  'a texture that a scan names stands once more under that name, spelt as the scan spells it',
  async (t) => {
    t.same(twinsOf(scan('upper.ply', 'upper', 'Colours #1.JPG'), image('colours #1.jpg')), {
      twins: [{ of: 1, name: 'Colours #1.JPG' }],
      lost: [],
    })
  },
)

t.test('a scan that names none, and an image that none names, have no twin', async (t) => {
  t.same(twinsOf(scan('upper.ply', 'upper', null), image('upper.jpg')), { twins: [], lost: [] })
})

t.test('two scans with one texture share its twin', async (t) => {
  const { twins, lost } = twinsOf(
    scan('u.ply', 'upper', 'a.jpg'),
    scan('l.ply', 'lower', 'A.jpg'),
    image('a.jpg'),
  )
  t.same([twins, lost], [[{ of: 2, name: 'a.jpg' }], []])
})

t.test('no twin where the name is the one in the case already', async (t) => {
  const files = [scan('u.ply', 'upper', 'Sample-upperjaw.jpg'), image('Sample-upperjaw.jpg')]
  t.same(twinsOf(...files), { twins: [], lost: [] })
})

t.test(
  'of two images of one name each jaw would take the other’s: none is put there, and both are told',
  async (t) => {
    const two = [
      scan('up/u.ply', 'upper', 'a.jpg'),
      scan('low/l.ply', 'lower', 'a.jpg'),
      image('up/a.jpg'),
      image('low/a.jpg'),
    ]
    t.same(twinsOf(...two), {
      twins: [],
      lost: [
        { file: 'up/u.ply', reason: 'two-images' },
        { file: 'low/l.ply', reason: 'two-images' },
      ],
    })
    const unclear = [scan('u.ply', 'upper', 'a.jpg'), image('up/a.jpg'), image('low/a.jpg')]
    t.same(twinsOf(...unclear).lost, [{ file: 'u.ply', reason: 'two-images' }])
    const beside = [scan('up/u.ply', 'upper', 'a.jpg'), image('up/a.jpg'), image('low/a.jpg')]
    t.same(twinsOf(...beside), { twins: [{ of: 1, name: 'a.jpg' }], lost: [] })
  },
)

t.test('a texture that is not in the package is told', async (t) => {
  t.same(twinsOf(scan('u.ply', 'upper', 'a.jpg')).lost, [{ file: 'u.ply', reason: 'image-not-there' }])
})

t.test('a name that could not stand there, or be taken for a technician’s work, has no twin', async (t) => {
  const names = [
    'con.jpg',
    'a:b.jpg',
    '.hidden.jpg',
    'work.dentalCAD',
    'x_cad.stl',
    'page.html',
    `${'x'.repeat(200)}.jpg`,
  ]
  for (const name of [...names, 'gnp.\u202ejpg']) {
    const { twins, lost } = twinsOf(scan('u.ply', 'upper', name), image(name))
    t.same([twins, lost], [[], [{ file: 'u.ply', reason: 'name-not-allowed' }]], name)
  }
  const other = [scan('u.ply', 'upper', 'sample-LOWERJAW.jpg'), image('sample-lowerjaw.jpg')]
  const lower = [scan('l.ply', 'lower', null), image('l.jpg')]
  t.same(twinsOf(...other, ...lower).lost, [{ file: 'u.ply', reason: 'name-taken' }])
})
