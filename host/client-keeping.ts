import type { ClientBody, ClientRow } from './api.ts'
import { addClient, changeClient, deleteClient, type KeptClient, listClients } from './clients.ts'
import type { Database } from './database.ts'
import type { Mirror } from './mirror.ts'

/** The clients page: clients of the database with the doctors that the plugin has mapped to each. */
export interface ClientKeeping {
  list(): readonly ClientRow[]
  add(body: ClientBody): ClientRow
  change(id: string, body: ClientBody): ClientRow
  /** Error: `client-in-use` where cases or doctors are his. */
  remove(id: string): void
}

export function createClientKeeping({
  db,
  mirror,
  onChange,
}: {
  readonly db: Database
  readonly mirror: Mirror
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
    remove(id) {
      deleteClient(db, id, mirror.doctorsOf(id).length)
      onChange()
    },
  }
}
