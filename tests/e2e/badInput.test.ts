import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { type Outcome, startTenant, type Tenant } from './harness.ts'

jest.setTimeout(180_000)

let tenant: Tenant
let tracked: Record<string, unknown>
beforeAll(async () => {
  tenant = await startTenant()
  tenant.configure((config) => {
    tracked = structuredClone(config)
  })
})
beforeEach(() => {
  tenant.configure((config) => {
    for (const key of Object.keys(config)) delete config[key]
    Object.assign(config, structuredClone(tracked), { assignments: { groups: ['M-Files Project Leads'] } })
  })
})
afterAll(() => tenant?.stop())

const preview = () => tenant.pulumi('preview', '--stack', 'local')

/** The engine wraps what it prints at no width, but repeats it in its summary. */
function expectRefusal(outcome: Outcome, ...parts: (string | RegExp)[]): void {
  expect(outcome.code).not.toBe(0)
  for (const part of parts) {
    if (typeof part === 'string') expect(outcome.text).toContain(part)
    else expect(outcome.text).toMatch(part)
  }
}

const graphWrites = async () => {
  const requests = await tenant.control<{ method: string; path: string }[]>('/requests')
  return requests.filter(({ method, path }) => method !== 'GET' && path.includes('/v1.0/') && !path.includes('$batch'))
}

/** A second assigned target, as an administrator would enter it, at an address of this test's. */
async function external(listener: RequestListener): Promise<{ server: Server; base: string }> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, base: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

async function useTarget(
  tenantUrl: string,
  tokenEndpoint: string,
  clientId: string,
  clientSecret: string,
): Promise<void> {
  tenant.configure((config) => {
    config.target = { kind: 'external', tenantUrl, tokenEndpoint, clientId }
    config.waitForFirstCycle = true
  })
  const set = await tenant.pulumi(
    'config',
    'set',
    '--path',
    '--secret',
    'entrada:target.clientSecret',
    clientSecret,
    '--stack',
    'local',
  )
  if (set.code !== 0) throw new Error(set.text)
}

describe('a preview refuses what cannot work, before anything is written', () => {
  test('a gallery name that does not exist, with the near ones', async () => {
    tenant.configure((config) => {
      config.application = 'M-File'
    })
    expectRefusal(await preview(), "'M-File'", 'M-Files')
    expect(await graphWrites()).toEqual([])
  })

  test('unknown users, groups and roles, all of them at once', async () => {
    tenant.configure((config) => {
      config.assignments = {
        groups: ['M-Files Users', 'No Such Group'],
        users: ['nobody@entrada-sandbox.example', 'noone@entrada-sandbox.example'],
      }
    })
    expectRefusal(await preview(), 'No Such Group', 'nobody@entrada-sandbox.example', 'noone@entrada-sandbox.example')
    expect(await graphWrites()).toEqual([])
  })

  test('settings that are wrong, each with key, value and what is allowed', async () => {
    tenant.configure((config) => {
      config.scope = 'some'
      config.notificationMail = 'a@b.example'
    })
    expectRefusal(
      await preview(),
      'entrada:scope',
      '"some"',
      'assigned',
      'entrada:notificationMail',
      'notificationEmail',
    )
  })

  test('credentials that are missing, each by its variable', async () => {
    const { ARM_CLIENT_ID: _, ARM_CLIENT_SECRET: __, ...env } = tenant.env
    const kept = tenant.env
    tenant.env = { ...env, ARM_CLIENT_ID: '', ARM_CLIENT_SECRET: '', ARM_USE_CLI: 'false' }
    expectRefusal(await preview(), 'ARM_CLIENT_ID', 'ARM_CLIENT_SECRET')
    tenant.env = kept
  })

  test('a caller without permission is told so at once, with what to grant', async () => {
    const clients =
      await tenant.control<{ clientId: string; clientSecret: string; permissions: string[] }[]>('/clients')
    const powerless = clients.find(({ permissions }) => permissions.length === 0)
    if (!powerless) throw new Error('the sandbox has no client without roles')
    const kept = tenant.env
    tenant.env = { ...kept, ARM_CLIENT_ID: powerless.clientId, ARM_CLIENT_SECRET: powerless.clientSecret }
    const began = Date.now()
    expectRefusal(await tenant.up(), /permission/i, 'Application.ReadWrite')
    expect(Date.now() - began).toBeLessThan(60_000)
    tenant.env = kept
  })
})

describe('people whom Entra would not provision are named in a warning', () => {
  test('members of nested groups, disabled users', async () => {
    tenant.configure((config) => {
      config.assignments = { groups: ['M-Files Everyone'], users: ['johanna.lorenz@entrada-sandbox.example'] }
    })
    const { text } = await preview()
    expect(text).toMatch(/warning: group .M-Files Everyone. contains .M-Files Users.*direct members only/)
    expect(text).toMatch(/johanna\.lorenz@entrada-sandbox\.example.*disabled/is)
  })
})

describe('a target that does not work stops the rollout before the start', () => {
  const secret = 'a-secret-nobody-should-see'

  test.each<[string, RequestListener, RegExp]>([
    [
      'a token endpoint that refuses the client',
      (_request, response) =>
        response.writeHead(401, { 'content-type': 'application/json' }).end('{"error":"invalid_client"}'),
      /401.*client/is,
    ],
    ['a token endpoint that is not there', (_request, response) => response.writeHead(404).end('not found'), /404/],
    [
      'a token endpoint that answers with a page',
      (_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>hello</html>'),
      /HTML|text\/html|not JSON/i,
    ],
    [
      'a tenant URL that is not SCIM',
      (request, response) =>
        request.url === '/token'
          ? response
              .writeHead(200, { 'content-type': 'application/json' })
              .end('{"access_token":"t","token_type":"Bearer","expires_in":3600}')
          : response.writeHead(404).end('nothing here'),
      /404|tenant ?URL/i,
    ],
  ])('%s', async (_title, listener, reason) => {
    const { server, base } = await external(listener)
    await useTarget(`${base}/scim`, `${base}/token`, 'client', secret)
    const outcome = await tenant.up()
    server.close()
    expectRefusal(outcome, /connection test/i, reason)
    expect(outcome.text).not.toContain(secret)
    const job = tenant.resource(await tenant.state(), 'ProvisioningJob')
    const { schedule } = await tenant.graph<{ schedule: { state: string } }>(String(job.id))
    expect(schedule.state).not.toBe('Active')
  })

  test('a wrong client secret stops before the start, and the next up with the right one repairs it', async () => {
    const configuration = await tenant.scim<{
      tenantUrl: string
      tokenEndpoint: string
      clientId: string
      clientSecret: string
    }>('/configurations', {
      method: 'POST',
      body: { name: 'by hand' },
    })
    await useTarget(configuration.tenantUrl, configuration.tokenEndpoint, configuration.clientId, 'wrong-secret-value')
    expectRefusal(await tenant.up(), /connection test/i)
    expect((await tenant.scim<{ counts: { users: number } }>('')).counts.users).toBe(0)
    const before = tenant.resource(await tenant.state(), 'ProvisioningJob')
    await useTarget(
      configuration.tenantUrl,
      configuration.tokenEndpoint,
      configuration.clientId,
      configuration.clientSecret,
    )
    const repaired = await tenant.up()
    if (repaired.code !== 0) throw new Error(repaired.text)
    expect(tenant.resource(await tenant.state(), 'ProvisioningJob').id).toBe(before.id)
    expect((await tenant.scim<{ counts: { users: number } }>('')).counts.users).toBeGreaterThan(0)
    expect(await tenant.changes()).toEqual([])

    const { tenantUrl, tokenEndpoint, clientId, clientSecret } = configuration
    await useTarget(tenantUrl, tokenEndpoint, clientId, 'wrong-secret-value')
    expectRefusal(await tenant.up(), /connection test/i)
    await useTarget(tenantUrl, tokenEndpoint, clientId, clientSecret)
    const back = await tenant.up()
    if (back.code !== 0) throw new Error(back.text)
    expect(await tenant.changes()).toEqual([])
  })
})
