/** Ids as the cloud gives them, in decimal digits: nothing else ever reaches a path or a file name. */
export type AccountId = string & { readonly brand: 'AccountId' }
export type RxId = string & { readonly brand: 'RxId' }
export type AssetId = string & { readonly brand: 'AssetId' }

const DIGITS = /^[1-9]\d{0,15}$/

/** The same text as an account's id, or null where it is none: for what a host or a keychain says. */
export const accountId = (text: string): AccountId | null => (DIGITS.test(text) ? (text as AccountId) : null)
export const rxId = (text: string): RxId | null => (DIGITS.test(text) ? (text as RxId) : null)

const PREFIX = 'myitero:'

/** The account as orders, doctors and cases have it: half of an order's identity. */
export const importAccount = (id: AccountId): string => `${PREFIX}${id}`

/** Back again; null for orders that came out of an export folder. */
export const cloudAccount = (account: string): AccountId | null =>
  account.startsWith(PREFIX) ? accountId(account.slice(PREFIX.length)) : null
