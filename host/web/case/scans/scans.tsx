import { useSignal } from '@preact/signals'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import type { CaseFileEntry } from '../../../api.ts'
import { fileAddress } from '../../api.ts'
import { say } from '../words.ts'
import { scansOf } from './scan.ts'
import { ScanList } from './scan-list.tsx'
import type { Stage } from './stage.ts'
import { VIEWS, type View } from './views.ts'
import './scans.css'

type Standing = 'opening' | 'open' | 'no-webgl' | 'lost'

/** The scans of a case in 3D. */
export function Scans({ id, files }: { readonly id: number; readonly files: readonly CaseFileEntry[] }) {
  const scans = useMemo(() => scansOf(files), [files])
  const canvas = useRef<HTMLCanvasElement>(null)
  const stage = useRef<Stage | null>(null)
  const standing = useSignal<Standing>('opening')
  const attempt = useSignal(0)
  const view = useSignal<View | null>('front')
  const coloured = useSignal(true)
  const right = useSignal(-1)

  useEffect(() => {
    const element = canvas.current
    if (element === null) return
    let left = false
    const addressOf = (name: string): string => fileAddress(id, name)
    const told = {
      lost: () => {
        standing.value = 'lost'
      },
      turned: () => {
        right.value = Math.round((stage.current?.viewer.patientsRight() ?? -1) * 4) / 4
      },
    }
    // three is large: it comes when the first case with scans is opened
    void import('./stage.ts').then(({ stageOf }) => {
      if (left) return
      try {
        stage.current = stageOf(element, scans, addressOf, told)
        stage.current.coloured(coloured.peek())
        standing.value = 'open'
      } catch {
        standing.value = 'no-webgl'
      }
    })
    return () => {
      left = true
      stage.current?.dispose()
      stage.current = null
    }
  }, [id, scans, attempt.value])

  const look = (to: View): void => {
    view.value = to
    stage.current?.look(to)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keyed(event, stage.current, look, view.peek()))
      return
    event.preventDefault()
    if (!/^[0-5]$/.test(event.key)) view.value = null
  }

  if (standing.value === 'no-webgl') return <p class="notice warn">{say('no-webgl')}</p>
  return (
    <div class="scans">
      <div class="stage">
        <div
          class="stage-hands"
          role="application"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it is turned by keys
          tabIndex={0}
          aria-label={say('scans-view')}
          aria-describedby="scans-keys"
          onKeyDown={onKeyDown}
          onPointerDown={() => {
            view.value = null
          }}
        >
          <canvas key={attempt.value} ref={canvas} />
        </div>
        <p id="scans-keys" class="stage-hint">
          {say('scans-keys')}
        </p>
        {Math.abs(right.value) > 0.3 && (
          <div class={`sides${right.value > 0 ? ' turned' : ''}`} aria-hidden="true">
            <span>{say('right')}</span>
            <span>{say('left')}</span>
          </div>
        )}
        {standing.value === 'lost' && (
          <div class="stage-lost">
            <p>{say('webgl-lost')}</p>
            <button type="button" class="button" onClick={() => again(standing, attempt)}>
              {say('show-again')}
            </button>
          </div>
        )}
        <div class="views">
          {/* biome-ignore lint/a11y/useSemanticElements: a row of buttons */}
          <div class="segments" role="group" aria-label={say('view-label')}>
            {VIEWS.map((each) => (
              <button key={each} type="button" aria-pressed={view.value === each} onClick={() => look(each)}>
                {say(`view-${each}`)}
              </button>
            ))}
          </div>
          <div class="segments">
            <button
              type="button"
              aria-pressed={coloured.value}
              title={say('colours-hint')}
              onClick={() => {
                coloured.value = !coloured.value
                stage.current?.coloured(coloured.value)
              }}
            >
              {say('colours')}
            </button>
          </div>
        </div>
      </div>
      <ScanList scans={scans} />
    </div>
  )
}

function again(standing: { value: Standing }, attempt: { value: number }): void {
  standing.value = 'opening'
  attempt.value++
}

/** Turns, moves and zooms by a key; false where the key means nothing here. */
function keyed(
  { key, shiftKey }: KeyboardEvent,
  stage: Stage | null,
  look: (view: View) => void,
  current: View | null,
): boolean {
  const arrow = ARROWS[key]
  const view = VIEWS[Number(key) - 1]
  if (stage === null) return false
  if (arrow !== undefined && shiftKey) stage.viewer.shift(-arrow[0] * 0.05, -arrow[1] * 0.05)
  else if (arrow !== undefined) stage.viewer.turn(-arrow[0] * 10, -arrow[1] * 10)
  else if (key === '+' || key === '=') stage.viewer.zoom(1 / 1.15)
  else if (key === '-') stage.viewer.zoom(1.15)
  else if (key === '0') look(current ?? 'front')
  else if (view !== undefined) look(view)
  else return false
  return true
}

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
}
