import { describe, expect, test } from '@jest/globals'
import { createGraph, GraphError } from './client.ts'
import { type Answer, fakeClock, fakeGraph, type Sent } from './testing.ts'

/** Answers in turn; the last one stays. */
function inTurn(...answers: Answer[]) {
  const left = [...answers]
  return () => (left.length > 1 ? left.shift() : left[0])
}

describe('retries', () => {
  test('a throttled request is sent again after the time that Graph asks for', async () => {
    const { graph, clock } = fakeGraph(inTurn({ status: 429, headers: { 'Retry-After': '7' } }, { body: { id: 'a' } }))
    await expect(graph.get('/users/a')).resolves.toEqual({ id: 'a' })
    expect(clock.slept).toEqual([7000])
  })

  test('a POST that may have been carried out is not sent again', async () => {
    const { graph, log } = fakeGraph(() => ({ status: 503 }))
    await expect(graph.post('/applicationTemplates/t/instantiate', {})).rejects.toThrow(/503/)
    expect(log).toHaveLength(1)
  })

  test('a read is sent again while Graph is unavailable, for a minute at most', async () => {
    const { graph, log, clock } = fakeGraph(() => ({ status: 503 }))
    await expect(graph.get('/users')).rejects.toThrow(/503/)
    expect(log.length).toBeGreaterThan(5)
    expect(clock.slept.reduce((sum, pause) => sum + pause, 0)).toBeLessThanOrEqual(60_000)
  })

  test('409 is waited out only where the service is known to settle', async () => {
    const settling = fakeGraph(inTurn({ status: 409 }, { status: 204 }))
    await settling.graph.post('/start', undefined, { settles: true, repeatable: true })
    const final = fakeGraph(inTurn({ status: 409 }, { status: 204 }))
    await expect(final.graph.post('/start')).rejects.toThrow(/409/)
  })

  test('a request ends when it is aborted, its retries with it', async () => {
    const abort = new AbortController()
    const { graph } = fakeGraph(() => {
      abort.abort(new Error('cancelled'))
      return { status: 429 }
    })
    await expect(graph.during(abort.signal).get('/users')).rejects.toThrow('cancelled')
  })
})

describe('paging', () => {
  test('collect follows next links to the end, empty pages included', async () => {
    const pages: Record<string, object> = {
      '/users?$top=1': { value: [1], '@odata.nextLink': 'https://graph.microsoft.com/v1.0/users?$skiptoken=a' },
      '/users?$skiptoken=a': { value: [], '@odata.nextLink': 'https://graph.microsoft.com/v1.0/users?$skiptoken=b' },
      '/users?$skiptoken=b': { value: [2] },
    }
    const { graph } = fakeGraph(({ path }) => ({ body: pages[path] }))
    await expect(graph.collect('/users?$top=1')).resolves.toEqual([1, 2])
  })

  test('no token is sent to another host', async () => {
    const { graph, log } = fakeGraph(() => ({
      body: { value: [], '@odata.nextLink': 'https://evil.example/v1.0/users' },
    }))
    await expect(graph.collect('/users')).rejects.toThrow(/outside https:\/\/graph.microsoft.com/)
    expect(log).toEqual(['GET /users'])
  })
})

describe('batch', () => {
  const items = Array.from({ length: 45 }, (_, index) => ({ method: 'GET' as const, url: `/users/${index}` }))

  test('sends 20 at a time and answers in order', async () => {
    const { graph } = fakeGraph(({ path }) => ({ body: path }))
    const answers = await graph.batch(items)
    expect(answers.map(({ body }) => body)).toEqual(items.map(({ url }) => url))
    expect(graph.calls).toBe(3)
  })

  test('asks again only for what was throttled', async () => {
    let throttled = true
    const { graph, log, clock } = fakeGraph(({ path }) => {
      if (path !== '/users/3' || !throttled) return {}
      throttled = false
      return { status: 429, headers: { 'Retry-After': '2' } }
    })
    const answers = await graph.batch(items.slice(0, 5))
    expect(answers.every(({ status }) => status === 200)).toBe(true)
    expect(log.slice(5)).toEqual(['GET /users/3'])
    expect(clock.slept).toEqual([2000])
  })
})

describe('errors', () => {
  const denied = {
    error: {
      code: 'Authorization_RequestDenied',
      message: 'Insufficient privileges.',
      innerError: { 'request-id': 'r-1' },
    },
  }

  test('a missing permission is said at once, with the one to grant', async () => {
    const { graph, clock } = fakeGraph(() => ({ status: 403, body: denied }))
    const error = await graph.post('/servicePrincipals/s/appRoleAssignedTo', {}).catch((thrown: Error) => thrown)
    expect(error).toBeInstanceOf(GraphError)
    expect((error as Error).message).toMatch(
      /POST \/servicePrincipals\/s\/appRoleAssignedTo in tenant 1111.*Insufficient privileges.*r-1.*AppRoleAssignment.ReadWrite.All/s,
    )
    expect(clock.slept).toEqual([])
  })

  test('the blank 401 of synchronization paths is said to be a missing permission', async () => {
    const { graph } = fakeGraph(() => ({ status: 401, body: { error: { code: 'UnknownError', message: '' } } }))
    await expect(graph.get('/servicePrincipals/s/synchronization/jobs')).rejects.toThrow(
      /Permission is missing: grant .*Synchronization.Read.All/,
    )
  })

  test('an error that is wrapped as text in another is unwrapped', async () => {
    const message = '{\r\n "error":{"code":"InvalidNotificationSettings","message":null}}'
    const { graph } = fakeGraph(() => ({ status: 400, body: { error: { code: 'UnknownError', message } } }))
    await expect(graph.put('/secrets', {})).rejects.toMatchObject({ code: 'InvalidNotificationSettings', status: 400 })
  })

  test('a sign-in that fails says as whom and what to do, without the secret', async () => {
    const graph = createGraph({
      settings: {
        tenantId: 't',
        credential: { kind: 'secret', clientId: 'c-1', secret: { value: 'hush' } },
        cloud: { name: 'public' },
      },
      credential: { getToken: () => Promise.reject(new Error('AADSTS7000215: Invalid client secret. Trace ID: 1')) },
      clock: fakeClock(),
    })
    const error = await graph.get('/users').catch((thrown: Error) => thrown)
    expect((error as Error).message).toMatch(/client c-1.*ARM_CLIENT_SECRET is wrong/s)
    expect((error as Error).message).not.toMatch(/hush|Trace/)
  })
})

test('one token serves many calls at once', async () => {
  let asked = 0
  const seen: Sent[] = []
  const graph = createGraph({
    settings: { tenantId: 't', credential: { kind: 'cli' }, cloud: { name: 'public' } },
    credential: {
      getToken: async () => {
        asked++
        return { token: 'x', expiresOnTimestamp: Number.MAX_SAFE_INTEGER }
      },
    },
    fetch: (async (_: unknown, init: RequestInit) => {
      seen.push({ method: '', path: '', body: undefined, headers: new Headers(init.headers) })
      return new Response('{}')
    }) as typeof fetch,
  })
  await Promise.all([graph.get('/a'), graph.get('/b'), graph.get('/c')])
  expect(asked).toBe(1)
  expect(seen.map(({ headers }) => headers.get('Authorization'))).toEqual(['Bearer x', 'Bearer x', 'Bearer x'])
})

test('a fresh token is asked of a fresh credential, since each keeps its token, and serves from then on', async () => {
  let signedIn = 0
  const graph = createGraph({
    settings: { tenantId: 't', credential: { kind: 'cli' }, cloud: { name: 'public' } },
    clock: fakeClock(),
    createCredential: async () => {
      const token = `token ${++signedIn}`
      return { getToken: async () => ({ token, expiresOnTimestamp: Number.MAX_SAFE_INTEGER }) }
    },
  })
  const scope = 'api://a/.default'
  expect([await graph.token(scope), await graph.token(scope)]).toEqual(['token 1', 'token 1'])
  expect([await graph.token(scope, { fresh: true }), await graph.token(scope)]).toEqual(['token 2', 'token 2'])
})

test('a wait looks at growing intervals from 250 ms to 5 s and ends with what was last seen', async () => {
  const { graph, clock } = fakeGraph(() => ({}))
  const wait = graph.waitFor({
    what: 'the moon',
    timeout: 60_000,
    check: async () => ({ done: false, seen: 'clouds' }),
  })
  await expect(wait).rejects.toThrow('waited 60 s for the moon; last seen: clouds')
  expect(clock.slept[0]).toBe(250)
  expect(Math.max(...clock.slept)).toBe(5000)
})

test('a metadata host names both Graph and login', async () => {
  const urls: string[] = []
  const graph = createGraph({
    settings: { tenantId: 't', credential: { kind: 'cli' }, cloud: { metadataHost: 'localhost:8' } },
    credential: { getToken: async (scope) => ({ token: String(scope), expiresOnTimestamp: Number.MAX_SAFE_INTEGER }) },
    fetch: (async (url: unknown, init: RequestInit = {}) => {
      urls.push(`${String(url)} ${new Headers(init.headers).get('Authorization') ?? ''}`.trim())
      return Response.json({
        microsoftGraphResourceId: 'https://localhost:8/',
        authentication: { loginEndpoint: 'https://localhost:8' },
      })
    }) as typeof fetch,
  })
  await graph.get('/users')
  expect(urls).toEqual([
    'https://localhost:8/metadata/endpoints?api-version=2022-09-01',
    'https://localhost:8/v1.0/users Bearer https://localhost:8/.default',
  ])
})
