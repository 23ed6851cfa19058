import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { findBrowser, openBrowser } from '../../sandbox/portal/testing.ts'
import { htmlPage } from './html.ts'
import { countsOf } from './report.ts'
import { resultOf } from './testing.ts'

const executable = findBrowser()
/** On continuous integration a missing browser is a failure, elsewhere a reason to skip. */
const describeInBrowser = executable || process.env.CI === 'true' ? describe : describe.skip

describeInBrowser(`the page of a rollout in a browser${executable ? '' : ' (none found: install chromium)'}`, () => {
  let folder: string
  let browser: Browser
  let page: Page
  const complaints: string[] = []

  beforeAll(async () => {
    if (!executable) throw new Error('There is no browser on PATH: install the package chromium')
    const tenants = [
      resultOf('contoso', { outcome: 'updated', seconds: 10 }),
      resultOf('<b>fabrikam</b>', { outcome: 'failed', seconds: 9, errors: ['no such group <Sales>'] }),
      resultOf('adatum', { outcome: 'unchanged', seconds: 2.5 }),
    ]
    const rest = { id: 'r1', began: '', seconds: 1, commit: '', preview: false, exitCode: 1 as const, stopped: '' }
    folder = mkdtempSync(path.join(tmpdir(), 'entrada-page-'))
    const file = path.join(folder, 'report.html')
    writeFileSync(file, htmlPage({ ...rest, counts: countsOf(tenants), tenants }))
    browser = await openBrowser(executable)
    page = await browser.newPage({ offline: true })
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(pathToFileURL(file).href)
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const stacks = () => page.locator('tbody:visible td:nth-child(2)').allTextContents()

  test('it sorts by any column, numbers as numbers, both ways', async () => {
    await page.getByRole('button', { name: 'Seconds' }).click()
    expect(await stacks()).toEqual(['adatum', '<b>fabrikam</b>', 'contoso'])
    await page.getByRole('button', { name: 'Seconds' }).click()
    expect(await stacks()).toEqual(['contoso', '<b>fabrikam</b>', 'adatum'])
    await page.getByRole('button', { name: 'Tenant' }).click()
    expect((await stacks()).slice(1)).toEqual(['adatum', 'contoso'])
  })

  test('it is searched in all that it says, errors too', async () => {
    const search = page.getByRole('searchbox')
    await search.fill('GROUP sales')
    expect(await stacks()).toEqual(['<b>fabrikam</b>'])
    expect(await page.getByRole('status').textContent()).toBe('1 of 3')
    await search.fill('')
    expect(await stacks()).toHaveLength(3)
    expect(complaints).toEqual([])
  })
})
