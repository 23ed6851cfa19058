import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { MFILES_TEMPLATE } from '../templates/gallery.ts'
import { startTestSandbox, type TestSandbox } from '../testing.ts'
import { html } from './html.ts'

let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox({ users: 20 })
})
afterAll(() => sandbox.close())

test('values in markup are escaped, markup is not', () => {
  expect(html`<p>${'<b>&"'}${[html`<i>${"'"}</i>`]}${null}</p>`.text).toBe('<p>&lt;b&gt;&amp;&quot;<i>&#39;</i></p>')
})

test('the page shows applications with jobs, and lets nothing in that it did not bring', async () => {
  const displayName = 'M-Files <script>'
  const { body } = await sandbox.graph('POST', `/applicationTemplates/${MFILES_TEMPLATE}/instantiate`, { displayName })
  await sandbox.graph('POST', `/servicePrincipals/${body.servicePrincipal.id}/synchronization/jobs`, {
    templateId: 'mfiles',
  })
  const page = await sandbox.send('GET', '/portal')
  expect(page.status).toBe(200)
  expect(page.body).toContain('M-Files &lt;script&gt;')
  expect(page.body).not.toContain('<script')
  const policy = String(page.headers['content-security-policy'])
  expect(policy).toContain("default-src 'none'")
  const nonce = /style-src 'nonce-([^']+)'/.exec(policy)![1]
  expect(page.body).toContain(`<style nonce="${nonce}">`)
})
