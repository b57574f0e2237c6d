import type { Client } from './clients.ts'
import { type NameParts, nameLikeness, namePartsOf, wordsOf } from './names.ts'
import { isPlaceholder } from './placeholders.ts'
import type { DoctorDetails, LikelyClient } from './questions.ts'

const OFFERED = 5
/** Below this a likeness says more about chance than about a person. */
const LEAST = 0.3

/**
 * Up to five clients that may be this doctor, likeliest first: by name (order of given and family name, titles,
 * diacritics and script aside), licence and address. A proposal for a person, never a decision. Deterministic: equals
 * are ordered by name, then id.
 */
export function likelyClients(doctor: DoctorDetails, clients: readonly Client[]): readonly LikelyClient[] {
  const wanted = {
    name: namePartsOf(doctor.name ?? ''),
    licence: licenceOf(doctor.licence),
    address: new Set(wordsOf(doctor.practiceAddress ?? '')),
  }
  const found: LikelyClient[] = []
  for (const client of clients) {
    const likeness = likenessOf(wanted, client)
    if (likeness >= LEAST) found.push({ client: client.id, name: client.name, likeness })
  }
  return found.sort(byLikeness).slice(0, OFFERED)
}

interface Wanted {
  readonly name: NameParts
  readonly licence: string | null
  readonly address: ReadonlySet<string>
}

function likenessOf(wanted: Wanted, client: Client): number {
  const { name, contact } = profileOf(client)
  const byName = Math.max(nameLikeness(wanted.name, name), contact ? nameLikeness(wanted.name, contact) : 0)
  const sameLicence = wanted.licence !== null && licenceOf(client.licence ?? null) === wanted.licence
  // An address alone is a practice, and a practice has several doctors.
  if (!sameLicence && byName < 0.2) return 0
  const byAddress = client.address === undefined ? 0 : overlap(wanted.address, wordsOf(client.address))
  const likeness = sameLicence ? 0.7 + 0.2 * byName + 0.1 * byAddress : 0.8 * byName + 0.15 * byAddress
  return Math.round(likeness * 1000) / 1000
}

interface Profile {
  readonly name: NameParts
  readonly contact: NameParts | null
}

const profiles = new WeakMap<Client, Profile>()

/** Remembered: a list of ten thousand is looked through for every new doctor. */
function profileOf(client: Client): Profile {
  const known = profiles.get(client)
  if (known) return known
  const profile = {
    name: namePartsOf(client.name),
    contact: client.contact === undefined ? null : namePartsOf(client.contact),
  }
  profiles.set(client, profile)
  return profile
}

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

function byLikeness(a: LikelyClient, b: LikelyClient): number {
  return b.likeness - a.likeness || compare(a.name, b.name) || compare(a.client, b.client)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
