import t from 'tap'
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
  { name: 'a page that is not there', path: '/nowhere', act: (page) => page.getByRole('heading').waitFor() },
])
