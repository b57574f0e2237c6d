import t from 'tap'
import type { FileRole } from '../../plugin/file-role.ts'
import { orderFiles } from '../../plugin/itero/files.ts'
import type { PackageEntry } from '../../plugin/itero/package.ts'
import { manifest, RX_INFO, read, toothRow } from './manifests.ts'

type Row = readonly [file: string, attributes: string]

function object([file, attributes]: Row): string {
  return `<Object ${attributes} FileName="${file}"/>`
}

const UPPER = 'ObjectType="Surface" SubType="Jaw" JawId="Upper"'
const LOWER = 'ObjectType="Surface" SubType="Jaw" JawId="Lower"'

/** Roles by path and warnings by code, of these files under these rows; the order has a crown on 11. */
function roles(files: readonly string[], rows: readonly Row[] = [], teeth = toothRow(8), rxInfo = RX_INFO) {
  const order = read(manifest({ objects: rows.map(object).join(''), teeth, rxInfo }))
  const entries = files.map(
    (path): PackageEntry => ({ name: path.slice(path.lastIndexOf('/') + 1), path, bytes: 1 }),
  )
  const { files: found, warnings } = orderFiles(order, entries)
  return {
    roles: Object.fromEntries(found.map(({ entry, role }) => [entry.path, worded(role)])),
    warnings: warnings.map(({ code, facts }) => [code, facts['file'] ?? facts['jaw']].join(' ')),
    facts: warnings.map(({ facts }) => facts),
  }
}

function worded(role: FileRole): string {
  if ('jaw' in role) return `${role.kind} ${role.jaw}`
  if (role.kind === 'margin') return `margin ${role.fdi}`
  return role.kind === 'manifest' ? `manifest ${role.version}` : role.kind
}

const LAB = ['upper_jaw_with_ditch_#1.stl', 'lower_jaw_with_ditch_#1.stl']

t.test('a lab package with all that belongs to it makes no noise', (t) => {
  const files = [
    ...LAB,
    ...['iTero_Export_#1_v10.xml', 'iTero_Export_#1_v50.xml', 'iTero_Rx_1.pdf', 'gallery_#1.jpg'],
    ...['front', 'left', 'right', 'upper', 'lower'].map((view) => `gallery_#1_penta_${view}_m.jpg`),
    ...['upper_jaw_pretreatment_#1.ply', 'upper_jaw_pretreatment_#1.jpg', 'margin_#1_8.pts'],
  ]
  const rows: Row[] = [
    [files[0] as string, UPPER],
    [files[1] as string, LOWER],
    ['upper_jaw_pretreatment_#1.ply', 'ObjectType="Surface" SubType="PreTreatment_Jaw" JawId="Upper"'],
    ['upper_jaw_pretreatment_#1.jpg', 'ObjectType="Texture"'],
    ['gallery_#1.jpg', 'ObjectType="Image" SubType="Gallery"'],
    ['margin_#1_8.pts', 'ObjectType="Line" SubType="Margin" AdaId="8"'],
  ]
  const { roles: found, warnings } = roles(files, rows)
  t.same(warnings, [])
  t.match(found, {
    'upper_jaw_with_ditch_#1.stl': 'jaw upper',
    'lower_jaw_with_ditch_#1.stl': 'jaw lower',
    'upper_jaw_pretreatment_#1.ply': 'pre-treatment upper',
    'upper_jaw_pretreatment_#1.jpg': 'texture',
    'gallery_#1.jpg': 'image',
    'gallery_#1_penta_upper_m.jpg': 'image',
    'iTero_Export_#1_v50.xml': 'manifest 50',
    'iTero_Rx_1.pdf': 'rx-sheet',
    'margin_#1_8.pts': 'margin 11',
  })
  t.end()
})

t.test('v10 calls its jaws Maxilla_Base and Mandible_Base', (t) => {
  const { roles: found, warnings } = roles(['Maxilla_Base.ply', 'Mandible_Base.ply'])
  t.same(found, { 'Maxilla_Base.ply': 'jaw upper', 'Mandible_Base.ply': 'jaw lower' })
  t.same(warnings, [])
  t.end()
})

t.test('an orthodontic package: the jaws in occlusion, not the ones with teeth up; both jaws in one', (t) => {
  const files = ['occlusion_u', 'occlusion_l', 'teethup_u', 'teethup_l', 'lockedocclusion_ul'].map(
    (end) => `1_shell_${end}.stl`,
  )
  const { roles: found, warnings } = roles([...files, 'Rx_1.html', 'itero_export_#1_v30.xml'])
  t.same(found, {
    '1_shell_occlusion_u.stl': 'jaw upper',
    '1_shell_occlusion_l.stl': 'jaw lower',
    '1_shell_teethup_u.stl': 'other',
    '1_shell_teethup_l.stl': 'other',
    '1_shell_lockedocclusion_ul.stl': 'both-jaws',
    'Rx_1.html': 'rx-sheet',
    'itero_export_#1_v30.xml': 'manifest 30',
  })
  t.same(warnings, [])
  t.end()
})

t.test('teeth-up scans are the jaws where there is nothing better', (t) => {
  const { roles: found } = roles(['1_lprofile_teethup_u.ply', '1_lprofile_teethup_l.ply'])
  t.same(Object.values(found), ['jaw upper', 'jaw lower'])
  t.end()
})

t.test('a row that calls a pre-treatment file a jaw is corrected, and told', (t) => {
  const before = 'upper_jaw_pretreatment_#1.ply'
  const {
    roles: found,
    warnings,
    facts,
  } = roles(
    [...LAB, before],
    [
      [LAB[0] as string, UPPER],
      [before, UPPER],
    ],
  )
  t.equal(found[before], 'pre-treatment upper')
  t.equal(found[LAB[0] as string], 'jaw upper')
  t.same(warnings, [`file-role-corrected ${before}`])
  t.match(facts, [{ listed: 'jaw upper', role: 'pre-treatment upper' }])
  t.end()
})

t.test('a row that names the wrong jaw is corrected by the file name', (t) => {
  const { roles: found, warnings } = roles(LAB, [
    [LAB[0] as string, LOWER],
    [LAB[1] as string, UPPER],
  ])
  t.same(Object.values(found), ['jaw upper', 'jaw lower'])
  t.same(
    warnings,
    LAB.map((file) => `file-role-corrected ${file}`),
  )
  t.end()
})

t.test('what a name does not say, the row says', (t) => {
  const rows: Row[] = [
    ['a1.stl', UPPER],
    ['a2.stl', LOWER],
    ['pretreatment.ply', 'ObjectType="Surface" SubType="PreTreatment_Jaw" JawId="Lower"'],
    ['upper_1.stl', 'ObjectType="Surface" SubType="ScanBody" JawId="Upper"'],
    ['lower_2.stl', 'ObjectType="Surface" SubType="Gingiva" JawId="Lower"'],
    ['picture.jpg', 'ObjectType="Texture"'],
  ]
  const { roles: found, warnings } = roles(
    rows.map(([file]) => file),
    rows,
  )
  t.same(Object.values(found), [
    'jaw upper',
    'jaw lower',
    'pre-treatment lower',
    'scan-body upper',
    'gingiva lower',
    'texture',
  ])
  t.same(warnings, [])
  t.end()
})

t.test('scan bodies, gingiva, denture copies and bites are known by name', (t) => {
  const files = [
    'upper_scanbody_#1.stl',
    'lower-scan-body.stl',
    'upper_gingiva.ply',
    'lower_denture_copy.stl',
    'bite_1.stl',
  ]
  const { roles: found, warnings } = roles([...LAB, ...files])
  t.same(Object.values(found).slice(2), [
    'scan-body upper',
    'scan-body lower',
    'gingiva upper',
    'denture-copy lower',
    'bite',
  ])
  t.same(warnings, [])
  t.end()
})

t.test(
  'the ditched model is the jaw; the one without, a known form of an export, is kept beside it in peace',
  (t) => {
    const beside = 'upper_jaw_without_ditch_#1.stl'
    const listed: Row[] = [
      [LAB[0] as string, UPPER],
      [LAB[1] as string, LOWER],
    ]
    for (const rows of [[], listed, [...listed, [beside, UPPER] as const]]) {
      const { roles: found, warnings } = roles([beside, ...LAB], rows)
      t.same([found[beside], found[LAB[0] as string]], ['other', 'jaw upper'])
      t.same(warnings, [])
    }
    t.equal(roles([beside, LAB[1] as string]).roles[beside], 'jaw upper')
    t.same(
      roles([beside, ...LAB], [[beside, UPPER]]).warnings,
      [`scan-beside ${beside}`],
      'the order lists the other',
    )
    const twice = [beside, `sub/${beside}`]
    t.same(
      roles([...twice, ...LAB]).warnings,
      [...twice].reverse().map((file) => `scan-beside ${file}`),
      'two without are no pair',
    )
    t.end()
  },
)

t.test('scans under DentalDB’s own names are what these say, listed or not', (t) => {
  const files = ['upperjaw-situ.stl', 'LowerJaw-Marker.stl', 'upperjaw-gingiva.ply', 'occlusionfirst.stl']
  const { roles: found, warnings } = roles([...LAB, ...files])
  t.same(Object.values(found).slice(2), ['pre-treatment upper', 'scan-body lower', 'gingiva upper', 'bite'])
  t.same(warnings, [])
  t.same(roles([LAB[1] as string, 'upperjaw.ply']).roles['upperjaw.ply'], 'jaw upper')
  t.same(roles([...LAB, 'upperjaw.ply'], [[LAB[0] as string, UPPER]]).warnings, ['scan-beside upperjaw.ply'])
  t.end()
})

t.test('a scan whose name says its jaw alone is no second jaw: it is not clear what it is', (t) => {
  const { roles: found, warnings } = roles([...LAB, 'upper_situ.ply'])
  t.match(found, { 'upper_situ.ply': 'other', 'upper_jaw_with_ditch_#1.stl': 'jaw upper' })
  t.same(warnings, ['file-role-not-understood upper_situ.ply'])
  t.same(roles(['upper.stl', LAB[1] as string]).roles['upper.stl'], 'jaw upper', 'alone it is the jaw')
  t.end()
})

t.test('one file listed for both jaws is told, and no order of the rows decides', (t) => {
  const one = 'scan_1.stl'
  const rows: Row[] = [
    [one, UPPER],
    [one, LOWER],
  ]
  for (const listed of [rows, [...rows].reverse()]) {
    const { roles: found, warnings } = roles([one], listed)
    t.same(found, { [one]: 'other' })
    t.same(warnings, [`file-for-both-jaws ${one}`, 'jaw-missing upper', 'jaw-missing lower'])
    const named = roles(
      [LAB[0] as string],
      listed.map(([, jaw]) => [LAB[0] as string, jaw]),
    )
    t.same(named.roles, { [LAB[0] as string]: 'jaw upper' }, 'its name tells')
    t.same(named.warnings, [`file-for-both-jaws ${LAB[0]}`, 'jaw-missing lower'])
    t.match(named.facts[0], { role: 'jaw upper' })
  }
  t.end()
})

t.test('rows that call one file two things do not tell what it is', (t) => {
  const rows: Row[] = [
    ['a.stl', UPPER],
    ['a.stl', 'ObjectType="Surface" SubType="PreTreatment_Jaw" JawId="Upper"'],
    ['m.pts', 'ObjectType="Line" SubType="Margin" AdaId="8"'],
    ['m.pts', 'ObjectType="Line" SubType="Margin" AdaId="9"'],
  ]
  for (const listed of [rows, [...rows].reverse()]) {
    const { roles: found, warnings } = roles([...LAB, 'a.stl', 'm.pts'], listed)
    t.match(found, { 'a.stl': 'other', 'm.pts': 'other' })
    t.same(warnings, ['file-role-not-understood a.stl', 'file-role-not-understood m.pts'])
  }
  t.end()
})

t.test('each role is given once, whatever claims it: the listed file first', (t) => {
  const two = ['sub/upper_jaw.stl', 'upper_jaw.stl', 'lower_jaw.stl']
  const { roles: found, warnings } = roles(two, [['sub/upper_jaw.stl', UPPER]])
  t.same(found, { 'sub/upper_jaw.stl': 'jaw upper', 'upper_jaw.stl': 'other', 'lower_jaw.stl': 'jaw lower' })
  t.same(warnings, ['scan-beside upper_jaw.stl'])
  t.end()
})

t.test('a file that is listed and not there is told once', (t) => {
  const rows: Row[] = [
    ['gone.stl', UPPER],
    ['gone.stl', UPPER],
  ]
  t.same(roles(LAB, rows).warnings, ['file-missing gone.stl'])
  t.end()
})

t.test('names match without regard to case, normal form or URL escapes', (t) => {
  const rows: Row[] = [
    ['UPPER_JAW_with_ditch_%231.STL', UPPER],
    ['Caf\u00e9.jpg', 'ObjectType="Texture"'],
  ]
  const { roles: found, warnings } = roles([...LAB, 'Cafe\u0301.jpg'], rows)
  t.equal(found['Cafe\u0301.jpg'], 'texture')
  t.same(warnings, [])
  t.end()
})

t.test('a file that nobody knows is kept as other and told', (t) => {
  const { roles: found, warnings } = roles([...LAB, 'mystery.stl', 'data.bin'])
  t.same([found['mystery.stl'], found['data.bin']], ['other', 'other'])
  t.same(warnings, ['file-unlisted mystery.stl', 'file-unlisted data.bin'])
  t.end()
})

t.test('a listed file whose role is not understood is kept as other and told', (t) => {
  const rows: Row[] = [
    ['x.stl', 'ObjectType="Hologram"'],
    ['m.pts', 'ObjectType="Line" SubType="Margin" AdaId="99"'],
  ]
  const { roles: found, warnings } = roles([...LAB, 'x.stl', 'm.pts'], rows)
  t.same([found['x.stl'], found['m.pts']], ['other', 'other'])
  t.same(warnings, ['file-role-not-understood x.stl', 'file-role-not-understood m.pts'])
  t.end()
})

t.test('a jaw with work in it and no scan is told; the opposing jaw is not asked for', (t) => {
  t.same(roles([LAB[1] as string]).warnings, ['jaw-missing upper'])
  t.same(roles([LAB[0] as string]).warnings, [])
  t.same(roles(['lockedocclusion.stl', '1_shell_lockedocclusion_ul.stl']).warnings, [
    'file-unlisted lockedocclusion.stl',
  ])
  t.end()
})

t.test('missing teeth are no work, a denture is', (t) => {
  t.same(roles([LAB[1] as string], [], toothRow(8, { RestorationType: '9' })).warnings, [])
  const denture = `${RX_INFO}<Denture><UpperJaw>1</UpperJaw></Denture>`
  t.same(roles([LAB[1] as string], [], '', denture).warnings, ['jaw-missing upper'])
  t.end()
})

t.test('an order without any scan is told for both jaws', (t) => {
  t.same(roles(['gallery_#1.jpg'], [], '').warnings, ['jaw-missing upper', 'jaw-missing lower'])
  t.end()
})

t.test('every file of the package gets a role, in the order of the package', (t) => {
  const files = [...LAB, 'a', 'b/c', 'x.PTS', 'y.JPG', 'Thumb.PLY']
  t.same(Object.keys(roles(files).roles), files)
  t.end()
})

t.test(
  'a scan or margin line that is named after another order is refused: two patients are mixed up',
  (t) => {
    for (const foreign of [
      'upper_jaw_with_ditch_#99999999.stl',
      '99999999_shell_occlusion_u.stl',
      'margin_#99999999_8.pts',
      'UPPER_jaw_pretreatment_%2399999999.ply',
    ]) {
      t.throws(() => roles([...LAB, foreign]), { code: 'order-mixed', facts: { id: '99999999' } }, foreign)
    }
    t.doesNotThrow(() => roles([...LAB, 'gallery_#99999999.jpg']), 'a picture is no scan')
    t.end()
  },
)

t.test(
  'of two scans listed for one jaw, the one whose name says so is it, whatever the alphabet says',
  (t) => {
    const files = [...LAB, 'scan_extra.stl']
    const { roles: found, warnings } = roles(files, [
      ['scan_extra.stl', UPPER],
      [LAB[0] as string, UPPER],
      [LAB[1] as string, LOWER],
    ])
    t.match(found, { 'upper_jaw_with_ditch_#1.stl': 'jaw upper', 'scan_extra.stl': 'other' })
    t.same(warnings, ['scan-beside scan_extra.stl'])
    t.end()
  },
)
