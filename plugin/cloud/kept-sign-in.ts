import { createHash } from 'node:crypto'
import { type AccountId, accountId } from './ids.ts'
import type { Profile } from './profile.ts'

/** A sign-in as it outlives a restart. */
export interface SignIn {
  readonly account: { readonly id: AccountId; readonly name: string }
  readonly accessToken: string
  readonly refreshToken: string
  /** ms since the epoch, by this computer's clock. */
  readonly expiresAt: number
  /** ms. */
  readonly livesFor: number
  /** Where discovery said last that this account's region is. */
  readonly region: Region
  /** The refresh token was perhaps sent, and no answer kept: whether it still counts is not known. */
  readonly renewing: boolean
  /** Of one that is: the cloud answered each time, though with nothing of use, and nobody was interrupted. */
  readonly answered: boolean
}

export interface Region {
  readonly issuer: string
  readonly apiBase: string
}

/** The keychain's entry for a profile: one for each issuer and client id, short enough for every keychain. */
export function entryName({ issuer, clientId }: Profile): string {
  const hash = createHash('sha256').update(`${issuer}\n${clientId}`).digest('hex')
  return `${new URL(issuer).host} ${hash.slice(0, 16)}`
}

export const signInText = (signIn: SignIn): string => JSON.stringify({ version: 1, ...signIn })

/** null where it is none: another program's, or another version's. */
export function readSignIn(text: string): SignIn | null {
  try {
    const found = JSON.parse(text) as Record<string, unknown>
    const account = found['account'] as Record<string, unknown>
    const region = found['region'] as Record<string, unknown>
    const id = accountId(String(account['id']))
    if (found['version'] !== 1 || id === null) return null
    const signIn = {
      account: { id, name: account['name'] },
      accessToken: found['accessToken'],
      refreshToken: found['refreshToken'],
      expiresAt: found['expiresAt'],
      livesFor: found['livesFor'],
      region: { issuer: region['issuer'], apiBase: region['apiBase'] },
      renewing: found['renewing'] === true,
      answered: found['answered'] === true,
    }
    const texts = [
      signIn.account.name,
      signIn.accessToken,
      signIn.refreshToken,
      ...Object.values(signIn.region),
    ]
    const numbers = [signIn.expiresAt, signIn.livesFor]
    const whole =
      texts.every((each) => typeof each === 'string') && numbers.every((each) => Number.isFinite(each))
    return whole ? (signIn as SignIn) : null
  } catch {
    return null
  }
}
