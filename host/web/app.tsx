import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { ListPage } from './list/list-page.tsx'
import { route } from './router.ts'
import { Shell } from './shell/shell.tsx'
import { Toasts } from './toasts.tsx'
import { say } from './words/say.ts'

export const App = () => (
  <>
    <Shell>
      <CurrentPage />
    </Shell>
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
    default:
      return (
        <div class="page">
          <h1>{say('page-unknown')}</h1>
          <p>
            <a href="/">{say('back-to-cases')}</a>
          </p>
        </div>
      )
  }
}

let caseModule: Promise<ComponentType<{ readonly id: number }>> | null = null

/** The case page with its 3D view is loaded when the first case is opened, not before the list can be seen. */
function LateCasePage({ id }: { readonly id: number }) {
  const [page, setPage] = useState<{ readonly Page: ComponentType<{ readonly id: number }> } | null>(null)
  useEffect(() => {
    caseModule ??= import('./case/case-page.tsx').then((module) => module.CasePage)
    void caseModule.then((Page) => setPage({ Page }))
  }, [])
  return page === null ? null : <page.Page id={id} />
}
