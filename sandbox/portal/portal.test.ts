import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { html } from './html.ts'
import { type PortalFixture, portalFixture } from './testing.ts'

let at: PortalFixture
beforeAll(async () => {
  at = await portalFixture({ users: 60 })
  await at.sandbox.control('POST', '/cycle', {})
})
afterAll(() => at.close())
afterEach(() => at.sandbox.control('DELETE', '/faults'))

const page = async (section = '') => (await at.sandbox.send('GET', at.overview + section)).body as string
/** A form as a browser sends it. */
const send = (path: string, fields: [string, string][], origin = at.sandbox.address.login) =>
  at.sandbox.send('POST', path, new URLSearchParams(fields).toString(), { origin })

test('values in markup are escaped, markup is not', () => {
  expect(html`<p>${'<b>&"'}${[html`<i>${"'"}</i>`]}${null}${false}</p>`.text).toBe(
    '<p>&lt;b&gt;&amp;&quot;<i>&#39;</i></p>',
  )
})

describe('a page', () => {
  test('lets nothing in that it did not bring', async () => {
    const { headers } = await at.sandbox.send('GET', '/portal')
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain('unsafe')
  })

  test('shows no secret', async () => {
    expect(await page('/settings')).toContain('Saved, not shown')
    expect(await page('/settings')).not.toContain('the-secret-token')
  })

  test.each(['/nothing', '/log/nothing', '/constructor'])('%s is said not to be there', async (section) => {
    expect((await at.sandbox.send('GET', at.overview + section)).status).toBe(404)
  })

  test('meets with no fault, and is no request of a client', async () => {
    await at.sandbox.control('POST', '/faults', { path: '/portal', status: 500 })
    expect((await at.sandbox.send('GET', '/portal')).status).toBe(200)
    const seen = (await at.sandbox.control('GET', '/requests')).body as { path: string }[]
    expect(seen.filter(({ path }) => path.startsWith('/portal'))).toEqual([])
  })
})

test('a cycle that runs is shown with its progress', async () => {
  await at.sandbox.control('POST', '/faults', { side: 'target', path: '/Users', delayMs: 100, times: 1 })
  await send(`${at.overview}/cycle`, [])
  expect(await page()).toContain('<progress')
  await at.sandbox.control('POST', '/cycle', {})
  expect(await page()).not.toContain('<progress')
})

describe('a form', () => {
  test.each([
    ['-5', 'advanceSeconds is -5'],
    ['soon', 'advanceSeconds is &quot;soon&quot;'],
    ['1e15', 'advanceSeconds is 1000000000000000'],
  ])('that moves the clock by %s says why not', async (seconds, message) => {
    const [, , tenantId] = at.overview.split('/')
    const reply = await send(`/portal/${tenantId}/clock`, [['seconds', seconds]])
    expect([reply.status, reply.body]).toEqual([400, expect.stringContaining(message)])
  })

  test.each(['https://evil.example', 'null', ''])('that comes from %p is refused', async (origin) => {
    const before = (await at.sandbox.control('GET', '/cycles')).body.length
    expect((await send(`${at.overview}/cycle`, [], origin)).status).toBe(403)
    expect((await at.sandbox.control('GET', '/cycles')).body).toHaveLength(before)
  })

  test('that asks the clock for what cannot be is told why', async () => {
    const { status, body } = await send(`/portal/${at.sandbox.address.tenantId}/clock`, [['seconds', '-5']])
    expect(status).toBe(400)
    expect(body).toContain('The clock does not go back.')
  })

  test('that asks for what a job does not do is told what it does', async () => {
    const { status, body } = await send(`${at.overview}/restart`, [['scope', 'Everything']])
    expect(status).toBe(400)
    expect(body).toContain('allowed: None, ConnectorDataStore')
  })

  test('restarts with what was chosen', async () => {
    const job = at.overview.split('/').at(-1)!
    const graph = `/servicePrincipals/${await principalOf()}/synchronization/jobs/${job}`
    await send(`${at.overview}/start`, [])
    expect((await at.sandbox.graph('GET', graph)).body.schedule.state).toBe('Active')
    await send(`${at.overview}/pause`, [])
    expect((await at.sandbox.graph('GET', graph)).body.schedule.state).toBe('Disabled')
    await send(`${at.overview}/restart`, [
      ['scope', 'Watermark'],
      ['scope', 'ConnectorDataStore'],
    ])
    expect(await page()).toMatch(/<dt>Users<\/dt><dd>0</)
    await at.sandbox.control('POST', '/cycle', {})
    expect(await page()).not.toMatch(/<dt>Users<\/dt><dd>0</)
  })
})

const principalOf = async (): Promise<string> =>
  (await at.sandbox.graph('GET', "/servicePrincipals?$filter=displayName eq 'M-Files'")).body.value[0].id

describe('the log', () => {
  const names = async (query: string) =>
    [...(await page(`/log?${query}`)).matchAll(/<th scope="row"[^>]*><a [^>]*>([^<]*)</g)].map((match) => match[1])

  test.each([
    ['search=SICILIANI', ['Diego Siciliani']],
    ['search=siciliani&action=delete', []],
    ['search=siciliani&since=2000-01-01&until=2000-12-31', []],
  ])('finds %s', async (query, expected) => {
    expect([...new Set(await names(query))]).toEqual(expected)
  })
})

describe('mappings', () => {
  test('show scoping filters, constants and what is applied only once, as a client wrote them', async () => {
    const job = at.overview.split('/').at(-1)!
    const path = `/servicePrincipals/${await principalOf()}/synchronization/jobs/${job}/schema`
    const { body: schema } = await at.sandbox.graph('GET', path)
    const [users] = schema.synchronizationRules[0].objectMappings
    const clause = (name: string, operatorName: string, values: string[]) => ({
      sourceOperandName: name,
      operatorName,
      targetOperand: { values },
    })
    users.scope = {
      groups: [
        { name: 'Sales', clauses: [clause('department', 'EQUALS', ['Sales'])] },
        { name: null, clauses: [clause('country', 'IS NOT NULL', [])] },
      ],
      inputFilterGroups: [],
      categoryFilterGroups: [],
    }
    users.attributeMappings.find(
      (one: { targetAttributeName: string }) => one.targetAttributeName === 'externalId',
    ).flowType = 'ObjectAddOnly'
    await at.sandbox.graph('PUT', path, schema)
    const shown = (await page('/mappings')).replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ')
    expect(shown).toContain('Sales , all of: department EQUALS Sales or all of: country IS NOT NULL')
    expect(shown).toContain('externalId [objectId] Direct Only during creation')
    expect(shown).toContain('userName Matching 1 [userPrincipalName] Direct')
    await at.sandbox.graph('DELETE', path)
  })
})

describe('several tenants', () => {
  test('are listed, and each has its own pages', async () => {
    const { body: other } = await at.sandbox.control('POST', '/tenants', { seed: 'fabrikam', users: 20 })
    const list = (await at.sandbox.send('GET', '/portal')).body
    expect(list).toContain(`<a href="/portal/${other.tenantId}">fabrikam</a>`)
    const its = (await at.sandbox.send('GET', `/portal/${other.tenantId}`)).body
    expect(its).toContain('No application was added')
    expect(
      (await at.sandbox.send('GET', at.overview.replace(/\/portal\/[^/]+/, `/portal/${other.tenantId}`))).status,
    ).toBe(404)
  })
})
