/**
 * A folder of a share by its device name, `\\.\UNC\server\share\…`; any other path as it is. Node's permission model knows
 * a share by this name alone: `\\server\share` is looked up without its beginning, which no permission can be given without
 * (tried with 22 and 24). Windows takes both names for one.
 */
export function deviceName(path: string): string {
  const [, rest] = /^[\\/]{2}(?![.?][\\/])([^\\/].*)$/s.exec(path) ?? []
  return rest === undefined ? path : `${DEVICE}${rest}`
}

/** The same by the name that people give it. */
export function shareName(path: string): string {
  return path.startsWith(DEVICE) ? `\\\\${path.slice(DEVICE.length)}` : path
}

const DEVICE = '\\\\.\\UNC\\'
