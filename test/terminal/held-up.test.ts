import { statfsSync, unlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import t, { type Test } from 'tap'
import { cannotMount, volume } from '../importer/volumes.ts'
import { made, namesIn } from '../laboratory.ts'
import { myitero, started } from './run.ts'

const skip = cannotMount()

t.test(
  'a package that found no room is among the orders with its reason until it is in',
  { skip },
  async (t) => {
    const { crown, where, makeRoom } = await withoutRoom(t)
    for (const _ of ['at first', 'and again']) {
      t.equal((await myitero('import', crown.path, ...where)).code, 4)
      const listed = (await myitero('orders', ...where)).stdout
      t.equal(listed.split(basename(crown.path)).length, 2, 'once')
      t.match(listed, 'no room')
    }
    t.match((await myitero('orders', ...where, '--stage', 'refused')).stdout, 'no room')
    makeRoom()
    t.equal((await myitero('import', crown.path, ...where)).code, 3)
    const listed = (await myitero('orders', ...where)).stdout
    t.match(listed, crown.orderId)
    t.notMatch(listed, basename(crown.path))
  },
)

t.test(
  'what watch had no room for is listed, and taken all the same once there is room',
  { skip },
  async (t) => {
    const { crown, exports, where, makeRoom } = await withoutRoom(t)
    const first = started('watch', exports, ...where)
    await first.until(/no room/)
    first.child.kill('SIGTERM')
    await first.exited
    t.match((await myitero('orders', ...where)).stdout, basename(crown.path))
    makeRoom()
    const { code } = await myitero('watch', exports, '--once', ...where)
    t.equal(code, 3, 'it is not passed over')
    t.notMatch((await myitero('orders', ...where)).stdout, basename(crown.path))
  },
)

t.test('a staging on another volume is named as it was given', { skip }, async (t) => {
  const elsewhere = await volume(t, 8e6)
  const root = t.testdir({ cases: {}, exports: {} })
  const crown = await made('single-crown', join(root, 'exports'))
  const where = ['--into', join(root, 'cases'), '--data', join(root, 'data'), '--language', 'en']
  const ran = await myitero('import', crown.path, ...where, '--staging', elsewhere)
  t.equal(ran.code, 4)
  t.match(ran.stderr, `“${elsewhere}”`)
  t.strictSame(await namesIn(elsewhere), [])
})

/** A crown's export, and a case folder on a volume that has no room for it until `makeRoom`. */
async function withoutRoom(t: Test) {
  const cases = await volume(t, 8e6)
  const root = t.testdir({ exports: {} })
  const exports = join(root, 'exports')
  const crown = await made('single-crown', exports)
  const where = ['--into', cases, '--data', join(root, 'data'), '--language', 'en']
  const { bavail, bsize } = statfsSync(cases)
  const filler = join(cases, 'filler')
  writeFileSync(filler, new Uint8Array((bavail - 100) * bsize))
  return { crown, exports, where, makeRoom: () => unlinkSync(filler) }
}
