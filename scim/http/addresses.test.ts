import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { newUser, startTestService, type TestService, tokenOf } from '../testing/service.ts'

let service: TestService
let authorization: string
let id: string
beforeAll(async () => {
  service = await startTestService()
  const { tokenEndpoint, clientId, clientSecret } = service.ready
  authorization = (await tokenOf(tokenEndpoint, clientId!, clientSecret!)).authorization
  id = (await service.scim('POST', '/Users', newUser('somebody'))).body.id
}, 60_000)
afterAll(() => service.close())

const call: TestService['scim'] = (...parameters) => service.scim(...parameters)

/** A request with exactly these headers and bytes. */
const send = (body: Uint8Array | string, headers: Record<string, string>, path = '/Users'): Promise<Response> =>
  fetch(service.ready.tenantUrl + path, {
    method: 'POST',
    headers: { authorization, ...headers },
    body: typeof body === 'string' ? new TextEncoder().encode(body) : Uint8Array.from(body),
  })
const json = { 'content-type': 'application/scim+json' }

describe('methods', () => {
  test.each([
    ['PUT', '/Users', 'GET, HEAD, OPTIONS, POST'],
    ['DELETE', '/Users', 'GET, HEAD, OPTIONS, POST'],
    ['POST', '/Users/1', 'DELETE, GET, HEAD, OPTIONS, PATCH, PUT'],
    ['POST', '/Me', 'DELETE, GET, HEAD, OPTIONS, PATCH, PUT'],
    ['GET', '/Bulk', 'OPTIONS, POST'],
    ['DELETE', '/Schemas', 'GET, HEAD, OPTIONS'],
    ['POST', '/ServiceProviderConfig', 'GET, HEAD, OPTIONS'],
  ])('%s %s is not possible; Allow says what is (X11, D7)', async (method, path, allow) => {
    const answer = await call(method, path, method === 'POST' ? {} : undefined)
    expect(answer.body).toMatchObject({ status: '405', schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'] })
    expect(answer.headers.get('allow')).toBe(allow)
  })

  test('HEAD is GET without the body, OPTIONS says what is possible (X16)', async () => {
    const head = await call('HEAD', `/Users/${id}`)
    expect([head.status, head.text, head.headers.get('etag')]).toEqual([200, '', 'W/"1"'])
    expect((await call('HEAD', '/Users/1')).status).toBe(404)
    const options = await call('OPTIONS', `/Users/${id}`)
    expect([options.status, options.text]).toEqual([204, ''])
    expect(options.headers.get('allow')).toBe('DELETE, GET, HEAD, OPTIONS, PATCH, PUT')
  })

  test('DELETE answers without body and type (X14)', async () => {
    const { body } = await call('POST', '/Users', newUser('deleted'))
    const answer = await call('DELETE', `/Users/${body.id}`)
    expect([answer.status, answer.text, answer.headers.get('content-type')]).toEqual([204, '', null])
  })
})

describe('addresses', () => {
  test.each(['/Users/', '//Users', '/Users.scim', '/Users.scim?count=1'])(
    '%s is the list of users (X17, X18)',
    async (path) => {
      expect((await call('GET', path)).body.Resources).toHaveLength(1)
    },
  )

  test('/serviceConfiguration is ServiceProviderConfig (Q35)', async () => {
    expect((await call('GET', '/serviceConfiguration')).body.patch).toEqual({ supported: true })
  })

  test('of a user may end in a slash or .scim, and be percent-encoded (X17, X18)', async () => {
    for (const path of [`/Users/${id}/`, `/Users/${id}.scim`, `/Users/${id.replaceAll('-', '%2D')}`]) {
      expect((await call('GET', path)).body.id).toBe(id)
    }
  })

  test.each(['/users', '/Foo', '/Users/1/2', '/Users/%00', '/Users/%ff', `/Users/${'x'.repeat(10_000)}`])(
    '%.20s is nowhere (X10, X20)',
    async (path) => {
      const answer = await call('GET', path)
      expect([400, 404]).toContain(answer.status)
      expect(answer.body.schemas).toEqual(['urn:ietf:params:scim:api:messages:2.0:Error'])
    },
  )

  test('of other versions are invalidVers (X19)', async () => {
    const answer = await fetch(service.ready.tenantUrl.replace('/v2', '/v1/Users'), { headers: { authorization } })
    expect([answer.status, await answer.json()]).toMatchObject([400, { scimType: 'invalidVers' }])
  })
})

describe('media types', () => {
  test.each([
    undefined,
    '*/*',
    'application/*',
    'application/json',
    'application/json;q=0.9, application/scim+json; charset=utf-8;q=1',
    'text/html',
  ])('Accept %s is answered in SCIM (X2, X3, X4, X5)', async (accept) => {
    const answer = await call('GET', `/Users/${id}`, undefined, accept ? { accept } : {})
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/scim+json; charset=utf-8'])
  })

  test.each([
    ['application/json', 201],
    ['APPLICATION/SCIM+JSON; charset=UTF-8', 201],
    ['application/json; charset="utf-8"', 201],
    ['application/json; charset=iso-8859-1', 415],
    ['text/plain', 415],
    ['application/x-www-form-urlencoded', 415],
    ['', 415],
  ])('a body of type %j is %d (X6, X7, X8)', async (type, status) => {
    const answer = await send(JSON.stringify(newUser(`type ${type}`)), type ? { 'content-type': type } : {})
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toContain('application/scim+json')
  })

  test('compressed bodies are refused (X23)', async () => {
    const answer = await send('{}', { ...json, 'content-encoding': 'gzip' })
    expect(answer.status).toBe(415)
    expect(await answer.text()).toContain('Content-Encoding')
  })
})

describe('bodies', () => {
  test.each([
    ['bytes that are not UTF-8', Buffer.from('{"userName":"\xff"}', 'latin1'), 'invalidSyntax'],
    ['a byte order mark', '\ufeff{}', 'invalidSyntax'],
    ['UTF-16', Buffer.from('{}', 'utf16le'), 'invalidSyntax'],
    ['a lone surrogate', '{"x":"\\ud800"}', 'invalidValue'],
    ['a NUL', '{"x":"\\u0000"}', 'invalidValue'],
    ['a name twice', '{"userName":"a","userName":"b"}', 'invalidSyntax'],
    ['text', '"x"', 'invalidSyntax'],
    ['nothing', '', 'invalidSyntax'],
  ])('of %s are refused (X9, N12)', async (_name, body, scimType) => {
    const answer = await send(body, json)
    expect([answer.status, await answer.json()]).toMatchObject([400, { status: '400', scimType }])
  })

  test('that are too large are 413, with the limit (X12)', async () => {
    const answer = await call('POST', '/Users', newUser('large', { title: 'x'.repeat(4_194_304) }))
    expect(answer.body).toMatchObject({ status: '413', detail: expect.stringContaining('2097152') })
  })
})
