import type { Failure, Language } from './data.ts'

/** What a technician reads where the plugin's process itself fails. */
const WORDS = {
  'plugin-crashed': {
    en: 'The plugin ended unexpectedly.',
    de: 'Das Plugin wurde unerwartet beendet.',
  },
  'plugin-not-started': {
    en: 'The plugin ended before it had connected to this program. Its files may be missing or damaged.',
    de: 'Das Plugin endete, bevor es sich mit diesem Programm verbunden hatte. Möglicherweise fehlen Dateien oder sind beschädigt.',
  },
  'plugin-ended': {
    en: 'The plugin ended in good order, as if it had been told to, for instance at a log-off.',
    de: 'Das Plugin hat sich ordentlich beendet, als wäre es dazu aufgefordert worden, etwa bei einer Abmeldung.',
  },
  'plugin-not-ready': {
    en: 'The plugin was started but did not report in time.',
    de: 'Das Plugin wurde gestartet, hat sich aber nicht rechtzeitig gemeldet.',
  },
  'plugin-unfit': {
    en: 'The plugin does not answer as it should.',
    de: 'Das Plugin antwortet nicht wie erwartet.',
  },
  'protocol-unsupported': {
    en: 'The plugin and this program are of versions that do not fit together. Update the older one.',
    de: 'Die Versionen des Plugins und dieses Programms passen nicht zusammen. Bitte das ältere aktualisieren.',
  },
  'pipe-unusable': {
    en: 'The connection to the plugin could not be set up on this computer.',
    de: 'Die Verbindung zum Plugin konnte auf diesem Computer nicht eingerichtet werden.',
  },
} as const satisfies Record<string, Record<Language, string>>

export type ProcessFailureCode = keyof typeof WORDS

export const processFailure = (code: ProcessFailureCode, language: Language): Failure => ({
  code,
  text: WORDS[code][language],
})
