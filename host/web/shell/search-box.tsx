import { useEffect, useRef } from 'preact/hooks'
import { search } from '../list/query.ts'
import { go, route } from '../router.ts'
import { say } from '../words/say.ts'

/** Search of the case list, wherever one is: `/` goes to it, Enter to the list, Escape empties it. */
export function SearchBox() {
  const box = useRef<HTMLInputElement>(null)
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return
      if (event.target instanceof Element && event.target.closest('input, textarea, select, dialog')) return
      event.preventDefault()
      box.current?.focus()
      box.current?.select()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
  return (
    <search class="search">
      <input
        ref={box}
        type="search"
        aria-label={say('search')}
        aria-keyshortcuts="/"
        placeholder={say('search-hint')}
        autocomplete="off"
        spellcheck={false}
        maxLength={200}
        value={search.value}
        onInput={(event) => {
          search.value = event.currentTarget.value
          if (route.value.page !== 'list') go('/')
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') search.value = ''
          if (event.key === 'Enter' || event.key === 'ArrowDown') {
            if (route.value.page !== 'list') go('/')
            document.querySelector<HTMLElement>('[role=grid]')?.focus()
            event.preventDefault()
          }
        }}
      />
    </search>
  )
}
