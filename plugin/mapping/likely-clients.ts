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
  const named = clients.map((client) => ({ client, ...nameAndLicence(wanted, client) }))
  const promising = named.filter(({ most }) => most >= LEAST).sort((a, b) => b.most - a.most)
  let found: readonly LikelyClient[] = []
  let fifth = LEAST
  for (const { client, least, most } of promising) {
    // The address is looked at only where it can still change who is offered.
    if (most < fifth) break
    const likeness = Math.round((least + (most - least) * addressOf(wanted, client)) * 1000) / 1000
    if (likeness < LEAST) continue
    const one = { client: client.id, name: client.name, likeness }
    found = [...found, one].sort(byLikeness).slice(0, OFFERED)
    fifth = found[OFFERED - 1]?.likeness ?? LEAST
  }
  return found
}

interface Wanted {
  readonly name: NameParts
  readonly licence: string | null
  readonly address: ReadonlySet<string>
}

/** The likeness without the address, and with the same one. */
function nameAndLicence(wanted: Wanted, client: Client): { readonly least: number; readonly most: number } {
  const names = client.contact === undefined ? [client.name] : [client.name, client.contact]
  const byName = Math.max(...names.map((name) => nameLikeness(wanted.name, namePartsOf(name))))
  const sameLicence = wanted.licence !== null && licenceOf(client.licence ?? null) === wanted.licence
  if (sameLicence) return { least: 0.8 + 0.15 * byName, most: 0.85 + 0.15 * byName }
  // An address alone is a practice, and a practice has several doctors.
  if (byName < 0.2) return { least: 0, most: 0 }
  return { least: 0.65 * byName, most: 0.65 * byName + 0.14 }
}

function addressOf(wanted: Wanted, client: Client): number {
  return client.address === undefined ? 0 : overlap(wanted.address, wordsOf(client.address))
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
