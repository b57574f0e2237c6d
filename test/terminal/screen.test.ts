import t from 'tap'
import { screenAfter } from './screen.ts'

t.test('what a prompt took back is not on the screen any more', async (t) => {
  t.equal(screenAfter('one\r\ntwo\r\nthree\r\n\u001b[2A\u001b[Jend\r\n'), 'one\nend')
  t.equal(screenAfter('abc\u001b[999Dx\u001b[3Gz\u001b[1A'), 'xbz')
})

t.test('colours last until they are turned off', async (t) => {
  t.equal(screenAfter('\u001b[32ma\u001b[39mb'), '<span class="green">a</span>b')
  t.equal(screenAfter('\u001b[1m\u001b[2ma\u001b[0m<'), '<span class="bold dim">a</span>&lt;')
})

t.test('a movement that is not known is no picture', async (t) => {
  t.throws(() => screenAfter('\u001b[2S'), { message: /unknown movement/ })
})
