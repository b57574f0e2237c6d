import { atWork, session } from '../live.ts'
import { isBarred, isOn } from '../standing.ts'
import { say } from '../words/say.ts'

/** The reseller has switched the import off, and no other plugin does its work. */
export const isOff = (): boolean => session.value?.myitero === false && atWork.value === null

/** Orders that are on their way stay where they are until somebody does something about it. */
export const standsStill = (): boolean => isOff() || (atWork.value !== null && !isOn(atWork.value))

/** Why no question can be answered now, and no order goes on; null where nothing stands in the way. */
export function whyNoAnswer(): string | null {
  if (isOff()) return say('answer-off')
  const plugin = atWork.value
  if (plugin === null || plugin.process.kind === 'running') return null
  const name = { name: plugin.setting }
  if (isBarred(plugin)) return say('answer-barred', name)
  if (!plugin.enabled) return say('answer-disabled', name)
  return plugin.process.kind === 'given-up' ? say('answer-given-up', name) : say('answer-not-yet', name)
}
