import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import t from 'tap'
import { made, namesIn } from '../laboratory.ts'
import { without } from '../tools.ts'
import { myitero } from './run.ts'

const COMMANDS = ['', 'import', 'watch', 'orders', 'questions', 'answer', 'mappings', 'clients'] as const
const ENTRY = fileURLToPath(new URL('../../plugin/terminal/start.js', import.meta.url))
const KEYBOARD = fileURLToPath(new URL('at-keyboard.py', import.meta.url))

const help = async (command: string, language: string) =>
  (await myitero(...(command === '' ? [] : [command]), '--help', '--language', language)).stdout

/** Descriptions by what they describe: `--into`, `import`; wrapped lines joined. */
function described(text: string): ReadonlyMap<string, string> {
  const rows = text.replaceAll(/\n {10,}(?=\S)/g, ' ').split('\n')
  return new Map(
    rows.flatMap((row) => {
      const [, name, text] = /^ {2}(-\S, --\w+|\S+).*? {2,}(\S.*)$/.exec(row) ?? []
      return name === undefined || text === undefined ? [] : [[name, text] as const]
    }),
  )
}

t.test('every help is wholly in German where German is asked for, in 80 columns', async (t) => {
  for (const command of COMMANDS) {
    const [english, german] = [await help(command, 'en'), await help(command, 'de')]
    t.same(
      german.split('\n').filter((line) => line.length > 80),
      [],
      command,
    )
    t.notMatch(german, /usage|options|commands|arguments|choices|default:|\benv\b|display|<file>|<folder>/i)
    const [first, second] = [described(english), described(german)]
    const named = (of: ReadonlyMap<string, string>) =>
      [...of.keys()].filter((name) => /^-|^[a-z]+$/.test(name))
    t.same(
      named(first).filter((name) => name.startsWith('-')),
      named(second).filter((name) => name.startsWith('-')),
      'options keep their names',
    )
    for (const [name, text] of first) t.not(second.get(name), text, `${command} ${name}`)
  }
})

t.test('the language of the system counts where none is asked for', async (t) => {
  const options = {
    env: { ...process.env, LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8' },
    encoding: 'utf8',
  } as const
  t.match(spawnSync(process.execPath, [ENTRY, 'import', '--help'], options).stdout, /^Aufruf: myitero import/)
  t.match(spawnSync(process.execPath, [ENTRY, '--help', '--language=en'], options).stdout, /^Usage: /)
})

t.test('wrong usage is told in German', async (t) => {
  const told = async (...argv: string[]) => {
    const ran = await myitero(...argv, '--language', 'de')
    t.equal(ran.code, 2)
    t.notMatch(ran.stderr, /error|invalid|missing|unknown|did you mean/i, argv.join(' '))
    return ran.stderr
  }
  t.match(await told('impot'), /„impot“.*Meinten Sie import\?/s)
  t.match(await told('orders', '--into', '.', '--lmit', '3'), /„--lmit“.*Meinten Sie --limit\?/s)
  t.match(await told('orders'), '„--into <Ordner>“')
  t.match(await told('import', '--into', '.'), '<Paket>')
  t.match(await told('orders', '--into', '.', '--limit', 'viele'), /„viele“.*eine Zahl ab 1/)
  t.match(await told('orders', '--into', '.', '--stage', 'alle'), /„alle“.*Möglich sind: received/)
  t.match(await told('answer', 'sieben', '--into', '.'), /„sieben“ passt nicht zu <Frage>.*eine Zahl ab 1/)
  t.match(await told('clients', 'alle', '--into', '.'), 'zu viele Argumente')
  t.match(
    await told('answer', '1', '--into', '.', '--client', '003', '--new-client', 'Neu'),
    'schließen einander aus',
  )
})

t.test('the hints of prompts are in the language of the prompts', { skip: without('python3') }, async (t) => {
  const asks = async (language: 'en' | 'de', search: string, ticked: string) => {
    const root = t.testdir({ cases: {}, exports: {} })
    const crown = await made('single-crown', join(root, 'exports'))
    const clients = [
      { id: '003', name: 'Praxis am Anger' },
      { id: '004', name: 'Dental Four' },
    ]
    writeFileSync(join(root, 'clients.json'), JSON.stringify({ version: 1, clients }))
    const places = ['--into', join(root, 'cases'), '--data', join(root, 'data')]
    const argv = [
      'import',
      crown.path,
      ...places,
      '--clients',
      join(root, 'clients.json'),
      '--language',
      language,
    ]
    const steps = [
      // nobody is likely: to assign one is chosen, not given
      ['(Which client|Welcher Kunde).*Enter:', '\u001b[A'],
      ['.', '\r'],
      [search, 'four'],
      [' \\(1 ', '\r'],
      ['Material.*Enter:', '\r'],
      ['(Production method|Fertigungsverfahren).*Enter:', '\r'],
      [`material ${ticked}|Material als ${ticked}`, '\r'],
      [`method ${ticked}|verfahren als ${ticked}`, '\r'],
    ]
    const run = spawnSync('python3', [KEYBOARD, JSON.stringify(steps), process.execPath, ENTRY, ...argv], {
      encoding: 'utf8',
      timeout: 90_000,
    })
    return {
      said: stripVTControlCharacters(run.stdout),
      code: run.status,
      cases: await namesIn(join(root, 'cases')),
    }
  }
  const german = await asks('de', 'Suche:', 'Standard')
  t.equal(german.code, 0)
  t.equal(german.cases.length, 1)
  t.match(german.said, '↑/↓ wählen • Enter: bestätigen • Tippen: suchen')
  t.match(german.said, '(1 Treffer)')
  t.notMatch(german.said, /confirm|navigate|to select|to search|matche?s|Search/)
  const english = await asks('en', 'Search:', 'the default')
  t.equal(english.code, 0)
  t.match(english.said, '↑/↓ to select • Enter: confirm • Type: to search')
})
