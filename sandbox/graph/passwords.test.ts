import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { startTestSandbox, type TestSandbox } from '../testing.ts'

let sandbox: TestSandbox
let application: { id: string; appId: string }
let principal: { id: string }
beforeAll(async () => {
  sandbox = await startTestSandbox()
})
afterAll(() => sandbox.close())
beforeEach(async () => {
  await sandbox.control('POST', '/reset')
  application = (await sandbox.graph('POST', '/applications', { displayName: 'Secretive' })).body
  principal = (await sandbox.graph('POST', '/servicePrincipals', { appId: application.appId })).body
})

/** `ok`, or the first words of the refusal. */
async function signIn(client_secret: string, client_id = application.appId): Promise<string> {
  const form = { grant_type: 'client_credentials', client_id, client_secret }
  const body = new URLSearchParams({ ...form, scope: `${sandbox.address.graph}/.default` }).toString()
  const reply = await sandbox.send('POST', `/${sandbox.address.tenantId}/oauth2/v2.0/token`, body)
  return reply.status === 200 ? 'ok' : reply.body.error_description.split(':')[0]
}
const now = async () => Date.parse((await sandbox.control('GET', '/clock')).body.now)
const day = (time: number, days: number) => new Date(time + days * 86_400_000).toISOString()

describe.each([
  ['an application', () => `/applications/${application.id}`],
  ['a service principal', () => `/servicePrincipals/${principal.id}`],
])('a password of %s', (_, path) => {
  const add = (passwordCredential?: unknown) =>
    sandbox.graph('POST', `${path()}/addPassword`, passwordCredential === undefined ? {} : { passwordCredential })

  test('signs in until it is removed, and its secret is told once', async () => {
    const { status, body } = await add({ displayName: 'for tests' })
    expect([status, body.displayName]).toEqual([200, 'for tests'])
    const { secretText, '@odata.context': __, ...credential } = body
    const listed = async () => (await sandbox.graph('GET', path())).body.passwordCredentials
    expect(await listed()).toEqual([{ ...credential, secretText: null }])
    expect(await signIn(secretText)).toBe('ok')
    expect((await sandbox.graph('POST', `${path()}/removePassword`, { keyId: body.keyId })).status).toBe(204)
    expect(await listed()).toEqual([])
    expect(await signIn(secretText)).toBe('AADSTS7000215')
    expect((await sandbox.graph('POST', `${path()}/removePassword`, { keyId: body.keyId })).status).toBe(404)
    expect((await sandbox.graph('POST', `${path()}/removePassword`, {})).status).toBe(400)
  })

  test('is good from its start to its end, two years after the start where nobody says', async () => {
    const at = await now()
    const { body } = await add({ startDateTime: day(at, 1), endDateTime: day(at, 3) })
    expect(body).toMatchObject({ startDateTime: day(at, 1), endDateTime: day(at, 3) })
    expect(await signIn(body.secretText)).toBe('AADSTS7000215')
    await sandbox.control('POST', '/clock', { advanceSeconds: 2 * 86_400 })
    expect(await signIn(body.secretText)).toBe('ok')
    await sandbox.control('POST', '/clock', { advanceSeconds: 2 * 86_400 })
    expect(await signIn(body.secretText)).toBe('AADSTS7000222')
    const { body: open } = await add({ startDateTime: '2031-02-03T00:00:00Z' })
    expect(open.endDateTime).toBe('2033-02-03T00:00:00.000Z')
  })

  test.each([
    [{ endDateTime: 'garbage' }, 'passwordCredential.endDateTime is "garbage", not Edm.DateTimeOffset'],
    [{ endDateTime: '2031-13-01T00:00:00Z' }, 'passwordCredential.endDateTime is "2031-13-01T00:00:00Z"'],
    [
      { startDateTime: '2031-02-03T00:00:00Z', endDateTime: '2031-02-03T00:00:00Z' },
      '2031-02-03T00:00:00Z is not after 2031-02-03T00:00:00Z',
    ],
    ['text', 'passwordCredential is not an object'],
  ])('is refused as %j', async (wanted, problem) => {
    const { status, body } = await add(wanted)
    expect([status, body.error.message]).toEqual([400, expect.stringContaining(problem)])
  })
})

test('an application is made with one password, which signs in', async () => {
  const made = await sandbox.graph('POST', '/applications', {
    displayName: 'With secret',
    passwordCredentials: [{ displayName: 'first', keyId: application.id, secretText: 'of my choice' }],
  })
  const [{ secretText, ...credential }] = made.body.passwordCredentials
  expect([credential.displayName, credential.keyId === application.id, secretText.length > 20]).toEqual([
    'first',
    false,
    true,
  ])
  const { body } = await sandbox.graph('GET', `/applications/${made.body.id}`)
  expect(body.passwordCredentials).toEqual([{ ...credential, secretText: null }])
  await sandbox.graph('POST', '/servicePrincipals', { appId: made.body.appId })
  expect(await signIn(secretText, made.body.appId)).toBe('ok')
  for (const passwordCredentials of [[{}, {}], 'text', [{ endDateTime: 'garbage' }], [null]]) {
    const refused = await sandbox.graph('POST', '/applications', { displayName: 'x', passwordCredentials })
    expect(refused.status).toBe(400)
  }
})

test('a password of a service principal goes with it', async () => {
  const { body } = await sandbox.graph('POST', `/servicePrincipals/${principal.id}/addPassword`, {})
  await sandbox.graph('DELETE', `/servicePrincipals/${principal.id}`)
  await sandbox.graph('POST', '/servicePrincipals', { appId: application.appId })
  expect(await signIn(body.secretText)).toBe('AADSTS7000215')
})
