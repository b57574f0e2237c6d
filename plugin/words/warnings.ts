import type { WarningCode } from '../errors.ts'
import type { Text } from './template.ts'

/** What looks wrong, at what, and what to look at. How placeholders and segments work: `fill` in template.ts. */
export const WARNING_TEXTS: Readonly<Record<WarningCode, Text>> = {
  'manifest-version-unknown': {
    en: 'The order file[ “{file}”] has a version that is not known[: “{version}”]. Compare the case with the Rx sheet.',
    de: 'Die Auftragsdatei[ „{file}“] hat eine unbekannte Version[: „{version}“]. Vergleichen Sie den Fall mit dem Rx-Blatt.',
  },
  'manifest-row-skipped': {
    en: 'A part of the order file was left out[: {row}][ “{type}”][ “{name}”][ ({reason})][, {rows:count} rows][, allowed are {limit:count}]. Compare the case with the Rx sheet.',
    de: 'Ein Teil der Auftragsdatei wurde ausgelassen[: {row}][ „{type}“][ „{name}“][ ({reason})][, {rows:count} Zeilen][, erlaubt sind {limit:count}]. Vergleichen Sie den Fall mit dem Rx-Blatt.',
  },
  'date-not-understood': {
    en: 'A date was not understood[, {field}][: “{value}”][ (offset “{offset}”)]. Look it up on the Rx sheet.',
    de: 'Ein Datum wurde nicht verstanden[, {field}][: „{value}“][ (Zeitversatz „{offset}“)]. Sehen Sie auf dem Rx-Blatt nach.',
  },
  'tooth-number-invalid': {
    en: 'The order names a tooth that does not exist[: “{tooth}”][, {field}]. It was left out; compare the case with the Rx sheet.',
    de: 'Der Auftrag nennt einen Zahn, den es nicht gibt[: „{tooth}“][, {field}]. Er wurde ausgelassen; vergleichen Sie den Fall mit dem Rx-Blatt.',
  },
  'tooth-listed-twice': {
    en: 'Tooth[ {tooth}] is ordered twice; one entry was taken[: “{restoration}”][, not “{dropped}”]. Check it on the Rx sheet.',
    de: 'Zahn[ {tooth}] ist zweimal bestellt; ein Eintrag wurde übernommen[: „{restoration}“][, nicht „{dropped}“]. Prüfen Sie das auf dem Rx-Blatt.',
  },
  'bridge-not-understood': {
    en: 'Bridge[ “{bridge}”] was not understood[, tooth {tooth}][ ({reason})]. Check bridge and connectors in the case.',
    de: 'Brücke[ „{bridge}“] wurde nicht verstanden[, Zahn {tooth}][ ({reason})]. Prüfen Sie Brücke und Verbinder im Fall.',
  },
  'bridge-names-absent-tooth': {
    en: 'Bridge[ “{bridge}”] spans tooth[ {tooth}], for which nothing is ordered. Check bridge and connectors in the case.',
    de: 'Brücke[ „{bridge}“] schließt Zahn[ {tooth}] ein, für den nichts bestellt ist. Prüfen Sie Brücke und Verbinder im Fall.',
  },
  'restoration-not-understood': {
    en: 'Tooth[ {tooth}]: the restoration[ “{name}”][ (iTero {id})] was not understood[; taken as: {taken}]. Check the tooth in the case.',
    de: 'Zahn[ {tooth}]: Die Restauration[ „{name}“][ (iTero {id})] wurde nicht verstanden[; übernommen als: {taken}]. Prüfen Sie den Zahn im Fall.',
  },
  'specification-not-understood': {
    en: 'Tooth[ {tooth}]: the specification[ “{name}”][ (iTero {id})] was not understood[; taken as: {taken}]. Check the tooth in the case.',
    de: 'Zahn[ {tooth}]: Die Ausführung[ „{name}“][ (iTero {id})] wurde nicht verstanden[; übernommen als: {taken}]. Prüfen Sie den Zahn im Fall.',
  },
  'role-in-bridge-not-understood': {
    en: 'Tooth[ {tooth}]: the role in the bridge[ “{name}”][ (iTero {id})] was not understood[; taken as: {taken}]. Check the bridge in the case.',
    de: 'Zahn[ {tooth}]: Die Rolle in der Brücke[ „{name}“][ (iTero {id})] wurde nicht verstanden[; übernommen als: {taken}]. Prüfen Sie die Brücke im Fall.',
  },
  'material-not-understood': {
    en: 'Tooth[ {tooth}]: the material[ (iTero {id})] was not understood[, {field}]. Check the material in the case.',
    de: 'Zahn[ {tooth}]: Das Material[ (iTero {id})] wurde nicht verstanden[, {field}]. Prüfen Sie das Material im Fall.',
  },
  'material-missing': {
    en: 'Tooth[ {tooth}]: the order states no material. Check the material in the case.',
    de: 'Zahn[ {tooth}]: Der Auftrag nennt kein Material. Prüfen Sie das Material im Fall.',
  },
  'shade-not-understood': {
    en: 'Tooth[ {tooth}]: the shade[ “{shade}”][ ({field})] was not understood. Check the shade in the case.',
    de: 'Zahn[ {tooth}]: Die Zahnfarbe[ „{shade}“][ ({field})] wurde nicht verstanden. Prüfen Sie die Zahnfarbe im Fall.',
  },
  'shade-missing': {
    en: 'Tooth[ {tooth}]: the order states no shade. Ask the practice if one is needed.',
    de: 'Zahn[ {tooth}]: Der Auftrag nennt keine Zahnfarbe. Fragen Sie in der Praxis nach, wenn Sie eine brauchen.',
  },
  'implant-not-understood': {
    en: 'Tooth[ {tooth}]: the implant or abutment[ (iTero {id})] was not understood[, {field}]. Choose it in the case.',
    de: 'Zahn[ {tooth}]: Implantat oder Abutment[ (iTero {id})] wurde nicht verstanden[, {field}]. Wählen Sie es im Fall.',
  },
  'scan-body-missing': {
    en: 'Tooth[ {tooth}]: an implant is ordered but there is no scan with a scan body. Ask the practice for it.',
    de: 'Zahn[ {tooth}]: Ein Implantat ist bestellt, aber es gibt keinen Scan mit Scanbody. Fordern Sie ihn in der Praxis an.',
  },
  'doctor-without-identity': {
    en: 'The order does not identify its doctor. The client holds for this order only and is asked again next time.',
    de: 'Der Auftrag weist den Behandler nicht aus. Der Kunde gilt nur für diesen Auftrag und wird beim nächsten erneut erfragt.',
  },
  'patient-without-id': {
    en: 'The order gives no patient number. Check that the case belongs to the right patient.',
    de: 'Der Auftrag nennt keine Patientennummer. Prüfen Sie, ob der Fall zum richtigen Patienten gehört.',
  },
  'file-missing': {
    en: 'The order names a file that is not in the package[: “{file}”]. Download it again from MyiTero, or ask the practice.',
    de: 'Der Auftrag nennt eine Datei, die nicht im Paket ist[: „{file}“]. Laden Sie ihn erneut von MyiTero herunter, oder fragen Sie in der Praxis nach.',
  },
  'file-unlisted': {
    en: 'The package holds a file that the order does not name[: “{file}”]. It was kept; check whether it belongs to the case.',
    de: 'Das Paket enthält eine Datei, die der Auftrag nicht nennt[: „{file}“]. Sie wurde übernommen; prüfen Sie, ob sie zum Fall gehört.',
  },
  'file-role-corrected': {
    en: 'Order and file name disagree on what[ “{file}”] is; the file name was followed. Check the scan in the case.',
    de: 'Auftrag und Dateiname sagen Verschiedenes über[ „{file}“]; der Dateiname galt. Prüfen Sie den Scan im Fall.',
  },
  'file-role-not-understood': {
    en: 'It is not clear what the file[ “{file}”] is. It was kept under its own name; check it in the case.',
    de: 'Es ist nicht klar, was die Datei[ „{file}“] ist. Sie wurde unter eigenem Namen übernommen; prüfen Sie sie im Fall.',
  },
  'scan-beside': {
    en: 'There is more than one scan of the same kind; one was taken, this one kept beside it[: “{file}”]. Check which is the right one.',
    de: 'Es gibt mehrere Scans derselben Art; einer wurde übernommen, dieser daneben abgelegt[: „{file}“]. Prüfen Sie, welcher der richtige ist.',
  },
  'jaw-missing': {
    en: 'A scan is missing[: {jaw}]. Ask the practice if it is needed.',
    de: 'Ein Scan fehlt[: {jaw}]. Fragen Sie in der Praxis nach, wenn Sie ihn brauchen.',
  },
  'mesh-not-understood': {
    en: 'The scan[ “{file}”] cannot be read as a mesh[ ({reason})]. Open it before you start; download it again if it is damaged.',
    de: 'Der Scan[ „{file}“] ist als Netz nicht lesbar[ ({reason})]. Öffnen Sie ihn, bevor Sie beginnen; laden Sie ihn erneut herunter, wenn er beschädigt ist.',
  },
  'mesh-truncated': {
    en: 'The scan[ “{file}”] ends too early. Download the package again from MyiTero.',
    de: 'Der Scan[ „{file}“] endet zu früh. Laden Sie das Paket erneut von MyiTero herunter.',
  },
  'mesh-size-contradicts': {
    en: 'The size of the scan[ “{file}”] does not fit the number of its triangles. Check that the scan is whole.',
    de: 'Die Größe des Scans[ „{file}“] passt nicht zur Zahl seiner Dreiecke. Prüfen Sie, ob der Scan vollständig ist.',
  },
  'mesh-empty': {
    en: 'The scan[ “{file}”] is empty. Ask the practice for a new one.',
    de: 'Der Scan[ „{file}“] ist leer. Fordern Sie in der Praxis einen neuen an.',
  },
  'mesh-non-finite': {
    en: 'The scan[ “{file}”] has points that are no numbers. Check that the scan is usable.',
    de: 'Der Scan[ „{file}“] enthält Punkte ohne Zahlenwert. Prüfen Sie, ob der Scan brauchbar ist.',
  },
  'mesh-not-millimetres': {
    en: 'The scan[ “{file}”] cannot be in millimetres. Check its scale before you design.',
    de: 'Der Scan[ „{file}“] kann nicht in Millimetern sein. Prüfen Sie den Maßstab, bevor Sie konstruieren.',
  },
  'mesh-arches-apart': {
    en: 'Upper and lower jaw do not lie together. Check the bite before you design.',
    de: 'Ober- und Unterkiefer liegen nicht beieinander. Prüfen Sie den Biss, bevor Sie konstruieren.',
  },
  'denture-not-mapped': {
    en: 'The order contains a denture, which cannot be entered in the case. Enter it by hand, after the Rx sheet.',
    de: 'Der Auftrag enthält eine Prothese, die nicht in den Fall übernommen werden kann. Tragen Sie sie nach dem Rx-Blatt von Hand ein.',
  },
  'parameter-out-of-bounds': {
    en: 'A default of the client is outside its bounds and was left out[: {parameter}]. Correct it in the client list.',
    de: 'Eine Vorgabe des Kunden liegt außerhalb ihrer Grenzen und wurde ausgelassen[: {parameter}]. Berichtigen Sie sie in der Kundenliste.',
  },
  'case-beside-touched': {
    en: 'A case of this order exists already and has been worked on. It was left as it is; this revision stands beside it.',
    de: 'Zu diesem Auftrag gibt es schon einen bearbeiteten Fall. Er blieb, wie er ist; diese Revision steht daneben.',
  },
}
