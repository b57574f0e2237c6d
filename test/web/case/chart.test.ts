import t from 'tap'
import type { CaseTooth } from '../../../host/api.ts'
import { connections, FDI, PLACES, placeOf } from '../../../host/web/case/odontogram/arch.ts'
import { labelsOf, overlap } from '../../../host/web/case/odontogram/labels.ts'
import { drawnAs, isRestored } from '../../../host/web/case/odontogram/restoration.ts'
import { toothPaths } from '../../../host/web/case/odontogram/tooth-shape.ts'

t.test('all 32 teeth stand on the chart, the patient’s right on the left, the upper jaw above', async (t) => {
  t.equal(PLACES.size, 32)
  for (const number of FDI) {
    const place = placeOf(number)
    t.ok(place)
    const quadrant = Math.floor(number / 10)
    t.equal(Math.sign(place?.x ?? 0), quadrant === 1 || quadrant === 4 ? -1 : 1, `${number}: side`)
    t.equal(Math.sign(place?.y ?? 0), quadrant <= 2 ? -1 : 1, `${number}: jaw`)
  }
})

t.test('neighbours touch and do not overlap', async (t) => {
  for (const [index, number] of FDI.entries()) {
    const [place, next] = [placeOf(number), placeOf(FDI[index + 1] ?? 0)]
    if (!place || !next || place.jaw !== next.jaw) continue
    const apart = Math.hypot(place.x - next.x, place.y - next.y) - (place.width + next.width) / 2
    t.ok(Math.abs(apart) < 0.6, `${number} and ${next.number}: ${apart}`)
  }
})

t.test('facial is out of the mouth, distal away from the midline, on both sides of both jaws', async (t) => {
  for (const { number, x, y, facial, distal } of PLACES.values()) {
    t.ok(facial[0] * x + facial[1] * y > 0, `${number}: facial`)
    t.ok(distal[0] * Math.sign(x) > 0, `${number}: distal`)
  }
})

t.test('incisors, canines, premolars and molars have shapes of their own', async (t) => {
  const kinds = [11, 13, 14, 16].map((number) => placeOf(number)?.kind)
  t.same(kinds, ['incisor', 'canine', 'premolar', 'molar'])
  const outlines = FDI.flatMap((number) => {
    const place = placeOf(number)
    return place ? [toothPaths(place)] : []
  })
  t.equal(new Set(outlines.map(({ outline }) => outline)).size, 32)
  for (const { outline, relief } of outlines) t.notMatch(outline + relief, /NaN|undefined/)
})

const bridge = (...numbers: readonly number[]) => numbers.map((number) => ({ number, mesialConnector: true }))

t.test('a mesial connector joins to the mesial neighbour, across the midline once', async (t) => {
  t.same(connections(bridge(45, 46)), [
    [45, 44],
    [46, 45],
  ])
  t.equal(connections(bridge(11, 21)).length, 1, 'said at both ends')
  t.same(connections(bridge(31)), [[31, 41]])
  t.same(connections(bridge(61)), [[61, 51]])
  t.same(connections([{ number: 12, mesialConnector: false }]), [])
  t.same(connections(bridge(19, 99)), [], 'no such teeth')
})

t.test('a deciduous tooth stands where its successor will', async (t) => {
  t.equal(placeOf(55)?.x, placeOf(15)?.x)
  t.equal(placeOf(55)?.kind, 'molar')
  t.equal(placeOf(73)?.kind, 'canine')
  t.equal(placeOf(56), null)
  t.equal(placeOf(19), null)
})

t.test('a reconstruction type that nobody has heard of is shown as work all the same', async (t) => {
  t.equal(drawnAs({ reconstructionType: 'HoverCrown' }), 'other')
  t.ok(isRestored({ reconstructionType: 'HoverCrown' }))
  for (const bystander of ['HealthyTooth', 'Antagonist', 'MissingTooth'])
    t.notOk(isRestored({ reconstructionType: bystander }), bystander)
})

for (const shade of ['A1', 'A3.5', '3M2.5', 'BL1/BL2 and more'])
  t.test(`numbers and shades of two full arches stand beside each other: ${shade}`, async (t) => {
    const tooth = (number: number): [number, CaseTooth] => [
      number,
      {
        number,
        reconstructionType: 'AnatomicCrown',
        mesialConnector: true,
        materialName: null,
        material: 'ZI',
        color: shade,
        implantType: null,
        parameters: [],
        ordered: [],
      },
    ]
    const labels = labelsOf(FDI, new Map(FDI.map(tooth)))
    t.equal(labels.length, 64)
    for (const [index, label] of labels.entries()) {
      const { number, kind, x, y, width, height } = label
      t.ok(
        Math.abs(x) + width / 2 < 60 && Math.abs(y) + height / 2 < 69,
        `${number} ${kind} is on the picture`,
      )
      for (const other of labels.slice(index + 1))
        t.notOk(overlap(label, other), `${number} ${kind}, ${other.number} ${other.kind}`)
    }
  })
