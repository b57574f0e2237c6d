import { lookNow } from './api.ts'
import { atWork, cloud, hasExportFolder } from './live.ts'
import { awaitsSignIn, hasNoSource } from './standing.ts'
import { toast } from './toasts.tsx'
import { say } from './words/say.ts'

/**
 * Looks for new orders at once, in the cloud and in the export folder; not there while the import has nowhere to look, as
 * before a sign-in, which is asked for beside it.
 */
export function SyncNow({ small = false }: { readonly small?: boolean }) {
  const row = atWork.value
  if (row?.process.kind !== 'running' || hasNoSource(row)) return null
  if (row.myitero && awaitsSignIn(row, cloud.value) && !hasExportFolder.value) return null
  const look = async (): Promise<void> => {
    const result = await lookNow()
    if (result.ok) toast(say('sync-begun'))
    else toast(result.failure.text, 'bad')
  }
  return (
    <button type="button" class={small ? 'button small' : 'button'} onClick={look}>
      {say('sync-now')}
    </button>
  )
}
