import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { JWTPayload } from 'jose'
import { IdentityUnavailable } from '../entra/identity.ts'
import { openTestDatabase } from '../testing/database.ts'
import { clientId, inSeconds, person, startTestEntra, tenant } from '../testing/entra.ts'
import type { TestIssuer } from '../testing/issuer.ts'
import { startTestService, type TestService } from '../testing/service.ts'
import { type PageAnswer, type Visitor, visitor } from './testing/pages.ts'

const key = 'a key of the service, in tests only, long enough'
let issuer: TestIssuer
let service: TestService
let away: string | undefined
let browser: Visitor

beforeAll(async () => {
  const { issuer: started, options } = await startTestEntra()
  issuer = started
  const token = async (resource: string): Promise<string> => {
    if (away) throw new IdentityUnavailable(away)
    return await options.identity.token(resource)
  }
  const more = {
    adminToken: undefined,
    entra: { ...options, identity: { token } },
    key,
    settings: { trustProxy: 1 },
  }
  service = await startTestService(await openTestDatabase(), more)
}, 60_000)
afterAll(async () => {
  issuer.close()
  await service.close()
})
beforeEach(() => {
  away = undefined
  browser = visitor(service.ready.adminUrl)
})

const redirectUri = (): string => `${service.ready.adminUrl}/sign-in/callback`

/** Follows the link of the sign-in page; gives what Entra ID is asked. */
async function begin(next = '/admin/default/users'): Promise<URLSearchParams> {
  const { status, location } = await browser.get(`/sign-in/entra?${new URLSearchParams({ next })}`)
  expect([status, location?.split('?')[0]]).toEqual([303, `${issuer.origin}/authorize`])
  return new URL(location!).searchParams
}

const comeBack = (query: Record<string, string>): Promise<PageAnswer> =>
  browser.get(`/sign-in/callback?${new URLSearchParams(query)}`)

/** A whole sign-in, with an ID token that has these claims otherwise. */
async function signIn(
  changes: JWTPayload = {},
  next?: string,
): Promise<PageAnswer & { sent: URLSearchParams; asked: URLSearchParams }> {
  const asked = await begin(next)
  const claims = {
    iss: issuer.url,
    aud: clientId,
    oid: person,
    tid: tenant,
    name: 'Zoë Ödegård',
    nonce: asked.get('nonce')!,
    exp: inSeconds(600),
    roles: ['Manage'],
    ...changes,
  }
  const tokens = issuer.answerTokens(200, { id_token: await issuer.sign(claims) })
  const answer = await comeBack({ code: 'the code', state: asked.get('state')! })
  return { ...answer, sent: tokens.sent(), asked }
}

describe('signing in at Entra ID', () => {
  test('is offered on the page, without an admin token where there is none', async () => {
    const { text } = await browser.get('?next=%2Fadmin%2Fdefault%2Fgroups')
    expect(text).toContain('href="/admin/sign-in/entra?next=%2Fadmin%2Fdefault%2Fgroups"')
    expect(text).not.toContain('Admin token')
    expect((await browser.post('/sign-in', { token: '' })).status).toBe(401)
  })

  test('asks by code, with PKCE, state and nonce, and proves the service by its managed identity', async () => {
    const { status, headers, sent, asked } = await signIn()
    expect(Object.fromEntries(asked)).toMatchObject({
      client_id: clientId,
      response_type: 'code',
      response_mode: 'query',
      redirect_uri: redirectUri(),
      scope: 'openid profile',
      code_challenge_method: 'S256',
    })
    expect(Object.fromEntries(sent)).toMatchObject({
      grant_type: 'authorization_code',
      client_id: clientId,
      code: 'the code',
      redirect_uri: redirectUri(),
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: 'assertion for api://AzureADTokenExchange',
    })
    expect(sent.has('client_secret')).toBe(false)
    const challenge = createHash('sha256').update(sent.get('code_verifier')!).digest('base64url')
    expect(asked.get('code_challenge')).toBe(challenge)
    // A page of this site leads on: the session's cookie is not sent where another site has led to.
    expect([status, headers.get('refresh')]).toEqual([200, '0; url=/admin/default/users'])
    const page = await browser.get('/default/users')
    expect([page.status, page.text]).toEqual([200, expect.stringContaining('Zoë Ödegård')])
    expect(page.text).not.toContain('(reads only)')
  })

  test('keeps what it was begun with from everybody, in a cookie that comes back from another site', async () => {
    const { headers } = await browser.get('/sign-in/entra')
    const cookie = headers.get('set-cookie')!
    expect(cookie).toMatch(/^entrada_admin_entra=[\w.-]+; Path=\/admin; Max-Age=900; HttpOnly; SameSite=Lax$/)
    const asked = new URL(headers.get('location')!).searchParams
    expect(cookie).not.toContain(asked.get('state'))
  })

  test('leads nowhere but to these pages', async () => {
    for (const next of ['https://evil.example', '//evil.example', '/admin/\nrefresh: x']) {
      expect((await signIn({}, next)).headers.get('refresh')).toBe('0; url=/admin')
    }
  })

  test.each([
    ['of another sign-in', { nonce: 'another' }, 403, 'is of another sign-in'],
    ['of another tenant', { tid: person }, 403, 'is of another sign-in'],
    [
      'from another issuer',
      { iss: `https://sts.windows.net/${tenant}/` },
      403,
      'not for this service, by its claim iss',
    ],
    ['for another application', { aud: person }, 403, 'not for this service, by its claim aud'],
    ['that has expired', { exp: inSeconds(-400) }, 403, 'not for this service, by its claim exp'],
    ['without a role', { roles: [] }, 403, `Zoë Ödegård (${person}) has no role in this application`],
  ])('with an ID token %s is refused', async (_, changes, status, said) => {
    const answer = await signIn(changes)
    expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(said)])
    expect((await browser.get('/default')).status).toBe(303)
  })

  test('in another browser, a second time, or with another state is not begun', async () => {
    const asked = await begin()
    const state = asked.get('state')!
    expect((await comeBack({ code: 'x', state: `${state}x` })).status).toBe(400)
    const other = visitor(service.ready.adminUrl)
    expect((await other.get(`/sign-in/callback?code=x&state=${state}`)).status).toBe(400)
    issuer.answerTokens(400, { error: 'invalid_grant' })
    expect((await comeBack({ code: 'x', state })).status).toBe(403)
    expect((await comeBack({ code: 'x', state })).text).toContain('was not begun in this browser')
  })

  test('that Entra ID refuses is told in its words, escaped and without the ids of its logs', async () => {
    const state = (await begin()).get('state')!
    const description = "AADSTS50105: The signed in user '<b>x</b>' is blocked.\r\nTrace ID: 1"
    const { status, text } = await comeBack({ error: 'access_denied', error_description: description, state })
    expect([status, text]).toEqual([403, expect.stringContaining('AADSTS50105: The signed in user')])
    expect(text).not.toMatch(/<b>x|Trace ID/)

    const again = (await begin()).get('state')!
    issuer.answerTokens(401, {
      error: 'invalid_client',
      error_description: 'AADSTS700213: No matching federated identity',
    })
    expect((await comeBack({ code: 'x', state: again })).text).toContain('AADSTS700213: No matching federated identity')
  })

  test('says so while the managed identity gives no token', async () => {
    const state = (await begin()).get('state')!
    away = 'The managed identity c gets no token'
    const { status, text } = await comeBack({ code: 'x', state })
    expect([status, text]).toEqual([503, expect.stringContaining(away)])
  })
})

describe('who has the role', () => {
  const formTokenOf = async (): Promise<string> =>
    /name="formToken" value="([^"]+)"/.exec((await browser.get('/default')).text)![1]!

  test('Manage changes, and is named in the audit trail; signing out ends it', async () => {
    await signIn()
    const formToken = await formTokenOf()
    const made = await browser.post('/default/configurations', { formToken, name: 'Made', defaultLicence: 'named' })
    expect(made.status).toBe(303)
    expect((await browser.get('/default/audit')).text).toContain(`admin pages: Zoë Ödegård (${person})`)
    await browser.post('/sign-out', { formToken })
    expect((await browser.get('/default')).status).toBe(303)
  })

  test('Read sees all pages, none with a form that changes something, and may change nothing', async () => {
    await signIn()
    const made = await browser.post('/default/configurations', { name: 'Seen', defaultLicence: 'named' })
    const configuration = made.location!.replace('/admin', '')
    browser.cookies.clear()
    await signIn({ roles: ['Read'] })
    for (const path of [
      '/default',
      '/default/users',
      '/default/groups',
      '/default/configurations',
      configuration,
      '/default/audit',
    ]) {
      const { status, text } = await browser.get(path)
      expect([status, text]).toEqual([200, expect.stringContaining('Zoë Ödegård (reads only)')])
      expect(text.match(/<form method="post" action="(?!\/admin\/sign-out)/)).toBeNull()
    }
    const formToken = await formTokenOf()
    for (const path of ['/default/configurations', `${configuration}/delete`, `${configuration}/secrets`]) {
      const { status, text } = await browser.post(path, { formToken, name: 'No', defaultLicence: 'named' })
      expect([status, text]).toEqual([403, expect.stringContaining('changes need <code>Manage</code>')])
    }
    expect((await browser.get('/default/configurations')).text).toContain('Seen')
  })
})
