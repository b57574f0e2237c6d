import t from 'tap'
import { testScenes } from './scenes.ts'
import { doctorQuestion, materialQuestion, script } from './scripts.ts'

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
    part: { session: { ...script().session, firstStart: true } },
    act: (page) => page.getByRole('dialog').waitFor(),
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
    act: (page) => page.locator('.path-line .button').first().click(),
  },
])
