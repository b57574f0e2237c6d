import fc from 'fast-check'
import t from 'tap'
import {
  type AdaTooth,
  adaOf,
  adaTooth,
  archOrder,
  distalNeighbour,
  type FdiTooth,
  fdiOf,
  fdiTooth,
  jawOf,
  mesialNeighbour,
} from '../../plugin/itero/teeth.ts'

const everyAda = Array.from({ length: 32 }, (_, i) => adaTooth(i + 1) as AdaTooth)

t.test('every ADA number has an FDI number of its own, and back', (t) => {
  fc.assert(fc.property(fc.constantFrom(...everyAda), (ada) => adaOf(fdiOf(ada)) === ada))
  t.equal(new Set(everyAda.map(fdiOf)).size, 32)
  t.end()
})

t.test('the corners of the mouth are where dentists have them', (t) => {
  const pairs: [number, number][] = [
    ...([
      [1, 18],
      [8, 11],
      [9, 21],
      [16, 28],
      [17, 38],
      [24, 31],
      [25, 41],
      [32, 48],
    ] as [number, number][]),
  ]
  for (const [ada, fdi] of pairs) t.equal(fdiOf(adaTooth(ada) as AdaTooth), fdi)
  t.end()
})

t.test('no other number is a tooth', (t) => {
  fc.assert(
    fc.property(fc.oneof(fc.integer(), fc.double()), (n) => {
      const ada = adaTooth(n)
      const fdi = fdiTooth(n)
      const isAda = Number.isInteger(n) && n >= 1 && n <= 32
      const isFdi = Number.isInteger(n) && n >= 11 && n <= 48 && n % 10 >= 1 && n % 10 <= 8
      return (ada === null) === !isAda && (fdi === null) === !isFdi
    }),
  )
  t.same([0, 33, 99, Number.NaN].map(adaTooth), [null, null, null, null])
  t.same([10, 19, 20, 49, 51].map(fdiTooth), [null, null, null, null, null])
  t.end()
})

t.test('the arch runs from the right to the left of the patient, in both jaws', (t) => {
  t.same([archOrder.upper.at(0), archOrder.upper.at(-1)], [18, 28])
  t.same([archOrder.lower.at(0), archOrder.lower.at(-1)], [48, 38])
  t.same([...archOrder.upper, ...archOrder.lower].map(jawOf).filter((jaw) => jaw === 'upper').length, 16)
  t.end()
})

t.test('the mesial neighbour of a central incisor is the one across the midline', (t) => {
  t.same(
    [11, 21, 31, 41].map((n) => mesialNeighbour(n as FdiTooth)),
    [21, 11, 41, 31],
  )
  t.equal(mesialNeighbour(46 as FdiTooth), 45)
  t.equal(distalNeighbour(46 as FdiTooth), 47)
  t.equal(distalNeighbour(48 as FdiTooth), null)
  t.end()
})
