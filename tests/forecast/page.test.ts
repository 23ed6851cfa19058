/** The page of a forecast in a browser: it works from a file, and its own policy does not stand in its way. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { forecastStack } from '../../cli/forecast/forecast.ts'
import { renderHtml } from '../../cli/forecast/render/html.ts'
import { findBrowser, openBrowser } from '../../sandbox/portal/testing.ts'
import { makeWorld } from './world.ts'

const executable = findBrowser()
const describeInBrowser = executable || process.env.CI === 'true' ? describe : describe.skip
const HOSTILE = '<img src=x onerror="document.title=\'taken\'">'

describeInBrowser(`the page in a browser${executable ? '' : ' (none found: install chromium)'}`, () => {
  test('is searched, filtered and sorted, and shows names as text', async () => {
    const world = makeWorld()
    for (const number of [1, 2, 3]) world.user(number, { displayName: number === 3 ? HOSTILE : `Person ${number}` })
    for (const { id } of [...world.store.users.values()].slice(1)) world.assign(id)
    const forecast = await forecastStack(world.tenant, { openTarget: world.openTarget })
    await world.close()
    const folder = mkdtempSync(path.join(tmpdir(), 'forecast-page-'))
    const file = path.join(folder, 'forecast.html')
    writeFileSync(file, [...renderHtml(forecast)].join(''))
    const browser = await openBrowser(executable!)
    try {
      const page = await browser.newPage()
      const complaints: string[] = []
      page.on('console', (message) => complaints.push(message.text()))
      page.on('pageerror', (error) => complaints.push(error.message))
      await page.goto(pathToFileURL(file).href)
      const names = () => page.locator('#entries tbody tr td:nth-child(2)').allTextContents()
      expect(await names()).toEqual(['Person 1', 'Person 2', HOSTILE])
      await page.getByLabel('Show').selectOption('created')
      expect(await names()).toEqual(['Person 2', HOSTILE])
      await page.getByRole('button', { name: 'Name' }).click()
      expect(await names()).toEqual([HOSTILE, 'Person 2'])
      await page.getByLabel('Search').fill('person')
      expect(await names()).toEqual(['Person 2'])
      expect(await page.title()).toBe('Forecast: M-Files (test)')
      expect(complaints).toEqual([])
    } finally {
      await browser.close()
      rmSync(folder, { recursive: true })
    }
  }, 60_000)
})
