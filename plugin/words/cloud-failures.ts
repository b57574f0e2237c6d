import type { FailureCode } from '../errors.ts'
import type { Text } from './template.ts'

type CloudCode = Exclude<
  Extract<
    FailureCode,
    | 'profile-invalid'
    | 'already-signed-in'
    | `cloud-${string}`
    | `sign-in-${string}`
    | `sign-out-${string}`
    | `keychain-${string}`
  >,
  'cloud-off' | 'cloud-account-unknown'
>

/** What happens between this program, MyiTero and the keychain. How placeholders and segments work: `fill` in template.ts. */
export const CLOUD_FAILURE_TEXTS: Readonly<Record<CloudCode, Text>> = {
  'profile-invalid': {
    en: 'The connection profile cannot be used[, “{field}”][: {problem}]. Ask whoever gave it to you for a corrected one.',
    de: 'Das Verbindungsprofil ist nicht verwendbar[, „{field}“][: {problem}]. Bitten Sie den Herausgeber um ein berichtigtes.',
  },
  'cloud-unreachable': {
    en: 'MyiTero cannot be reached[ at “{host}”][ ({reason})]. Check the internet connection and the proxy; it is tried again by itself.',
    de: 'MyiTero ist nicht erreichbar[ unter „{host}“][ ({reason})]. Prüfen Sie Internetverbindung und Proxy; es wird von selbst erneut versucht.',
  },
  'cloud-tls': {
    en: 'The connection to MyiTero is not secure and was not used[, “{host}”][: {reason}]. Check this computer’s clock; where your network inspects connections, ask its administrator for the certificate.',
    de: 'Die Verbindung zu MyiTero ist nicht sicher und wurde nicht benutzt[, „{host}“][: {reason}]. Prüfen Sie die Uhr dieses Computers; wo Ihr Netzwerk Verbindungen prüft, fragen Sie dessen Betreuer nach dem Zertifikat.',
  },
  'cloud-proxy-refused': {
    en: 'The network’s proxy does not let this program through[ (answer {status})]. Ask the network’s administrator for the proxy’s user and password, and to permit MyiTero.',
    de: 'Der Proxy des Netzwerks lässt dieses Programm nicht durch[ (Antwort {status})]. Bitten Sie den Betreuer des Netzwerks um Benutzer und Kennwort des Proxys und um die Freigabe von MyiTero.',
  },
  'cloud-proxy-setting': {
    en: 'This computer’s setting[ “{setting}”] names no proxy that can be used, and nothing was sent past it. It has to read like http://user:password@proxy:3128. Have it corrected, then start the case database anew.',
    de: 'Die Einstellung[ „{setting}“] dieses Computers nennt keinen brauchbaren Proxy, und nichts wurde an ihm vorbei gesendet. Sie muss lauten wie http://benutzer:kennwort@proxy:3128. Lassen Sie sie berichtigen, und starten Sie dann die Falldatenbank neu.',
  },
  'cloud-address-refused': {
    en: 'An address was named that the connection profile does not permit[: “{host}”]. Nothing was sent there. Ask whoever gave you the profile.',
    de: 'Es wurde eine Adresse genannt, die das Verbindungsprofil nicht erlaubt[: „{host}“]. Dorthin wurde nichts gesendet. Fragen Sie den Herausgeber des Profils.',
  },
  'cloud-token-refused': {
    en: 'MyiTero does not accept the sign-in. Sign in again.',
    de: 'MyiTero nimmt die Anmeldung nicht an. Melden Sie sich neu an.',
  },
  'cloud-refused': {
    en: 'MyiTero refused the request[ (answer {status})]. Look in MyiTero whether your account may see its orders.',
    de: 'MyiTero hat die Anfrage abgelehnt[ (Antwort {status})]. Sehen Sie in MyiTero nach, ob Ihr Konto die Aufträge sehen darf.',
  },
  'cloud-busy': {
    en: 'MyiTero is busy[ (answer {status})] and is asked again[ in {seconds:time}]. There is nothing for you to do.',
    de: 'MyiTero ist ausgelastet[ (Antwort {status})] und wird[ in {seconds:time}] erneut gefragt. Sie brauchen nichts zu tun.',
  },
  'cloud-fault': {
    en: 'MyiTero reports a fault of its own[ (answer {status})]. It is tried again by itself; if it stays, look at MyiTero’s page.',
    de: 'MyiTero meldet einen eigenen Fehler[ (Antwort {status})]. Es wird von selbst erneut versucht; bleibt es dabei, sehen Sie auf der MyiTero-Seite nach.',
  },
  'cloud-answer-invalid': {
    en: 'MyiTero’s answer was not understood[: {reason}]. If it stays so, a sign-in page of your network may be in between, or an update may be needed.',
    de: 'Die Antwort von MyiTero wurde nicht verstanden[: {reason}]. Bleibt es dabei, steht vielleicht eine Anmeldeseite Ihres Netzwerks dazwischen, oder ein Update ist nötig.',
  },
  'cloud-paused': {
    en: 'MyiTero is paused: nothing is looked for or downloaded. Resume it in Settings.',
    de: 'MyiTero ist angehalten: Es wird nichts gesucht und nichts heruntergeladen. Setzen Sie den Abruf in den Einstellungen fort.',
  },
  'cloud-signed-out': {
    en: 'You are not signed in to MyiTero. Sign in; orders then come by themselves.',
    de: 'Sie sind nicht bei MyiTero angemeldet. Melden Sie sich an; danach kommen die Aufträge von selbst.',
  },
  'already-signed-in': {
    en: 'You are signed in to MyiTero already. To change the account, sign out first.',
    de: 'Sie sind schon bei MyiTero angemeldet. Um das Konto zu wechseln, melden Sie sich zuerst ab.',
  },
  'sign-in-cancelled': {
    en: 'The sign-in was cancelled. Start it again whenever you like.',
    de: 'Die Anmeldung wurde abgebrochen. Sie können sie jederzeit neu beginnen.',
  },
  'sign-in-timed-out': {
    en: 'Nobody signed in[ within {minutes|minute|minutes}]. Start the sign-in again and finish it in the browser.',
    de: 'Es hat sich niemand angemeldet[, {minutes|Minute|Minuten} lang]. Beginnen Sie die Anmeldung neu, und schließen Sie sie im Browser ab.',
  },
  'sign-in-denied': {
    en: 'The sign-in was cancelled on MyiTero’s page, or MyiTero refused it, for instance after too many wrong passwords[ (MyiTero says: “{saying}”)]. Wait a few minutes, start it again, and allow this program to see your orders.',
    de: 'Die Anmeldung wurde auf der Seite von MyiTero abgebrochen, oder MyiTero hat sie abgelehnt, etwa nach zu vielen falschen Kennwörtern[ (MyiTero meldet: „{saying}“)]. Warten Sie einige Minuten, beginnen Sie neu, und erlauben Sie diesem Programm, Ihre Aufträge zu sehen.',
  },
  'sign-in-no-access': {
    en: 'This user has no access to MyiTero for laboratories. Sign in with the laboratory’s user, or ask iTero to open MyiTero for this one.',
    de: 'Dieser Benutzer hat keinen Zugang zu MyiTero für Labore. Melden Sie sich mit dem Benutzer des Labors an, oder lassen Sie diesen von iTero freischalten.',
  },
  'sign-in-refused': {
    en: 'The sign-in did not succeed: MyiTero, or something between here and there, refused it[ (answer {status})][: “{answer}”]. Start it again; if it stays, ask MyiTero’s support or whoever looks after the network.',
    de: 'Die Anmeldung ist nicht gelungen: MyiTero oder etwas auf dem Weg dorthin hat sie abgelehnt[ (Antwort {status})][: „{answer}“]. Beginnen Sie neu; bleibt es dabei, fragen Sie den Support von MyiTero oder den Betreuer des Netzwerks.',
  },
  'sign-in-port-taken': {
    en: 'The sign-in cannot be received on this computer[, port {port}][ ({reason})]. Close the other program that uses it, then start again.',
    de: 'Die Anmeldung kann auf diesem Computer nicht entgegengenommen werden[, Port {port}][ ({reason})]. Schließen Sie das andere Programm, das ihn benutzt, dann beginnen Sie neu.',
  },
  'sign-in-ended': {
    en: 'MyiTero no longer accepts the sign-in, for instance because the password changed or it was not used for long. Sign in again; orders under way then go on.',
    de: 'MyiTero nimmt die Anmeldung nicht mehr an, etwa weil das Kennwort geändert oder sie lange nicht benutzt wurde. Melden Sie sich neu an; begonnene Aufträge gehen dann weiter.',
  },
  'sign-in-interrupted': {
    en: 'This program was interrupted while it renewed the sign-in, and MyiTero ended it to be safe. Nobody else was at work. Sign in again; orders under way then go on.',
    de: 'Dieses Programm wurde beim Erneuern der Anmeldung unterbrochen, und MyiTero hat sie sicherheitshalber beendet. Niemand Fremdes war am Werk. Melden Sie sich neu an; begonnene Aufträge gehen dann weiter.',
  },
  'sign-in-unreachable': {
    en: 'The sign-in did not succeed: MyiTero cannot be reached[ at “{host}”][ ({reason})]. Check the internet connection and the proxy, then start it again.',
    de: 'Die Anmeldung ist nicht gelungen: MyiTero ist nicht erreichbar[ unter „{host}“][ ({reason})]. Prüfen Sie Internetverbindung und Proxy, dann beginnen Sie neu.',
  },
  'sign-in-unanswered': {
    en: 'The sign-in did not succeed: MyiTero is busy or has a fault of its own[ (answer {status})]. Start it again in a few minutes.',
    de: 'Die Anmeldung ist nicht gelungen: MyiTero ist ausgelastet oder hat einen eigenen Fehler[ (Antwort {status})]. Beginnen Sie in einigen Minuten neu.',
  },
  'sign-out-unheard': {
    en: 'You are signed out on this computer, but MyiTero could not be told[ ({reason})]. To be sure, end the connection of this program on MyiTero’s page too.',
    de: 'Sie sind auf diesem Computer abgemeldet, doch MyiTero konnte es nicht erfahren[ ({reason})]. Beenden Sie die Verbindung dieses Programms sicherheitshalber auch auf der Seite von MyiTero.',
  },
  'keychain-absent': {
    en: 'This computer has no keychain that could keep a sign-in: sign in at each start.',
    de: 'Dieser Computer hat keinen Schlüsselbund, der eine Anmeldung aufbewahren könnte: Melden Sie sich bei jedem Start an.',
  },
  'keychain-locked': {
    en: 'This computer’s keychain is locked. Unlock it, for instance by signing in to this computer anew.',
    de: 'Der Schlüsselbund dieses Computers ist gesperrt. Entsperren Sie ihn, etwa durch Neuanmelden an diesem Computer.',
  },
  'keychain-denied': {
    en: 'This computer’s keychain does not let this program in. Permit it there, then sign in again.',
    de: 'Der Schlüsselbund dieses Computers lässt dieses Programm nicht zu. Erlauben Sie es dort, dann melden Sie sich neu an.',
  },
  'keychain-full': {
    en: 'This computer’s keychain takes nothing more. Remove entries there that are no longer needed, then sign in again.',
    de: 'Der Schlüsselbund dieses Computers nimmt nichts mehr auf. Entfernen Sie dort Einträge, die nicht mehr gebraucht werden, dann melden Sie sich neu an.',
  },
  'keychain-failed': {
    en: 'This computer’s keychain reports a fault. Restart the computer; if it stays, have the keychain repaired.',
    de: 'Der Schlüsselbund dieses Computers meldet einen Fehler. Starten Sie den Computer neu; bleibt es dabei, lassen Sie den Schlüsselbund reparieren.',
  },
}
