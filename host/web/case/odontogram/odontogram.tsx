import type { CaseTooth } from '../../../api.ts'
import { reconstruction, toothName } from '../terms.ts'
import { say } from '../words.ts'
import { connections, FDI, type Place, type Point, placeOf } from './arch.ts'
import { type Label, labelsOf } from './labels.ts'
import { Legend } from './legend.tsx'
import { drawnAs, isOnImplant, isRestored } from './restoration.ts'
import { useSelection } from './selection.ts'
import { onPicture, toothPaths } from './tooth-shape.ts'
import './odontogram.css'

/** All teeth on their arches as seen from in front of the patient; those of the treatment can be pointed at and chosen. */
export function Odontogram({ teeth }: { readonly teeth: readonly CaseTooth[] }) {
  const byNumber = new Map(teeth.map((tooth) => [tooth.number, tooth]))
  // a deciduous tooth stands in its successor's place, where that one is not in the treatment too
  const numbers = FDI.map((number) =>
    byNumber.has(number) || !byNumber.has(number + 40) ? number : number + 40,
  )
  const stops = numbers.filter((number) => byNumber.has(number))
  return (
    <div class="odontogram">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be drawn */}
      <svg viewBox="-60 -69 120 138" role="group" aria-label={say('odontogram')}>
        <Patterns />
        <text class="side" x="-54" y="1.4">
          {say('right')}
        </text>
        <text class="side" x="54" y="1.4">
          {say('left')}
        </text>
        <line class="midline" x1="0" x2="0" y1="-45" y2="-42" />
        <line class="midline" x1="0" x2="0" y1="42" y2="45" />
        {numbers.map((number) => {
          const place = placeOf(number)
          return (
            place && <Tooth key={number} place={place} tooth={byNumber.get(number) ?? null} stops={stops} />
          )
        })}
        {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: nobody can focus it; each tooth says its number and shade itself */}
        <g aria-hidden="true">
          {labelsOf(numbers, byNumber).map((label) => (
            <LabelText key={`${label.kind} ${label.number}`} label={label} />
          ))}
          {connections(teeth).map(([from, to]) => (
            <Connector key={`${from}-${to}`} from={placeOf(from)} to={placeOf(to)} />
          ))}
        </g>
      </svg>
      <Legend teeth={teeth} />
    </div>
  )
}

/** Stripes and dots beside the colours: nobody has to tell kinds by colour alone. */
const Patterns = () => (
  <defs>
    <pattern
      id="stripes"
      width="2.2"
      height="2.2"
      patternUnits="userSpaceOnUse"
      patternTransform="rotate(45)"
    >
      <rect class="pattern-ground pontic" width="2.2" height="2.2" />
      <rect class="pattern-ink pontic" width="0.75" height="2.2" />
    </pattern>
    <pattern id="dots" width="1.9" height="1.9" patternUnits="userSpaceOnUse">
      <rect class="pattern-ground antagonist" width="1.9" height="1.9" />
      <circle class="pattern-ink antagonist" cx="0.95" cy="0.95" r="0.38" />
    </pattern>
  </defs>
)

function Tooth(given: {
  readonly place: Place
  readonly tooth: CaseTooth | null
  readonly stops: readonly number[]
}) {
  const { place, tooth, stops } = given
  const { chosen, pointed, seen } = useSelection()
  const { outline, relief } = toothPaths(place)
  const kind = tooth === null ? 'unlisted' : drawnAs(tooth)
  const restored = tooth !== null && isRestored(tooth)
  const picture = (
    <>
      <path class="outline" d={outline} />
      <path class="relief" d={relief} />
      {kind === 'missing' && <Cross place={place} />}
      {tooth !== null && isOnImplant(tooth) && <Screw place={place} />}
    </>
  )
  if (tooth === null) {
    return <g class="odo-tooth">{picture}</g>
  }
  const { number } = place
  const start = stops.includes(chosen.value ?? 0) ? chosen.value : stops[0]
  const move = (event: KeyboardEvent): void => {
    const step = STEPS[event.key]
    if (event.key === 'Enter' || event.key === ' ') chosen.value = number
    else if (step === undefined) return
    else {
      const next = stops[(stops.indexOf(number) + step + stops.length) % stops.length] ?? number
      chosen.value = next
      const svg = (event.currentTarget as Element).closest('svg')
      svg?.querySelector<SVGGElement>(`[data-tooth="${next}"]`)?.focus()
    }
    event.preventDefault()
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a button cannot be drawn
    <g
      class={`odo-tooth kind-${kind}${restored ? ' restored' : ''}${seen.value === number ? ' seen' : ''}`}
      role="button"
      tabIndex={start === number ? 0 : -1}
      aria-pressed={chosen.value === number}
      aria-label={nameOf(tooth)}
      data-tooth={number}
      onClick={() => {
        chosen.value = number
      }}
      onKeyDown={move}
      onPointerEnter={() => {
        pointed.value = number
      }}
      onPointerLeave={() => {
        pointed.value = null
      }}
      onFocus={() => {
        chosen.value = number
      }}
    >
      {picture}
    </g>
  )
}

const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }

function nameOf(tooth: CaseTooth): string {
  const material = tooth.materialName ?? tooth.material
  return [
    `${tooth.number} ${toothName(tooth.number)}`,
    reconstruction(tooth.reconstructionType),
    ...(isRestored(tooth) ? [material, tooth.color] : []),
    isOnImplant(tooth) ? say('on-implant') : null,
  ]
    .filter((part) => part !== null && part !== '')
    .join(', ')
}

/** A number or a shade outside the arch. */
function LabelText({ label }: { readonly label: Label }) {
  const { seen } = useSelection()
  const { number, kind, text, restored, x, y } = label
  const marks =
    kind === 'number' ? `${restored ? ' restored' : ''}${seen.value === number ? ' seen' : ''}` : ''
  return (
    <text class={`odo-${kind}${marks}`} x={x} y={y}>
      {text}
    </text>
  )
}

function Cross({ place }: { readonly place: Place }) {
  const corners = ([-0.42, 0.42] as const).map((m) => [
    onPicture(place, [m, -0.42]),
    onPicture(place, [-m, 0.42]),
  ])
  const path = corners.map(([from, to]) => `M${from} L${to}`).join(' ')
  return <path class="cross" d={path} />
}

/** The channel of a screw, where a tooth stands on an implant. */
function Screw({ place }: { readonly place: Place }) {
  return (
    <g class="screw">
      <circle cx={place.x} cy={place.y} r="1.9" />
      <path d={`M${place.x - 1} ${place.y} h2`} />
    </g>
  )
}

/** Between two teeth, where they touch. */
function Connector({ from, to }: { readonly from: Place | null; readonly to: Place | null }) {
  if (from === null || to === null) return null
  const between = (share: number): Point => [
    from.x + (to.x - from.x) * share,
    from.y + (to.y - from.y) * share,
  ]
  const share = from.width / (from.width + to.width)
  const half = 2 / Math.hypot(to.x - from.x, to.y - from.y)
  const [[x1, y1], [x2, y2]] = [between(share - half), between(share + half)]
  return (
    <g class="connector">
      <line class="halo" x1={x1} y1={y1} x2={x2} y2={y2} />
      <line class="rod" x1={x1} y1={y1} x2={x2} y2={y2} />
    </g>
  )
}
