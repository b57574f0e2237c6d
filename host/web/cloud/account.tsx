import { useSignal } from '@preact/signals'
import { signOut } from '../api.ts'
import { Confirm } from '../dialogs/confirm.tsx'
import { putOffSignIn } from '../dialogs/open.ts'
import { cloud, importer } from '../live.ts'
import { toast } from '../toasts.tsx'
import { showSignIn, signInNow } from './sign-in.ts'
import { say } from './words.ts'

/** While the import is disabled: a sign-in that was there stays for the day it is enabled again. */
export const StayingAccount = ({ account }: { readonly account: string }) => (
  <div class="setting">
    <span class="label">{say('account')}</span>
    <p class="setting-value cloud-staying">{say('stays-signed-in', { account })}</p>
  </div>
)

/** Who is signed in, and where that is kept; or the way to it. */
export function Account() {
  const asking = useSignal(false)
  const now = cloud.value
  const session = now?.session ?? null
  const state = importer.value?.process.kind === 'running' ? importer.value.process.state : null
  const told = state?.failure?.text
  // What keeps the import from working stands above, at its switch.
  const unkept = session?.kind === 'signed-in' ? (session.unkept ?? null) : null
  const said = [told, unkept?.text]
  const trouble = now?.trouble != null && !said.includes(now.trouble.text) ? now.trouble : null
  return (
    <div class="setting">
      <span class="label">{say('account')}</span>
      <div class="setting-value">
        <div class="cloud-line" role="status">
          {session?.kind === 'signed-in' ? (
            <>
              <span>
                <span class="dot good" /> {say('signed-in-as', { account: session.account.name })}
              </span>
              <button
                type="button"
                class="button small"
                onClick={() => {
                  asking.value = true
                }}
              >
                {say('sign-out')}
              </button>
            </>
          ) : session?.kind === 'signed-out' ? (
            <>
              <span>{say('signed-out')}</span>
              <button type="button" class="button small primary" onClick={() => void signInNow()}>
                {say('sign-in')}
              </button>
            </>
          ) : session === null || session.kind === 'starting' ? (
            <span>{say(session === null ? 'not-running' : 'starting')}</span>
          ) : (
            <>
              <span>{say(session.kind)}</span>
              <button type="button" class="button small" onClick={showSignIn}>
                {say('show-sign-in')}
              </button>
            </>
          )}
        </div>
        {session?.kind === 'signed-in' &&
          (unkept === null ? (
            <p class="help">{say(`kept-${session.kept}`)}</p>
          ) : (
            <p class="notice warn">{say('kept-unkept', { why: unkept.text })}</p>
          ))}
        {session?.kind === 'signed-out' && session.failure !== null && session.failure.text !== told && (
          <p class="notice warn">{session.failure.text}</p>
        )}
        {trouble !== null && <p class="notice warn">{trouble.text}</p>}
      </div>
      {asking.value && (
        <Confirm
          title={say('sign-out-title')}
          text={say('sign-out-text')}
          action={say('sign-out')}
          onConfirm={async () => {
            // Whoever signs out is not asked to sign in again at once.
            putOffSignIn()
            const result = await signOut()
            if (!result.ok) return result.failure.text
            toast(say('signed-out-now'))
            return null
          }}
          onClose={() => {
            asking.value = false
          }}
        />
      )}
    </div>
  )
}
