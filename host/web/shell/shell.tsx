import type { ComponentChildren } from 'preact'
import { askOldest } from '../dialogs/open.ts'
import { barred, connected, questions, session } from '../live.ts'
import { type Route, route } from '../router.ts'
import { say } from '../words/say.ts'
import { ImportState } from './import-state.tsx'
import { SearchBox } from './search-box.tsx'
import './shell.css'

/** Header and navigation around the page of the route. */
export const Shell = ({ children }: { readonly children: ComponentChildren }) => (
  <div class="shell">
    <a class="skip-link" href="#content">
      {say('skip-to-content')}
    </a>
    <header class="header">
      <a class="brand" href="/" aria-label={say('app-name')}>
        <img src="/favicon.svg" alt="" width="22" height="22" />
        <span>{say('app-name')}</span>
      </a>
      <nav class="nav" aria-label={say('nav-label')}>
        <NavLink to="/" pages={['list', 'case']} label={say('nav-cases')} />
        <NavLink to="/clients" pages={['clients', 'client']} label={say('nav-clients')} />
        {session.value?.myitero && (
          <NavLink to="/mappings" pages={['mappings']} label={say('nav-mappings')} />
        )}
        <NavLink to="/settings" pages={['settings']} label={say('nav-settings')} />
      </nav>
      <SearchBox />
      <OpenQuestions />
      <ImportState />
    </header>
    {!connected.value && barred.value === null && (
      <p class="connection-lost notice warn" role="status">
        {say('connection-lost')}
      </p>
    )}
    <main id="content" class="content" tabIndex={-1}>
      {children}
    </main>
  </div>
)

const NavLink = (link: {
  readonly to: string
  readonly pages: readonly Route['page'][]
  readonly label: string
}) => (
  <a href={link.to} aria-current={link.pages.includes(route.value.page) ? 'page' : undefined}>
    {link.label}
  </a>
)

function OpenQuestions() {
  const count = questions.value.length
  if (count === 0) return null
  return (
    <button type="button" class="open-questions" onClick={askOldest}>
      {say('questions-open', { count })}
    </button>
  )
}
