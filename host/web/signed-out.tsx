import type { ComponentChildren } from 'preact'
import { barred, lookAgain } from './live.ts'
import { toast } from './toasts.tsx'
import { say } from './words/say.ts'
import './style/signed-out.css'

/**
 * Around the page: where the server does not know this browser any more, nothing of the page can be used, and it is said
 * what to do. What is on the screen, typed text too, stays for when the browser is known again.
 */
export function WhileSignedIn({ children }: { readonly children: ComponentChildren }) {
  const why = barred.value
  return (
    <>
      {why !== null && (
        <section class="signed-out" role="status" aria-labelledby="signed-out-title">
          <h1 id="signed-out-title">{say('signed-out-title')}</h1>
          <p>{why}</p>
          <p>{say('signed-out-then')}</p>
          <button type="button" class="button" onClick={() => void tryAgain()}>
            {say('retry')}
          </button>
        </section>
      )}
      <div class="while-signed-in" inert={why !== null}>
        {children}
      </div>
    </>
  )
}

async function tryAgain(): Promise<void> {
  const failure = await lookAgain()
  if (failure !== null) toast(failure, 'bad')
}
