import type { Text } from './words.ts'

/** What the server tells a page or a terminal: what happened, to what, and what can be done now. */
export const SERVER_FAILURES = {
  unexpected: {
    en: 'Something went wrong inside the case database. Try again; if it stays, restart it.',
    de: 'In der Falldatenbank ist ein Fehler aufgetreten. Versuchen Sie es erneut; bleibt er, starten Sie sie neu.',
  },

  // files of the installation
  'file-unreadable': {
    en: 'The file “{file}” cannot be read[ ({reason})]. Check that it is there and its rights.',
    de: 'Die Datei „{file}“ lässt sich nicht lesen[ ({reason})]. Prüfen Sie, ob sie vorhanden ist, und die Zugriffsrechte.',
  },
  'file-not-json': {
    en: 'The file “{file}” is not JSON. Ask whoever sent it for a whole one.',
    de: 'Die Datei „{file}“ ist kein JSON. Lassen Sie sich die Datei neu geben.',
  },
  'file-contradictory': {
    en: 'The file “{file}” says “{field}” twice, and does not count. Ask whoever sent it for a corrected one.',
    de: 'Die Datei „{file}“ nennt „{field}“ zweimal und gilt deshalb nicht. Lassen Sie sich eine berichtigte geben.',
  },
  'file-invalid': {
    en: 'The file “{file}” is faulty[ at “{field}”]. Ask whoever sent it for a corrected one.',
    de: 'Die Datei „{file}“ ist fehlerhaft[, bei „{field}“]. Lassen Sie sich eine berichtigte geben.',
  },
  // The plugin has the same words for what it finds.
  'profile-invalid': {
    en: 'The connection profile cannot be used[, “{field}”][: {reason}]. Ask whoever gave it to you for a corrected one.',
    de: 'Das Verbindungsprofil ist nicht verwendbar[, „{field}“][: {reason}]. Bitten Sie den Herausgeber um ein berichtigtes.',
  },
  'manifest-broken': {
    en: 'The plugin in the folder “{folder}” has a faulty manifest[, at “{field}”][ ({reason})]. Install it again.',
    de: 'Die Erweiterung im Ordner „{folder}“ hat ein fehlerhaftes Manifest[, bei „{field}“][ ({reason})]. Installieren Sie sie neu.',
  },
  'plugin-duplicate': {
    en: 'The plugin “{plugin}” is installed twice. Version {version} in “{first}” is used, version {other} in “{second}” is not. Uninstall one of the two.',
    de: 'Die Erweiterung „{plugin}“ ist zweimal installiert. Benutzt wird Version {version} in „{first}“, nicht Version {other} in „{second}“. Deinstallieren Sie eine von beiden.',
  },
  'plugins-folder-unreadable': {
    en: 'The folder of plugins “{folder}” cannot be read[ ({reason})]. Check that it is there and its rights.',
    de: 'Der Ordner der Erweiterungen „{folder}“ lässt sich nicht lesen[ ({reason})]. Prüfen Sie, ob er vorhanden ist, und die Zugriffsrechte.',
  },

  // why a plugin cannot be enabled
  'build-too-old': {
    en: 'This case database is too old: build {build}, needed is build {needed} or later. Update it.',
    de: 'Diese Falldatenbank ist zu alt: Build {build}, nötig ist Build {needed} oder neuer. Aktualisieren Sie sie.',
  },
  'licence-lapsed': {
    en: 'The upgrade contract lapsed on {date}. Renew it, or ask your reseller for a Flex licence.',
    de: 'Der Upgrade-Vertrag ist am {date} abgelaufen. Verlängern Sie ihn, oder fragen Sie Ihren Händler nach einer Flex-Lizenz.',
  },
  'licence-missing': {
    en: 'An active upgrade contract or a Flex licence is needed. Ask your reseller.',
    de: 'Ein laufender Upgrade-Vertrag oder eine Flex-Lizenz ist nötig. Fragen Sie Ihren Händler.',
  },
  'bridge-version-unknown': {
    en: 'The plugin speaks version {version} of the bridge, this case database version {spoken}. Update the older of the two.',
    de: 'Die Erweiterung spricht Version {version} der Brücke, diese Falldatenbank Version {spoken}. Aktualisieren Sie die ältere von beiden.',
  },

  // plugins at work
  'plugin-unknown': {
    en: 'There is no plugin “{plugin}” to be switched.',
    de: 'Es gibt keine Erweiterung „{plugin}“, die sich schalten ließe.',
  },
  'plugin-another': {
    en: 'One import plugin can be enabled at a time. Disable “{plugin}” first.',
    de: 'Es kann jeweils eine Import-Erweiterung aktiviert sein. Deaktivieren Sie zuerst „{plugin}“.',
  },
  'host-ending': {
    en: 'The case database is being ended.',
    de: 'Die Falldatenbank wird gerade beendet.',
  },
  'mapping-unknown': {
    en: 'This mapping is not there any more.',
    de: 'Diese Zuordnung gibt es nicht mehr.',
  },
  'plugin-disabled': {
    en: 'The import is disabled. Enable it in Settings; if something stands in the way, it is said there.',
    de: 'Der Import ist deaktiviert. Aktivieren Sie ihn in den Einstellungen; dort steht auch, wenn etwas im Weg ist.',
  },
  'plugin-given-up': {
    en: '“{plugin}” has stopped after several faults. Switch it off and on again in Settings.',
    de: '„{plugin}“ hat nach mehreren Störungen aufgehört. Schalten Sie es in den Einstellungen aus und wieder ein.',
  },
  'plugin-not-running': {
    en: 'The import is not running at the moment. Try again in a few seconds; Settings tells how it stands.',
    de: 'Der Import läuft gerade nicht. Versuchen Sie es in einigen Sekunden erneut; die Einstellungen zeigen, wie es steht.',
  },
  'plugin-unusable': {
    en: 'The import gave no usable answer. Try again; if it stays, switch it off and on in Settings.',
    de: 'Der Import hat nicht brauchbar geantwortet. Versuchen Sie es erneut; bleibt es, schalten Sie ihn in den Einstellungen aus und ein.',
  },
  // of a start that a person waits for
  'plugin-not-started': {
    en: '“{plugin}” ended before it had connected; its files may be missing or damaged. Nothing was changed. Install it again.',
    de: '„{plugin}“ endete, bevor es sich verbunden hatte; vielleicht fehlen Dateien oder sind beschädigt. Es wurde nichts geändert. Installieren Sie die Erweiterung neu.',
  },
  'plugin-ended': {
    en: '“{plugin}” ended in good order before it was set up. Nothing was changed; try again.',
    de: '„{plugin}“ hat sich ordentlich beendet, bevor es eingerichtet war. Es wurde nichts geändert; versuchen Sie es erneut.',
  },
  'plugin-crashed': {
    en: '“{plugin}” ended unexpectedly while it was being set up. Nothing was changed; try again.',
    de: '„{plugin}“ wurde beim Einrichten unerwartet beendet. Es wurde nichts geändert; versuchen Sie es erneut.',
  },
  'plugin-unfit': {
    en: '“{plugin}” does not answer as it should. Nothing was changed; update or reinstall it.',
    de: '„{plugin}“ antwortet nicht wie erwartet. Es wurde nichts geändert; aktualisieren Sie die Erweiterung, oder installieren Sie sie neu.',
  },
  'protocol-unsupported': {
    en: '“{plugin}” and this case database are of versions that do not fit together. Nothing was changed; update the older one.',
    de: 'Die Versionen von „{plugin}“ und dieser Falldatenbank passen nicht zusammen. Es wurde nichts geändert; aktualisieren Sie die ältere.',
  },
  'pipe-unusable': {
    en: 'The connection to “{plugin}” could not be set up on this computer. Nothing was changed.',
    de: 'Die Verbindung zu „{plugin}“ ließ sich auf diesem Computer nicht einrichten. Es wurde nichts geändert.',
  },
  'plugin-not-ready': {
    en: '“{plugin}” did not become ready in time. Nothing was changed; try again.',
    de: '„{plugin}“ wurde nicht rechtzeitig bereit. Es wurde nichts geändert; versuchen Sie es erneut.',
  },

  // questions
  'question-unknown': {
    en: 'This question is not there any more. The list shows what is open now.',
    de: 'Diese Frage gibt es nicht mehr. Die Liste zeigt, was jetzt offen ist.',
  },
  'question-closed': {
    en: 'This question has been answered already, here or at another seat. The list shows what is open now.',
    de: 'Diese Frage ist schon beantwortet, hier oder an einem anderen Platz. Die Liste zeigt, was jetzt offen ist.',
  },
  'answer-unfit': {
    en: 'The answer does not fit the question. Choose again.',
    de: 'Die Antwort passt nicht zur Frage. Wählen Sie erneut.',
  },

  // settings
  'folder-relative': {
    en: 'A whole path is needed, such as /data/cases or D:\\Cases; “{folder}” is none.',
    de: 'Nötig ist ein vollständiger Pfad wie /data/cases oder D:\\Cases; „{folder}“ ist keiner.',
  },
  'folder-missing': {
    en: 'The folder “{folder}” is not there.',
    de: 'Der Ordner „{folder}“ ist nicht vorhanden.',
  },
  'folder-unreadable': {
    en: 'The folder “{folder}” cannot be read. Check its rights.',
    de: 'Der Ordner „{folder}“ lässt sich nicht lesen. Prüfen Sie die Zugriffsrechte.',
  },
  'case-folder-unreachable': {
    en: 'The case folder “{folder}” cannot be reached. Check the drive or the connection to it.',
    de: 'Der Fallordner „{folder}“ ist nicht erreichbar. Prüfen Sie das Laufwerk oder die Verbindung dorthin.',
  },
  'case-folder-no-rights': {
    en: 'The case folder “{folder}” cannot be written to. Check its rights.',
    de: 'In den Fallordner „{folder}“ kann nicht geschrieben werden. Prüfen Sie die Zugriffsrechte.',
  },
  'export-folder-missing': {
    en: 'The export folder “{folder}” is not there. Choose another one, or bring it back.',
    de: 'Der Exportordner „{folder}“ ist nicht vorhanden. Wählen Sie einen anderen, oder stellen Sie ihn wieder her.',
  },
  'export-folder-unreachable': {
    en: 'The export folder “{folder}” cannot be reached. Check the drive or the connection to it.',
    de: 'Der Exportordner „{folder}“ ist nicht erreichbar. Prüfen Sie das Laufwerk oder die Verbindung dorthin.',
  },
  'export-folder-no-rights': {
    en: 'The export folder “{folder}” cannot be read. Check its rights.',
    de: 'Der Exportordner „{folder}“ lässt sich nicht lesen. Prüfen Sie die Zugriffsrechte.',
  },
  'export-folder-in-case-folder': {
    en: 'The export folder lies in the case folder: exports would be taken for cases. Choose a folder outside of it.',
    de: 'Der Exportordner liegt im Fallordner: Exporte würden für Fälle gehalten. Wählen Sie einen Ordner außerhalb.',
  },
  'materials-unreadable': {
    en: 'The material list “{file}” cannot be read[ ({reason})]. The one before stays in use.',
    de: 'Die Materialliste „{file}“ lässt sich nicht lesen[ ({reason})]. Die vorige bleibt in Gebrauch.',
  },
  'materials-too-large': {
    en: 'The material list “{file}” is too large: allowed are {limit} characters. The one before stays in use.',
    de: 'Die Materialliste „{file}“ ist zu groß: erlaubt sind {limit} Zeichen. Die vorige bleibt in Gebrauch.',
  },

  'webhook-invalid': {
    en: 'The address for notices has to be a whole https address, such as https://lab.example/myitero.',
    de: 'Die Adresse für Benachrichtigungen muss eine vollständige https-Adresse sein, etwa https://labor.example/myitero.',
  },
  'login-address-refused': {
    en: 'MyiTero import named no usable login page. Check the connection profile.',
    de: 'Der MyiTero-Import hat keine brauchbare Anmeldeseite genannt. Prüfen Sie das Verbindungsprofil.',
  },

  // cases
  'case-folder-gone': {
    en: 'The folder of this case is not there any more.',
    de: 'Der Ordner dieses Falls ist nicht mehr vorhanden.',
  },
  'range-unfit': {
    en: 'The file is shorter than what was asked for.',
    de: 'Die Datei ist kürzer als der angefragte Teil.',
  },
  'show-failed': {
    en: 'The folder could not be opened: no file manager was found. Its path is shown on the page.',
    de: 'Der Ordner ließ sich nicht öffnen: kein Dateimanager gefunden. Sein Pfad steht auf der Seite.',
  },

  // the page and its server
  'wrong-host': {
    en: 'This address does not belong to the case database. Open the link that it shows.',
    de: 'Diese Adresse gehört nicht zur Falldatenbank. Öffnen Sie den Link, den sie zeigt.',
  },
  'wrong-site': {
    en: 'Another site asked for this. It was refused.',
    de: 'Eine andere Seite hat dies angefragt. Es wurde abgelehnt.',
  },
  'signed-out': {
    en: 'This browser is not connected with the case database. Open the link that it shows where it was started.',
    de: 'Dieser Browser ist nicht mit der Falldatenbank verbunden. Öffnen Sie den Link, den sie dort zeigt, wo sie gestartet wurde.',
  },
  'link-used': {
    en: 'This link has been used already. Ask for another one where the case database was started.',
    de: 'Dieser Link wurde schon benutzt. Holen Sie sich einen neuen, wo die Falldatenbank gestartet wurde.',
  },
  'body-not-json': {
    en: 'What the page sent could not be read. Reload the page.',
    de: 'Was die Seite gesendet hat, war nicht lesbar. Laden Sie die Seite neu.',
  },
  'body-invalid': {
    en: 'The input is not valid at “{field}” ({problem}).',
    de: 'Die Eingabe ist nicht gültig bei „{field}“ ({problem}).',
  },
  'body-too-large': {
    en: 'The input is too large: allowed are {limit} bytes.',
    de: 'Die Eingabe ist zu groß: erlaubt sind {limit} Bytes.',
  },
  'query-invalid': {
    en: 'The request is not valid at “{field}”.',
    de: 'Die Anfrage ist nicht gültig bei „{field}“.',
  },
  'route-unknown': {
    en: 'There is nothing at this address.',
    de: 'Unter dieser Adresse gibt es nichts.',
  },
  'too-many-pages': {
    en: 'Too many pages are open. Close some of them.',
    de: 'Zu viele Seiten sind offen. Schließen Sie einige davon.',
  },
  'pages-missing': {
    en: 'The pages could not be built. Run `npm ci` again, then start anew.',
    de: 'Die Seiten ließen sich nicht bauen. Führen Sie `npm ci` erneut aus, dann starten Sie neu.',
  },

  // start
  'home-unusable': {
    en: 'The folder “{home}” cannot be used[ ({reason})]. Check its rights, or name another one with --home.',
    de: 'Der Ordner „{home}“ ist nicht nutzbar[ ({reason})]. Prüfen Sie die Zugriffsrechte, oder nennen Sie mit --home einen anderen.',
  },
  'port-in-use': {
    en: 'Port {port} is in use by another program. Name another one with --port, or leave it out.',
    de: 'Port {port} wird von einem anderen Programm benutzt. Nennen Sie mit --port einen anderen, oder lassen Sie ihn weg.',
  },
  'port-refused': {
    en: 'Port {port} may not be used[ ({reason})]. Name another one with --port, or leave it out.',
    de: 'Port {port} darf nicht benutzt werden[ ({reason})]. Nennen Sie mit --port einen anderen, oder lassen Sie ihn weg.',
  },
} as const satisfies Record<string, Text>
