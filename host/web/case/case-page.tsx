import { useSignal, useSignalEffect } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useMemo } from 'preact/hooks'
import type { CasePage as Case } from '../../api.ts'
import { markRead, readCase } from '../api.ts'
import { casesChanged } from '../live.ts'
import { go } from '../router.ts'
import { Files } from './files.tsx'
import { Gallery } from './gallery.tsx'
import { Head } from './head.tsx'
import { Materials } from './materials.tsx'
import { Odontogram } from './odontogram/odontogram.tsx'
import { isRestored } from './odontogram/restoration.ts'
import { SelectionContext, selectionOf } from './odontogram/selection.ts'
import { ToothDetails } from './odontogram/tooth-details.tsx'
import { ToothTable } from './odontogram/tooth-table.tsx'
import { Revisions } from './revisions.tsx'
import { Rx } from './rx.tsx'
import { Scans } from './scans/scans.tsx'
import { say } from './words.ts'
import './case.css'

type Standing =
  | { readonly kind: 'opening' }
  | { readonly kind: 'open'; readonly page: Case }
  | { readonly kind: 'failed'; readonly text: string }

/** One case, opened from the list: opening it makes it read. */
export function CasePage({ id }: { readonly id: number }) {
  const standing = useSignal<Standing>({ kind: 'opening' })
  const asked = useSignal(0)
  /** Read once for this visit: marked as unread it stays so. */
  const opened = useSignal(false)

  useSignalEffect(() => {
    casesChanged.value
    asked.value
    const leaving = new AbortController()
    void readCase(id, leaving.signal).then((result) => {
      if (leaving.signal.aborted) return
      if (result.ok) standing.value = { kind: 'open', page: kept(standing.peek(), result.value) }
      else if (standing.peek().kind !== 'open' || result.status === 404)
        standing.value = { kind: 'failed', text: result.failure.text }
    })
    return () => leaving.abort()
  })
  useSignalEffect(() => {
    if (opened.value || standing.value.kind !== 'open') return
    const { page } = standing.value
    if (isAway(page)) return
    opened.value = true
    if (page.row.status === 'unread') void markRead(id, true)
  })

  useEffect(() => {
    addEventListener('keydown', backToList)
    return () => removeEventListener('keydown', backToList)
  }, [])

  const now = standing.value
  switch (now.kind) {
    case 'opening':
      return (
        <div class="page sheet">
          <p class="sheet-opening" role="status">
            {say('case-loading')}
          </p>
        </div>
      )
    case 'failed':
      return (
        <div class="page sheet">
          <h1>{say('case-not-shown')}</h1>
          <p class="notice bad" role="alert">
            {now.text}
          </p>
          <p class="sheet-actions">
            <button
              type="button"
              class="button"
              onClick={() => {
                asked.value++
              }}
            >
              {say('try-again')}
            </button>
            <a class="button" href="/">
              {say('to-list')}
            </a>
          </p>
        </div>
      )
    case 'open':
      return <OpenCase page={now.page} />
  }
}

/** Escape leads back to the list, where nothing nearer takes it. */
function backToList(event: KeyboardEvent): void {
  if (event.key !== 'Escape' || event.defaultPrevented || document.querySelector('dialog[open]') !== null)
    return
  if (event.target instanceof Element && event.target.matches('input:not([type=range]), textarea, select'))
    return
  go('/')
}

/** Its folder cannot be read now: what is in the case is not known. */
const isAway = ({ row, teeth, files }: Case): boolean =>
  row.reason !== null && teeth.length === 0 && files.length === 0

/** The same files keep their identity: scans that are shown are not fetched again because a mark has changed. */
function kept(before: Standing, page: Case): Case {
  if (before.kind !== 'open') return page
  const same = JSON.stringify(before.page.files) === JSON.stringify(page.files)
  return same ? { ...page, files: before.page.files } : page
}

function OpenCase({ page }: { readonly page: Case }) {
  const { row, teeth, misnumbered, files } = page
  const selection = useMemo(
    () => selectionOf(teeth.find(isRestored)?.number ?? teeth[0]?.number ?? null),
    [row.id],
  )
  const pictures = files
    .filter(({ name, kind }) => kind === 'image' && PICTURES.test(name))
    .map(({ name }) => name)
  useEffect(() => {
    const title = document.title
    document.title = `${row.patient} · ${row.orderCode ?? row.orderId ?? row.project ?? ''}`
    return () => {
      document.title = title
    }
  }, [row.patient, row.orderId])

  return (
    <SelectionContext.Provider value={selection}>
      <div class="page sheet">
        <a class="back" href="/">
          ← {say('cases')}
        </a>
        <Head page={page} />
        <div class="sheet-columns">
          <div class="sheet-column">
            <Card title={say('teeth')}>
              {!teeth.some(isRestored) &&
                misnumbered.length === 0 &&
                (teeth.length > 0 || row.reason === null) && <p class="sheet-none">{say('teeth-none')}</p>}
              {misnumbered.map(({ number, count }) => (
                <p key={number} class="notice warn">
                  {number === ''
                    ? say('teeth-unnumbered', { count })
                    : say('teeth-misnumbered', { count, number })}
                </p>
              ))}
              <Odontogram teeth={teeth} />
              {teeth.length > 0 && <ToothDetails teeth={teeth} />}
            </Card>
            {page.rx.length > 0 && (
              <Card title={say('rx')}>
                <Rx rx={page.rx} />
              </Card>
            )}
            {page.revisions.length > 1 && (
              <Card title={say('revisions')}>
                <Revisions revisions={page.revisions} current={row.id} />
              </Card>
            )}
          </div>
          <div class="sheet-column">
            <Card title={say('scans')} class="sheet-scans">
              {files.some(({ scan }) => scan !== null) ? (
                <Scans id={row.id} files={files} project={row.project} />
              ) : (
                !isAway(page) && <p class="sheet-none">{say('scans-none')}</p>
              )}
              {pictures.length > 0 && (
                <>
                  <h3>{say('images')}</h3>
                  <Gallery id={row.id} names={pictures} project={row.project} />
                </>
              )}
            </Card>
            {teeth.length > 0 && (
              <Card title={say('teeth-table')}>
                <ToothTable teeth={teeth} />
              </Card>
            )}
            {page.materials.length > 0 && (
              <Card title={say('materials')}>
                <Materials materials={page.materials} />
              </Card>
            )}
            <Card title={say('files')}>
              <Files id={row.id} files={files} folder={page.folder} project={row.project} />
            </Card>
          </div>
        </div>
      </div>
    </SelectionContext.Provider>
  )
}

const Card = (given: {
  readonly title: string
  readonly class?: string
  readonly children: ComponentChildren
}) => (
  <section class={`card ${given.class ?? ''}`} aria-label={given.title}>
    <h2>{given.title}</h2>
    {given.children}
  </section>
)

/** What browsers show; a TIFF is among the files. */
const PICTURES = /\.(jpe?g|png|gif|webp|bmp)$/i
