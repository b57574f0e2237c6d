import { computed, signal } from '@preact/signals'

export type Route =
  | { readonly page: 'list' }
  | { readonly page: 'case'; readonly id: number }
  | { readonly page: 'clients' }
  /** `id` null: a new client. */
  | { readonly page: 'client'; readonly id: string | null }
  | { readonly page: 'mappings' }
  | { readonly page: 'settings' }
  | { readonly page: 'unknown' }

const path = signal(location.pathname)
/** Counted up when somebody goes somewhere, also to where they are: what is shown there is read anew. */
export const arrivals = signal(0)

/** Where the page is. */
export const route = computed((): Route => routeOf(path.value))

let unsaved: (() => string | null) | null = null

/** While it stands, `ask` says why the page should not be left (null: it may), and a person decides. */
export function guard(ask: () => string | null): () => void {
  unsaved = ask
  return () => {
    unsaved = null
  }
}

/** Something is being edited here and not saved. */
export const isEdited = (): boolean => (unsaved?.() ?? null) !== null

const mayLeave = (): boolean => {
  const why = unsaved?.() ?? null
  return why === null || confirm(why)
}

/** Goes to a path of the page; the history keeps it. */
export function go(to: string): void {
  if (!mayLeave()) return
  history.pushState(null, '', to)
  path.value = location.pathname
  arrivals.value++
  scrollTo(0, 0)
}

/** Follows plain links within the page (`<a href="/case/5">`) without loading it anew, and the history. */
export function followLinks(): void {
  addEventListener('beforeunload', (event) => {
    if (isEdited()) event.preventDefault()
  })
  addEventListener('popstate', () => {
    if (!mayLeave()) {
      history.pushState(null, '', path.peek())
      return
    }
    path.value = location.pathname
  })
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0) return
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    const link = event.target instanceof Element ? event.target.closest('a') : null
    if (link === null || link.target !== '' || link.hasAttribute('download')) return
    if (link.origin !== location.origin || link.pathname.startsWith('/api/')) return
    if (link.hash !== '' && link.pathname === location.pathname) return
    event.preventDefault()
    go(link.pathname + link.search)
  })
}

function routeOf(pathname: string): Route {
  const [first = '', second, ...more] = pathname.split('/').filter((each) => each !== '')
  if (more.length > 0) return { page: 'unknown' }
  if (first === '') return { page: 'list' }
  if (first === 'case' && /^[1-9]\d{0,14}$/.test(second ?? '')) return { page: 'case', id: Number(second) }
  if (first === 'clients' && second !== undefined) {
    return { page: 'client', id: second === 'new' ? null : decoded(second) }
  }
  if (second !== undefined) return { page: 'unknown' }
  return first === 'clients' || first === 'mappings' || first === 'settings'
    ? { page: first }
    : { page: 'unknown' }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
