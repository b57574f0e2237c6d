import type { Client, ClientId } from './clients.ts'
import { type NameParts, nameLikeness, namePartsOf, wordsOf } from './names.ts'
import { isPlaceholder } from './placeholders.ts'
import type { DoctorDetails, LikelyClient } from './questions.ts'

const OFFERED = 5
/** Below this a likeness says more about chance than about a person. */
const LEAST = 0.3

/**
 * Up to five clients that may be this doctor's, likeliest first: by name (order of given and family name, titles,
 * diacritics and script aside), licence, the practice's address, and whose a colleague of the same practice is. A
 * proposal for a person, never a decision. Deterministic: of equals the one written just as the doctor is stands first, then by
 * name, then id.
 */
export function likelyClients(
  doctor: DoctorDetails,
  clients: readonly Client[],
  /** Clients of doctors of the same practice. */
  colleagues: ReadonlySet<ClientId> = NO_COLLEAGUES,
): readonly LikelyClient[] {
  const address = addressWords(doctor.practiceAddress ?? '')
  const wanted: Wanted = {
    name: namePartsOf(doctor.name ?? ''),
    licence: licenceOf(doctor.licence),
    address: new Set(address),
    mark: markOf(address),
  }
  const rated = clients.map((client) => ({ client, ...rating(wanted, client, colleagues.has(client.id)) }))
  const promising = rated.filter(({ most }) => most >= LEAST).sort((a, b) => b.most - a.most)
  const written = asWritten(doctor.name ?? '')
  let found: readonly Found[] = []
  let fifth = LEAST
  for (const { client, most, likeness: at } of promising) {
    // The address is looked at only where it can still change who is offered.
    if (most < fifth) break
    const likeness = Math.round(at(addressOf(wanted, client)) * 1000) / 1000
    if (likeness < LEAST) continue
    const exact = written !== '' && asWritten(client.name) === written
    const one = { client: client.id, name: client.name, likeness, exact }
    found = [...found, one].sort(byLikeness).slice(0, OFFERED)
    fifth = found[OFFERED - 1]?.likeness ?? LEAST
  }
  return found.map(({ client, name, likeness }) => ({ client, name, likeness }))
}

/** Two addresses of one practice, however they are written. */
export function samePlace(one: string | null, other: string | null): boolean {
  if (one === null || other === null) return false
  const mark = markOf(addressWords(one))
  return (
    mark !== '' &&
    other.toLowerCase().includes(mark) &&
    overlap(new Set(addressWords(one)), addressWords(other)) >= SAME_PLACE
  )
}

interface Found extends LikelyClient {
  /** The very same name, titles and punctuation too. */
  readonly exact: boolean
}

/** Spacing, case and Unicode form are no difference. */
const asWritten = (name: string): string => name.normalize('NFKC').replace(/\s+/gu, ' ').trim().toLowerCase()

const NO_COLLEAGUES: ReadonlySet<ClientId> = new Set()

interface Wanted {
  readonly name: NameParts
  readonly licence: string | null
  readonly address: ReadonlySet<string>
  /** The longest word with a digit, mostly the postcode: without it no address is the same. '' where there is none. */
  readonly mark: string
}

/** What the likeness can be at most, and what it is with so much of the address (0 to 1) in common. */
interface Rating {
  readonly most: number
  readonly likeness: (address: number) => number
}

function rating(wanted: Wanted, client: Client, ofColleague: boolean): Rating {
  const names = client.contact === undefined ? [client.name] : [client.name, client.contact]
  const byName = Math.max(...names.map((name) => nameLikeness(wanted.name, namePartsOf(name))))
  const sameLicence = wanted.licence !== null && licenceOf(client.licence ?? null) === wanted.licence
  if (sameLicence) return upTo((address) => 0.8 + 0.05 * address + 0.15 * byName)
  // Less of a name says more about chance.
  const named = byName < 0.2 ? 0 : 0.65 * byName
  // A practice has several doctors, and often one client for all: worth a proposal, behind a good name.
  const ofPractice = ofColleague ? 0.5 + 0.2 * byName : 0
  const likeness = (address: number) =>
    Math.max(
      named === 0 ? 0 : named + 0.14 * address,
      address < SAME_PLACE ? 0 : 0.42 * address + 0.2 * byName,
      ofPractice === 0 ? 0 : ofPractice + 0.05 * address,
    )
  return wanted.mark !== '' && client.address?.toLowerCase().includes(wanted.mark)
    ? upTo(likeness)
    : { most: Math.max(named === 0 ? 0 : named + 0.14, ofPractice && ofPractice + 0.05), likeness }
}

const upTo = (likeness: Rating['likeness']): Rating => ({ most: likeness(1), likeness })

/** Share of an address from which on it is the same place: a country or a suite may be missing. */
const SAME_PLACE = 0.75

function addressOf(wanted: Wanted, client: Client): number {
  if (client.address === undefined || wanted.address.size === 0) return 0
  return overlap(wanted.address, addressWords(client.address))
}

/** Comparable words: streets spelt out, postcodes the same however they are spaced. */
function addressWords(text: string): readonly string[] {
  // The four further digits of an American postcode are often left out.
  return wordsOf(text.replace(/\b(\d{5})-\d{4}\b/g, '$1')).flatMap((word) => {
    const postcode = SPACED_POSTCODE.exec(word)
    if (postcode !== null) return postcode.slice(1).filter(Boolean)
    return SPELT_OUT[word] ?? word.replace(/str$/, 'strasse')
  })
}

/** `1234AB` is `1234 AB`, `SW1A1AA` is `SW1A 1AA`. */
const SPACED_POSTCODE = /^(?:(\d{4})([a-z]{2})|([a-z]{1,2}\d[a-z\d]?)(\d[a-z]{2}))$/

const SPELT_OUT: Readonly<Record<string, string>> = {
  ave: 'avenue',
  blvd: 'boulevard',
  dr: 'drive',
  ln: 'lane',
  rd: 'road',
  sq: 'square',
  st: 'street',
}

const markOf = (words: readonly string[]): string =>
  words.reduce((mark, word) => (/\d/.test(word) && word.length > mark.length ? word : mark), '')

function licenceOf(licence: string | null): string | null {
  if (isPlaceholder(licence)) return null
  const bare = (licence ?? '').toUpperCase().replace(/[^\p{L}\p{N}]+/gu, '')
  return bare === '' ? null : bare
}

/** Share of the wanted words that are there; numbers (house, postcode) weigh double. */
function overlap(wanted: ReadonlySet<string>, offered: readonly string[]): number {
  const there = new Set(offered)
  let all = 0
  let common = 0
  for (const word of wanted) {
    const weight = /\d/.test(word) ? 2 : 1
    all += weight
    if (there.has(word)) common += weight
  }
  return all === 0 ? 0 : common / all
}

function byLikeness(a: Found, b: Found): number {
  return (
    b.likeness - a.likeness ||
    Number(b.exact) - Number(a.exact) ||
    compare(a.name, b.name) ||
    compare(a.client, b.client)
  )
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
