import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { KNOWN_GROUPS, KNOWN_USERS } from '../directory/known.ts'
import { startTestSandbox, type TestSandbox } from '../testing.ts'

const EVENTUAL = { ConsistencyLevel: 'eventual' }
let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox()
})
afterAll(() => sandbox.close())
beforeEach(() => sandbox.control('POST', '/reset'))

const get = (path: string, query: Record<string, string> = {}, headers?: Record<string, string>) =>
  sandbox.graph('GET', `${path}?${new URLSearchParams(query)}`, undefined, headers)
const names = (reply: { body: { value: { displayName: string }[] } }) =>
  reply.body.value.map(({ displayName }) => displayName)
const newUser = (displayName: string) =>
  sandbox.graph('POST', '/users', {
    accountEnabled: true,
    displayName,
    mailNickname: displayName,
    userPrincipalName: `${displayName}@entrada-sandbox.example`,
    passwordProfile: { password: 'x' },
  })

/** Every item of every page; `between` runs after the first page. */
async function pages(path: string, query: Record<string, string>, between: () => Promise<unknown>) {
  const first = await get(path, query, EVENTUAL)
  const ids: string[] = first.body.value.map(({ id }: { id: string }) => id)
  await between()
  for (let link = first.body['@odata.nextLink']; link; ) {
    expect(link).toContain('$skiptoken=')
    const { body } = await sandbox.send('GET', link, undefined, {
      ...EVENTUAL,
      authorization: `Bearer ${await sandbox.token()}`,
    })
    ids.push(...body.value.map(({ id }: { id: string }) => id))
    link = body['@odata.nextLink']
  }
  return ids
}

describe('pages hold their place', () => {
  test('in a sorted list, when somebody is added before it', async () => {
    const ids = await pages('/users', { $orderby: 'displayName', $top: '20' }, () => newUser('Aaaaaaa'))
    expect([ids.length, new Set(ids).size]).toEqual([60, 60])
  })

  test.each([
    ['the last one told', 19],
    ['one told before', 3],
  ])('when %s is deleted', async (_, index) => {
    const before = (await get('/users', { $top: '60', $select: 'id' })).body.value as { id: string }[]
    const ids = await pages('/users', { $top: '20' }, () => sandbox.graph('DELETE', `/users/${before[index]!.id}`))
    expect(ids).toEqual(before.map(({ id }) => id))
  })

  test('but a token that the sandbox did not make is refused', async () => {
    expect((await get('/users', { $skiptoken: 'nonsense' })).body.error.code).toBe('Directory_ExpiredPageToken')
  })
})

describe('$search', () => {
  test.each([
    ['"displayName:adele"', ['Adele Vance']],
    ['"displayName:adele" OR "mail:diego"', ['Adele Vance', 'Diego Siciliani']],
    ['"displayName:diego" AND "displayName:sici"', ['Diego Siciliani']],
    ['("displayName:adele" OR "displayName:diego") AND "mail:adele"', ['Adele Vance']],
  ])('%s', async ($search, expected) => {
    expect(names(await get('/users', { $search }, EVENTUAL))).toEqual(expected)
  })

  test.each(['displayName:adele', '"jobTitle:lead"', '"displayName:a" "mail:b"', '"displayName:a" OR', '("mail:b"'])(
    '%s is refused',
    async ($search) => {
      expect((await get('/users', { $search }, EVENTUAL)).status).toBe(400)
    },
  )
})

describe('$select', () => {
  test('gives properties that nobody set as Graph does', async () => {
    const { body } = await get(`/users/${KNOWN_USERS.adele}`, { $select: 'employeeOrgData,skills,showInAddressList' })
    expect(body).toMatchObject({ employeeOrgData: null, skills: [], showInAddressList: null })
  })

  test.each(['/users', `/users/${KNOWN_USERS.adele}`, '/groups', '/servicePrincipals', '/applications'])(
    'refuses a property that does not exist, on %s',
    async (path) => {
      const { status, body } = await get(path, { $select: 'id,shoeSize' })
      expect([status, body.error.message]).toEqual([400, expect.stringContaining("named 'shoeSize' on type")])
    },
  )
})

describe('$filter and $orderby', () => {
  test('take what the metadata knows, and up to fifteen alternatives', async () => {
    expect((await get('/users', { $filter: "employeeType eq 'x'" })).body.value).toEqual([])
    const many = (count: number) => ({ $filter: `id in (${Array.from({ length: count }, (_, i) => `'${i}'`)})` })
    expect((await get('/users', many(15))).status).toBe(200)
    expect((await get('/users', many(16))).body.error.message).toContain('Max allowed: 15')
  })

  test.each([
    ["accountEnabled eq 'true'", "'Edm.Boolean' and 'Edm.String' for operator kind 'Equal'"],
    ["'true' eq accountEnabled", "'Edm.Boolean' and 'Edm.String' for operator kind 'Equal'"],
    ["accountEnabled in ('true')", "'Edm.Boolean' and 'Edm.String' for operator kind 'Equal'"],
    ['accountEnabled eq 1', "'Edm.Boolean' and 'Edm.Int32' for operator kind 'Equal'"],
    ['displayName ge true', "'Edm.String' and 'Edm.Boolean' for operator kind 'GreaterThanOrEqual'"],
  ])('refuse %s, which compares values of two types', async ($filter, operands) => {
    const { status, body } = await get('/users', { $filter })
    expect([status, body.error.message]).toEqual([400, expect.stringContaining(operands)])
  })

  test.each(['accountEnabled eq null', 'accountEnabled eq true', 'createdDateTime ge 2019-01-01'])(
    'take %s',
    async ($filter) => {
      expect((await get('/users', { $filter })).status).toBe(200)
    },
  )

  test('find what clients wrote', async () => {
    const { body } = await newUser('typed')
    await sandbox.graph('PATCH', `/users/${body.id}`, { employeeType: 'Contractor' })
    expect(names(await get('/users', { $filter: "employeeType eq 'Contractor'" }))).toEqual(['typed'])
  })

  test('look into lists', async () => {
    const unified = await get('/groups', { $filter: "groupTypes/any(t:t eq 'Unified')" })
    expect(names(unified)).toEqual([KNOWN_GROUPS.unified])
    const some = await get('/groups', { $filter: 'groupTypes/any()' })
    expect(names(some)).toEqual([KNOWN_GROUPS.unified])
    const counted = { $filter: 'groupTypes/$count ne 0', $count: 'true' }
    expect((await get('/groups', counted)).body.error.code).toBe('Request_UnsupportedQuery')
    expect(names(await get('/groups', counted, EVENTUAL))).toEqual([KNOWN_GROUPS.unified])
  })

  test('sort by several, and together only for who asks for eventual consistency and a count', async () => {
    const query = { $filter: 'accountEnabled eq true', $orderby: 'department desc,displayName', $top: '3' }
    const refused = await get('/users', query)
    expect(refused.body.error).toMatchObject({
      code: 'Request_UnsupportedQuery',
      message: 'Sorting not supported for current query.',
    })
    const { body } = await get('/users', { ...query, $count: 'true', $select: 'department' }, EVENTUAL)
    const departments = body.value.map(({ department }: { department: string }) => department)
    expect(departments).toEqual([...departments].sort().reverse())
    expect((await get('/users', { $orderby: 'jobTitle' })).status).toBe(400)
    expect((await get('/users', { $orderby: 'displayName' })).status).toBe(200)
  })

  test('$skip is refused on directory objects', async () => {
    expect((await get('/users', { $skip: '5' })).status).toBe(400)
  })
})

describe('limits', () => {
  test('a request says what it costs', async () => {
    const cost = async (path: string, query = {}) => (await get(path, query)).headers['x-ms-resource-unit']
    expect(await cost('/users')).toBe('2')
    expect(await cost('/users', { $select: 'id' })).toBe('1')
    expect(await cost('/groups')).toBe('3')
    expect(await cost('/applicationTemplates')).toBeUndefined()
  })

  test('the provisioning log takes five requests in ten seconds where the published limits hold', async () => {
    await sandbox.control('POST', '/settings', { documentedLimits: true })
    const ask = () => get('/auditLogs/provisioning')
    await sandbox.control('POST', '/clock', { advanceSeconds: 10 })
    for (let i = 0; i < 5; i++) expect((await ask()).status).toBe(200)
    const { status, headers, body } = await ask()
    expect([status, body.error.code, body.error.innerError.status]).toEqual([429, 'TooManyRequests', '429'])
    expect(Number(headers['retry-after'])).toBeGreaterThan(0)
    await sandbox.control('POST', '/clock', { advanceSeconds: 10 })
    expect((await ask()).status).toBe(200)
  })

  test('requests in a batch are throttled one by one', async () => {
    await sandbox.control('POST', '/clock', { advanceSeconds: 10 })
    await sandbox.control('POST', '/settings', { throttleRequests: 1 })
    const requests = ['a', 'b'].map((id) => ({ id, method: 'GET', url: '/organization' }))
    const { status, body } = await sandbox.graph('POST', '/$batch', { requests })
    expect(status).toBe(200)
    expect(body.responses.map(({ status }: { status: number }) => status)).toEqual([200, 429])
    expect(body.responses[1].headers['retry-after']).toBeDefined()
  })
})

test('a body in a batch needs its content type', async () => {
  const request = { id: '1', method: 'PATCH', url: `/users/${KNOWN_USERS.adele}`, body: { city: 'Oulu' } }
  const send = (one: object) => sandbox.graph('POST', '/$batch', { requests: [one] })
  expect((await send(request)).body.error.message).toContain('Write request id : 1')
  const { body } = await send({ ...request, headers: { 'Content-Type': 'application/json' } })
  expect(body.responses).toMatchObject([{ status: 204 }])
})

test.each([
  ['POST', '/applicationTemplates'],
  ['PATCH', '/applicationTemplates/8adf8e6e-67b2-4cf2-a259-e3dc5476c621'],
  ['PUT', '/organization'],
])('%s %s is a method that the path does not have', async (method, path) => {
  const { status, body } = await sandbox.graph(method, path, {})
  expect([status, body.error.message]).toEqual([405, 'Specified HTTP method is not allowed for the request target.'])
})
