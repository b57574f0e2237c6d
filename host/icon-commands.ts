import type { CloudDoor } from './cloud.ts'
import type { Desktop } from './http/api-routes.ts'
import type { View } from './http/guard.ts'
import type { UserCommand } from './mirror.ts'

/** What concerns the person's desktop. */
export type DesktopCommand = Extract<UserCommand, 'show-cases' | 'show-settings' | 'sign-in'>

/**
 * Does what was chosen in the menu of the plugin's icon. `link`: to a view of the host's page, for one browser. Where the login
 * page cannot be opened, the host's own shows the way there, or why there is none.
 */
export async function obey(
  command: DesktopCommand,
  to: {
    readonly cloud: Pick<CloudDoor, 'signIn'>
    readonly desktop: Pick<Desktop, 'openPage' | 'openLogin'>
    readonly link: (view?: View) => string
  },
): Promise<void> {
  const { cloud, desktop, link } = to
  if (command === 'sign-in' && (await cloud.signIn().then(desktop.openLogin, () => false))) return
  await desktop.openPage(link(command === 'show-settings' ? '/settings' : '/'))
}
