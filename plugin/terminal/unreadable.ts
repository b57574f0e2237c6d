import { ImportError } from '../errors.ts'

/** A file that was named and cannot be read, with the system's word for why. */
export const unreadable = (file: string, error: unknown): ImportError =>
  new ImportError('list-unreadable', { file, reason: (error as NodeJS.ErrnoException).code ?? '' }, error)
