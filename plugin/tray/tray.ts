import type { Balloon } from './news.ts'
import type { TrayCommand, TrayState } from './state.ts'

export interface Tray {
  show(state: TrayState): void
  balloon(balloon: Balloon): void
  /** The icon goes at once; twice is as once. */
  close(): void
}

export interface TrayOptions {
  readonly platform: NodeJS.Platform
  /** Chosen in the menu, or by a click on the icon or on a balloon. */
  readonly onCommand: (command: TrayCommand) => void
  /** The icon may be gone or stale; all else goes on. Comes while the icon is opened, too. */
  readonly onFault: (fault: unknown) => void
  /**
   * The person logs off or shuts down: Windows ends the process as soon as this returns, or soon after. Called in the midst
   * of a call of Windows', so not the place to end it.
   */
  readonly onSessionEnd?: () => void
}

/**
 * The icon in the notification area, empty until something is shown. null where there is none: on other systems than
 * Windows, and where Windows or the host does not let it be (then `onFault` was told why).
 */
export async function openTray(options: TrayOptions): Promise<Tray | null> {
  if (options.platform !== 'win32') return null
  try {
    const { openWindowsTray } = await import('./win32.ts')
    return await openWindowsTray(options)
  } catch (fault) {
    options.onFault(fault)
    return null
  }
}
