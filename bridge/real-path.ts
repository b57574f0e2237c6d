import { realpathSync } from 'node:fs'
import { resolve } from 'node:path'

/** Where it is behind links; as it is given, made absolute, where it is not there. */
export function realPath(path: string): string {
  try {
    return realpathSync.native(path)
  } catch {
    return resolve(path)
  }
}
