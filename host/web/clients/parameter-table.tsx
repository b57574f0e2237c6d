import { type Signal, useSignal } from '@preact/signals'
import type { SeenParameter } from '../../api.ts'
import { RECONSTRUCTION_TYPES } from '../../words/works.ts'
import { reconstructionName } from '../words/reconstructions.ts'
import { say } from '../words/say.ts'
import { inWords, KNOWN_NAMES } from './parameter-names.ts'
import {
  faultsOf,
  type NumberField,
  newRow,
  type ParameterRow,
  type RowFaults,
  renamed,
  tidied,
} from './parameter-rows.ts'

const NUMBERS = [
  ['value', 'parameter-value'],
  ['minValue', 'parameter-min'],
  ['maxValue', 'parameter-max'],
  ['stepSize', 'parameter-step'],
] as const satisfies readonly (readonly [NumberField, string])[]

/**
 * Defaults per kind of work, edited in place. A field shows its faults once it was left, or was to be saved: of rows up
 * to the key `checked`.
 */
export function ParameterTable({
  rows,
  seen,
  checked,
}: {
  /** In the laboratory's own cases. */
  readonly seen: readonly SeenParameter[]
  readonly rows: Signal<readonly ParameterRow[]>
  readonly checked: number
}) {
  const change = (row: ParameterRow, part: Partial<ParameterRow>): void => {
    rows.value = rows.value.map((each) => (each.key === row.key ? { ...each, ...part } : each))
  }
  const add = (): void => {
    const work = rows.value.at(-1)?.work ?? 'AnatomicCrown'
    rows.value = [...rows.value, newRow(work, rows.value, seen)]
  }
  return (
    <div class="parameters">
      <datalist id="parameter-types">
        {[...new Set([...KNOWN_NAMES, ...seen.map((each) => each.type)])].map((each) => (
          <option key={each} value={each} label={inWords(each) ?? say('parameter-seen')} />
        ))}
      </datalist>
      {rows.value.length === 0 ? (
        <p class="none">{say('parameters-none')}</p>
      ) : (
        <table class="table">
          <thead>
            <tr>
              <th scope="col">{say('work')}</th>
              <th scope="col">{say('parameter')}</th>
              {NUMBERS.map(([field, name]) => (
                <th key={field} scope="col">
                  {say(name)}
                </th>
              ))}
              <th scope="col">
                <span class="visually-hidden">{say('actions')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.value.map((row, index) => (
              <Row
                key={row.key}
                row={row}
                number={index + 1}
                seen={seen}
                faults={faultsOf(row, rows.value)}
                strict={row.key <= checked}
                onChange={(part) => change(row, part)}
                onRemove={() => {
                  rows.value = rows.value.filter((each) => each.key !== row.key)
                }}
              />
            ))}
          </tbody>
        </table>
      )}
      <button type="button" class="button" onClick={add}>
        {say('parameter-add')}
      </button>
    </div>
  )
}

function Row({
  row,
  number,
  seen,
  faults,
  strict,
  onChange,
  onRemove,
}: {
  readonly row: ParameterRow
  /** Of the row in the table, from 1. */
  readonly number: number
  readonly seen: readonly SeenParameter[]
  readonly faults: RowFaults
  readonly strict: boolean
  readonly onChange: (part: Partial<ParameterRow>) => void
  readonly onRemove: () => void
}) {
  const left = useSignal<ReadonlySet<string>>(new Set())
  const leave = (field: keyof RowFaults): void => {
    left.value = new Set(left.value).add(field)
  }
  const shown = (field: keyof RowFaults): string | undefined => {
    const fault = faults[field]
    return fault === undefined || !(strict || left.value.has(field)) ? undefined : say(`parameter-${fault}`)
  }
  const meaning = inWords(row.type.trim())
  const about = { work: reconstructionName(row.work), type: row.type }
  const inRow = (name: string): string => say('parameter-in-row', { name, row: number })
  // A name that is not given yet, or given twice, tells no field from another.
  const isNamed = faults.type === undefined
  const firstFault = (['type', ...NUMBERS.map(([field]) => field)] as const).find(
    (field) => shown(field) !== undefined,
  )
  const faultId = `parameter-fault-${row.key}`
  const described = (field: keyof RowFaults) =>
    shown(field) === undefined ? {} : { 'aria-invalid': true as const, 'aria-describedby': faultId }
  return (
    <>
      <tr class={firstFault === undefined ? '' : 'with-fault'}>
        <td>
          <select
            aria-label={inRow(say('work'))}
            value={row.work}
            onChange={(event) => onChange({ work: event.currentTarget.value })}
          >
            {[...new Set([...RECONSTRUCTION_TYPES, row.work])].map((each) => (
              <option key={each} value={each}>
                {reconstructionName(each)}
              </option>
            ))}
          </select>
        </td>
        <td>
          <input
            type="text"
            list="parameter-types"
            aria-label={inRow(say('parameter'))}
            maxLength={64}
            spellcheck={false}
            {...described('type')}
            value={row.type}
            onInput={(event) => onChange(renamed(row, event.currentTarget.value, seen))}
            onBlur={() => leave('type')}
          />
          {meaning !== null && <p class="help">{meaning}</p>}
        </td>
        {NUMBERS.map(([field, name]) => (
          <td key={field}>
            <input
              type="text"
              inputMode="decimal"
              class="decimal"
              aria-label={isNamed ? say('parameter-of', { name: say(name), ...about }) : inRow(say(name))}
              {...described(field)}
              value={row[field]}
              onInput={(event) => onChange({ [field]: event.currentTarget.value })}
              onBlur={(event) => {
                const text = tidied(event.currentTarget.value)
                if (text !== row[field]) onChange({ [field]: text })
                leave(field)
              }}
            />
          </td>
        ))}
        <td class="number">
          <button
            type="button"
            class="button quiet danger small"
            aria-label={
              isNamed ? say('parameter-remove-of', about) : say('parameter-remove-row', { row: number })
            }
            onClick={onRemove}
          >
            {say('remove')}
          </button>
        </td>
      </tr>
      {firstFault !== undefined && (
        <tr class="fault-row">
          <td colSpan={7} id={faultId} class="fault">
            {shown(firstFault)}
          </td>
        </tr>
      )}
    </>
  )
}
