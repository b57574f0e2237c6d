import { PassThrough } from 'node:stream'
import t from 'tap'
import { readBootstrap } from '../../bridge/bootstrap.ts'

const BOOTSTRAP = { pipe: '/tmp/x/pipe', secret: 'ab'.repeat(32), dataFolder: '/data', protocol: 1 }
const LINE = `${JSON.stringify(BOOTSTRAP)}\n`

t.test('the line is read, and the end of the input is the end of the host', async (t) => {
  const input = new PassThrough()
  input.write(LINE)
  const { bootstrap, hostGone } = await readBootstrap(input)
  t.same(bootstrap, BOOTSTRAP)
  t.notOk(hostGone.aborted)
  input.write('what comes later means nothing\n')
  input.end()
  await new Promise((resolve) => hostGone.addEventListener('abort', resolve))
})

t.test('the line may come byte by byte', async (t) => {
  const input = new PassThrough()
  const reading = readBootstrap(input)
  for (const byte of Buffer.from(LINE)) input.write(Buffer.from([byte]))
  t.same((await reading).bootstrap, BOOTSTRAP)
})

t.test('an input that breaks is the end of the host too', async (t) => {
  const input = new PassThrough()
  input.write(LINE)
  const { hostGone, release } = await readBootstrap(input)
  release()
  await new Promise((resolve) => hostGone.addEventListener('abort', resolve))
  t.ok(hostGone.aborted)
})

for (const [what, text] of Object.entries({
  'no JSON': 'hello\n',
  'no members': '{}\n',
  'a short secret': `${JSON.stringify({ ...BOOTSTRAP, secret: 'ab' })}\n`,
  'a version that is a text': `${JSON.stringify({ ...BOOTSTRAP, protocol: '1' })}\n`,
  'no end': 'x'.repeat(20_000),
})) {
  t.test(`a line with ${what} is refused`, async (t) => {
    const input = new PassThrough()
    input.write(text)
    await t.rejects(readBootstrap(input), { code: 'bootstrap-invalid' })
  })
}

t.test('half a line and the end is refused', async (t) => {
  const input = new PassThrough()
  input.end(LINE.slice(0, 20))
  await t.rejects(readBootstrap(input), { code: 'bootstrap-invalid' })
})
