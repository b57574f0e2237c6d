import type { Text } from './words.ts'

/** Database, clients, case list and case folder. */
export const DATA_FAILURES = {
  'database-unreadable': {
    en: 'The database “{file}” cannot be read. Check the drive, or put a copy of it back from your backup.',
    de: 'Die Datenbank „{file}“ lässt sich nicht lesen. Prüfen Sie das Laufwerk, oder spielen Sie eine Sicherung ein.',
  },
  'database-newer': {
    en: 'The database “{file}” was written by a newer version. Install that version again.',
    de: 'Die Datenbank „{file}“ stammt von einer neueren Version. Installieren Sie wieder diese Version.',
  },
  'setting-unreadable': {
    en: 'The setting “{setting}” in “{file}” cannot be read: another version wrote it, or it is damaged. Nothing was changed. Start the version that worked last, or put “{file}” back from your backup.',
    de: 'Die Einstellung „{setting}“ in „{file}“ ist nicht lesbar: Eine andere Version hat sie geschrieben, oder sie ist beschädigt. Nichts wurde geändert. Starten Sie die Version, die zuletzt lief, oder holen Sie „{file}“ aus Ihrer Datensicherung zurück.',
  },
  'database-busy': {
    en: 'The database “{file}” is in use: the program is already running with it. Close the other one first.',
    de: 'Die Datenbank „{file}“ ist in Gebrauch: Das Programm läuft bereits damit. Schließen Sie zuerst das andere.',
  },
  'database-full': {
    en: 'There is no room left for the database “{file}”. Free space on its drive.',
    de: 'Für die Datenbank „{file}“ ist kein Platz mehr. Schaffen Sie Platz auf dem Laufwerk.',
  },
  'client-unknown': {
    en: 'There is no client {client}. It may have been deleted meanwhile.',
    de: 'Es gibt keinen Kunden {client}. Vielleicht wurde er inzwischen gelöscht.',
  },
  'client-number-taken': {
    en: 'The number {client} is taken by another client. Choose another, or leave it to the program.',
    de: 'Die Nummer {client} hat schon ein anderer Kunde. Wählen Sie eine andere, oder lassen Sie das Programm wählen.',
  },
  'client-name-taken': {
    en: 'There is already a client of this name (number {client}).',
    de: 'Es gibt schon einen Kunden dieses Namens (Nummer {client}).',
  },
  'client-in-use': {
    en: 'The client {client} is in use[ (cases: {cases}, doctors: {doctors})] and stays. Move what is assigned to another client first.',
    de: 'Der Kunde {client} wird gebraucht[ (Fälle: {cases}, Zahnärzte: {doctors})] und bleibt. Ordnen Sie zuerst alles einem anderen Kunden zu.',
  },
  'client-invalid': {
    en: 'The client cannot be kept like this: “{field}” is empty, too long or not a value that is allowed there.',
    de: 'So lässt sich der Kunde nicht speichern: „{field}“ ist leer, zu lang oder dort nicht erlaubt.',
  },
  'parameter-out-of-bounds': {
    en: 'The default “{parameter}” for “{work}” has to lie between its lowest and its highest value.',
    de: 'Die Vorgabe „{parameter}“ für „{work}“ muss zwischen ihrem kleinsten und ihrem größten Wert liegen.',
  },
  'parameter-off-step': {
    en: 'The default “{parameter}” for “{work}” is not on its step: it has to be a whole number of steps above its lowest value.',
    de: 'Die Vorgabe „{parameter}“ für „{work}“ passt nicht zu ihrer Schrittweite: Sie muss um ganze Schritte über ihrem kleinsten Wert liegen.',
  },
  'case-unknown': {
    en: 'This case is no longer in the list.',
    de: 'Dieser Fall ist nicht mehr in der Liste.',
  },
  'case-has-no-folder': {
    en: 'This order has no case in the case folder yet.',
    de: 'Zu diesem Auftrag gibt es noch keinen Fall im Fallordner.',
  },
  'case-file-unknown': {
    en: 'The case has no file “{file}” any more.',
    de: 'Der Fall hat keine Datei „{file}“ mehr.',
  },
  'case-folder-missing': {
    en: 'The case folder “{folder}” is not there. Check its path and, on a network, the connection. The list goes on by itself once it is back.',
    de: 'Der Fallordner „{folder}“ ist nicht vorhanden. Prüfen Sie den Pfad und im Netzwerk die Verbindung. Sobald er wieder da ist, geht es von selbst weiter.',
  },
  'case-empty': {
    en: 'The folder is empty. It may still be on its way.',
    de: 'Der Ordner ist leer. Vielleicht wird er noch kopiert.',
  },
  'case-without-document': {
    en: 'The folder has no file “{file}”, so it is no case, or is still being copied.',
    de: 'Im Ordner fehlt die Datei „{file}“: Er ist kein Fall oder wird noch kopiert.',
  },
  'case-name-mismatch': {
    en: 'The folder’s name and that of its file “{file}” differ. They have to be the same.',
    de: 'Der Name des Ordners und der seiner Datei „{file}“ sind verschieden. Sie müssen gleich sein.',
  },
  'case-name-not-text': {
    en: 'The folder’s name has characters that are no text here (not UTF-8), so it cannot be opened[; {more} more look the same]. Rename it.',
    de: 'Der Name des Ordners enthält Zeichen, die hier kein Text sind (kein UTF-8); er lässt sich so nicht öffnen[, {more} weitere sehen genauso aus]. Benennen Sie ihn um.',
  },
  'case-is-link': {
    en: 'This is a link to another place, not a folder with a case.',
    de: 'Das ist eine Verknüpfung zu einem anderen Ort, kein Ordner mit einem Fall.',
  },
  'case-unreadable': {
    en: 'The case cannot be read[ at “{file}”][ ({reason})]. Check the rights and the drive.',
    de: 'Der Fall lässt sich nicht lesen[, bei „{file}“][ ({reason})]. Prüfen Sie Zugriffsrechte und Laufwerk.',
  },
  'case-incomplete': {
    en: 'The case is not whole: “{file}”[ and {more} more] missing or cut short. It may still be on its way.',
    de: 'Der Fall ist nicht vollständig; fehlend oder gekürzt: „{file}“[ und {more} weitere]. Vielleicht wird er noch kopiert.',
  },
  'document-too-large': {
    en: 'The file “{file}” is too large for a case’s document.',
    de: 'Die Datei „{file}“ ist zu groß für das Dokument eines Falls.',
  },
  'document-not-xml': {
    en: 'The file “{file}” is damaged or not whole[, line {line}].',
    de: 'Die Datei „{file}“ ist beschädigt oder nicht vollständig[, Zeile {line}].',
  },
  'document-has-doctype': {
    en: 'The file “{file}” declares things that no case’s document declares, and was not read.',
    de: 'Die Datei „{file}“ enthält Deklarationen, die kein Dokument eines Falls enthält, und wurde nicht gelesen.',
  },
  'document-foreign': {
    en: 'The file “{file}” has the name of a case’s document but is something else[, at “{element}”].',
    de: 'Die Datei „{file}“ heißt wie das Dokument eines Falls, ist aber etwas anderes[, bei „{element}“].',
  },
} as const satisfies Record<string, Text>
