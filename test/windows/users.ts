import { join } from 'node:path'
import { oneCase } from './hosted-case.ts'
import { byItself, type WindowsMachine } from './wine.ts'
import { inWorkFolder } from './work-folder.ts'

/**
 * Two hosts at once on one machine, as two users of it have them, each with folders of his own: pipes and ledgers do not get
 * in each other's way, and an order becomes a case with its own user alone. That Windows keeps one user from the folders and
 * the sign-in of another, Wine cannot show: it has one user.
 */
export function tryUsers(machine: WindowsMachine, say: (text: string) => void): Promise<void> {
  return inWorkFolder('users-test', async (work) => {
    const folders = ['one', 'other'].map((user) => join(work, user))
    await Promise.all(
      folders.map((folder) => oneCase(machine, folder, machine.pathOf(folder), `${folder}'s own`)),
    )
    say('two hosts at once: each has its plugin at work, and its own order as a case, once')
  })
}

if (import.meta.main) await byItself(tryUsers)
