import t from 'tap'
import { cloudRows, ENDED, MEMORY, withCloud } from './cloud-scripts.ts'
import { testScenes } from './scenes.ts'
import { importPlugin, script } from './scripts.ts'

const failure = { code: 'plugin-crashed', text: 'The import ended by itself.' }

await testScenes(t, [
  { name: 'the case list', act: (page) => page.getByRole('grid').waitFor() },
  { name: 'the empty list', part: { rows: [] }, act: (page) => page.locator('.empty').waitFor() },
  {
    name: 'the review of mappings',
    path: '/mappings',
    act: (page) => page.getByRole('table').first().waitFor(),
  },
  { name: 'the clients', path: '/clients', act: (page) => page.getByRole('table').waitFor() },
  {
    name: 'a client with a faulty default',
    path: '/clients/002',
    act: async (page) => {
      await page.locator('.parameters > .button').click()
      await page.locator('.decimal').first().fill('7')
    },
  },
  { name: 'the settings', path: '/settings', act: (page) => page.locator('.activity').waitFor() },
  {
    name: 'the settings of a plugin that was given up',
    path: '/settings',
    part: {
      settings: {
        ...script().settings,
        exportFolderProblem: { code: 'export-folder-missing', text: 'The folder is not there.' },
        plugins: [{ ...importPlugin, process: { kind: 'given-up', crashes: 5, failure } }],
      },
    },
    act: (page) => page.locator('.process').waitFor(),
  },
  {
    name: 'the list with orders of the cloud, signed out',
    part: withCloud(ENDED, { rows: cloudRows() }),
    act: async (page) => {
      await page.getByRole('dialog').waitFor()
      await page.keyboard.press('Escape')
      await page.locator('.signed-out-banner').waitFor()
    },
  },
  {
    name: 'the empty list of somebody who is signed out',
    part: withCloud(ENDED, { rows: [] }),
    act: async (page) => {
      await page.getByRole('dialog').waitFor()
      await page.keyboard.press('Escape')
      await page.locator('.empty .button').waitFor()
    },
  },
  {
    name: 'the settings of a connected cloud',
    path: '/settings',
    part: withCloud({ ...MEMORY, trouble: { code: 'cloud-busy', text: 'MyiTero is busy.' } }),
    act: (page) => page.locator('.cloud-line .dot').waitFor(),
  },
  { name: 'a page that is not there', path: '/nowhere', act: (page) => page.getByRole('heading').waitFor() },
])
