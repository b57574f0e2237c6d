import { writeFile } from 'node:fs/promises'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { Command, Option } from 'commander'
import { browserMissing } from '../test/web/browser.ts'
import { bridgeRows } from './bridge.ts'
import { casePageRows } from './case-page.ts'
import { cloudRows } from './cloud.ts'
import { firstPaintRows } from './first-paint.ts'
import { hostDataRows } from './host-data.ts'
import { importRows } from './import.ts'
import { ledgerRows } from './ledger.ts'
import { manifestRows } from './manifest.ts'
import { inPackedFolder } from './packed.ts'
import { startRows } from './start.ts'
import { type Row, table, taken } from './table.ts'
import { windowsRows } from './windows.ts'

/** `npm run bench`: measures, prints the table and keeps it beside this file. Exit 1 where a goal is not met. */
const program = new Command('bench')
  .description(
    'Measures imports and the cloud’s orders beside plain tools, manifests, the ledger, the plugin’s start and the bridge.',
  )
  .addOption(
    new Option('--only <part>', 'one part').choices([
      'import',
      'cloud',
      'manifest',
      'ledger',
      'host-data',
      'start',
      'bridge',
      'case-page',
      'first-paint',
      'windows',
    ]),
  )
  .option('--packages <n>', 'packages of the import, orders of the cloud', Number, 40)
  .option('--size <MB>', 'size of a package', Number, 60)
  .option('--rounds <n>', 'how often each way is taken', Number, 3)
  .option('--large <MB>', 'the one large package; 0 leaves it out', Number, 2000)
  .option('--no-keep', 'leave the kept table as it is')
  .parse()

const options = program.opts<{
  only?: string
  packages: number
  size: number
  rounds: number
  large: number
  keep: boolean
}>()
const say = (text: string) => process.stderr.write(`${text}\n`)
const wanted = (part: string) => options.only === undefined || options.only === part

const rows: Row[] = []
if (wanted('import')) {
  rows.push(
    ...(await importRows({
      packages: options.packages,
      packageBytes: options.size * 1e6,
      rounds: options.rounds,
      largeBytes: options.large * 1e6,
      say,
    })),
  )
}
if (wanted('cloud')) {
  rows.push(
    ...(await cloudRows({
      orders: options.packages,
      packageBytes: options.size * 1e6,
      rounds: options.rounds,
      say,
    })),
  )
}
if (wanted('manifest')) rows.push(...(await manifestRows()))
if (wanted('ledger')) rows.push(...(await ledgerRows()).rows)
if (wanted('host-data')) rows.push(...(await hostDataRows()))
if (wanted('start')) rows.push(...(await inPackedFolder(startRows)))
if (wanted('bridge')) rows.push(...(await bridgeRows()))
for (const [part, measure] of [
  ['case-page', casePageRows],
  ['first-paint', firstPaintRows],
] as const) {
  if (!wanted(part)) continue
  const missing = browserMissing()
  if (missing === false) rows.push(...(await measure()))
  else say(`${part} skipped: ${missing}`)
}

if (wanted('windows')) rows.push(...(await windowsRows(say)))

const printed = table(rows)
process.stdout.write(`${printed}\n`)
if (options.keep && options.only === undefined) {
  const machine = `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? '?'}), ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform}, Node ${process.versions.node}`
  const text = `# The last bench\n\n\`npm run bench\` on ${new Date().toISOString().slice(0, 10)}: ${machine}. ${taken(options.rounds)}; every way is followed by \`sync\`.\n\n${printed}\n`
  await writeFile(new URL('./last.md', import.meta.url), text)
}
if (rows.some(({ value, goal }) => goal !== null && !(value <= goal))) process.exitCode = 1
