import type { Params } from '../../bridge/protocol.ts'
import { type Schedule, systemSchedule } from '../cloud/schedule.ts'
import type { Language } from '../mapping/materials.ts'
import { gatherCases, newCases } from '../tray/news.ts'
import { type TrayCommand, type TrayFacts, type TrayState, trayState } from '../tray/state.ts'
import { openTray, type Tray } from '../tray/tray.ts'

export type UserCommand = Params<'user/command'>['command']

export interface IconOptions {
  readonly platform: NodeJS.Platform
  /** ms since the epoch. */
  readonly clock: () => number
  readonly language: () => Language
  /** New cases are told by a balloon. */
  readonly balloons: () => boolean
  /** What the host carries out. */
  readonly onHost: (command: UserCommand) => void
  readonly onLook: () => void
  readonly onSignOut: () => void
  readonly onFault: (fault: unknown) => void
  /** The person logs off: what is being published has a moment still. */
  readonly onSessionEnd: () => void
}

/** What shows it, and when; other ones in tests. */
export interface IconParts {
  readonly open: typeof openTray
  readonly schedule: Schedule
}

/** The icon in the notification area, or nothing where the system has none. */
export interface Icon {
  show(facts: TrayFacts): void
  /** One more case stands. */
  arrived(): void
  close(): void
}

export function createIcon(
  options: IconOptions,
  { open, schedule }: IconParts = { open: openTray, schedule: systemSchedule },
): Icon {
  const { clock, language } = options
  let tray: Tray | null = null
  let wanted: TrayState | null = null
  let shown = ''
  let closed = false
  const news = gatherCases({
    clock,
    schedule,
    tell(count) {
      if (options.balloons()) tray?.balloon(newCases(count, language()))
    },
  })
  void open({
    platform: options.platform,
    onCommand: obey,
    onFault: options.onFault,
    onSessionEnd: options.onSessionEnd,
  }).then((opened) => {
    if (closed) return opened?.close()
    tray = opened
    paint()
  })

  return {
    show(facts) {
      wanted = trayState(facts, { language: language(), now: clock() })
      paint()
    },
    arrived: news.arrived,
    close() {
      closed = true
      news.close()
      tray?.close()
      tray = null
    },
  }

  function paint(): void {
    if (tray === null || wanted === null) return
    const text = JSON.stringify(wanted)
    if (text === shown) return
    shown = text
    tray.show(wanted)
  }

  function obey(command: TrayCommand): void {
    if (command === 'sync-now') options.onLook()
    else if (command === 'sign-out') options.onSignOut()
    else options.onHost(command)
  }
}
