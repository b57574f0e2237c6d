import { useSignal, useSignalEffect } from '@preact/signals'
import type { CloudAccount, CloudState, Failure } from '../../../bridge/data.ts'
import { chooseAccount } from '../api.ts'
import { Modal } from '../dialogs/modal.tsx'
import { closeDialog } from '../dialogs/open.ts'
import { cloud, importer } from '../live.ts'
import { toast } from '../toasts.tsx'
import { say as sayPage } from '../words/say.ts'
import { type Begun, begun, leaveSignIn, signInNow } from './sign-in.ts'
import { say } from './words.ts'
import './cloud.css'

/** The way through the sign-in: login page, account where there are several, done; or why not. */
export function SignInDialog() {
  /** This sign-in has been seen under way: a signed-out state that follows is its end. */
  const moved = useSignal(false)
  useSignalEffect(() => {
    const session = cloud.value?.session
    if (begun.value.kind === 'asking') moved.value = false
    if (session?.kind === 'signing-in' || session?.kind === 'choosing-account') moved.value = true
    if (session?.kind !== 'signed-in') return
    const account = session.account.name
    closeDialog()
    const why = session.unkept?.text
    if (why != null) toast(say('sign-in-done-unkept', { account, why }))
    else toast(say(session.kept === 'memory' ? 'sign-in-done-memory' : 'sign-in-done', { account }))
  })
  const session = cloud.value?.session ?? null
  return (
    <Modal title={say('sign-in-title')} onClose={leaveSignIn}>
      {session?.kind === 'choosing-account' ? (
        <Accounts accounts={session.accounts} />
      ) : (
        <Login session={session} moved={moved.value} />
      )}
    </Modal>
  )
}

function Login({
  session,
  moved,
}: {
  readonly session: CloudState['session'] | null
  readonly moved: boolean
}) {
  const now = begun.value
  const failure = failureOf(now, session, moved)
  const login = loginOf(now, session)
  if (failure !== null) {
    return (
      <>
        <p class="notice bad" role="alert">
          {failure.text}
        </p>
        {failure.code === 'sign-in-no-access' && <p class="modal-intro">{say('sign-in-account-hint')}</p>}
        <Actions again={sayPage('retry')} />
      </>
    )
  }
  if (login !== null) {
    return (
      <>
        <p role="status">{say(login.opened ? 'sign-in-opened' : 'sign-in-to-open')}</p>
        {session?.kind === 'signing-in' && session.stray === true && (
          <p class="notice warn" role="status">
            {say('sign-in-stray')}
          </p>
        )}
        <div class="modal-actions">
          <button type="button" class="button" onClick={leaveSignIn}>
            {sayPage('cancel')}
          </button>
          <a
            class={`button ${login.opened ? '' : 'primary'}`}
            href={login.url}
            target="_blank"
            rel="noreferrer"
            autofocus
          >
            {say(login.opened ? 'open-login-again' : 'open-login')}
          </a>
        </div>
      </>
    )
  }
  const waits = now.kind === 'asking' ? say('sign-in-beginning') : waitsFor(session)
  return (
    <>
      <p role="status">{waits ?? say('sign-in-idle')}</p>
      {waits === null && session?.kind === 'signed-out' && session.failure?.code === 'keychain-absent' && (
        <p class="modal-intro">{session.failure.text}</p>
      )}
      {waits === null && <p class="modal-intro">{say('sign-in-account-hint')}</p>}
      <Actions again={say('sign-in')} disabled={waits !== null} />
    </>
  )
}

const Actions = (actions: { readonly again: string; readonly disabled?: boolean }) => (
  <div class="modal-actions">
    <button type="button" class="button" onClick={leaveSignIn}>
      {say('sign-in-later')}
    </button>
    <button
      type="button"
      class="button primary"
      autofocus
      disabled={actions.disabled}
      onClick={() => void signInNow()}
    >
      {actions.again}
    </button>
  </div>
)

/** Of several accounts one; the arrow keys choose, Enter takes it. */
function Accounts({ accounts }: { readonly accounts: readonly CloudAccount[] }) {
  const chosen = useSignal(accounts[0]?.id ?? null)
  const busy = useSignal(false)
  const fault = useSignal<string | null>(null)
  const use = async (): Promise<void> => {
    if (chosen.value === null) return
    busy.value = true
    const result = await chooseAccount(chosen.value)
    busy.value = false
    fault.value = result.ok ? null : result.failure.text
  }
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault()
        void use()
      }}
    >
      <fieldset class="group">
        <legend>{say('account-choose')}</legend>
        <div class="choices">
          {accounts.map(({ id, name }, at) => (
            <label key={id}>
              <input
                type="radio"
                name="account"
                value={id}
                autofocus={at === 0}
                checked={chosen.value === id}
                onChange={() => {
                  chosen.value = id
                }}
              />
              <span>{name}</span>
              <span class="account-number">{id}</span>
            </label>
          ))}
        </div>
      </fieldset>
      <p class="help">{say('account-hint')}</p>
      {fault.value !== null && (
        <p class="notice bad" role="alert">
          {fault.value}
        </p>
      )}
      <div class="modal-actions">
        <button type="button" class="button" onClick={leaveSignIn}>
          {sayPage('cancel')}
        </button>
        <button type="submit" class="button primary" disabled={busy.value || chosen.value === null}>
          {say('account-use')}
        </button>
      </div>
    </form>
  )
}

function loginOf(
  now: Begun,
  session: CloudState['session'] | null,
): { readonly url: string; readonly opened: boolean } | null {
  if (now.kind === 'asking') return null
  if (session?.kind === 'signing-in')
    return { url: session.url, opened: now.kind === 'begun' && now.login.opened }
  return now.kind === 'begun' && session?.kind === 'signed-out' ? now.login : null
}

/** Why it came to nothing; null: it has not (yet). */
function failureOf(now: Begun, session: CloudState['session'] | null, moved: boolean): Failure | null {
  if (now.kind === 'asking' || session?.kind === 'signing-in') return null
  if (now.kind === 'refused') return now.failure
  if (session?.kind !== 'signed-out') return null
  // A wish of before, or how this computer is: nothing failed.
  if (now.kind === 'not' && STANDING.has(session.failure?.code ?? '')) return null
  const isNews = now.kind === 'not' || moved || session.failure?.code !== now.before?.code
  return isNews ? session.failure : null
}

const STANDING: ReadonlySet<string> = new Set(['sign-in-cancelled', 'keychain-absent'])

/** What has to come first; null: nothing. */
function waitsFor(session: CloudState['session'] | null): string | null {
  if (session?.kind === 'starting') return say('sign-in-starting')
  if (session !== null) return null
  const process = importer.value?.process.kind
  if (process === 'starting') return say('sign-in-starting')
  return process === 'running' ? null : say('sign-in-not-running')
}
