import { say as sayCloud } from '../cloud/words.ts'
import { Modal } from '../dialogs/modal.tsx'
import { say } from '../words/say.ts'
import '../cloud/cloud.css'

/** Where orders come from, where the installation brought no connection profile along. */
export const Source = (source: {
  /** Why the connection profile that is chosen is not in use. */
  readonly problem: string | null
  readonly onProfile: () => void
  readonly onFolder: () => void
  readonly onClose: () => void
}) => (
  <Modal key="source" title={sayCloud('source-title')} onClose={source.onClose}>
    {source.problem !== null && (
      <p class="notice warn">{sayCloud('profile-unfit', { why: source.problem })}</p>
    )}
    <div class="sources">
      <section class="source" aria-labelledby="source-cloud">
        <h3 id="source-cloud">{sayCloud('source-cloud')}</h3>
        <p class="help">{sayCloud('source-cloud-hint')}</p>
        <button type="button" class="button primary" autofocus onClick={source.onProfile}>
          {sayCloud('profile-choose')}
        </button>
      </section>
      <section class="source" aria-labelledby="source-folder">
        <h3 id="source-folder">{sayCloud('source-folder')}</h3>
        <p class="help">{sayCloud('source-folder-hint')}</p>
        <button type="button" class="button" onClick={source.onFolder}>
          {sayCloud('folder-choose')}
        </button>
      </section>
    </div>
    <div class="modal-actions">
      <button type="button" class="button" onClick={source.onClose}>
        {say('cancel')}
      </button>
    </div>
  </Modal>
)
