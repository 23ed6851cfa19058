/** `node scim/admin/screenshots.ts DIRECTORY`: makes the pictures of the documentation anew, from a service of its own. */
import { join } from 'node:path'
import { pino } from 'pino'
import type { Browser, Page } from 'playwright-core'
import { startService } from '../service.ts'
import { openPglite } from '../storage/pglite.ts'
import { findBrowser, openBrowser } from './testing/browser.ts'
import { seed } from './testing/seed.ts'

const [directory] = process.argv.slice(2)
const executable = findBrowser()
if (!directory || !executable) {
  console.error(
    directory ? 'There is no browser on PATH: install the package chromium' : 'Name the directory to write to',
  )
  process.exit(1)
}

const adminToken = 'an-admin-token-for-pictures'
const service = await startService({
  database: await openPglite(),
  adminToken,
  host: '127.0.0.1',
  port: 0,
  tenant: 'contoso',
  firstConfiguration: true,
  logger: pino({ level: 'silent' }),
})
await seed(service.ready, adminToken)
const browser = await openBrowser(executable)
const pages = `${service.ready.adminUrl}/contoso`

const desktop = await signIn(browser, { width: 1100, height: 720 })
await picture(desktop, 'home', '')
await picture(desktop, 'users', '/users?search=m')
await desktop.goto(`${pages}/configurations`)
await desktop.getByLabel('Name').fill('Contoso, production')
await desktop.getByRole('button', { name: 'Create' }).click()
await desktop.screenshot({ path: join(directory, 'scim-configuration.png') })
await picture(await signIn(browser, { width: 390, height: 760 }), 'phone', '/users?state=waiting')

await browser.close()
await service.close()

async function signIn(browser: Browser, viewport: { width: number; height: number }): Promise<Page> {
  const page = await browser.newPage({ viewport, colorScheme: 'light' })
  await page.goto(service.ready.adminUrl)
  await page.getByLabel('Admin token').fill(adminToken)
  await page.getByRole('button', { name: 'Sign in' }).click()
  return page
}

async function picture(page: Page, name: string, path: string): Promise<void> {
  await page.goto(pages + path)
  await page.screenshot({ path: join(directory!, `scim-${name}.png`) })
}
