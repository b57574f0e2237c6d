// Runs under Windows' Node: the reference host, on the folders that are named, until `stop` stands in the work folder. What a
// person sees of it, links and pages that it opens, it tells in `told.jsonl` there, since standard output does not work under Wine.
import { appendFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { faultLog } from '../../host/fault-log.ts'
import { readPages } from '../../host/pages.ts'
import { startHost } from '../../host/start.ts'

const [work = '', home = '', plugins = '', profile = '', pages = ''] = process.argv.slice(2)
const tell = (what: object) =>
  appendFileSync(join(work, 'told.jsonl'), `${JSON.stringify({ at: Date.now(), ...what })}\n`)
const logged = faultLog(home, Date.now)

const host = await startHost({
  home,
  plugins,
  reseller: null,
  licence: null,
  profile,
  port: 0,
  suggestions: [],
  desktop: {
    async showFolder(folder) {
      tell({ shows: folder })
    },
    async openPage(link) {
      tell({ opens: link })
      return true
    },
    openLogin: async () => false,
  },
  pages: await readPages(pages),
  clock: Date.now,
  onFault(fault, where) {
    logged(fault, where)
    tell({ fault: fault instanceof Error ? (fault.stack ?? fault.message) : String(fault), where })
  },
})
tell({ link: host.link(), node: process.version })
while (!existsSync(join(work, 'stop'))) await pause(50)
await host.close()
tell({ closed: true })
process.exit(0)
