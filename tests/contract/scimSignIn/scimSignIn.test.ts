import { createPrivateKey } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { decodeJwt, decodeProtectedHeader, type JWTPayload, SignJWT } from 'jose'
import { fakeClock } from '../../../provider/graph/testing.ts'
import type { ScimConfigurationInputs } from '../../../provider/resources/scimConfiguration/inputs.ts'
import { createScimConfiguration } from '../../../provider/resources/scimConfiguration/resource.ts'
import { fakeTenant } from '../../../provider/resources/testing/tenant.ts'
import { KNOWN_USERS } from '../../../sandbox/directory/known.ts'
import { startTestSandbox, type TestSandbox } from '../../../sandbox/testing.ts'
import { findBrowser, openBrowser } from '../../../scim/admin/testing/browser.ts'
import { type Visitor, visitor } from '../../../scim/admin/testing/pages.ts'
import { describeOnPostgres } from '../../../scim/testing/on-postgres.ts'
import { startPostgres, type TestServer } from '../../../scim/testing/postgres.ts'
import { type Answer, callsTo } from '../../../scim/testing/service.ts'
import { startTestVault, type TestVault } from '../../../scim/testing/vault.ts'
import {
  createApplication,
  createProgram,
  type IdentityEndpoint,
  type Program,
  type ServiceApplication,
  startIdentityEndpoint,
} from './azure.ts'
import { runScim, type Started, startScim } from './service.ts'

const databaseResource = 'https://ossrdbms-aad.database.windows.net'

/**
 * The SCIM service as it runs in Azure, without a secret in its settings: its database, its vault, its application in Entra ID, all
 * by a managed identity. The tenant is the sandbox, the database PostgreSQL with a token as the password.
 */
describeOnPostgres('the SCIM service by managed identity', () => {
  const folder = mkdtempSync(join(tmpdir(), 'scim-sign-in-'))
  let sandbox: TestSandbox
  let identity: IdentityEndpoint
  let application: ServiceApplication
  let postgres: TestServer
  let vault: TestVault
  let environment: Record<string, string>
  let service: Started
  let runner: Program

  beforeAll(async () => {
    sandbox = await startTestSandbox({ users: 20, tenants: 2, data: join(folder, 'sandbox') })
    identity = await startIdentityEndpoint(sandbox)
    application = await createApplication(sandbox, identity)
    postgres = await startPostgres()
    vault = await startTestVault()
    const database = await postgres.addLogin('scim', await postgres.freshDatabase())
    await renewPassword()
    environment = {
      ...identity.environment,
      NODE_EXTRA_CA_CERTS: sandbox.address.caFile,
      ENTRADA_SCIM_IDENTITY: identity.clientId,
      ENTRADA_SCIM_DATABASE: database,
      ENTRADA_SCIM_ENTRA_TENANT: sandbox.address.tenantId,
      ENTRADA_SCIM_ENTRA_CLIENT_ID: application.clientId,
      ENTRADA_SCIM_ENTRA_LOGIN: sandbox.address.login,
      ENTRADA_SCIM_KEY_VAULT_KEY: vault.address,
      ENTRADA_SCIM_FIRST_CONFIGURATION: 'none',
      ENTRADA_SCIM_DATA: join(folder, 'data'),
    }
    const migrated = await Promise.all([1, 2].map(() => runScim(['migrate'], environment)))
    expect(migrated.map(({ code, said }) => ({ code, failed: said.includes('rror') }))).toEqual(
      Array(2).fill({ code: 0, failed: false }),
    )
    service = await startScim(environment)
    await application.redirectTo(`${service.ready.adminUrl}/sign-in/callback`)
    runner = await createProgram(sandbox, 'Runner')
    await application.assign(runner.principalId, 'Manage')
  }, 120_000)
  afterAll(async () => {
    await service?.stop()
    vault?.close()
    identity?.close()
    await postgres?.remove()
    await sandbox?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** As the server in Azure would, the test's takes the newest token for the password, and no other. */
  const renewPassword = async (): Promise<void> =>
    await postgres.administer(`ALTER ROLE scim PASSWORD '${await identity.renew(databaseResource)}'`)

  const api = (token: string, method = 'GET', path = '', body?: object): Promise<Answer> =>
    callsTo(service.ready.apiUrl, { authorization: `Bearer ${token}` })(method, path, body)
  const userId = async (name: string): Promise<string> => (await sandbox.graph('GET', `/users/${name}`)).body.id

  describe('a program', () => {
    test('with the role Manage may all, with Read it may read, and what it did is in the audit trail', async () => {
      const token = await runner.token(application.audience)
      expect(decodeJwt(token)).toMatchObject({ aud: application.clientId, ver: '2.0', roles: ['Manage'] })
      expect((await api(token, 'POST', '/configurations', { name: 'by the runner' })).status).toBe(201)
      const reader = await createProgram(sandbox, 'Reader')
      await application.assign(reader.principalId, 'Read')
      const reading = await reader.token(application.audience)
      expect((await api(reading)).status).toBe(200)
      const refused = await api(reading, 'POST', '/configurations', { name: 'no' })
      expect(refused).toMatchObject({ status: 403, body: { error: { code: 'role_missing' } } })
      const { body } = await api(reading, 'GET', '/audit?action=configuration')
      expect(body.entries[0].actor).toContain(runner.principalId)
    })

    test('without a role is refused by Entra, and by the service where Entra lets it have a token', async () => {
      const nobody = await createProgram(sandbox, 'Nobody')
      await expect(nobody.token(application.audience)).rejects.toThrow('AADSTS501051')
      await application.requireAssignment(false)
      const answer = await api(await nobody.token(application.audience))
      await application.requireAssignment(true)
      expect([answer.status, answer.body.error.message]).toEqual([
        403,
        expect.stringContaining(`application ${application.clientId}, and GET needs Manage or Read`),
      ])
    })

    test('with a token for something else, of another tenant, expired or changed is refused', async () => {
      const other = (await sandbox.control('GET', '/tenants')).body[1]
      const refused = async (token: string): Promise<string> => {
        const { status, body } = await api(token)
        expect([status, body.error.code]).toEqual([401, 'unauthorized'])
        return body.error.message
      }
      const good = await runner.token(application.audience)
      expect(await refused(await runner.token('https://graph.microsoft.com'))).toContain('Its audience is')
      expect(await refused(await tokenLike(good, { exp: Math.floor(Date.now() / 1_000) - 301 }))).toContain(
        'It has expired',
      )
      expect(await refused(`${good.slice(0, -8)}AAAAAAAA`)).toContain('was changed')
      const foreign = { tid: other.tenantId, iss: `${sandbox.address.login}/${other.tenantId}/v2.0` }
      expect(await refused(await tokenLike(good, foreign))).toContain(`Its issuer is "${foreign.iss}"`)
      const again = await tokenLike(good, {})
      expect((await api(again)).status).toBe(200)
    })

    /** Signed by the login's own key, otherwise than it would. */
    const tokenLike = async (token: string, changes: JWTPayload): Promise<string> => {
      const key = createPrivateKey(readFileSync(join(folder, 'sandbox', 'login-key.pem')))
      const { alg, kid } = decodeProtectedHeader(token)
      return await new SignJWT({ ...decodeJwt(token), ...changes }).setProtectedHeader({ alg: alg!, kid }).sign(key)
    }

    test('that is the provider makes a configuration, as soon as its new role has reached its tokens', async () => {
      const fresh = await createProgram(sandbox, 'Pipeline')
      const { resource, context, said } = providerAs(fresh, () => application.assign(fresh.principalId, 'Manage'))
      const { apiUrl } = service.ready
      const inputs = resource.check({ apiUrl, name: 'by the provider', audience: application.audience })
      const { outputs } = await resource.create(inputs.inputs as ScimConfigurationInputs, context)
      expect(outputs).toMatchObject({ tenantUrl: service.ready.tenantUrl, clientSecret: expect.any(String) })
      expect(said).toEqual([expect.stringContaining('AADSTS501051')])
    })
  })

  /** The provider's resource, which is told of what it waits for. */
  function providerAs(program: Program, onWait: () => Promise<void>) {
    const said: string[] = []
    let waiting = Promise.resolve()
    const clock = fakeClock()
    const resource = createScimConfiguration({
      env: {},
      clock: { ...clock, sleep: () => waiting },
    })
    const own = fakeTenant().context('target')
    const token = (scope: string): Promise<string> => program.token(scope.replace('/.default', ''))
    const progress = (message: string): void => {
      said.push(message)
      waiting = onWait()
    }
    return { resource, said, context: { ...own, graph: { ...own.graph, token }, progress } }
  }

  describe('a person', () => {
    /** From the sign-in page over Entra's and back, as a browser goes. */
    async function signIn(
      browser: Visitor,
      name: string,
      next = '/admin/default',
    ): Promise<{ status: number; text: string }> {
      const { text } = await browser.get(`?next=${encodeURIComponent(next)}`)
      const link = /href="\/admin(\/sign-in\/entra[^"]*)"/.exec(text)![1]!
      const authorize = new URL((await browser.get(link)).location!)
      expect(authorize.origin).toBe(sandbox.address.login)
      const entered = await sandbox.send('POST', authorize.pathname + authorize.search, `login=${name}`)
      if (entered.status !== 302) return { status: entered.status, text: entered.body }
      const back = new URL(String(entered.headers.location))
      const answer = await browser.get(back.pathname.replace('/admin', '') + back.search)
      if (answer.status !== 200) return answer
      expect(answer.headers.get('refresh')).toBe(`0; url=${next}`)
      return await browser.get(next.replace('/admin', ''))
    }

    test('with the role Manage signs in, changes something, is named, and signs out', async () => {
      await application.assign(await userId(KNOWN_USERS.adele), 'Manage')
      const browser = visitor(service.ready.adminUrl)
      const page = await signIn(browser, KNOWN_USERS.adele)
      expect([page.status, page.text]).toEqual([200, expect.stringContaining('Adele Vance')])
      const made = await browser.post('/default/configurations', { name: 'By Adele', defaultLicence: 'named' })
      expect(made.status).toBe(303)
      const actor = `admin pages: Adele Vance (${await userId(KNOWN_USERS.adele)})`
      expect((await browser.get('/default/audit')).text).toContain(actor)
      await browser.post('/sign-out')
      expect((await browser.get('/default')).status).toBe(303)
    })

    test('with the role Read looks, and without one is refused by Entra', async () => {
      await application.assign(await userId(KNOWN_USERS.diego), 'Read')
      const browser = visitor(service.ready.adminUrl)
      expect((await signIn(browser, KNOWN_USERS.diego)).text).toContain('(reads only)')
      expect((await browser.post('/default/configurations', { name: 'No' })).status).toBe(403)
      expect((await signIn(visitor(service.ready.adminUrl), KNOWN_USERS.lidia)).text).toContain('AADSTS50105')
    })

    const executable = findBrowser()
    const testInBrowser = executable || process.env.CI === 'true' ? test : test.skip
    testInBrowser(
      'signs in with a browser, which complains of nothing, and is where it wanted to go',
      async () => {
        await application.assign(await userId(KNOWN_USERS.megan), 'Manage')
        const browser = await openBrowser(executable!)
        try {
          const page = await browser.newPage({ ignoreHTTPSErrors: true })
          const complaints: string[] = []
          page.on('console', (message) => void complaints.push(message.text()))
          page.on('pageerror', (error) => void complaints.push(error.message))
          await page.goto(`${service.ready.adminUrl}/default/configurations`)
          await page.getByRole('link', { name: 'Sign in with Microsoft Entra ID' }).click()
          await page.getByLabel('User principal name').fill(KNOWN_USERS.megan)
          await page.getByRole('button', { name: 'Sign in' }).click()
          await page.getByRole('heading', { level: 1, name: 'Configurations' }).waitFor()
          expect(new URL(page.url()).pathname).toBe('/admin/default/configurations')
          await page.getByLabel('Name').fill('By Megan')
          await page.getByRole('button', { name: 'Create' }).click()
          await page.getByRole('heading', { level: 1, name: 'By Megan' }).waitFor()
          await page.getByRole('button', { name: 'Sign out' }).click()
          await page.getByRole('link', { name: 'Sign in with Microsoft Entra ID' }).waitFor()
          expect(complaints).toEqual([])
        } finally {
          await browser.close()
        }
      },
      60_000,
    )
  })

  describe('the database', () => {
    const disconnect = (): Promise<void> =>
      postgres.administer(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'scim'`)
    const read = async (): Promise<number> => (await api(await runner.token(application.audience))).status

    test('is used on after its token was renewed, and each new connection is made with the new one', async () => {
      await renewPassword()
      expect(await read()).toBe(200)
      const before = identity.asked.filter((resource) => resource === databaseResource).length
      await disconnect()
      for (let attempt = 0; (await read()) !== 200; attempt++) expect(attempt).toBeLessThan(50)
      expect(identity.asked.filter((resource) => resource === databaseResource).length).toBeGreaterThan(before)
    })

    test('that takes no more the token is said to be unreachable, until the identity gives one that it takes', async () => {
      await postgres.administer(`ALTER ROLE scim PASSWORD 'another'`)
      await disconnect()
      expect(await read()).toBe(503)
      await renewPassword()
      for (let attempt = 0; (await read()) !== 200; attempt++) expect(attempt).toBeLessThan(50)
    })
  })

  test('a second replica opens the same key, and serves what the first one has signed', async () => {
    const second = await startScim(environment)
    const token = await runner.token(application.audience)
    const { body: made } = await api(token, 'POST', '/configurations', { name: 'for both' })
    const fields = { grant_type: 'client_credentials', client_id: made.clientId, client_secret: made.clientSecret }
    const answer = await fetch(made.tokenEndpoint, { method: 'POST', body: new URLSearchParams(fields) })
    const { access_token } = (await answer.json()) as { access_token: string }
    const users = callsTo(second.ready.tenantUrl, { authorization: `Bearer ${access_token}` })
    expect((await users('GET', '/Users')).status).toBe(200)
    await second.stop()
  }, 60_000)

  test('an endpoint that gives no token is told, without what the service was given for it', async () => {
    const { code, said } = await runScim(['migrate'], { ...environment, IDENTITY_HEADER: 'another-header' })
    expect(code).toBe(1)
    expect(said).toMatch(
      /^The managed identity .* gets no token for https:\/\/ossrdbms-aad.database.windows.net: .* Check ENTRADA_SCIM_IDENTITY/,
    )
    expect(said).not.toMatch(/another-header|\n +at /)
  })

  test('nothing that it says holds a token or a secret, and it makes no admin token', async () => {
    const said = service.said()
    expect(said).toContain('"msg"')
    expect(said).not.toMatch(/eyJ[\w-]{20,}/)
    expect(said).not.toContain(identity.environment.IDENTITY_HEADER)
    expect(() => readFileSync(join(folder, 'data', 'admin-token'))).toThrow('ENOENT')
  })
})
