import { CASE_SORTS, CASE_STATUSES, type CasesQuery } from '../api.ts'
import { HostError } from '../errors.ts'

const TEXT_LIMIT = 200
const ROWS = 200
const DIRECTIONS = ['ascending', 'descending'] as const

/** What a list of cases is asked for, out of an address. Error: `query-invalid` {field}. */
export function casesQuery(params: URLSearchParams): CasesQuery {
  const search = text(params, 'search')
  const client = text(params, 'client')
  const clientName = text(params, 'clientName')
  const sort = choice(params, 'sort', CASE_SORTS)
  const direction = choice(params, 'direction', DIRECTIONS)
  const status = [...new Set(params.getAll('status'))].map((one) => oneOf('status', one, CASE_STATUSES))
  const offset = whole(params, 'offset', 0, Number.MAX_SAFE_INTEGER)
  const limit = whole(params, 'limit', 1, ROWS)
  return {
    ...(search === undefined ? {} : { search }),
    ...(client === undefined ? {} : { client }),
    ...(clientName === undefined ? {} : { clientName }),
    ...(status.length === 0 ? {} : { status }),
    ...(sort === undefined ? {} : { sort }),
    ...(direction === undefined ? {} : { direction }),
    ...(offset === undefined ? {} : { offset }),
    ...(limit === undefined ? {} : { limit }),
  }
}

/** A whole number of an address. Error: `query-invalid` {field}. */
export function whole(
  params: URLSearchParams,
  field: string,
  least: number,
  most: number,
): number | undefined {
  const given = params.get(field)
  if (given === null) return undefined
  const number = Number(given)
  if (!/^\d{1,16}$/.test(given) || number < least || number > most)
    throw new HostError('query-invalid', { field })
  return number
}

function text(params: URLSearchParams, field: string): string | undefined {
  const given = params.get(field)
  if (given === null || given === '') return undefined
  if (given.length > TEXT_LIMIT) throw new HostError('query-invalid', { field })
  return given
}

function choice<T extends string>(params: URLSearchParams, field: string, all: readonly T[]): T | undefined {
  const given = params.get(field)
  return given === null ? undefined : oneOf(field, given, all)
}

function oneOf<T extends string>(field: string, given: string, all: readonly T[]): T {
  const known = all.find((one) => one === given)
  if (known === undefined) throw new HostError('query-invalid', { field })
  return known
}
