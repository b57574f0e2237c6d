import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { ClientPage } from './clients/client-page.tsx'
import { ClientsPage } from './clients/clients-page.tsx'
import { SignInDialog } from './cloud/sign-in-dialog.tsx'
import { dialog } from './dialogs/open.ts'
import { QuestionDialog } from './dialogs/question-dialog.tsx'
import { FirstStart } from './first-start/first-start.tsx'
import { ListPage } from './list/list-page.tsx'
import { session } from './live.ts'
import { MappingsPage } from './mappings/mappings-page.tsx'
import { route } from './router.ts'
import { SettingsPage } from './settings/settings-page.tsx'
import { Shell } from './shell/shell.tsx'
import { WhileSignedIn } from './signed-out.tsx'
import { Toasts } from './toasts.tsx'
import { say } from './words/say.ts'

export const App = () => (
  <>
    <Shell>
      <WhileSignedIn>
        <CurrentPage />
      </WhileSignedIn>
    </Shell>
    <CurrentDialog />
    <Toasts />
  </>
)

function CurrentPage() {
  const current = route.value
  switch (current.page) {
    case 'list':
      return <ListPage />
    case 'case':
      return <LateCasePage key={current.id} id={current.id} />
    case 'clients':
      return <ClientsPage />
    case 'client':
      return <ClientPage key={current.id ?? ''} id={current.id} />
    case 'mappings':
      return session.value?.myitero === false ? <UnknownPage /> : <MappingsPage />
    case 'settings':
      return <SettingsPage />
    case 'unknown':
      return <UnknownPage />
  }
}

function CurrentDialog() {
  const now = dialog.value
  if (now === null) return null
  switch (now.kind) {
    case 'first-start':
      return <FirstStart />
    case 'sign-in':
      return <SignInDialog />
    case 'question':
      return <QuestionDialog key={now.id} id={now.id} />
  }
}

const UnknownPage = () => (
  <div class="page">
    <h1>{say('page-unknown')}</h1>
    <p>
      <a href="/">{say('back-to-cases')}</a>
    </p>
  </div>
)

type Page = ComponentType<{ readonly id: number }>
let casePage: Promise<Page> | null = null

/** The case page with its 3D view is loaded when the first case is opened, not before the list can be seen. */
function LateCasePage({ id }: { readonly id: number }) {
  const [loaded, setLoaded] = useState<{ readonly Page: Page } | null>(null)
  useEffect(() => {
    casePage ??= import('./case/case-page.tsx').then((module) => module.CasePage)
    void casePage.then((Page) => setLoaded({ Page }))
  }, [])
  return loaded === null ? null : <loaded.Page id={id} />
}
