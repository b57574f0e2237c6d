import { cloud, importer } from '../live.ts'
import { awaitsSignIn } from '../standing.ts'
import { showSignIn, signInNow } from './sign-in.ts'
import { say } from './words.ts'
import './cloud.css'

/** Above the list: nobody is signed in, so nothing new comes. */
export function SignedOut() {
  const row = importer.value
  const now = cloud.value
  if (row === null || now === null || !awaitsSignIn(row, now)) return null
  const { session } = now
  // its window says the rest
  if (session.kind === 'signing-in') return null
  const chooses = session.kind === 'choosing-account'
  const why = session.kind === 'signed-out' ? session.failure : null
  return (
    <p class="signed-out-banner notice warn" role="status">
      <span>
        {say(chooses ? 'banner-choose' : 'banner-signed-out')}
        {why !== null && why.code !== 'sign-in-cancelled' && ` ${why.text}`}
      </span>
      <button type="button" class="button small" onClick={chooses ? showSignIn : () => void signInNow()}>
        {say(chooses ? 'choose-account' : 'sign-in')}
      </button>
    </p>
  )
}
