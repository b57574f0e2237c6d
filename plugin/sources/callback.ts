import { wire } from '../cloud/contract.ts'
import type { AccountId, RxId } from '../cloud/ids.ts'
import { listenWebhook, type Webhook } from '../cloud/webhook.ts'
import { asImportError, type Failure } from '../errors.ts'
import type { CloudSource } from './cloud-source.ts'

/** Where the cloud's notices come in, and what the cloud knows of it. */
export interface Callback {
  /** Begins to listen. A port that is not to be had is told, and the cloud is looked at all the same. */
  listen(): Promise<void>
  /** Tells the cloud, once for an account. Errors: those of the session and of `Http`. */
  register(account: AccountId, signal: AbortSignal): Promise<void>
  /** Nobody is signed in: the cloud has forgotten it with the pairing. */
  forgotten(): void
  close(): Promise<void>
}

type Setup = Pick<CloudSource, 'webhook' | 'session' | 'http' | 'random' | 'clock' | 'onFailure'>

/** `announced`: a notice came. `refused`: the cloud does not take a callback; it is looked at all the same. */
export function openCallback(
  { webhook: setting, session, http, random, clock, onFailure }: Setup,
  announced: (account: AccountId, rxId: RxId) => void,
  refused: (failure: Failure) => void,
): Callback {
  let webhook: Webhook | null = null
  let registered: AccountId | null = null
  return {
    async listen() {
      if (setting === null) return
      try {
        webhook = await listenWebhook({
          setting,
          secret: random(32),
          clock,
          onNotice: ({ account, rxId }) => announced(account, rxId),
        })
      } catch (error) {
        onFailure?.(error)
      }
    },
    async register(account, signal) {
      if (webhook === null || registered === account) return
      const { url, secret } = webhook
      try {
        await session.authorized((access, s) => wire.setCallback(http, access, { url, secret }, s), signal)
        registered = account
      } catch (error) {
        const { code, facts } = asImportError(error)
        if (code !== 'cloud-refused' && code !== 'cloud-answer-invalid') throw error
        refused({ code, facts })
      }
    },
    forgotten() {
      registered = null
    },
    async close() {
      await webhook?.close()
      if (registered === null || session.state().kind !== 'signed-in') return
      registered = null
      // As far as it goes: the cloud forgets the callback with the pairing, too.
      await session
        .authorized((access, s) => wire.removeCallback(http, access, s), AbortSignal.timeout(GOODBYE_MS))
        .catch(() => {})
    },
  }
}

/** The host stops a plugin within 4 s. */
const GOODBYE_MS = 1500
