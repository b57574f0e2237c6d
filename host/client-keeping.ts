import type { ClientBody, ClientRow } from './api.ts'
import { addClient, changeClient, deleteClient, type KeptClient, listClients } from './clients.ts'
import type { Database } from './database.ts'
import type { Mirror } from './mirror.ts'

/** The clients page: clients of the database with the doctors that the plugin has mapped to each. */
export interface ClientKeeping {
  list(): readonly ClientRow[]
  add(body: ClientBody): ClientRow
  change(id: string, body: ClientBody): ClientRow
  /** Errors: `client-in-use` where cases or doctors are his, `plugin-not-running` where the plugin cannot tell now. */
  remove(id: string): Promise<void>
}

export function createClientKeeping({
  db,
  mirror,
  readDoctors,
  onChange,
}: {
  readonly db: Database
  readonly mirror: Mirror
  /** Reads anew which doctors are mapped, where a plugin is at work. */
  readonly readDoctors: () => Promise<void>
  readonly onChange: () => void
}): ClientKeeping {
  const withDoctors = (client: KeptClient): ClientRow => ({ ...client, doctors: mirror.doctorsOf(client.id) })
  const changed = (client: KeptClient): ClientRow => {
    onChange()
    return withDoctors(client)
  }
  return {
    list: () => listClients(db).map(withDoctors),
    add: (body) => changed(addClient(db, body)),
    change: (id, body) => changed(changeClient(db, id, body)),
    async remove(id) {
      await readDoctors()
      deleteClient(db, id, mirror.doctorsOf(id).length)
      onChange()
    },
  }
}
