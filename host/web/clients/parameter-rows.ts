import type { Parameter } from '../../../bridge/data.ts'
import type { ClientRow, SeenParameter } from '../../api.ts'
import { isOnStep } from '../../on-step.ts'
import { language } from '../words/words.ts'
import { boundsOf, CEMENT_GAP } from './parameter-names.ts'

/** A row of the table of defaults as it is being typed. */
export interface ParameterRow {
  readonly key: number
  readonly work: string
  readonly type: string
  readonly value: string
  readonly minValue: string
  readonly maxValue: string
  readonly stepSize: string
}

export type NumberField = 'value' | 'minValue' | 'maxValue' | 'stepSize'
export type RowFault =
  | 'type-needed'
  | 'type-unfit'
  | 'type-twice'
  | 'number-needed'
  | 'bounds-crossed'
  | 'out-of-bounds'
  | 'off-step'
  | 'step-unfit'
export type RowFaults = Partial<Record<'type' | NumberField, RowFault>>

const FIELDS = ['value', 'minValue', 'maxValue', 'stepSize'] as const
let lastKey = 0

/** The defaults of a client as rows. */
export const rowsOf = (parameters: ClientRow['parameters']): readonly ParameterRow[] =>
  Object.entries(parameters).flatMap(([work, all]) => all.map((each) => rowOf(work, each)))

/** A new row: the cement gap, where this work has none yet. */
export function newRow(
  work: string,
  rows: readonly ParameterRow[],
  seen: readonly SeenParameter[],
): ParameterRow {
  const has = rows.some((each) => each.work === work && each.type === CEMENT_GAP.type)
  return has
    ? { key: ++lastKey, work, type: '', value: '', minValue: '', maxValue: '', stepSize: '' }
    : rowOf(work, boundsOf(CEMENT_GAP.type, work, seen) ?? CEMENT_GAP)
}

/** A row whose name was typed or chosen: what is known of the name fills the fields that are all empty still. */
export function renamed(row: ParameterRow, type: string, seen: readonly SeenParameter[]): ParameterRow {
  const known = FIELDS.every((field) => row[field].trim() === '') ? boundsOf(type, row.work, seen) : null
  return known === null ? { ...row, type } : { ...rowOf(row.work, known), type, key: row.key }
}

/** What is wrong with a row, by field. */
export function faultsOf(row: ParameterRow, rows: readonly ParameterRow[]): RowFaults {
  const faults: RowFaults = {}
  const type = row.type.trim()
  if (type === '') faults.type = 'type-needed'
  else if (!/^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(type)) faults.type = 'type-unfit'
  else if (rows.some((each) => each !== row && each.work === row.work && each.type.trim() === type)) {
    faults.type = 'type-twice'
  }
  for (const field of FIELDS) if (numberIn(row[field]) === null) faults[field] = 'number-needed'
  const [value, min, max, step] = FIELDS.map((field) => numberIn(row[field]))
  if (isNumber(min) && isNumber(max) && min > max) faults.maxValue = 'bounds-crossed'
  else if (isNumber(value) && isNumber(min) && isNumber(max) && (value < min || value > max)) {
    faults.value = 'out-of-bounds'
  }
  if (isNumber(step) && step <= 0) faults.stepSize = 'step-unfit'
  else if (faults.value === undefined && [value, min, step].every(isNumber)) {
    if (!isOnStep(value ?? 0, min ?? 0, step ?? 1)) faults.value = 'off-step'
  }
  return faults
}

/** The rows as they are kept; all have to be without fault. */
export function parametersOf(rows: readonly ParameterRow[]): Record<string, Parameter[]> {
  const parameters: Record<string, Parameter[]> = {}
  for (const row of rows) {
    const [value, minValue, maxValue, stepSize] = FIELDS.map((field) => numberIn(row[field]) ?? 0)
    parameters[row.work] ??= []
    parameters[row.work]?.push({
      type: row.type.trim(),
      value: value ?? 0,
      minValue: minValue ?? 0,
      maxValue: maxValue ?? 0,
      stepSize: stepSize ?? 0,
    })
  }
  return parameters
}

const isNumber = (value: number | null | undefined): value is number => typeof value === 'number'

/** A number as it is written in this language, once it was typed; what is none stays as it is. */
export function tidied(text: string): string {
  const number = numberIn(text)
  return number === null ? text : shown(number)
}

/** A typed number; comma and point are both the decimal sign. */
function numberIn(text: string): number | null {
  const plain = text.trim().replace(',', '.')
  return /^[-+]?\d{1,9}(\.\d{1,9})?$/.test(plain) ? Number(plain) : null
}

const rowOf = (work: string, parameter: Parameter): ParameterRow => ({
  key: ++lastKey,
  work,
  type: parameter.type,
  value: shown(parameter.value),
  minValue: shown(parameter.minValue),
  maxValue: shown(parameter.maxValue),
  stepSize: shown(parameter.stepSize),
})

const shown = (value: number): string =>
  new Intl.NumberFormat(language.peek(), { maximumFractionDigits: 9, useGrouping: false }).format(value)
