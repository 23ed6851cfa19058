import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { createGraph, type Graph } from '../../provider/graph/client.ts'
import { createResources } from '../../provider/resources/index.ts'
import type { Context, Resource } from '../../provider/resources/resource.ts'
import { KNOWN_GROUPS, KNOWN_USERS } from '../../sandbox/directory/known.ts'
import { MFILES_SYNCHRONIZATION_TEMPLATE, MFILES_TEMPLATE } from '../../sandbox/templates/gallery.ts'
import { type Reply, startTestSandbox, type TestSandbox } from '../../sandbox/testing.ts'
import { templateSchema } from '../../sync/defaults/templates.ts'
import { AzureadClient, type Entity, exists, isGone } from './azureadClient.ts'

/** Every write reaches readers this much later, as Entra's replicas let it happen. */
const LAG_MS = 12_000

let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox({ templateSchema })
})
afterAll(() => sandbox.close())
beforeEach(async () => {
  await sandbox.control('POST', '/reset')
  await sandbox.control('POST', '/faults', { path: '^/(v1.0|beta)/', lagMs: LAG_MS, times: 10_000 })
})

const pass = (ms: number) => sandbox.control('POST', '/clock', { advanceSeconds: ms / 1000 })

describe('azuread', () => {
  let azuread: AzureadClient
  beforeEach(async () => {
    azuread = await AzureadClient.configure(sandbox)
  })

  /** The provider's wait: looks five seconds apart, of which the first ones may disappoint. @returns how many did */
  async function waited(path: string, isThere: (reply: Reply) => boolean, mayBe: number[]): Promise<number> {
    for (let early = 0; early < 12; early++) {
      const reply = await azuread.raw('GET', path)
      if (isThere(reply)) {
        await azuread.settled(path, isThere)
        return early
      }
      if (!mayBe.includes(reply.status))
        throw new Error(`GET ${path} was answered ${reply.status}, which ends the wait`)
      await pass(5000)
    }
    throw new Error(`GET ${path} did not settle`)
  }

  /** A request that the provider repeats where Graph does not know an object yet. */
  async function repeated(path: string, body: object): Promise<{ made: Entity; refusals: (string | number)[] }> {
    const refusals: (string | number)[] = []
    for (;;) {
      const { status, body: answer } = await azuread.raw('POST', path, body)
      if (status < 300) return { made: answer, refusals }
      const isReference = status === 400 && answer.error.message.includes('Not a valid reference update')
      if (status !== 404 && !isReference) throw new Error(`POST ${path} was answered ${status}`)
      refusals.push(isReference ? 'reference' : status)
      await pass(5000)
    }
  }

  async function instantiate(): Promise<{ application: Entity; servicePrincipal: Entity }> {
    const made = await azuread.call('POST', `/applicationTemplates/${MFILES_TEMPLATE}/instantiate`, {
      displayName: 'x',
    })
    expect(await waited(`/applications/${made.application.id}`, exists, [404])).toBeGreaterThan(0)
    return made
  }

  test('application_from_template waits until the application is there, and finds it renamed and gone later', async () => {
    const { application } = await instantiate()
    const path = `/applications/${application.id}`
    await azuread.call('PATCH', path, { displayName: 'y' })
    expect((await azuread.call('GET', path)).displayName).toBe('x')
    expect(await waited(path, (reply) => reply.body.displayName === 'y', [200])).toBeGreaterThan(0)
    await azuread.call('DELETE', path)
    expect(await waited(path, isGone, [200])).toBeGreaterThan(0)
  })

  test('synchronization_secret counts the keys until all are listed, and until none is', async () => {
    const path = `/servicePrincipals/${(await instantiate()).servicePrincipal.id}/synchronization/secrets`
    const value = ['BaseAddress', 'SecretToken', 'SyncAll'].map((key) => ({ key, value: 'x' }))
    const lists = (count: number) => (reply: Reply) => reply.body.value.length === count
    await azuread.call('PUT', path, { value })
    expect(await waited(path, lists(3), [200])).toBeGreaterThan(0)
    await azuread.call('PUT', path, { value: value.map(({ key }) => ({ key, value: '' })) })
    expect(await waited(path, lists(0), [200])).toBeGreaterThan(0)
  })

  test('synchronization_job waits until the job is there, and until it is gone', async () => {
    const jobs = `/servicePrincipals/${(await instantiate()).servicePrincipal.id}/synchronization/jobs`
    const { id } = await azuread.call('POST', jobs, { templateId: MFILES_SYNCHRONIZATION_TEMPLATE })
    expect(await waited(`${jobs}/${id}`, exists, [404])).toBeGreaterThan(0)
    await azuread.call('POST', `${jobs}/${id}/start`)
    await azuread.call('DELETE', `${jobs}/${id}`)
    expect(await waited(`${jobs}/${id}`, isGone, [200])).toBeGreaterThan(0)
  })

  test('app_role_assignment of a group just made is sent again, and read in vain at first', async () => {
    const { servicePrincipal } = await instantiate()
    const group = await azuread.call('POST', '/groups', {
      displayName: 'New',
      mailEnabled: false,
      mailNickname: 'new',
      securityEnabled: true,
    })
    const path = `/servicePrincipals/${servicePrincipal.id}/appRoleAssignedTo`
    const { made, refusals } = await repeated(path, {
      appRoleId: servicePrincipal.appRoles[0].id,
      principalId: group.id,
      resourceId: servicePrincipal.id,
    })
    expect(new Set(refusals)).toEqual(new Set(['reference']))
    expect(await waited(`${path}/${made.id}`, exists, [404])).toBeGreaterThan(0)
  })
})

describe("Entrada's provider", () => {
  let graph: Graph
  let sleeps: number
  beforeEach(() => {
    sleeps = 0
    let passed = 0
    graph = createGraph({
      settings: { tenantId: sandbox.address.tenantId, credential: { kind: 'cli' }, cloud: { name: 'public' } },
      credential: {
        getToken: async () => ({ token: await sandbox.token(), expiresOnTimestamp: Number.MAX_SAFE_INTEGER }),
      },
      fetch: viaSandbox as typeof globalThis.fetch,
      clock: {
        now: () => Date.now() + passed,
        async sleep(ms) {
          sleeps += 1
          passed += ms
          await pass(ms)
        },
      },
    })
  })

  async function viaSandbox(input: unknown, init: RequestInit): Promise<Response> {
    const { pathname, search } = new URL(String(input))
    const headers = Object.fromEntries(new Headers(init.headers))
    const reply = await sandbox.send(init.method!, pathname + search, init.body ?? undefined, headers)
    const text = reply.body === '' ? null : JSON.stringify(reply.body)
    return new Response(text, { status: reply.status, headers: { 'content-type': 'application/json' } })
  }

  const context = (): Context => ({
    graph,
    urn: 'urn:pulumi:dev::entrada::entrasync:index:Any::app',
    signal: new AbortController().signal,
    log: () => {},
    progress: () => {},
  })
  const resources = createResources({} as Parameters<typeof createResources>[0])
  /** A resource with all that its inputs leave out. */
  async function make(type: string, news: Record<string, unknown>) {
    const resource = resources.get(`entrasync:index:${type}`) as Resource<object, Entity>
    const checked = resource.check(news)
    expect(checked.failures).toEqual([])
    const inputs = checked.inputs as object
    const { id, outputs } = await resource.create(inputs, context())
    return {
      outputs,
      remove: () => resource.delete({ id, inputs, outputs }, context()),
    }
  }

  test('makes an application, its job and its assignments all the same, and removes them', async () => {
    const application = await make('GalleryApplication', { template: 'M-Files', displayName: 'Late' })
    const { servicePrincipalId } = application.outputs
    const job = await make('ProvisioningJob', {
      servicePrincipalId,
      credentials: {
        tenantUrl: 'https://good.example/scim',
        tokenEndpoint: 'https://good.example/token',
        clientId: 'c',
        clientSecret: 's',
      },
    })
    const assignments = await make('AppRoleAssignments', {
      servicePrincipalId,
      users: [KNOWN_USERS.adele],
      groups: [KNOWN_GROUPS.mfilesUsers],
    })
    expect(sleeps).toBeGreaterThan(0)
    await pass(LAG_MS)
    const path = `/servicePrincipals/${servicePrincipalId}`
    const count = async (below: string) => (await graph.collect(`${path}${below}`)).length
    expect(await count('/appRoleAssignedTo')).toBe(2)
    expect(await count('/synchronization/jobs')).toBe(1)
    expect(await count('/synchronization/secrets')).toBeGreaterThan(4)
    for (const { remove } of [assignments, job, application]) await remove()
    await pass(LAG_MS)
    expect(await graph.collect("/servicePrincipals?$filter=displayName eq 'Late'")).toEqual([])
  })
})
