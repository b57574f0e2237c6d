import type { CloudState } from '../bridge/data.ts'
import { BridgeError } from '../bridge/errors.ts'
import { HostError } from './errors.ts'
import type { PluginSwitch } from './plugin-switch.ts'

/** The connection to the cloud, as a page commands it. Errors: those of the plugin (`cloud-off` …), `plugin-…`. */
export interface CloudDoor {
  state(): CloudState | null
  /** Begins a sign-in and gives the address of the login page. Errors: `login-address-refused`; why the profile is not in use. */
  signIn(): Promise<string>
  cancelSignIn(): Promise<void>
  chooseAccount(account: string): Promise<void>
  signOut(): Promise<void>
  retry(account: string, rxId: string): Promise<void>
}

export function createCloudDoor(
  state: () => CloudState | null,
  { ask, profileProblem }: Pick<PluginSwitch, 'ask' | 'profileProblem'>,
): CloudDoor {
  return {
    state,
    async signIn() {
      try {
        return loginPage((await ask('cloud/signIn', {})).url)
      } catch (error) {
        // To the plugin there is no cloud where its profile is unfit.
        const isOff = error instanceof BridgeError && error.refusal?.code === 'cloud-off'
        throw (isOff ? profileProblem() : null) ?? error
      }
    },
    async cancelSignIn() {
      await ask('cloud/cancelSignIn', {})
    },
    async chooseAccount(account) {
      await ask('cloud/chooseAccount', { account })
    },
    async signOut() {
      await ask('cloud/signOut', {})
    },
    async retry(account, rxId) {
      await ask('cloud/retry', { account, rxId })
    },
  }
}

/** The system opens whatever it is given; of a plugin it is given pages alone. */
function loginPage(text: string): string {
  const url = URL.parse(text)
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') throw new HostError('login-address-refused')
  return url.href
}
