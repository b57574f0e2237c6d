import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Test } from 'tap'
import { type Cloud, startCloud } from '../../fixtures/cloud/cloud.ts'
import type { MadeExport } from '../../fixtures/exports/make-export.ts'
import type { Place } from './host-process.ts'
import { drop } from './orders.ts'
import type { Technician } from './technician.ts'

/** Where a laboratory's orders come from; the story is the same. */
export interface Source {
  /** Of the host's command line. */
  readonly flags: readonly string[]
  /** From the first-start window to "active". */
  connect(at: Technician): Promise<void>
  /** An order comes. */
  brings(order: MadeExport): Promise<void>
  /** What is special here, in the midst of the work. */
  interlude(t: Test, at: Technician): Promise<void>
  /** After the import was switched on again. */
  enabledAgain(at: Technician): Promise<void>
  /** At the end, how it went as the source has seen it. */
  end(t: Test): void
}

export type OpenSource = (t: Test, root: string, place: Place) => Promise<Source>

/** Packages are dropped into a folder. */
export const exportFolder: OpenSource = async (_, _root, place) => ({
  flags: [],
  connect: (at) => at.connectNow(place.exports),
  brings: (order) => drop(order, place.exports),
  async interlude() {},
  async enabledAgain() {},
  end() {},
})

/** Orders are sent to a MyiTero account, of a person who has two. */
export const myiteroCloud: OpenSource = async (t, root) => {
  // Renewed again and again on the way; one that is refused is noticed soon.
  const cloud: Cloud = await startCloud({
    accessTokenSeconds: 15,
    poll: { fastestMs: 1000, slowestMs: 2000 },
  })
  t.teardown(() => cloud.close())
  const profile = join(root, 'profile.json')
  await writeFile(profile, JSON.stringify(cloud.profile))
  const account = 'Fixture Dental Laboratory'
  const two = cloud.credentials.find(({ accounts }) => accounts.length === 2)
  if (two === undefined) throw new Error('nobody has two accounts')
  const signIn = async (at: Technician) => {
    await at.logIn({ ...two, account })
    await at.page.getByText(`Signed in as ${account}`).first().waitFor()
    await at.importState.filter({ hasText: 'active' }).waitFor()
  }
  return {
    flags: ['--profile', profile],
    async connect(at) {
      await at.invitation.getByRole('button', { name: 'Connect to MyiTero now' }).click()
      await signIn(at)
    },
    async brings({ path }) {
      await cloud.addOrder(55501, { package: path })
    },
    async interlude(t, at) {
      const { page } = at
      cloud.revokeAll()
      await page.getByText('You are signed out of MyiTero', { exact: false }).waitFor()
      t.equal(await page.getByRole('dialog').count(), 0, 'nobody is interrupted')
      await page.getByRole('banner').getByRole('button', { name: 'MyiTero import: signed out' }).click()
      await signIn(at)
      await page.getByText('You are signed out of MyiTero', { exact: false }).waitFor({ state: 'detached' })
    },
    async enabledAgain(at) {
      // Without a keychain the sign-in ended with the plugin.
      await at.signInWindow.getByRole('button', { name: 'Sign in' }).click()
      await signIn(at)
    },
    end(t) {
      t.same(cloud.violations(), [], 'the cloud was spoken to as its document says')
    },
  }
}
