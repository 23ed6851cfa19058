/** `node sandbox/portal/screenshots.ts FOLDER`: makes the pictures of the guide anew. */
import { join } from 'node:path'
import { findBrowser, openBrowser, portalFixture } from './testing.ts'

const [folder] = process.argv.slice(2)
const executable = findBrowser()
if (!folder || !executable) {
  console.error(folder ? 'There is no browser on PATH: install the package chromium' : 'Name the folder to write to')
  process.exit(1)
}

const at = await portalFixture({ users: 200 })
const browser = await openBrowser(executable)
const page = await browser.newPage({
  baseURL: at.sandbox.address.login,
  ignoreHTTPSErrors: true,
  viewport: { width: 1100, height: 900 },
})
await at.sandbox.control('POST', '/cycle', {})
await at.sandbox.control('POST', '/faults', { side: 'target', path: '/Users', status: 401, times: 1000 })
await at.sandbox.control('POST', '/cycle', {})
await page.goto(at.overview)
await page.screenshot({ path: join(folder, 'sandbox-overview.png') })
await page.goto(`${at.overview}/log?search=diego`)
await page.getByRole('link', { name: 'Diego Siciliani' }).last().click()
await page.screenshot({ path: join(folder, 'sandbox-log-entry.png') })

await browser.close()
await at.close()
