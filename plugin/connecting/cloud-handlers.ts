import type { Handlers } from '../../bridge/peer.ts'
import { type AccountId, accountId, type RxId, rxId } from '../cloud/ids.ts'
import { ImportError } from '../errors.ts'
import type { Language } from '../mapping/materials.ts'
import type { CloudLink } from './cloud-link.ts'

type CloudHandlers = Pick<Handlers<'plugin'>, Extract<keyof Handlers<'plugin'>, `cloud/${string}`>>

export interface CloudHandling {
  /** null: no profile is configured. */
  readonly link: () => CloudLink | null
  readonly language: () => Language
  /** Refuses before a configuration, and puts what is thrown into words. */
  readonly at: <T>(work: () => Promise<T>) => Promise<T>
  /** Not while a configuration changes. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>
}

/** What a host may ask of the cloud. */
export function cloudHandlers({ link, language, at, inTurn }: CloudHandling): CloudHandlers {
  /** Error: `cloud-off`. */
  const linked = <T>(work: (cloud: CloudLink) => Promise<T>): Promise<T> =>
    at(async () => {
      const cloud = link()
      if (cloud === null) throw new ImportError('cloud-off')
      return work(cloud)
    })
  const done = <T>(work: (cloud: CloudLink) => Promise<T>) =>
    linked(async (cloud) => {
      await work(cloud)
      return {}
    })

  return {
    'cloud/state': () => at(async () => ({ cloud: (await link()?.state(language())) ?? null })),
    'cloud/signIn': () => linked((cloud) => cloud.signIn(language())),
    'cloud/cancelSignIn': () => done(async (cloud) => cloud.cancelSignIn()),
    'cloud/chooseAccount': ({ account }) => done((cloud) => cloud.chooseAccount(accountNamed(account))),
    'cloud/signOut': () => done((cloud) => inTurn(cloud.signOut)),
    'cloud/retry': (order) => done((cloud) => cloud.retry(accountNamed(order.account), rxNamed(order.rxId))),
  }
}

function accountNamed(text: string): AccountId {
  const id = accountId(text)
  if (id === null) throw new ImportError('cloud-account-unknown')
  return id
}

function rxNamed(text: string): RxId {
  const id = rxId(text)
  if (id === null) throw new ImportError('fetch-unknown')
  return id
}
