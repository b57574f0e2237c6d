import * as fs from 'node:fs/promises'
import { join } from 'node:path'
import { answerAndGoOn } from '../plugin/answering.ts'
import { openHttp } from '../plugin/cloud/http.ts'
import { importAccount } from '../plugin/cloud/ids.ts'
import type { Profile } from '../plugin/cloud/profile.ts'
import { systemPause } from '../plugin/cloud/system-pause.ts'
import { importPackage } from '../plugin/importer.ts'
import { handedOn } from '../plugin/importing/package-note.ts'
import { listQuestions } from '../plugin/ledger/questions.ts'
import { watchCloud } from '../plugin/sources/cloud.ts'
import { openLaboratory } from '../plugin/terminal/laboratory-files.ts'
import { firstOf } from '../test/laboratory.ts'
import { givenSession } from './given-session.ts'

export interface CloudImport {
  readonly profile: Profile
  readonly access: { readonly token: string; readonly apiBase: string }
  readonly account: string
  readonly cases: string
  readonly data: string
  /** It ends with so many orders; null: when it is told to. */
  readonly orders: number | null
  /** Somebody answers what is asked. */
  readonly answers: boolean
  readonly webhook: boolean
}

/** The plugin's rooms from the cloud to the case, without host and pipe, in a process of their own. */
const given = JSON.parse(process.argv[2] ?? '{}') as CloudImport
const { importer, close } = await openLaboratory(
  { into: given.cases, data: given.data, language: 'en' },
  'write',
)
const http = openHttp(given.profile, {})
const taken = new Set<number>()
const done = Promise.withResolvers<void>()
const watch = watchCloud({
  session: givenSession(given.account, given.access),
  http,
  profile: given.profile,
  ledger: importer.ledger,
  disk: fs,
  downloads: join(given.data, 'downloads'),
  bytesPerSecond: null,
  webhook: given.webhook ? { port: 0, url: 'http://127.0.0.1:1/notices' } : null,
  clock: Date.now,
  random: importer.random,
  pause: systemPause,
  async onPackage(path, { account, orderId }) {
    const own = { ...importer, account: importAccount(account) }
    const result = await importPackage(own, path, { expect: { orderId } })
    if (result.outcome === 'refused') process.stderr.write(`${result.failure.code}\n`)
    if (result.outcome === 'waiting' && given.answers) {
      for (const question of await listQuestions(importer.ledger)) {
        await answerAndGoOn(importer, question.id, firstOf(question))
      }
    }
    return handedOn(result)
  },
  onState: () => {},
  onProgress: () => {},
  onFetch({ id, stage }) {
    if (stage === 'taken') taken.add(id)
    if (taken.size === given.orders) done.resolve()
  },
  onFailure: (error) => process.stderr.write(`${error}\n`),
})
process.once('SIGTERM', () => done.resolve())
await watch.settled
process.stdout.write('watching\n')
await done.promise
await watch.close()
http.close()
await close()
