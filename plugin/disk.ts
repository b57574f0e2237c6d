import type * as fs from 'node:fs/promises'

/**
 * The file system as it is handed to the rooms that read packages and write cases: `node:fs/promises` itself in life,
 * an in-memory or a failing one in tests.
 */
export type Disk = Pick<
  typeof fs,
  'open' | 'mkdir' | 'readdir' | 'lstat' | 'stat' | 'rename' | 'rm' | 'rmdir' | 'unlink' | 'readFile'
>
