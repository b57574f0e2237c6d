import fc from 'fast-check'
import t from 'tap'
import {
  axesOf,
  type Camera,
  FIELD,
  lookedAt,
  patientsRight,
  START,
  shifted,
  turned,
  VIEWS,
  zoomed,
} from '../../../host/web/case/scans/camera.ts'

const MOUTH = { min: [-35, -30, -18], max: [33, 25, 16] } as const

/** Where a point of the mouth is on the picture, in its heights from the middle. */
function onPicture(camera: Camera, point: readonly [number, number, number]): readonly [number, number] {
  const { right, up, eye } = axesOf(camera)
  const from = [point[0] - eye[0], point[1] - eye[1], point[2] - eye[2]] as const
  const dot = (a: readonly number[], b: readonly number[]) =>
    (a[0] ?? 0) * (b[0] ?? 0) + (a[1] ?? 0) * (b[1] ?? 0) + (a[2] ?? 0) * (b[2] ?? 0)
  const towards = [camera.target[0] - eye[0], camera.target[1] - eye[1], camera.target[2] - eye[2]]
  const deep = dot(from, towards) / camera.distance
  const height = 2 * deep * Math.tan((FIELD * Math.PI) / 360)
  return [dot(from, right) / height, dot(from, up) / height]
}

t.test('each view shows all of a mouth, in wide and in narrow pictures', async (t) => {
  for (const view of VIEWS)
    for (const aspect of [0.6, 1, 2.2]) {
      const camera = lookedAt(view, MOUTH, aspect)
      for (const x of [MOUTH.min[0], MOUTH.max[0]])
        for (const y of [MOUTH.min[1], MOUTH.max[1]])
          for (const z of [MOUTH.min[2], MOUTH.max[2]]) {
            const [right, up] = onPicture(camera, [x, y, z])
            t.ok(Math.abs(up) <= 0.5 && Math.abs(right) <= aspect / 2, `${view} ${aspect}`)
          }
    }
})

t.test('the patient’s right is on the left from in front, above and below, as on the chart', async (t) => {
  for (const view of ['front', 'upper', 'lower'] as const)
    t.ok(patientsRight(lookedAt(view, MOUTH, 1)) < -0.99, view)
  t.ok(Math.abs(patientsRight(lookedAt('left', MOUTH, 1))) < 0.01)
  t.ok(patientsRight(turned(lookedAt('front', MOUTH, 1), 180, 0)) > 0.99, 'from behind')
})

t.test('front teeth are at the top of the upper jaw and at the bottom of the lower', async (t) => {
  const front = [0, -30, 0] as const
  t.ok(onPicture(lookedAt('upper', MOUTH, 1), front)[1] > 0.2)
  t.ok(onPicture(lookedAt('lower', MOUTH, 1), front)[1] < -0.2)
})

t.test('cranial is up, from every side', async (t) => {
  for (const view of ['front', 'left', 'right'] as const)
    t.ok(onPicture(lookedAt(view, MOUTH, 1), [0, 0, 16])[1] > 0, view)
})

t.test('what the wheel points at stays where it is', async () => {
  fc.assert(
    fc.property(
      fc.double({ min: -180, max: 180, noNaN: true }),
      fc.double({ min: -90, max: 90, noNaN: true }),
      fc.double({ min: 0.7, max: 1.4, noNaN: true }),
      fc.double({ min: -0.5, max: 0.5, noNaN: true }),
      fc.double({ min: -0.5, max: 0.5, noNaN: true }),
      (around, above, factor, right, up) => {
        const camera: Camera = { ...START, around, above }
        const point = shifted(camera, right, up).target
        const [r, u] = onPicture(zoomed(camera, factor, [right, up]), point)
        return Math.abs(r - right) < 1e-6 && Math.abs(u - up) < 1e-6
      },
    ),
  )
})

t.test('turning never goes over the top, and zooming neither into the teeth nor out of sight', async (t) => {
  t.equal(turned(START, 0, 500).above, 90)
  t.equal(turned(START, 0, -500).above, -90)
  t.equal(zoomed(START, 1e-9).distance, 5)
  t.equal(zoomed(START, 1e9).distance, 1500)
})
