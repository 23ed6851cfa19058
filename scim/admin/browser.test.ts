import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import type { Browser, Locator, Page } from 'playwright-core'
import { adminToken, newGroup, newUser, startTestService, type TestService, tokenOf } from '../testing/service.ts'
import { findBrowser, openBrowser } from './testing/browser.ts'

const executable = findBrowser()
/** On continuous integration a missing browser is a failure, elsewhere a reason to skip. */
const describeInBrowser = executable || process.env.CI === 'true' ? describe : describe.skip

describeInBrowser(`admin pages in a browser${executable ? '' : ' (none found: install chromium)'}`, () => {
  let service: TestService
  let browser: Browser
  let page: Page
  let complaints: string[]

  beforeAll(async () => {
    if (!executable) throw new Error('There is no browser on PATH: install the package chromium')
    service = await startTestService()
    browser = await openBrowser(executable)
    page = await browser.newPage({ baseURL: service.ready.adminUrl })
    complaints = []
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(`${service.ready.adminUrl}/default/users`)
    await page.getByLabel('Admin token').fill(adminToken)
    await press('Sign in')
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    await service?.close()
  })
  afterEach(() => expect(complaints.splice(0)).toEqual([]))

  const open = async (path: string): Promise<void> => void (await page.goto(service.ready.adminUrl + path))
  const shown = async (name: string): Promise<string> =>
    (await page.locator(`dt:text-is("${name}") + dd`).textContent())!
  /** Each leads to another page, which has to be there before anything is read. */
  const follow = async (target: Locator): Promise<void> =>
    void (await Promise.all([page.waitForEvent('load'), target.click()]))
  const press = (name: string): Promise<void> => follow(page.getByRole('button', { name }))

  test('signing in goes on to the page that was asked for, where users are searched', async () => {
    expect(new URL(page.url()).pathname).toBe('/admin/default/users')
    await service.scim('POST', '/Users', newUser('adele@contoso.example', { displayName: 'Adele Vance' }))
    await service.scim('POST', '/Users', newUser('alex@contoso.example', { displayName: 'Alex Wilber' }))
    await page.getByLabel('Search').fill('vance')
    await press('Show')
    expect(await page.getByRole('rowheader').allInnerTexts()).toEqual(['adele@contoso.example'])
    await follow(page.getByRole('link', { name: 'adele@contoso.example' }))
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Adele Vance')
  })

  test('a new configuration shows its secret once; a rotation shows another; both work', async () => {
    await open('/default/configurations')
    await page.getByLabel('Name').fill('Contoso')
    await page.getByLabel('Default licence').selectOption('Read-only')
    await press('Create')
    const [endpoint, id, first] = [
      await shown('Token endpoint'),
      await shown('Client identifier'),
      await shown('Client secret'),
    ]
    expect(await tokenOf(endpoint, id, first)).not.toEqual({ authorization: 'Bearer undefined' })
    await page.reload()
    expect(await page.content()).not.toContain(first)
    expect(await shown('Client secret')).toMatch(/^Not stored/)

    await page.getByLabel('go on until they expire').check()
    await press('Make a new secret')
    const second = await shown('Client secret')
    expect(await tokenOf(endpoint, id, second)).not.toEqual({ authorization: 'Bearer undefined' })
    expect(await tokenOf(endpoint, id, first)).not.toEqual({ authorization: 'Bearer undefined' })
    await page.reload()
    expect(await page.getByRole('link', { name: /^End secret/ }).count()).toBe(2)
    expect(await page.content()).not.toContain(second)

    await follow(page.getByRole('link', { name: /^End secret/ }).first())
    await press('End the secret')
    expect(await page.getByRole('link', { name: /^End secret/ }).count()).toBe(1)
    expect(await tokenOf(endpoint, id, first)).toEqual({ authorization: 'Bearer undefined' })
  })

  test('a name that is taken is said beside the field, and what was typed stays', async () => {
    await open('/default/configurations')
    await page.getByLabel('Name').fill('default')
    await press('Create')
    expect(await page.getByRole('alert').textContent()).toContain('There is a configuration named default already')
    expect(await page.getByLabel('Name').inputValue()).toBe('default')
    expect(complaints.splice(0)).toEqual([expect.stringContaining('400')])
  })

  test('a configuration is deleted after a question', async () => {
    await service.api('POST', '/configurations', { name: 'Old' })
    await open('/default/configurations')
    await follow(page.getByRole('link', { name: 'Old' }))
    await follow(page.getByRole('link', { name: 'Delete this configuration' }))
    await press('Delete')
    expect(await page.getByRole('link', { name: 'Old' }).count()).toBe(0)
  })

  test('a form that another site has made is refused', async () => {
    await open('/default/configurations')
    const token = page.locator('main input[name=formToken]')
    await token.evaluate((input) => input.setAttribute('value', 'forged'))
    await page.getByLabel('Name').fill('Forged')
    await press('Create')
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Form refused')
    expect((await service.api('GET', '/configurations?name=Forged')).body.configurations).toEqual([])
    expect(complaints.splice(0)).toEqual([expect.stringContaining('403')])
  })

  test('every page fits a phone and names what assistive technology needs', async () => {
    const { body: user } = await service.scim('POST', '/Users', newUser(`${'long'.repeat(30)}@contoso.example`))
    const { body: group } = await service.scim(
      'POST',
      '/Groups',
      newGroup('G'.repeat(120), { members: [{ value: user.id }] }),
    )
    const { body } = await service.api('GET', '/configurations')
    const configuration = `/default/configurations/${body.configurations[0].id}`
    await page.setViewportSize({ width: 390, height: 844 })
    const paths = ['users', `users/${user.id}`, 'groups', `groups/${group.id}`, 'configurations', 'audit', 'nothing']
    for (const path of [
      '/default',
      ...paths.map((each) => `/default/${each}`),
      configuration,
      `${configuration}/delete`,
    ]) {
      await open(path)
      expect([path, await page.evaluate(faultsOfPage)]).toEqual([path, []])
    }
    complaints = complaints.filter((text) => !text.includes('404'))
    await page.context().clearCookies()
    await open('')
    expect(await page.evaluate(faultsOfPage)).toEqual([])
  })
})

/** Runs in the page, so it is text: what a person with a phone, a keyboard or a screen reader would stumble over. */
const faultsOfPage = `(() => {
  const all = (selector) => [...document.querySelectorAll(selector)]
  const faults = []
  if (document.documentElement.scrollWidth > innerWidth) faults.push('scrolls sideways: ' + document.documentElement.scrollWidth)
  if (document.documentElement.lang !== 'en') faults.push('no language')
  if (all('h1').length !== 1) faults.push('h1: ' + all('h1').length)
  if (all('main').length !== 1) faults.push('main: ' + all('main').length)
  if (!document.title) faults.push('no title')
  for (const nav of all('nav')) if (!nav.ariaLabel) faults.push('nav without a name')
  for (const table of all('table')) if (!table.caption?.textContent) faults.push('table without a caption')
  for (const field of all('input:not([type=hidden], [hidden]), select')) {
    if (!field.labels?.length) faults.push('field without a label: ' + field.name)
  }
  for (const each of all('a, button')) if (!each.innerText.trim()) faults.push('nothing to read: ' + each.outerHTML)
  const ids = all('[id]').map(({ id }) => id)
  if (new Set(ids).size !== ids.length) faults.push('ids twice: ' + ids)
  const levels = all('h1, h2, h3').map(({ tagName }) => Number(tagName[1]))
  if (levels.some((level, index) => level > (levels[index - 1] ?? 0) + 1)) faults.push('headings skip a level: ' + levels)
  return faults
})()`
