import { useSignal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { fileAddress } from '../api.ts'
import { shortName } from './short-name.ts'
import { say } from './words.ts'
import './gallery.css'

/** The pictures of a case; one of them large, with the arrow keys to the next. */
export function Gallery(given: {
  readonly id: number
  readonly names: readonly string[]
  readonly project: string | null
}) {
  const { id, names, project } = given
  const open = useSignal<number | null>(null)
  const dialog = useRef<HTMLDialogElement>(null)
  const at = open.value
  useLayoutEffect(() => {
    if (at !== null && dialog.current?.open === false) dialog.current.showModal()
  }, [at])
  const step = (by: number): void => {
    if (open.value !== null) open.value = (open.value + by + names.length) % names.length
  }
  const name = at === null ? undefined : names[at]
  return (
    <>
      <ul class="gallery">
        {names.map((each, index) => (
          <li key={each}>
            <button
              type="button"
              aria-label={say('image-open', { name: shortName(each, project) })}
              title={each}
              onClick={() => {
                open.value = index
              }}
            >
              <img src={fileAddress(id, each)} alt="" loading="lazy" decoding="async" />
            </button>
          </li>
        ))}
      </ul>
      <dialog
        ref={dialog}
        class="lightbox"
        aria-label={say('images')}
        onClose={() => {
          open.value = null
        }}
        onClick={(event) => {
          if (event.target === event.currentTarget) event.currentTarget.close()
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowRight') step(1)
          else if (event.key === 'ArrowLeft') step(-1)
          else return
          event.preventDefault()
        }}
      >
        {name !== undefined && at !== null && (
          <figure>
            <img src={fileAddress(id, name)} alt={shortName(name, project)} />
            <figcaption>
              <span class="lightbox-name">{shortName(name, project)}</span>
              <span>{say('image-of', { number: at + 1, count: names.length })}</span>
              {names.length > 1 && (
                <>
                  <button type="button" class="button small" onClick={() => step(-1)}>
                    <span aria-hidden="true">←</span>
                    <span class="visually-hidden">{say('image-previous')}</span>
                  </button>
                  <button type="button" class="button small" onClick={() => step(1)}>
                    <span aria-hidden="true">→</span>
                    <span class="visually-hidden">{say('image-next')}</span>
                  </button>
                </>
              )}
              <button type="button" class="button small" onClick={() => dialog.current?.close()}>
                {say('close')}
              </button>
            </figcaption>
          </figure>
        )}
      </dialog>
    </>
  )
}
