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
  'definition-contradicts': {
    en: 'The order file gives one number several meanings[: {table}][ {id}][ = “{meanings}”]. None of them was taken; look up on the Rx sheet which one is meant.',
    de: 'Die Auftragsdatei gibt einer Nummer mehrere Bedeutungen[: {table}][ {id}][ = „{meanings}“]. Keine davon wurde übernommen; sehen Sie auf dem Rx-Blatt nach, welche gemeint ist.',
  },
  'date-not-understood': {
    en: 'A date was not understood[, {field}][: “{value}”][ (offset “{offset}”)][; the case has the day on which it came instead, {date}]. Look it up on the Rx sheet.',
    de: 'Ein Datum wurde nicht verstanden[, {field}][: „{value}“][ (Zeitversatz „{offset}“)][; der Fall hat stattdessen den Tag, an dem er kam, {date}]. Sehen Sie auf dem Rx-Blatt nach.',
  },
  'export-time-missing': {
    en: 'The order states no time of export; the case has the day on which it came instead[, {date}]. Look up on the Rx sheet when it was scanned.',
    de: 'Der Auftrag nennt keinen Zeitpunkt des Exports; der Fall hat stattdessen den Tag, an dem er kam[, {date}]. Sehen Sie auf dem Rx-Blatt nach, wann gescannt wurde.',
  },
  'tooth-number-invalid': {
    en: 'The order names a tooth that does not exist[: ADA “{tooth}”][ ({field})][, iTero restoration {restoration}][, iTero material {material}]. It was left out; compare the case with the Rx sheet.',
    de: 'Der Auftrag nennt einen Zahn, den es nicht gibt[: ADA „{tooth}“][ ({field})][, iTero-Restauration {restoration}][, iTero-Material {material}]. Er wurde ausgelassen; vergleichen Sie den Fall mit dem Rx-Blatt.',
  },
  'tooth-listed-twice': {
    en: 'Tooth[ {tooth}] is listed twice in the order[, with a difference: {field}][; “{value}” was taken, not “{other}”]. Check it on the Rx sheet.',
    de: 'Zahn[ {tooth}] steht zweimal im Auftrag[, mit einem Unterschied: {field}][; „{value}“ wurde übernommen, nicht „{other}“]. Prüfen Sie das auf dem Rx-Blatt.',
  },
  'material-listed-twice': {
    en: 'Tooth[ {tooth}] is listed twice in the order, in different materials[ ({field})][: “{materials}”]. None of them was taken unasked; check on the Rx sheet which one is meant.',
    de: 'Zahn[ {tooth}] steht zweimal im Auftrag, in verschiedenen Materialien[ ({field})][: „{materials}“]. Keines davon wurde ungefragt übernommen; sehen Sie auf dem Rx-Blatt nach, welches gemeint ist.',
  },
  'bridge-not-understood': {
    en: 'Bridge[ “{bridge}”] was not understood[, tooth {tooth}][, ADA {from} to {to}][, it falls into {pieces|piece|pieces}][ ({reason})]. Check bridge and connectors in the case.',
    de: 'Brücke[ „{bridge}“] wurde nicht verstanden[, Zahn {tooth}][, ADA {from} bis {to}][, sie zerfällt in {pieces|Teil|Teile}][ ({reason})]. Prüfen Sie Brücke und Verbinder im Fall.',
  },
  'bridges-not-listed': {
    en: 'The order file lists no bridges, though teeth[ {teeth}] name one[: “{bridge}”]. Check bridge and connectors in the case against the Rx sheet.',
    de: 'Die Auftragsdatei führt keine Brücken auf, doch Zähne[ {teeth}] nennen eine[: „{bridge}“]. Prüfen Sie Brücke und Verbinder im Fall anhand des Rx-Blatts.',
  },
  'bridge-names-absent-tooth': {
    en: 'Bridge[ “{bridge}”] spans tooth[ {tooth}], for which nothing is ordered. Check bridge and connectors in the case.',
    de: 'Brücke[ „{bridge}“] schließt Zahn[ {tooth}] ein, für den nichts bestellt ist. Prüfen Sie Brücke und Verbinder im Fall.',
  },
  'bridges-overlap': {
    en: 'Bridges[ “{bridge}” and “{other}”] claim the same teeth[: {teeth}]. Look up on the Rx sheet where each ends, and check bridges and connectors in the case.',
    de: 'Brücken[ „{bridge}“ und „{other}“] beanspruchen dieselben Zähne[: {teeth}]. Sehen Sie auf dem Rx-Blatt nach, wo jede endet, und prüfen Sie Brücken und Verbinder im Fall.',
  },
  'bridge-materials-differ': {
    en: 'Joined teeth[ {teeth}] come out in different materials or production methods[: {materials}]. A bridge is made in one piece: look up on the Rx sheet what is meant, and correct the case.',
    de: 'Verbundene Zähne[ {teeth}] haben verschiedene Materialien oder Fertigungsverfahren[: {materials}]. Eine Brücke wird in einem Stück gefertigt: Sehen Sie auf dem Rx-Blatt nach, was gemeint ist, und berichtigen Sie den Fall.',
  },
  'restoration-not-understood': {
    en: '[Tooth {tooth}: ]The restoration[ “{name}”][ (iTero {id})] was not understood[; taken as: {taken}]. Check the tooth in the case.',
    de: '[Zahn {tooth}: ]Die Restauration[ „{name}“][ (iTero {id})] wurde nicht verstanden[; übernommen als: {taken}]. Prüfen Sie den Zahn im Fall.',
  },
  'specification-not-understood': {
    en: '[Tooth {tooth}: ]The specification[ “{name}”][ (iTero {id})] was not understood[; taken as: {taken}]. Check the tooth in the case.',
    de: '[Zahn {tooth}: ]Die Ausführung[ „{name}“][ (iTero {id})] wurde nicht verstanden[; übernommen als: {taken}]. Prüfen Sie den Zahn im Fall.',
  },
  'specification-missing': {
    en: '[Tooth {tooth}: ]The order does not say whether the tooth is to be made in full contour or as a framework, and its material[ “{material}”] may be either[; taken as: {taken}]. Check the tooth in the case.',
    de: '[Zahn {tooth}: ]Der Auftrag sagt nicht, ob der Zahn vollanatomisch oder als Gerüst gefertigt werden soll, und sein Material[ „{material}“] kann beides sein[; übernommen als: {taken}]. Prüfen Sie den Zahn im Fall.',
  },
  'specification-contradicts': {
    en: '[Tooth {tooth}: ]The specification[ “{name}”][ (iTero {id})] contradicts the material[ “{material}”]. The specification was followed[; taken as: {taken}]. Look up on the Rx sheet which of the two is meant.',
    de: '[Zahn {tooth}: ]Die Ausführung[ „{name}“][ (iTero {id})] widerspricht dem Material[ „{material}“]. Die Ausführung galt[; übernommen als: {taken}]. Sehen Sie auf dem Rx-Blatt nach, was von beidem gemeint ist.',
  },
  'role-in-bridge-not-understood': {
    en: '[Tooth {tooth}: ]The role in the bridge[ “{name}”][ (iTero {id})] was not understood[; taken as: {taken}]. Check the bridge in the case.',
    de: '[Zahn {tooth}: ]Die Rolle in der Brücke[ „{name}“][ (iTero {id})] wurde nicht verstanden[; übernommen als: {taken}]. Prüfen Sie die Brücke im Fall.',
  },
  'role-in-bridge-missing': {
    en: '[Tooth {tooth}: ]The order does not state the role of the tooth in its bridge[; taken as: {taken}]. Check the bridge in the case.',
    de: '[Zahn {tooth}: ]Der Auftrag nennt die Rolle des Zahns in der Brücke nicht[; übernommen als: {taken}]. Prüfen Sie die Brücke im Fall.',
  },
  'wing-inferred': {
    en: '[Tooth {tooth}: ]How DentalDB writes the wing of a Maryland bridge is not known[; entered as: {taken}]. Check the tooth in the case.',
    de: '[Zahn {tooth}: ]Wie DentalDB den Flügel einer Marylandbrücke schreibt, ist nicht bekannt[; eingetragen als: {taken}]. Prüfen Sie den Zahn im Fall.',
  },
  'material-not-understood': {
    en: '[Tooth {tooth}: ]The material[ (iTero {id})] was not understood[, {field}]. Check the material in the case.',
    de: '[Zahn {tooth}: ]Das Material[ (iTero {id})] wurde nicht verstanden[, {field}]. Prüfen Sie das Material im Fall.',
  },
  'material-missing': {
    en: '[Tooth {tooth}: ]The order states no material. Check the material in the case.',
    de: '[Zahn {tooth}: ]Der Auftrag nennt kein Material. Prüfen Sie das Material im Fall.',
  },
  'material-default-unfit': {
    en: 'Your default for the material[ “{name}”][ (iTero {id})] does not suit the work[ at {teeth}][: {default}]. The only material of your list that does was taken[: {material}]. Check the material in the case.',
    de: 'Ihr Standard für das Material[ „{name}“][ (iTero {id})] eignet sich nicht für die Arbeit[ an {teeth}][: {default}]. Übernommen wurde das einzige Material Ihrer Liste, das sich eignet[: {material}]. Prüfen Sie das Material im Fall.',
  },
  'shade-not-understood': {
    en: '[Tooth {tooth}: ]The shade[ “{shade}”][ ({field})] is not one that can be used[ for material {material}]. Choose the shade in the case.',
    de: '[Zahn {tooth}: ]Die Zahnfarbe[ „{shade}“][ ({field})] ist nicht verwendbar[ für Material {material}]. Wählen Sie die Zahnfarbe im Fall.',
  },
  'shade-missing': {
    en: '[Tooth {tooth}: ]The order states no shade. Ask the practice if one is needed.',
    de: '[Zahn {tooth}: ]Der Auftrag nennt keine Zahnfarbe. Fragen Sie in der Praxis nach, wenn Sie eine brauchen.',
  },
  'implant-not-understood': {
    en: '[Tooth {tooth}: ]Implant or abutment[ (iTero {id})][ ({field})] was not understood[; taken as: {taken}]. Check it in the case.',
    de: '[Zahn {tooth}: ]Implantat oder Abutment[ (iTero {id})][ ({field})] wurde nicht verstanden[; übernommen als: {taken}]. Prüfen Sie es im Fall.',
  },
  'scan-body-missing': {
    en: '[Tooth {tooth}: ]An implant is ordered but there is no scan with a scan body. Ask the practice for it.',
    de: '[Zahn {tooth}: ]Ein Implantat ist bestellt, aber es gibt keinen Scan mit Scanbody. Fordern Sie ihn in der Praxis an.',
  },
  'scan-body-other-jaw': {
    en: '[Tooth {tooth}: ]An implant is ordered, but the scan with a scan body is of the other jaw[ ({jaw})]. Find out from the practice which of the two is right.',
    de: '[Zahn {tooth}: ]Ein Implantat ist bestellt, aber der Scan mit Scanbody ist vom anderen Kiefer[ ({jaw})]. Klären Sie mit der Praxis, was von beidem stimmt.',
  },
  'scan-body-unordered': {
    en: 'A scan body[ at tooth {tooth}][ ({jaw})] was scanned, but no implant is ordered there. The case has none there either; find out from the practice what is meant.',
    de: 'Ein Scanbody[ an Zahn {tooth}][ ({jaw})] wurde gescannt, aber dort ist kein Implantat bestellt. Auch der Fall hat dort keines; klären Sie mit der Praxis, was gemeint ist.',
  },
  'doctor-without-identity': {
    en: 'The order[ “{order}”] does not identify its doctor. The client holds for this order only; the next one asks again.',
    de: 'Der Auftrag[ „{order}“] weist den Behandler nicht aus. Der Kunde gilt nur für diesen Auftrag; beim nächsten wird wieder gefragt.',
  },
  'patient-without-id': {
    en: 'The order[ “{order}”] gives no patient number. Check that the case belongs to the right patient.',
    de: 'Der Auftrag[ „{order}“] nennt keine Patientennummer. Prüfen Sie, ob der Fall zum richtigen Patienten gehört.',
  },
  'patient-without-name': {
    en: 'The order[ “{order}”] gives no name of the patient. Look it up on the Rx sheet, and make sure whose case it is before you start.',
    de: 'Der Auftrag[ „{order}“] nennt keinen Namen des Patienten. Sehen Sie auf dem Rx-Blatt nach, und klären Sie, wessen Fall es ist, bevor Sie beginnen.',
  },
  'file-missing': {
    en: 'The order names a file that is not in the package[: “{file}”][ ({type})]. Download it again from MyiTero, or ask the practice.',
    de: 'Der Auftrag nennt eine Datei, die nicht im Paket ist[: „{file}“][ ({type})]. Laden Sie ihn erneut von MyiTero herunter, oder fragen Sie in der Praxis nach.',
  },
  'file-unlisted': {
    en: 'The package holds a file that the order does not name[: “{file}”]. It was kept; check whether it belongs to the case.',
    de: 'Das Paket enthält eine Datei, die der Auftrag nicht nennt[: „{file}“]. Sie wurde übernommen; prüfen Sie, ob sie zum Fall gehört.',
  },
  'file-role-corrected': {
    en: 'Order[ ({listed})] and file name[ ({role})] disagree[ about “{file}”]; the name was followed. Check the scan in the case.',
    de: 'Auftrag[ ({listed})] und Dateiname[ ({role})] widersprechen sich[ bei „{file}“]; der Name galt. Prüfen Sie den Scan im Fall.',
  },
  'file-role-not-understood': {
    en: 'It is not clear what the file[ “{file}”] is. It was kept under its own name; check it in the case.',
    de: 'Es ist nicht klar, was die Datei[ „{file}“] ist. Sie wurde unter eigenem Namen übernommen; prüfen Sie sie im Fall.',
  },
  'file-for-both-jaws': {
    en: 'The order names one file for both jaws[: “{file}”][; by its name it was taken as: {role}]. Find out from the practice which jaw it is, and ask for the other one.',
    de: 'Der Auftrag nennt eine Datei für beide Kiefer[: „{file}“][; nach ihrem Namen übernommen als: {role}]. Klären Sie mit der Praxis, welcher Kiefer sie ist, und fordern Sie den anderen an.',
  },
  'scan-beside': {
    en: 'There is more than one scan of the same kind[ ({role})][. “{taken}” was taken][, “{file}” kept beside it]. Check which is the right one.',
    de: 'Es gibt mehrere Scans derselben Art[ ({role})][. „{taken}“ wurde übernommen][, „{file}“ daneben abgelegt]. Prüfen Sie, welcher der richtige ist.',
  },
  'jaw-missing': {
    en: 'The scan of a jaw is missing[: {jaw}]. Ask the practice for it.',
    de: 'Der Scan eines Kiefers fehlt[: {jaw}]. Fordern Sie ihn in der Praxis an.',
  },
  'mesh-not-understood': {
    en: 'The scan[ “{file}”] cannot be read as a mesh[ ({reason})]. Open it before you start; download it again if it is damaged.',
    de: 'Der Scan[ „{file}“] ist als Netz nicht lesbar[ ({reason})]. Öffnen Sie ihn, bevor Sie beginnen; laden Sie ihn erneut herunter, wenn er beschädigt ist.',
  },
  'mesh-truncated': {
    en: 'The scan[ “{file}”] ends too early[: {bytes:count}][ of {expected:count} bytes][, {rows|row|rows} missing]. Ask the practice to export it again.',
    de: 'Der Scan[ „{file}“] endet zu früh[: {bytes:count}][ von {expected:count} Byte][, {rows|Zeile fehlt|Zeilen fehlen}]. Lassen Sie ihn in der Praxis erneut exportieren.',
  },
  'mesh-size-contradicts': {
    en: 'The size of the scan[ “{file}”] does not fit its[ {triangles:count}] triangles. Check that the scan is whole.',
    de: 'Die Größe des Scans[ „{file}“] passt nicht zur Zahl seiner Dreiecke[ ({triangles:count})]. Prüfen Sie, ob der Scan vollständig ist.',
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
    en: 'The scan[ “{file}”] cannot be in millimetres[: it would be {extent} mm long]. Check its scale before you design.',
    de: 'Der Scan[ „{file}“] kann nicht in Millimetern sein[: er wäre {extent} mm lang]. Prüfen Sie den Maßstab, bevor Sie konstruieren.',
  },
  'mesh-flat': {
    en: 'The scan[ “{file}”] is flat[: {height} mm high]. No jaw is: open it before you start, and ask the practice to export it again.',
    de: 'Der Scan[ „{file}“] ist flach[: {height} mm hoch]. Das ist kein Kiefer: Öffnen Sie ihn, bevor Sie beginnen, und lassen Sie ihn in der Praxis erneut exportieren.',
  },
  'mesh-arches-apart': {
    en: 'Upper and lower jaw are not in occlusion[: {gap} mm apart][: {reason}][, by {by} mm]. Check the bite before you design.',
    de: 'Ober- und Unterkiefer liegen nicht in Okklusion[: {gap} mm Abstand][: {reason}][, um {by} mm]. Prüfen Sie den Biss, bevor Sie konstruieren.',
  },
  'texture-not-found': {
    en: 'The scan[ “{file}”] names an image for its colours that does not stand beside it under that name[ ({reason})]. It may be shown without colours; choose the image by hand, or ask the practice for it.',
    de: 'Der Scan[ „{file}“] nennt für seine Farben ein Bild, das nicht unter diesem Namen bei ihm steht[ ({reason})]. Er wird womöglich ohne Farben gezeigt; wählen Sie das Bild von Hand, oder fordern Sie es in der Praxis an.',
  },
  'denture-not-mapped': {
    en: 'The order contains a denture, which cannot be entered in the case. Enter it by hand, after the Rx sheet.',
    de: 'Der Auftrag enthält eine Prothese, die nicht in den Fall übernommen werden kann. Tragen Sie sie nach dem Rx-Blatt von Hand ein.',
  },
  'parameter-out-of-bounds': {
    en: 'A parameter of the client was left out, for it does not fit its bounds[: {parameter}][ ({work})][ = {value}][, allowed {minValue} to {maxValue}][, in steps of {stepSize}]. Correct it in the client list.',
    de: 'Ein Parameter des Kunden wurde ausgelassen, weil er nicht zu seinen Grenzen passt[: {parameter}][ ({work})][ = {value}][, erlaubt {minValue} bis {maxValue}][, in Schritten von {stepSize}]. Berichtigen Sie ihn in der Kundenliste.',
  },
  'case-name-shortened': {
    en: 'The names of this case are too long for the name of its folder, which was shortened[: {limit:count} characters are possible]. In the case they are whole. If DentalDB calls the files of the case invalid, shorten the name there.',
    de: 'Die Namen dieses Falls sind zu lang für den Namen seines Ordners, der gekürzt wurde[: {limit:count} Zeichen sind möglich]. Im Fall stehen sie ganz. Nennt DentalDB die Dateien des Falls ungültig, kürzen Sie den Namen dort.',
  },
  'case-beside-touched': {
    en: 'The case of an earlier revision[ ({revision})] has been worked on. It was left as it is; this revision stands beside it.',
    de: 'Am Fall einer früheren Revision[ ({revision})] wurde schon gearbeitet. Er blieb, wie er ist; diese Revision steht daneben.',
  },
  'patient-differs': {
    en: 'The order names another patient than its revision before[ ({revision})]. Make sure which patient it is for before you start.',
    de: 'Der Auftrag nennt einen anderen Patienten als seine vorige Revision[ ({revision})]. Klären Sie, für welchen Patienten er ist, bevor Sie beginnen.',
  },
  'patient-number-shared': {
    en: 'The number of this patient already stands for another name[, in order {order}]. Make sure which patient the case is for before you start; a chart number may have been given twice, or mistyped.',
    de: 'Die Nummer dieses Patienten steht schon für einen anderen Namen[, in Auftrag {order}]. Klären Sie, für welchen Patienten der Fall ist, bevor Sie beginnen; eine Karteinummer kann doppelt vergeben oder vertippt sein.',
  },
}
