import type { CasePage } from '../../api.ts'
import { calendarDay } from '../words/formats.ts'
import { Facts } from './facts.tsx'
import { term, valueText } from './terms.ts'

/** The fields of the prescription, in the order that they come in. */
export const Rx = ({ rx }: Pick<CasePage, 'rx'>) => <Facts facts={rx.map(factOf)} />

function factOf({ name, value }: CasePage['rx'][number]): readonly [string, string] {
  // a denture's fields come as "mould: Ovoid"
  const [, part, rest] = (name === 'denture' && /^(\w+): (.*)$/s.exec(value)) || []
  return part === undefined || rest === undefined
    ? [term('rx', name), valueText(shown(value))]
    : [term('rx', part), valueText(rest)]
}

/** Days by locale; of moments, the day. */
function shown(value: string): string {
  const day = /^(\d{4}-\d{2}-\d{2})(T.*)?$/.exec(value)?.[1]
  return day === undefined ? value : calendarDay(day)
}
