import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { made } from '../laboratory.ts'
import { smallPng } from '../story/png.ts'
import { launch } from '../web/browser.ts'
import { screenAfter } from './screen.ts'

// The README's picture of the terminal: `node test/terminal/picture.ts [file]`, an order imported by somebody at the keyboard
// who takes what is offered first. Needs Python and Chromium.
const into = process.argv[2] ?? join(import.meta.dirname, '../../docs/pictures/terminal.png')
const KEYBOARD = join(import.meta.dirname, 'at-keyboard.py')
const ENTRY = join(import.meta.dirname, '../../plugin/terminal/start.js')
const CLIENTS = [
  { id: '001', name: 'Cedar Dental Practice' },
  { id: '003', name: 'Judith Alder, Northport' },
]
const STEPS = [
  'Which client.*Enter:',
  'Client.*Enter:',
  'Material.*Enter:',
  'Production method.*Enter:',
  'material the default',
  'method the default',
]

const root = mkdtempSync(join(tmpdir(), 'terminal-picture-'))
const browser = await launch()
try {
  const { path } = await made('lab-preference', join(root, 'exports'))
  mkdirSync(join(root, 'cases'))
  writeFileSync(join(root, 'clients.json'), JSON.stringify({ version: 1, clients: CLIENTS }))
  const places = [
    '--into',
    join(root, 'cases'),
    '--data',
    join(root, 'data'),
    '--clients',
    join(root, 'clients.json'),
  ]
  const typed = JSON.stringify(STEPS.map((seen) => [seen, '\r']))
  const argv = [KEYBOARD, typed, process.execPath, ENTRY, 'import', path, ...places, '--language', 'en']
  const ran = spawnSync('python3', argv, { encoding: 'utf8' })
  if (ran.status !== 0) throw new Error(`ended with ${ran.status}: ${ran.stdout}${ran.stderr}`)
  const page = await browser.newPage({ viewport: { width: 720, height: 400 } })
  await page.setContent(`
    <style>
      body { margin: 0; background: #1e1e2e; color: #cdd6f4; font: 14px/19px 'DejaVu Sans Mono', monospace }
      pre { margin: 0; padding: 16px; font: inherit }
      .dim { opacity: .6 } .bold { font-weight: 700 } .grey { color: #7f849c } .green { color: #a6e3a1 } .cyan { color: #89dceb }
    </style><pre>$ myitero import Downloads/*.zip --into cases\n${screenAfter(ran.stdout)}</pre>`)
  writeFileSync(into, smallPng(await page.screenshot({ fullPage: true })))
} finally {
  await browser.close()
  rmSync(root, { recursive: true, force: true })
}
