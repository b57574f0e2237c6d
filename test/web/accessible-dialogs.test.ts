import t from 'tap'
import { CHOOSING, CLOUD, cloudRows, ENDED, SIGNED_OUT, withCloud } from './cloud-scripts.ts'
import { testScenes } from './scenes.ts'
import { doctorQuestion, FIRST_START, materialQuestion, script } from './scripts.ts'

await testScenes(t, [
  {
    name: 'the doctor’s question',
    part: { questions: [doctorQuestion] },
    act: (page) => page.getByRole('listbox').getByRole('option').first().waitFor(),
  },
  {
    name: 'the material’s question',
    part: { questions: [materialQuestion] },
    act: (page) => page.getByRole('dialog').waitFor(),
  },
  {
    name: 'the first-start window',
    part: { session: { ...script().session, firstStart: FIRST_START } },
    act: (page) => page.getByRole('dialog').waitFor(),
  },
  {
    name: 'the question where orders come from',
    part: {
      session: { ...script().session, firstStart: FIRST_START },
      settings: { ...script().settings, exportFolder: null },
    },
    act: async (page) => {
      await page.locator('dialog .button.primary').click()
      await page.locator('.source').first().waitFor()
    },
  },
  {
    name: 'the sign-in that nobody has begun',
    part: withCloud(SIGNED_OUT),
    act: (page) => page.getByRole('dialog').waitFor(),
  },
  {
    name: 'the sign-in under way',
    part: withCloud(SIGNED_OUT),
    act: async (page) => {
      await page.locator('dialog .button.primary').click()
      await page.locator('dialog a.button').waitFor()
    },
  },
  {
    name: 'the sign-in that failed',
    part: withCloud(ENDED),
    act: (page) => page.locator('dialog [role=alert]').waitFor(),
  },
  {
    name: 'the choice of an account',
    part: withCloud(CHOOSING),
    act: (page) => page.getByRole('radio').first().waitFor(),
  },
  {
    name: 'the reason of a failed download',
    part: withCloud(CLOUD, { rows: cloudRows() }),
    act: (page) => page.locator('.case-line.refused').first().click(),
  },
  {
    name: 'the choice of a profile',
    path: '/settings',
    part: withCloud(CLOUD),
    act: async (page) => {
      await page.locator('.path-line .button').first().click()
      await page.locator('.folders button').first().waitFor()
    },
  },
  { name: 'the reason of a refusal', act: (page) => page.locator('.case-line.refused').click() },
  {
    name: 'a confirmation',
    path: '/mappings',
    act: (page) => page.locator('.button.danger').first().click(),
  },
  {
    name: 'the choice of a folder',
    path: '/settings',
    act: async (page) => {
      await page.locator('.path-line .button').nth(1).click()
      await page.locator('.folders button').first().waitFor()
    },
  },
])
