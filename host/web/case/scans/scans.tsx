import { useSignal } from '@preact/signals'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import type { CaseFileEntry } from '../../../api.ts'
import { fileAddress } from '../../api.ts'
import { say } from '../words.ts'
import { patientsRight, VIEWS, type View } from './camera.ts'
import { type Hands, keyOn, pointersOn } from './hands.ts'
import { scansOf } from './scan.ts'
import { ScanList } from './scan-list.tsx'
import { type Stage, stageOf } from './stage.ts'
import './scans.css'

type Standing = 'opening' | 'open' | 'no-webgl' | 'lost'

/** The scans of a case in 3D. */
export function Scans(given: {
  readonly id: number
  readonly files: readonly CaseFileEntry[]
  readonly project: string | null
}) {
  const { id, files, project } = given
  const scans = useMemo(() => scansOf(files, project), [files, project])
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
    // a canvas of an old browser has no such thing; nor has one in a browser without WebGL a use
    if (!('transferControlToOffscreen' in element)) {
      standing.value = 'no-webgl'
      return
    }
    const opened = stageOf(element, scans, (name) => fileAddress(id, name), {
      open: () => {
        standing.value = 'open'
      },
      noWebgl: () => {
        standing.value = 'no-webgl'
      },
      lost: () => {
        standing.value = 'lost'
      },
      moved: (camera) => {
        right.value = Math.round(patientsRight(camera) * 4) / 4
      },
      drawn: (triangles) => {
        element.dataset['triangles'] = String(triangles)
      },
    })
    opened.coloured(coloured.peek())
    stage.current = opened
    const letGo = pointersOn(element, handsOf(opened))
    return () => {
      letGo()
      opened.dispose()
      stage.current = null
    }
  }, [id, scans, attempt.value])

  const look = (to: View): void => {
    view.value = to
    stage.current?.look(to)
  }
  const handsOf = (on: Stage): Hands => ({
    camera: on.camera,
    move(to) {
      view.value = null
      on.move(to)
    },
    look: (to) => look(to === 'again' ? (view.peek() ?? 'front') : to),
  })

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
          onKeyDown={(event) => {
            if (stage.current && keyOn(event, handsOf(stage.current))) event.preventDefault()
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
