import type { Access } from './http.ts'
import type { Region } from './kept-sign-in.ts'
import { permitted } from './profile.ts'
import type { SessionSetup } from './session.ts'

/**
 * Where this user's region is. What it names has to be permitted by the profile: a token is sent there next.
 * Errors: `cloud-address-refused`, those of the call.
 */
export async function discovered(
  { http, profile, wire }: Pick<SessionSetup, 'http' | 'profile' | 'wire'>,
  token: string,
  signal: AbortSignal,
): Promise<Region> {
  const access: Access = { token, apiBase: profile.apiBase }
  const { issuer, apiBase } = await wire.discover(http, access, signal)
  permitted(profile, issuer)
  permitted(profile, apiBase)
  return { issuer, apiBase: apiBase.replace(/\/+$/, '') }
}
