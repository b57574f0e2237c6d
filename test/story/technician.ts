import type { Locator, Page } from 'playwright-core'

export type Destination = 'Cases' | 'Clients' | 'Mappings' | 'Settings'

export interface Login {
  readonly user: string
  readonly password: string
  readonly account?: string
}

export interface NewClient {
  readonly name: string
  readonly address?: string
  /** Of full crowns, mm. */
  readonly cementGap: string
}

/** A material or a method, which may be marked as proposed. */
export const choice = (dialog: Locator, name: string): Locator =>
  dialog.getByRole('radio', { name: new RegExp(`^${escaped(name)}( proposed)?$`) })

/** What a technician does at the page, found as he finds it: by what it is and what it is called. */
export interface Technician {
  readonly page: Page
  /** The first-start window. */
  readonly invitation: Locator
  /** "MyiTero import: active" and the like, in the header. */
  readonly importState: Locator
  /** How many questions are open, in the header; absent where none is. */
  readonly openQuestions: Locator
  readonly importSwitch: Locator
  go(to: Destination): Promise<void>
  connectNow(exportFolder: string): Promise<void>
  /** The window that leads to the login page. */
  readonly signInWindow: Locator
  /** Logs in on MyiTero's own page, opened with the window; `account`: the one to work for, where there are several. */
  logIn(who: Login): Promise<void>
  /** A line of the case list, by whom it is for. */
  line(patient: string | RegExp): Locator
  /** The dialog that asks who a doctor is. */
  doctorQuestion(doctor: string): Locator
  materialQuestion(): Locator
  decideLater(dialog: Locator): Promise<void>
  assignExisting(dialog: Locator, client: string): Promise<void>
  saveNewClient(dialog: Locator): Promise<void>
  assignMaterial(dialog: Locator, material: string, method: string): Promise<void>
  addClient(client: NewClient): Promise<void>
  /** Opens a case of the list and waits for its page. */
  open(patient: string | RegExp): Promise<void>
}

export function technician(page: Page): Technician {
  const button = (name: string | RegExp, within: Page | Locator = page) =>
    within.getByRole('button', { name, exact: typeof name === 'string' })
  const invitation = page.getByRole('dialog', { name: 'Connect to MyiTero' })
  const signInWindow = page.getByRole('dialog', { name: 'Sign in to MyiTero' })
  const line = (patient: string | RegExp) =>
    page.getByRole('grid', { name: 'Cases and orders' }).getByRole('row').filter({ hasText: patient })
  const gone = (dialog: Locator) => dialog.waitFor({ state: 'detached' })

  return {
    page,
    invitation,
    signInWindow,
    importState: page.getByRole('banner').getByRole('link', { name: /^MyiTero import/ }),
    openQuestions: page.getByRole('banner').getByRole('button', { name: /questions? open$/ }),
    importSwitch: page.getByRole('switch', { name: 'MyiTero import' }),
    line,
    async go(to) {
      await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: to }).click()
      const heading = to === 'Mappings' ? 'Review of mappings' : to
      await page.getByRole('heading', { level: 1, name: heading }).waitFor({ state: 'attached' })
    },
    async connectNow(exportFolder) {
      await button('Connect to MyiTero now', invitation).click()
      await button('Choose export folder').click()
      const choosing = page.getByRole('dialog', { name: 'Choose export folder' })
      await choosing.getByRole('textbox', { name: 'Folder' }).fill(exportFolder)
      await button('Go', choosing).click()
      await button('Choose this folder', choosing).click()
      await gone(choosing)
    },
    async logIn({ user, password, account }) {
      const link = signInWindow.getByRole('link', { name: /^Open login page/ })
      await link.waitFor()
      const login = (await loginTab(page)) ?? (await openedBy(page, link))
      await login.getByLabel('Email address').fill(user)
      await login.getByLabel('Password').fill(password)
      await login.getByRole('button', { name: 'Log in' }).click()
      if (account !== undefined) {
        await signInWindow.getByRole('radio', { name: account }).check()
        await button('Use this account', signInWindow).click()
      }
      await gone(signInWindow)
      await login.close()
    },
    doctorQuestion: (doctor) =>
      page.getByRole('dialog', { name: 'Which client is this doctor?' }).filter({ hasText: doctor }),
    materialQuestion: () => page.getByRole('dialog', { name: 'Which material, and how is it made?' }),
    async decideLater(dialog) {
      await button('Decide later', dialog).click()
      await gone(dialog)
    },
    async assignExisting(dialog, client) {
      await dialog.getByRole('combobox', { name: 'Client' }).fill(client)
      await dialog.getByRole('option', { name: client }).click()
      await button('Select & assign existing client', dialog).click()
      await gone(dialog)
    },
    async saveNewClient(dialog) {
      await button('Save & add new client', dialog).click()
      await gone(dialog)
    },
    async assignMaterial(dialog, material, method) {
      await choice(dialog, material).check()
      await choice(dialog, method).check()
      await button('Assign material', dialog).click()
      await gone(dialog)
    },
    async addClient({ name, address = '', cementGap }) {
      await page.getByRole('link', { name: 'New client' }).click()
      await page.getByRole('textbox', { name: 'Client name' }).fill(name)
      await page.getByRole('textbox', { name: 'Address' }).fill(address)
      await button('Add default').click()
      await page.getByRole('textbox', { name: 'Value of CementGapThickness, full crown' }).fill(cementGap)
      await button('Save').click()
      await page.getByRole('heading', { level: 1, name }).waitFor()
    },
    async open(patient) {
      await line(patient).click()
      await page.waitForURL(/\/case\/\d+$/)
      await page.getByRole('heading', { level: 1 }).waitFor()
    },
  }
}

/** The tab that the click before has opened, which is heard of a moment later; null where the browser forbade it. */
function loginTab(page: Page): Promise<Page | null> {
  const context = page.context()
  const there = context.pages().find((each) => each !== page)
  if (there !== undefined) return Promise.resolve(there)
  return context.waitForEvent('page').catch(() => null)
}

async function openedBy(page: Page, link: Locator): Promise<Page> {
  const opened = page.context().waitForEvent('page')
  await link.click()
  return opened
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
