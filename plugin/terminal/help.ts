import { type Command, Help } from 'commander'
import type { Language } from '../mapping/materials.ts'
import { usage } from '../words/usage.ts'

/** Of the help and the errors of commander and of each command that is made under this one later. */
export function speaking(program: Command, language: Language): Command {
  const plain = new Help()
  const word = language === 'de' ? inGerman : (text: string) => text
  return program
    .helpOption('-h, --help', usage(language, 'help'))
    .helpCommand('help [command]', usage(language, 'help'))
    .configureHelp({
      helpWidth: 80,
      sortSubcommands: false,
      styleTitle: word,
      commandUsage: (command) => word(plain.commandUsage(command)),
      subcommandTerm: (command) => word(plain.subcommandTerm(command)),
      argumentTerm: (argument) => word(`<${plain.argumentTerm(argument)}>`).slice(1, -1),
      optionTerm: (option) => word(plain.optionTerm(option)),
      optionDescription: (option) => {
        const [text, more] = [option.description, plain.optionDescription(option)]
        // What commander adds stands in brackets behind the text.
        return text + word(more.slice(text.length))
      },
    })
    .configureOutput({
      outputError: (text, write) => write(language === 'de' ? errorInGerman(text) : text),
    })
}

const GERMAN: Readonly<Record<string, string>> = {
  'Usage:': 'Aufruf:',
  'Arguments:': 'Argumente:',
  'Options:': 'Optionen:',
  'Commands:': 'Befehle:',
  options: 'Optionen',
  command: 'Befehl',
  'choices:': 'Auswahl:',
  'default:': 'Vorgabe:',
  'env:': 'Umgebungsvariable:',
  package: 'Paket',
  folder: 'Ordner',
  file: 'Datei',
  seconds: 'Sekunden',
  stage: 'Stand',
  name: 'Name',
  text: 'Text',
  code: 'Kürzel',
  key: 'Schlüssel',
  number: 'Nummer',
  question: 'Frage',
  language: 'Sprache',
  order: 'Reihenfolge',
}

/** Titles, `[options]`, `<folder>`, `(default: 50)`: words of their own place, so that no option's name is touched. */
function inGerman(text: string): string {
  return text
    .replace(/^(?:Usage|Arguments|Options|Commands):$/, (title) => GERMAN[title] ?? title)
    .replace(/([[<])([a-z]+)(\.{3})?(?=[\]>])/g, (whole, open: string, name: string, more = '') => {
      const word = GERMAN[name]
      return word === undefined ? whole : `${open}${word}${more}`
    })
    .replace(/(?<=[(,] ?)(?:choices|default|env):/g, (kind) => GERMAN[kind] ?? kind)
}

/** commander's errors of usage [V, 15.1]. One that it words anew in a later version stays English. */
const ERRORS: readonly (readonly [RegExp, string])[] = [
  [/^error: unknown option '(.*?)'/, 'Fehler: Die Option „$1“ gibt es nicht.'],
  [/^error: unknown command '(.*?)'/, 'Fehler: Den Befehl „$1“ gibt es nicht.'],
  [/^error: missing required argument '(.*?)'/, 'Fehler: Es fehlt das Argument <$1>.'],
  [/^error: required option '(.*?)' not specified/, 'Fehler: Es fehlt die Option „$1“.'],
  [/^error: option '(.*?)' argument missing/, 'Fehler: Es fehlt der Wert zur Option „$1“.'],
  [
    /^error: option '(.*?)' cannot be used with option '(.*?)'/,
    'Fehler: Die Optionen „$1“ und „$2“ schließen einander aus.',
  ],
  [/^error: too many arguments.*/, 'Fehler: Das sind zu viele Argumente.'],
  [/\(Did you mean one of (.*?)\?\)/, '(Meinten Sie eines von diesen: $1?)'],
  [/\(Did you mean (.*?)\?\)/, '(Meinten Sie $1?)'],
  [/Allowed choices are (.*)\./, 'Möglich sind: $1.'],
  [/^error: option '(.*?)' (?:argument|value) '(.*?)'.*? is invalid\./, 'Fehler: „$2“ passt nicht zu „$1“.'],
  [
    /^error: command-argument value '(.*?)' is invalid for argument '(.*?)'\./,
    'Fehler: „$1“ passt nicht zu <$2>.',
  ],
]

const errorInGerman = (text: string): string =>
  inGerman(ERRORS.reduce((said, [english, german]) => said.replace(english, german), text))
