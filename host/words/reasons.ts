import type { Language } from '../../bridge/data.ts'

/** Why the system, or a reader, would not have a file: by its code, as a remark in brackets. */
const REASONS: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  ...same(['ENOENT', 'ENOTDIR'], { en: 'it is not there', de: 'nicht vorhanden' }),
  ...same(['EISDIR'], { en: 'it is a folder', de: 'es ist ein Ordner' }),
  ...same(['EACCES', 'EPERM', 'EROFS', 'ERR_ACCESS_DENIED'], { en: 'not allowed', de: 'nicht erlaubt' }),
  ...same(['EBUSY', 'EAGAIN', 'ETXTBSY', 'EADDRINUSE'], { en: 'in use', de: 'in Gebrauch' }),
  ...same(['ENOSPC', 'EDQUOT'], { en: 'the disk is full', de: 'der Datenträger ist voll' }),
  ...same(['EFBIG', 'too-large'], { en: 'too large', de: 'zu groß' }),
  ...same(['EEXIST'], { en: 'the name is taken', de: 'der Name ist vergeben' }),
  ...same(['EIO', 'UNKNOWN'], { en: 'the drive reports an error', de: 'das Laufwerk meldet einen Fehler' }),
  ...same(['EMFILE', 'ENFILE'], { en: 'too many files are open', de: 'zu viele Dateien sind offen' }),
  ...same(['ELOOP'], { en: 'a link leads nowhere', de: 'eine Verknüpfung führt ins Leere' }),
  ...same(['ENAMETOOLONG'], { en: 'its name is too long', de: 'der Name ist zu lang' }),
  ...same(['EADDRNOTAVAIL'], { en: 'not available', de: 'nicht verfügbar' }),
  ...same(
    ['ENETUNREACH', 'ENETDOWN', 'EHOSTUNREACH', 'EHOSTDOWN', 'ETIMEDOUT', 'ECONNRESET', 'ENOTCONN', 'ESTALE'],
    { en: 'not reachable', de: 'nicht erreichbar' },
  ),
  ...same(['ENODEV', 'ENXIO'], { en: 'the drive is not there', de: 'das Laufwerk fehlt' }),
  ...same(['no-file'], { en: 'it is not a file', de: 'es ist keine Datei' }),
  ...same(['too-many-files'], { en: 'too many files', de: 'zu viele Dateien' }),
  ...same(['time'], { en: 'it takes too long', de: 'es dauert zu lange' }),
  ...same(['encoding'], { en: 'its characters are not readable', de: 'die Zeichen sind nicht lesbar' }),
  ...same(['foreign'], { en: 'it is of another program', de: 'sie gehört einem anderen Programm' }),
  ...same(['no-address'], { en: 'no whole address', de: 'keine vollständige Adresse' }),
  ...same(['not-https'], { en: 'not an https address', de: 'keine https-Adresse' }),
  ...same(['has-password'], {
    en: 'a password has no place there',
    de: 'ein Kennwort gehört dort nicht hin',
  }),
  ...same(['loopback-https'], {
    en: 'on this computer it has to be http',
    de: 'auf diesem Computer muss es http sein',
  }),
  ...same(['not-json'], { en: 'not JSON', de: 'kein JSON' }),
}

/** '' where the code says nothing to a person. */
export function reasonText(code: string, language: Language): string {
  return Object.hasOwn(REASONS, code) ? (REASONS[code]?.[language] ?? '') : ''
}

function same(codes: readonly string[], text: Readonly<Record<Language, string>>): typeof REASONS {
  return Object.fromEntries(codes.map((code) => [code, text]))
}
