import type { CaseSort } from '../../api.ts'

/** Columns of the case list in their order; widths in list.css. */
export const CASE_COLUMNS = [
  { sort: 'patient', name: 'column-patient' },
  { sort: 'client', name: 'column-client' },
  { sort: 'teeth', name: 'column-teeth' },
  { sort: 'material', name: 'column-material' },
  { sort: 'due', name: 'column-due' },
  { sort: 'order', name: 'column-order' },
  { sort: 'status', name: 'column-status' },
  { sort: 'received', name: 'column-received' },
] as const satisfies readonly { readonly sort: CaseSort; readonly name: string }[]
