import type { CaseTooth } from '../../../api.ts'
import { decimal } from '../../words/formats.ts'
import { Facts } from '../facts.tsx'
import { reconstruction, term, toothName, valueText } from '../terms.ts'
import { say } from '../words.ts'
import { connections } from './arch.ts'
import { isOnImplant, isRestored } from './restoration.ts'
import { useSelection } from './selection.ts'

/** What is known of the tooth that the eye is on. */
export function ToothDetails({ teeth }: { readonly teeth: readonly CaseTooth[] }) {
  const { seen } = useSelection()
  const tooth = teeth.find(({ number }) => number === seen.value)
  if (tooth === undefined) return <p class="tooth-hint">{say('tooth-hint')}</p>
  return (
    <section class="tooth-details" aria-label={`${tooth.number} ${toothName(tooth.number)}`}>
      <h3>
        <span class="tooth-number">{tooth.number}</span> {toothName(tooth.number)}
      </h3>
      <Facts
        facts={[
          [say('reconstruction'), reconstruction(tooth.reconstructionType)],
          [say('material'), isRestored(tooth) ? materialOf(tooth) : null],
          [say('shade'), isRestored(tooth) ? tooth.color : null],
          [say('implant'), isOnImplant(tooth) ? term('implant', tooth.implantType ?? '') : null],
          [say('connected'), joinedTo(tooth.number, teeth).join(', ')],
        ]}
      />
      {tooth.parameters.length > 0 && (
        <>
          <h4>{say('parameters')}</h4>
          <dl class="fact-list">
            {tooth.parameters.map(({ type, value, minValue, maxValue }) => (
              <div key={type}>
                <dt>{term('parameter', type)}</dt>
                <dd>
                  {decimal(value)}
                  <span class="range">
                    {say('parameter-range', { min: decimal(minValue), max: decimal(maxValue) })}
                  </span>
                </dd>
              </div>
            ))}
          </dl>
        </>
      )}
      {tooth.ordered.length > 0 && (
        <>
          <h4>{say('ordered')}</h4>
          <Facts facts={tooth.ordered.map(({ name, value }) => [term('ordered', name), valueText(value)])} />
        </>
      )}
    </section>
  )
}

export function materialOf({ materialName, material }: CaseTooth): string | null {
  return materialName ?? material
}

/** FDI numbers of the teeth that this one is joined to. */
export function joinedTo(number: number, teeth: readonly CaseTooth[]): readonly number[] {
  return connections(teeth).flatMap(([from, to]) => (from === number ? [to] : to === number ? [from] : []))
}
