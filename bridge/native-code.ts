import { readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { NativePackage } from './manifest.ts'
import { realPath } from './real-path.ts'

/**
 * The folders whose native code a plugin may load: those of the packages that its manifest names for this platform, where
 * the plugin's own search for modules finds them, each by its name behind all links. Empty: none may be loaded at all.
 */
export function nativeFolders(
  packages: readonly NativePackage[],
  pluginFolder: string,
  platform: NodeJS.Platform,
): readonly string[] {
  const wanted = packages.filter(
    ({ platforms }) => platforms === undefined || platforms.some((one) => one === platform),
  )
  const folders = new Set<string>()
  for (const modules of moduleFolders(realPath(pluginFolder))) {
    for (const { package: name } of wanted) {
      for (const found of named(modules, name)) folders.add(realPath(found))
    }
  }
  return [...folders]
}

/** `a/node_modules`, `a/b/node_modules` … : where Node looks from this folder. */
function moduleFolders(folder: string): readonly string[] {
  const above = dirname(folder)
  return [join(folder, 'node_modules'), ...(above === folder ? [] : moduleFolders(above))]
}

/** The package, and those of its platforms beside it: `@scope/name`, `@scope/name-linux-x64`. */
function named(modules: string, name: string): readonly string[] {
  const beside = dirname(join(modules, name))
  try {
    const first = basename(name)
    const names = readdirSync(beside).filter((each) => each === first || each.startsWith(`${first}-`))
    return names.map((each) => join(beside, each))
  } catch {
    return []
  }
}
