import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { findBrowser, openBrowser, type PortalFixture, portalFixture } from './testing.ts'

const executable = findBrowser()
/** On continuous integration a missing browser is a failure, elsewhere a reason to skip. */
const describeInBrowser = executable || process.env.CI === 'true' ? describe : describe.skip

describeInBrowser(`the portal in a browser${executable ? '' : ' (none found: install chromium)'}`, () => {
  let at: PortalFixture
  let browser: Browser
  let page: Page
  let complaints: string[]

  beforeAll(async () => {
    if (!executable) throw new Error('There is no browser on PATH: install the package chromium')
    at = await portalFixture()
    browser = await openBrowser(executable)
    page = await browser.newPage({ baseURL: at.sandbox.address.login, ignoreHTTPSErrors: true })
    complaints = []
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto('/portal')
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    await at?.close()
  })
  afterEach(() => expect(complaints.splice(0)).toEqual([]))

  const press = (name: string): Promise<void> => page.getByRole('button', { name }).click()
  const follow = (name: string): Promise<void> => page.getByRole('link', { name, exact: true }).click()
  const shown = (name: string) => page.locator(`dt:text-is("${name}") + dd`)
  /** Waits until the page, which follows the cycle by itself, has it. */
  const see = (name: string, text: string): Promise<void> => shown(name).filter({ hasText: text }).waitFor()

  test('an application is found, a cycle run, and followed to its end', async () => {
    await follow('M-Files')
    expect(await shown('Last cycle').textContent()).toBe('None yet')
    await press('Run a cycle now')
    await see('Last cycle', 'Succeeded')
    expect(Number(await shown('Users').textContent())).toBeGreaterThan(5)
    expect(await page.getByRole('table', { name: 'Last cycles' }).textContent()).toContain('Initial')
  })

  test('an entry of the log tells its steps, and what was written', async () => {
    await follow('Provisioning log')
    await page.getByLabel('Search').fill('diego')
    await page.getByLabel('Action').selectOption('Create')
    await press('Show')
    await follow('Diego Siciliani')
    expect(await page.locator('.steps b').allTextContents()).toEqual([
      'EntryImportAdd',
      'EntrySynchronizationScoping',
      'EntryImport',
      'EntrySynchronizationAdd',
      'EntryExportAdd',
    ])
    expect(await page.getByRole('table', { name: 'Modified properties' }).textContent()).toContain('diego.siciliani@')
  })

  test('a user is provisioned on demand, step by step', async () => {
    await follow('Provision on demand')
    await page.getByLabel('Search').fill('adele')
    await press('Find')
    await press('Provision Adele Vance')
    expect(await page.getByRole('heading', { name: 'Adele Vance' }).count()).toBe(1)
    expect(await page.locator('main').textContent()).toContain('NotEffectivelyEntitled')
  })

  test('who is assigned is listed with what became of them', async () => {
    await follow('Users and groups')
    const row = page.getByRole('row', { name: 'M-Files Users' })
    expect(await row.textContent()).toMatch(/\d+ direct members.*Provisioned/)
  })

  test('a target that refuses the credentials brings quarantine, which says what to do; time and repair end it', async () => {
    await follow('Sandbox controls')
    await page.getByLabel('Inject').selectOption('The target refuses the credentials (401)')
    await press('Inject the fault')
    await page.goto(at.overview)
    await press('Start provisioning')
    await press('Run a cycle now')
    const quarantine = page.getByRole('region', { name: 'Quarantine' })
    await quarantine.waitFor()
    expect(await quarantine.textContent()).toMatch(/credentials do not work.*InvalidCredentials.*What to do: Correct/s)

    await follow('Sandbox controls')
    await press('Clear all faults')
    await page.getByLabel('Advance by').selectOption('1 day')
    await press('Advance the clock')
    expect(await page.locator('main').textContent()).toContain('1 d ahead')
    await page.goto(at.overview)
    expect(await quarantine.count()).toBe(0)
    expect(await shown('Last cycle').textContent()).toContain('Succeeded')
  })

  test('an object that fails is seen to wait for its retry, with what the target said', async () => {
    await at.sandbox.control('POST', '/faults', {
      side: 'target',
      path: '/Users',
      method: 'POST',
      status: 500,
      times: 99,
    })
    await page.getByRole('checkbox', { name: 'ConnectorDataStore' }).check()
    at.target.resources.Users.clear()
    await press('Restart')
    await page.getByRole('table', { name: 'Objects that failed' }).waitFor()
    await follow('Provisioning log')
    await page.getByLabel('Status').selectOption('Failure')
    await press('Show')
    await page.getByRole('rowheader').first().getByRole('link').click()
    expect(await page.locator('main').textContent()).toMatch(
      /InternalServerError.*POST \/Users was answered 500.*What to do/s,
    )
    await at.sandbox.control('DELETE', '/faults')
    await page.goto(at.overview)
    await press('Restart')
    await see('Waiting for a retry', '0')
  })

  test('deletions beyond the threshold are pending until they are allowed', async () => {
    await at.unassign()
    await press('Run a cycle now')
    const pending = page.getByRole('table', { name: 'Deletions that are held back' })
    await pending.waitFor()
    expect(await pending.textContent()).toContain('Diego Siciliani')
    await page.setViewportSize({ width: 390, height: 844 })
    expect(await page.evaluate(FAULTS_OF_PAGE)).toEqual([])
    await press('Allow the deletions')
    await page.getByRole('region', { name: 'Quarantine' }).waitFor({ state: 'detached' })
    await see('Groups', '0')
  })

  test('every page fits a phone and names what assistive technology needs', async () => {
    const { body } = await at.sandbox.send('GET', `${at.overview}/log`)
    const entry = /\/log\/[0-9a-f-]{36}/.exec(body)![0]
    await at.sandbox.control('POST', '/faults', { path: 'a'.repeat(200), status: 500 })
    const sections = ['', '/log', entry, '/mappings', '/assignments', '/on-demand?search=a', '/settings']
    const tenant = `/portal/${at.sandbox.address.tenantId}`
    for (const path of [tenant, `${tenant}/controls`, ...sections.map((section) => at.overview + section)]) {
      await page.goto(path)
      expect([path, await page.evaluate(FAULTS_OF_PAGE)]).toEqual([path, []])
    }
  })
})

/** Runs in the page, so it is text: what a person with a phone, a keyboard or a screen reader would stumble over. */
const FAULTS_OF_PAGE = `(() => {
  const all = (selector) => [...document.querySelectorAll(selector)]
  const faults = []
  if (document.documentElement.scrollWidth > innerWidth) faults.push('scrolls sideways: ' + document.documentElement.scrollWidth)
  if (document.documentElement.lang !== 'en') faults.push('no language')
  if (all('h1').length !== 1) faults.push('h1: ' + all('h1').length)
  if (!document.title) faults.push('no title')
  for (const nav of all('nav')) if (!nav.ariaLabel) faults.push('nav without a name')
  for (const table of all('table')) if (!table.caption?.textContent) faults.push('table without a caption')
  for (const field of all('input:not([type=hidden]), select')) if (!field.labels?.length) faults.push('field without a label: ' + field.name)
  for (const each of all('a, button')) if (!each.innerText.trim()) faults.push('nothing to read: ' + each.outerHTML)
  const ids = all('[id]').map(({ id }) => id)
  if (new Set(ids).size !== ids.length) faults.push('ids twice: ' + ids)
  const levels = all('h1, h2, h3').map(({ tagName }) => Number(tagName[1]))
  if (levels.some((level, index) => level > (levels[index - 1] ?? 0) + 1)) faults.push('headings skip a level: ' + levels)
  return faults
})()`
