import type { FailureCode } from '../errors.ts'
import { CLOUD_FAILURE_TEXTS } from './cloud-failures.ts'
import type { Text } from './template.ts'

/** What happened, to what, and what can be done now. How placeholders and segments work: `fill` in template.ts. */
export const FAILURE_TEXTS: Readonly<Record<FailureCode, Text>> = {
  'export-folder-missing': {
    en: 'The export folder[ “{folder}”] is not there. Check its path and, on a network, the connection.',
    de: 'Der Exportordner[ „{folder}“] ist nicht vorhanden. Prüfen Sie den Pfad und im Netzwerk die Verbindung.',
  },
  'package-missing': {
    en: 'The package[ “{package}”] is not there. Check its path, or download it again from MyiTero.',
    de: 'Das Paket[ „{package}“] ist nicht vorhanden. Prüfen Sie den Pfad, oder laden Sie es erneut von MyiTero herunter.',
  },
  'package-unreadable': {
    en: 'The package[ “{package}”] cannot be read[ at “{file}”][ ({reason})]. Check the drive and the rights, then import again.',
    de: 'Das Paket[ „{package}“] lässt sich nicht lesen[, bei „{file}“][ ({reason})]. Prüfen Sie Laufwerk und Zugriffsrechte, dann importieren Sie erneut.',
  },
  'package-not-a-package': {
    en: 'The file[ “{package}”] is neither a zip nor a folder. Choose an export of MyiTero.',
    de: 'Die Datei[ „{package}“] ist weder ein Zip noch ein Ordner. Wählen Sie einen Export von MyiTero.',
  },
  'package-changed-while-read': {
    en: 'The package[ “{package}”] changed while it was read[, at “{file}”]. Wait until it is copied or downloaded whole, then import again.',
    de: 'Das Paket[ „{package}“] hat sich beim Lesen geändert[, bei „{file}“]. Warten Sie, bis es ganz kopiert oder heruntergeladen ist, dann importieren Sie erneut.',
  },
  'zip-damaged': {
    en: 'The zip[ “{package}”] is damaged or ends too early[, at “{file}”][ ({reason})]. Download it again from MyiTero.',
    de: 'Das Zip[ „{package}“] ist beschädigt oder endet zu früh[, bei „{file}“][ ({reason})]. Laden Sie es erneut von MyiTero herunter.',
  },
  'zip-ambiguous': {
    en: 'The zip[ “{package}”] can be read in more than one way[ ({reason})], so that it does not say for sure what it holds. Download it again from MyiTero.',
    de: 'Das Zip[ „{package}“] lässt sich auf mehr als eine Weise lesen[ ({reason})], sodass nicht sicher ist, was es enthält. Laden Sie es erneut von MyiTero herunter.',
  },
  'zip-entry-damaged': {
    en: 'The file[ “{file}”] in the zip[ “{package}”] is damaged. Download the zip again from MyiTero.',
    de: 'Die Datei[ „{file}“] im Zip[ „{package}“] ist beschädigt. Laden Sie das Zip erneut von MyiTero herunter.',
  },
  'zip-encrypted': {
    en: 'The zip[ “{package}”] is protected by a password[, at “{file}”]. Import the export as MyiTero gives it.',
    de: 'Das Zip[ „{package}“] ist mit einem Kennwort geschützt[, bei „{file}“]. Importieren Sie den Export so, wie MyiTero ihn liefert.',
  },
  'zip-method-unsupported': {
    en: 'The file[ “{file}”] in the zip[ “{package}”] is packed in a way that is not supported[ (method {method})]. Import the export as MyiTero gives it.',
    de: 'Die Datei[ „{file}“] im Zip[ „{package}“] ist auf nicht unterstützte Art gepackt[ (Verfahren {method})]. Importieren Sie den Export so, wie MyiTero ihn liefert.',
  },
  'zip-too-many-entries': {
    en: 'The package[ “{package}”] holds too many files[: {entries:count}][, allowed are {limit:count}]. Check that it is a single export of MyiTero.',
    de: 'Das Paket[ „{package}“] enthält zu viele Dateien[: {entries:count}][, erlaubt sind {limit:count}]. Prüfen Sie, ob es ein einzelner Export von MyiTero ist.',
  },
  'zip-bomb': {
    en: 'The package[ “{package}”] would unpack to too much[, at “{file}”][: {bytes:size}][, allowed are {limit:size}]. Check that it comes from MyiTero.',
    de: 'Das Paket[ „{package}“] würde entpackt zu groß[, bei „{file}“][: {bytes:size}][, erlaubt sind {limit:size}]. Prüfen Sie, ob es von MyiTero stammt.',
  },
  'entry-name-unsafe': {
    en: 'The package[ “{package}”] holds a file whose name is unsafe[: “{file}”][ ({reason})]. Check that it comes from MyiTero.',
    de: 'Das Paket[ „{package}“] enthält eine Datei mit unsicherem Namen[: „{file}“][ ({reason})]. Prüfen Sie, ob es von MyiTero stammt.',
  },
  'entry-is-link': {
    en: 'The package[ “{package}”] holds a link instead of a file[: “{file}”]. Import the export as MyiTero gives it.',
    de: 'Das Paket[ „{package}“] enthält eine Verknüpfung statt einer Datei[: „{file}“]. Importieren Sie den Export so, wie MyiTero ihn liefert.',
  },
  'entry-not-a-file': {
    en: 'The package[ “{package}”] holds something that is neither a file nor a folder[: “{file}”]. Import the export as MyiTero gives it.',
    de: 'Das Paket[ „{package}“] enthält etwas, das weder Datei noch Ordner ist[: „{file}“]. Importieren Sie den Export so, wie MyiTero ihn liefert.',
  },
  'entry-name-duplicate': {
    en: 'The package[ “{package}”] holds two files of the same name[: “{file}”]. Download it again from MyiTero.',
    de: 'Das Paket[ „{package}“] enthält zwei Dateien mit demselben Namen[: „{file}“]. Laden Sie es erneut von MyiTero herunter.',
  },
  'manifest-missing': {
    en: 'The package holds no iTero order[ (looked at {files|file|files})]. Choose an export of MyiTero with its XML file.',
    de: 'Das Paket enthält keinen iTero-Auftrag[ ({files|Datei|Dateien} durchgesehen)]. Wählen Sie einen Export von MyiTero samt XML-Datei.',
  },
  'manifest-empty': {
    en: 'The order file[ “{file}”] is empty. Download the package again from MyiTero.',
    de: 'Die Auftragsdatei[ „{file}“] ist leer. Laden Sie das Paket erneut von MyiTero herunter.',
  },
  'manifest-too-large': {
    en: 'The order file[ “{file}”] is too large[: {bytes:size}][, allowed are {limit:size}]. Check that it comes from MyiTero.',
    de: 'Die Auftragsdatei[ „{file}“] ist zu groß[: {bytes:size}][, erlaubt sind {limit:size}]. Prüfen Sie, ob sie von MyiTero stammt.',
  },
  'manifest-not-xml': {
    en: 'The order file[ “{file}”] is not readable XML[, line {line}][ ({reason})][, encoding “{encoding}”]. Download the package again from MyiTero.',
    de: 'Die Auftragsdatei[ „{file}“] ist kein lesbares XML[, Zeile {line}][ ({reason})][, Kodierung „{encoding}“]. Laden Sie das Paket erneut von MyiTero herunter.',
  },
  'manifest-has-doctype': {
    en: 'The order file[ “{file}”] contains a DOCTYPE, which iTero does not write. Check that it comes from MyiTero.',
    de: 'Die Auftragsdatei[ „{file}“] enthält einen DOCTYPE, den iTero nicht schreibt. Prüfen Sie, ob sie von MyiTero stammt.',
  },
  'manifest-wrong-root': {
    en: 'The file[ “{file}”] is not an iTero order[ (it begins with “{root}”)]. Choose an export of MyiTero.',
    de: 'Die Datei[ „{file}“] ist kein iTero-Auftrag[ (sie beginnt mit „{root}“)]. Wählen Sie einen Export von MyiTero.',
  },
  'manifest-without-order': {
    en: 'The order file[ “{file}”] names no usable order number[: “{id}”][ (orders in it: {rxInfos})]. Download the package again from MyiTero.',
    de: 'Die Auftragsdatei[ „{file}“] nennt keine brauchbare Auftragsnummer[: „{id}“][ (Aufträge darin: {rxInfos})]. Laden Sie das Paket erneut von MyiTero herunter.',
  },
  'manifest-too-many-rows': {
    en: 'The order file[ “{file}”] has too many rows[, allowed are {limit:count}]. Check that it comes from MyiTero.',
    de: 'Die Auftragsdatei[ „{file}“] hat zu viele Zeilen[, erlaubt sind {limit:count}]. Prüfen Sie, ob sie von MyiTero stammt.',
  },
  'order-mixed': {
    en: 'The package mixes two orders[: “{file}”][ and “{other}”][, order number “{id}” inside]. Import each order on its own, as MyiTero gives it.',
    de: 'Das Paket vermischt zwei Aufträge[: „{file}“][ und „{other}“][, darin die Auftragsnummer „{id}“]. Importieren Sie jeden Auftrag einzeln, so wie MyiTero ihn liefert.',
  },
  'package-of-another-order': {
    en: 'The package is another order’s[: {id} instead of {order}]. Ask MyiTero’s support, and take it from the portal until then.',
    de: 'Das Paket gehört zu einem anderen Auftrag[: {id} statt {order}]. Fragen Sie den Support von MyiTero, und laden Sie es bis dahin aus dem Portal.',
  },
  'order-vanished': {
    en: 'MyiTero no longer knows this order[ ({order})]. Ask the practice whether it was withdrawn, or try again.',
    de: 'MyiTero kennt diesen Auftrag[ ({order})] nicht mehr. Fragen Sie die Praxis, ob er zurückgezogen wurde, oder versuchen Sie es erneut.',
  },
  'order-without-package': {
    en: 'MyiTero has no package of this order[ ({order})] yet. It comes by itself once there is one; in the portal you see how far it is.',
    de: 'MyiTero hat zu diesem Auftrag[ ({order})] noch kein Paket. Es kommt von selbst, sobald es vorliegt; im Portal sehen Sie den Stand.',
  },
  'download-cut': {
    en: 'The download was cut off[ after {bytes:size}][ of {expected:size}]. It goes on by itself from there.',
    de: 'Der Download wurde unterbrochen[ nach {bytes:size}][ von {expected:size}]. Er geht von selbst dort weiter.',
  },
  'download-expired': {
    en: 'MyiTero gives addresses for this download that have expired already[ ({tried|try|tries})]. Check this computer’s clock; it is tried again by itself.',
    de: 'MyiTero gibt für diesen Download Adressen, die schon abgelaufen sind[ ({tried|Versuch|Versuche})]. Prüfen Sie die Uhr dieses Rechners; es wird von selbst weiter versucht.',
  },
  'download-wrong-length': {
    en: 'The package from MyiTero is not as long as announced[: {bytes:size} instead of {expected:size}]. Try again, and take it from the portal if it stays.',
    de: 'Das Paket von MyiTero ist nicht so lang wie angekündigt[: {bytes:size} statt {expected:size}]. Versuchen Sie es erneut, und laden Sie es aus dem Portal, wenn es so bleibt.',
  },
  'download-wrong-content': {
    en: 'The package[ of {bytes:size}] was changed on its way from MyiTero. Try again, and check proxy and virus scanner if it stays.',
    de: 'Das Paket[ von {bytes:size}] wurde auf dem Weg von MyiTero verändert. Versuchen Sie es erneut, und prüfen Sie Proxy und Virenscanner, wenn es so bleibt.',
  },
  'download-not-a-zip': {
    en: 'What MyiTero sent is no package[ ({reason})]. Try again, and check the proxy if it stays.',
    de: 'Was MyiTero geschickt hat, ist kein Paket[ ({reason})]. Versuchen Sie es erneut, und prüfen Sie den Proxy, wenn es so bleibt.',
  },
  'downloads-full': {
    en: 'There is no room for downloads on the drive of the program’s data[ ({reason})]. Make room; it goes on by itself.',
    de: 'Auf dem Laufwerk der Programmdaten ist kein Platz für Downloads[ ({reason})]. Schaffen Sie Platz; es geht von selbst weiter.',
  },
  'downloads-unreachable': {
    en: 'The folder for downloads does not respond as it should[ ({reason})]. Check the drive of the program’s data and its rights; it is tried again by itself.',
    de: 'Der Ordner für Downloads antwortet nicht wie erwartet[ ({reason})]. Prüfen Sie Laufwerk und Zugriffsrechte der Programmdaten; es wird von selbst weiter versucht.',
  },
  'webhook-unavailable': {
    en: 'Notices of MyiTero cannot be received[ at port {port}][ ({reason})]. New orders are still looked for; choose another port for notices at once.',
    de: 'Benachrichtigungen von MyiTero können nicht empfangen werden[ an Port {port}][ ({reason})]. Nach neuen Aufträgen wird weiter gesehen; wählen Sie für sofortige Benachrichtigung einen anderen Port.',
  },
  'fetch-unknown': {
    en: 'There is no order[ {rx}] of MyiTero to try again. See the list of orders.',
    de: 'Es gibt keinen Auftrag[ {rx}] von MyiTero, der erneut versucht werden könnte. Sehen Sie in der Auftragsliste nach.',
  },
  'material-list-invalid': {
    en: 'The material list[ “{file}”] cannot be used[, line {line}][, “{field}”][ “{value}”][, material “{material}”][: {problem}]. Correct the file, then start again.',
    de: 'Die Materialliste[ „{file}“] ist nicht verwendbar[, Zeile {line}][, „{field}“][ „{value}“][, Material „{material}“][: {problem}]. Berichtigen Sie die Datei, dann starten Sie erneut.',
  },
  'list-unreadable': {
    en: 'The file[ “{file}”] cannot be read[ ({reason})]. Check its path and the rights, then start again.',
    de: 'Die Datei[ „{file}“] lässt sich nicht lesen[ ({reason})]. Prüfen Sie Pfad und Zugriffsrechte, dann starten Sie erneut.',
  },
  'client-list-invalid': {
    en: 'The client list[ “{file}”] cannot be used[, “{field}”][: {problem}]. Correct the file, then start again.',
    de: 'Die Kundenliste[ „{file}“] ist nicht verwendbar[, „{field}“][: {problem}]. Berichtigen Sie die Datei, dann starten Sie erneut.',
  },
  'answers-invalid': {
    en: 'The answers file[ “{file}”] cannot be used[, “{field}”][: {problem}]. Correct the file, then start again.',
    de: 'Die Antwortdatei[ „{file}“] ist nicht verwendbar[, „{field}“][: {problem}]. Berichtigen Sie die Datei, dann starten Sie erneut.',
  },
  'template-invalid': {
    en: 'The name template cannot be used[: {reason}][, “{placeholder}”][, allowed are {limit|character|characters}]. Correct it, then start again.',
    de: 'Die Namensvorlage ist nicht verwendbar[: {reason}][, „{placeholder}“][, erlaubt: {limit|Zeichen|Zeichen}]. Berichtigen Sie sie, dann starten Sie erneut.',
  },
  'case-folder-missing': {
    en: 'The case folder[ “{folder}”] is not there[ ({reason})]. Check its path and, on a network, the connection.',
    de: 'Der Fallordner[ „{folder}“] ist nicht vorhanden[ ({reason})]. Prüfen Sie den Pfad und im Netzwerk die Verbindung.',
  },
  'case-folder-read-only': {
    en: 'The case folder[ “{folder}”] cannot be written to[ ({reason})]. Ask for the right to write there, then import again.',
    de: 'In den Fallordner[ „{folder}“] kann nicht geschrieben werden[ ({reason})]. Lassen Sie sich Schreibrechte geben, dann importieren Sie erneut.',
  },
  'case-folder-full': {
    en: 'There is no room for the case in the case folder[ “{folder}”][ ({reason})]. Make room on the drive; nothing is lost meanwhile.',
    de: 'Im Fallordner[ „{folder}“] ist kein Platz für den Fall[ ({reason})]. Schaffen Sie Platz auf dem Laufwerk; bis dahin geht nichts verloren.',
  },
  'case-folder-path-too-long': {
    en: 'The path of the case folder[ “{folder}”] is too long[: {length} characters, at most {limit} are possible]. Other programs could not open every case in it. Choose a folder with a shorter path, or connect it as a drive of its own.',
    de: 'Der Pfad des Fallordners[ „{folder}“] ist zu lang[: {length} Zeichen, höchstens {limit} sind möglich]. Andere Programme könnten nicht jeden Fall darin öffnen. Wählen Sie einen Ordner mit kürzerem Pfad, oder verbinden Sie ihn als eigenes Laufwerk.',
  },
  'case-folder-unreachable': {
    en: 'The case folder[ “{folder}”] does not respond as it should[ ({reason})]. Check the drive or the network, and close programs that hold the case open.',
    de: 'Der Fallordner[ „{folder}“] antwortet nicht wie erwartet[ ({reason})]. Prüfen Sie Laufwerk oder Netzwerk, und schließen Sie Programme, die den Fall geöffnet halten.',
  },
  'staging-other-volume': {
    en: 'Staging folder[ “{staging}”] and case folder[ “{folder}”] are on different drives. Put both on the same drive.',
    de: 'Zwischenablage[ „{staging}“] und Fallordner[ „{folder}“] liegen auf verschiedenen Laufwerken. Legen Sie beide auf dasselbe Laufwerk.',
  },
  'staging-damaged': {
    en: 'The files kept for this order are no longer whole[ ({reason})][: “{file}”]. Import its package again.',
    de: 'Die zu diesem Auftrag abgelegten Dateien sind nicht mehr vollständig[ ({reason})][: „{file}“]. Importieren Sie das Paket erneut.',
  },
  'case-name-exhausted': {
    en: 'No free name was left for the case[ after {tried|try|tries}]. Add another placeholder to the name template.',
    de: 'Für den Fall war kein Name mehr frei[ nach {tried|Versuch|Versuchen}]. Ergänzen Sie die Namensvorlage um einen Platzhalter.',
  },
  'document-not-treatment': {
    en: 'The file is not a treatment of DentalDB. Choose a .dentalProject file.',
    de: 'Die Datei ist keine Behandlung von DentalDB. Wählen Sie eine .dentalProject-Datei.',
  },
  'document-not-case': {
    en: 'The file is not a case record of this program[, at “{element}”]. Choose a .case.xml file, or import the order again.',
    de: 'Die Datei ist keine Fallakte dieses Programms[, bei „{element}“]. Wählen Sie eine .case.xml-Datei, oder importieren Sie den Auftrag erneut.',
  },
  'document-not-xml': {
    en: 'The case’s file is not readable XML[, line {line}][ ({reason})]. Restore it from a backup, or import the order again.',
    de: 'Die Datei des Falls ist kein lesbares XML[, Zeile {line}][ ({reason})]. Stellen Sie sie aus einer Sicherung wieder her, oder importieren Sie den Auftrag erneut.',
  },
  'document-has-doctype': {
    en: 'The case’s file contains a DOCTYPE, which DentalDB does not write. Check where the file comes from.',
    de: 'Die Datei des Falls enthält einen DOCTYPE, den DentalDB nicht schreibt. Prüfen Sie, woher die Datei stammt.',
  },
  'document-too-large': {
    en: 'The case’s file is too large[: {bytes:size}][, allowed are {limit:size}]. Check where the file comes from.',
    de: 'Die Datei des Falls ist zu groß[: {bytes:size}][, erlaubt sind {limit:size}]. Prüfen Sie, woher die Datei stammt.',
  },
  'document-value-missing': {
    en: 'The case’s file lacks a value that was to be changed[: “{element}”]. Open the case in DentalDB and save it once.',
    de: 'In der Datei des Falls fehlt ein Wert, der geändert werden sollte[: „{element}“]. Öffnen Sie den Fall in DentalDB und speichern Sie ihn einmal.',
  },
  'ledger-unreadable': {
    en: 'The order ledger cannot be read[ (SQLite {sqlite})]: it is damaged or another program’s. Restore it from a backup, or name another file.',
    de: 'Das Auftragsbuch ist nicht lesbar[ (SQLite {sqlite})]: beschädigt oder von einem anderen Programm. Stellen Sie es aus einer Sicherung wieder her, oder nennen Sie eine andere Datei.',
  },
  'ledger-newer': {
    en: 'The order ledger was written by a newer version of this program[ (version {found}][, known up to {known})]. Update this installation.',
    de: 'Das Auftragsbuch stammt von einer neueren Version dieses Programms[ (Version {found}][, bekannt bis {known})]. Aktualisieren Sie diese Installation.',
  },
  'ledger-on-share': {
    en: 'The folder of the order ledger[ “{folder}”] is on a share: two computers would damage it there. Choose a folder on a disk of this computer; the case folder may be on a share.',
    de: 'Der Ordner des Auftragsverzeichnisses[ „{folder}“] liegt auf einer Freigabe: Dort würden es zwei Computer beschädigen. Wählen Sie einen Ordner auf einem Datenträger dieses Computers; der Fallordner darf auf einer Freigabe liegen.',
  },
  'ledger-busy': {
    en: 'The order ledger is in use by another program[ (SQLite {sqlite})]. Try again in a moment.',
    de: 'Das Auftragsbuch wird gerade von einem anderen Programm benutzt[ (SQLite {sqlite})]. Versuchen Sie es gleich noch einmal.',
  },
  'ledger-full': {
    en: 'The drive of the order ledger is full[ (SQLite {sqlite})]. Make room, then import again.',
    de: 'Das Laufwerk des Auftragsbuchs ist voll[ (SQLite {sqlite})]. Schaffen Sie Platz, dann importieren Sie erneut.',
  },
  'claim-lost': {
    en: 'Another importer took this order over meanwhile. Nothing to do: see the list of orders.',
    de: 'Ein anderer Import hat diesen Auftrag inzwischen übernommen. Nichts zu tun: Sehen Sie in der Auftragsliste nach.',
  },
  'question-unknown': {
    en: 'There is no question[ {question}]. See the list of open questions.',
    de: 'Es gibt keine Frage[ {question}]. Sehen Sie in der Liste der offenen Fragen nach.',
  },
  'question-closed': {
    en: 'The question[ {question}] is answered already. See the list of open questions.',
    de: 'Die Frage[ {question}] ist schon beantwortet. Sehen Sie in der Liste der offenen Fragen nach.',
  },
  'answer-unfit': {
    en: 'The answer does not fit the question[ {question}][: {field}][, material “{material}”]. Correct it, or choose one of the offered answers.',
    de: 'Die Antwort passt nicht zur Frage[ {question}][: {field}][, Material „{material}“]. Berichtigen Sie sie, oder wählen Sie eine der angebotenen Antworten.',
  },
  'answer-incomplete': {
    en: 'The answer[ to question {question}] is not complete[: {missing} is missing][, one of: {choices}]. Add what is missing, then answer again.',
    de: 'Die Antwort[ auf Frage {question}] ist nicht vollständig[: Es fehlt {missing}][, möglich sind: {choices}]. Ergänzen Sie sie, dann antworten Sie erneut.',
  },
  'mapping-unknown': {
    en: 'There is no mapping[ “{mapping}”]. See the list of mappings.',
    de: 'Es gibt keine Zuordnung[ „{mapping}“]. Sehen Sie in der Liste der Zuordnungen nach.',
  },
  'mapping-ambiguous': {
    en: 'More than one mapping begins like this[: “{mapping}”]. See the list of mappings, and give it whole as it stands there.',
    de: 'Mehr als eine Zuordnung beginnt so[: „{mapping}“]. Sehen Sie in der Liste der Zuordnungen nach, und geben Sie sie ganz an, wie sie dort steht.',
  },
  'client-unknown': {
    en: 'There is no client[ “{client}”] in the client list. Choose another client, or add this one.',
    de: 'Den Kunden[ „{client}“] gibt es in der Kundenliste nicht. Wählen Sie einen anderen Kunden, oder legen Sie ihn an.',
  },
  'cloud-off': {
    en: 'No connection to MyiTero is set up. Choose a connection profile in Settings.',
    de: 'Es ist keine Verbindung zu MyiTero eingerichtet. Wählen Sie in den Einstellungen ein Verbindungsprofil.',
  },
  'cloud-account-unknown': {
    en: 'This account is not among those that you may use. Sign in again and choose one of the list.',
    de: 'Dieses Konto gehört nicht zu denen, die Sie verwenden dürfen. Melden Sie sich erneut an und wählen Sie eines aus der Liste.',
  },
  'host-unreachable': {
    en: 'The case database does not answer. The order goes on by itself once it does.',
    de: 'Die Falldatenbank antwortet nicht. Der Auftrag geht von selbst weiter, sobald sie es tut.',
  },
  ...CLOUD_FAILURE_TEXTS,
  unexpected: {
    en: 'Something unforeseen happened. Look whether the case is there before you import again, and report it if it stays.',
    de: 'Etwas Unvorhergesehenes ist geschehen. Sehen Sie nach, ob der Fall da ist, bevor Sie erneut importieren, und melden Sie es, wenn es bleibt.',
  },
}

/** Where the reader sits before the settings of a host: there is nothing to start again. */
export const HOST_FAILURE_TEXTS: Readonly<Partial<Record<FailureCode, Text>>> = {
  'material-list-invalid': {
    en: 'The material list cannot be used[, line {line}][, “{field}”][ “{value}”][, material “{material}”][: {problem}]. Correct the file; it is read again when Settings is opened.',
    de: 'Die Materialliste ist nicht verwendbar[, Zeile {line}][, „{field}“][ „{value}“][, Material „{material}“][: {problem}]. Berichtigen Sie die Datei; sie wird erneut gelesen, sobald die Einstellungen geöffnet werden.',
  },
  'template-invalid': {
    en: 'The name template cannot be used[: {reason}][, “{placeholder}”][, allowed are {limit|character|characters}]. Correct it and save again.',
    de: 'Die Namensvorlage ist nicht verwendbar[: {reason}][, „{placeholder}“][, erlaubt: {limit|Zeichen|Zeichen}]. Berichtigen Sie sie, und speichern Sie erneut.',
  },
}
