import { execFileSync } from 'node:child_process'

/**
 * Why a test is skipped that needs tools which are not on this machine; false: they are all there. Where TOOLS says
 * `required`, as in CI, none is skipped: a tool that is missing is an error.
 */
export function without(...tools: readonly string[]): string | false {
  const missing = tools.filter((tool) => !has(tool))
  if (missing.length === 0) return false
  const reason = `not on this machine: ${missing.join(', ')}`
  if (process.env['TOOLS'] === 'required') throw new Error(reason)
  return reason
}

function has(tool: string): boolean {
  try {
    execFileSync('sh', ['-c', 'command -v "$0"', tool], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
