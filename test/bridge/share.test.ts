import { win32 } from 'node:path'
import * as fc from 'fast-check'
import t from 'tap'
import { deviceName, shareName } from '../../bridge/share.ts'
import { visible } from '../../plugin/words/visible.ts'

const DEVICE = String.raw`\\.\UNC\server\dental\cases`

for (const path of [
  String.raw`\\server\dental\cases`,
  '//server/dental/cases',
  String.raw`\\server/dental/cases`,
]) {
  t.test(`a share is permitted by its device name: ${path}`, async (t) => {
    t.equal(win32.resolve(deviceName(path)), DEVICE)
  })
}

for (const path of [
  String.raw`C:\cases`,
  String.raw`\cases`,
  DEVICE,
  String.raw`\\?\C:\cases`,
  String.raw`\\?\UNC\server\dental\cases`,
  '/srv/cases',
  'cases',
  '',
]) {
  t.test(`what is no share, or is a device already, stays as it is: "${path}"`, async (t) => {
    t.equal(deviceName(path), path)
  })
}

t.test(
  'what lies in a share lies in its device name, and is shown by the name that people give it',
  async () => {
    const segment = fc.stringMatching(/^[A-Za-z0-9äöü][A-Za-z0-9äöü ._-]{0,8}[A-Za-z0-9äöü]$/)
    fc.assert(
      fc.property(segment, segment, fc.array(segment, { maxLength: 3 }), (server, share, rest) => {
        const path = win32.resolve([`\\\\${server}`, share, ...rest].join('\\'))
        const device = deviceName(path)
        return (
          shareName(device) === path &&
          visible(device) === path &&
          shareName(win32.join(device, 'a')) === win32.join(path, 'a')
        )
      }),
    )
  },
)
