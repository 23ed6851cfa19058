import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { adminToken, newUser, startTestService, type TestService } from '../testing/service.ts'
import { openSessions } from './session.ts'
import { localAddress } from './sign-in.ts'
import { signedInVisitor, visitor } from './testing/pages.ts'

let service: TestService
let adminUrl: string

beforeAll(async () => {
  service = await startTestService()
  adminUrl = service.ready.adminUrl
})
afterAll(() => service.close())

describe('signing in', () => {
  test('is needed for every page, and goes on to the page that was asked for', async () => {
    const guest = visitor(adminUrl)
    expect((await guest.get('')).text).toContain('Admin token')
    const closed = await guest.get('/default/users?search=a')
    expect(closed).toMatchObject({ status: 303, location: '/admin?next=%2Fadmin%2Fdefault%2Fusers%3Fsearch%3Da' })
    const signedIn = await guest.post('/sign-in', { token: adminToken, next: '/admin/default/users?search=a' })
    expect(signedIn).toMatchObject({ status: 303, location: '/admin/default/users?search=a' })
    expect((await guest.get('/default/users?search=a')).status).toBe(200)
  })

  test('gives a cookie that scripts and other sites cannot use and that does not hold the token', async () => {
    const { headers } = await visitor(adminUrl).post('/sign-in', { token: adminToken })
    expect(headers.get('set-cookie')).toMatch(/; Path=\/admin; Max-Age=28800; HttpOnly; SameSite=Strict$/)
    expect(headers.get('set-cookie')).not.toContain(adminToken)
  })

  test('never goes on to another site', () => {
    for (const asked of [
      'https://evil.example',
      '//evil.example',
      '/admin\\evil',
      '/admin//\nx',
      '/api/tenants/x',
      7,
    ]) {
      expect(localAddress(asked)).toBe('/admin')
    }
  })
})

describe('a session', () => {
  const key = Buffer.alloc(32, 1)
  const visitorOf = { actor: 'admin pages: Zoë (1)', name: 'Zoë', mayChange: false }
  const open = (adminToken: string, now = 0, secure = false) =>
    openSessions(
      key,
      adminToken,
      () => secure,
      () => now,
    )
  const cookieOf = (header: string): string => header.split(';')[0]!

  test('ends after eight hours, with the admin token, and with any change to its cookie', () => {
    const cookie = cookieOf(open('token').begin(visitorOf))
    const hours = 60 * 60 * 1000
    expect(open('token', 8 * hours - 1).find(cookie)).toMatchObject(visitorOf)
    expect(open('token', 8 * hours).find(cookie)).toBeUndefined()
    expect(open('another').find(cookie)).toBeUndefined()
    expect(open('token').find(cookie.replace('=2', '=9'))).toBeUndefined()
    const raised = Buffer.from(JSON.stringify({ ...visitorOf, mayChange: true })).toString('base64url')
    const [expires, nonce, , signature] = cookie.split('.')
    expect(open('token').find([expires, nonce, raised, signature].join('.'))).toBeUndefined()
    expect(open('token').find('entrada_admin=9999999999999.n.forged')).toBeUndefined()
    expect(open('token').find(undefined)).toBeUndefined()
  })

  test('has a form token of its own', () => {
    const sessions = open('token')
    const [a, b] = [sessions.begin(visitorOf), sessions.begin(visitorOf)].map(
      (header) => sessions.find(cookieOf(header))!.formToken,
    )
    expect(a).not.toBe(b)
  })

  test('has a cookie for https alone where the service is reached by https', () => {
    expect(open('token', 0, true).begin(visitorOf)).toMatch(/; Secure$/)
  })
})

test('a form without the token of its session changes nothing', async () => {
  const admin = await signedInVisitor(adminUrl)
  const other = await signedInVisitor(adminUrl)
  const foreign = /name="formToken" value="([^"]+)"/.exec((await other.get('/default')).text)![1]!
  for (const formToken of ['', 'wrong', foreign]) {
    const answer = await admin.post('/default/configurations', { formToken, name: 'Forged', defaultLicence: 'named' })
    expect(answer.status).toBe(403)
  }
  expect((await admin.get('/default/configurations')).text).not.toContain('Forged')
})

test('every answer forbids scripts, frames and caches; no page holds a script, a style or the admin token', async () => {
  const admin = await signedInVisitor(adminUrl)
  const { body } = await service.scim('POST', '/Users', newUser('anna'))
  const pages = ['', '/users', `/users/${body.id}`, '/groups', '/configurations', '/audit', '/nothing']
  for (const path of pages) {
    const { text, headers } = await admin.get(`/default${path}`)
    expect(text).not.toMatch(/<script|<style|\sstyle=|\son\w+=/)
    expect(text).not.toContain(adminToken)
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    )
    expect(headers.get('cache-control')).toBe('no-store')
  }
})

test('signing out ends the session of this browser, and no other site can do it', async () => {
  const admin = await signedInVisitor(adminUrl)
  await admin.post('/sign-out', { formToken: 'foreign' })
  expect((await admin.get('/default')).status).toBe(200)
  await admin.post('/sign-out')
  expect((await admin.get('/default')).status).toBe(303)
})

test('too many wrong admin tokens close the sign-in to their address for a while, even for the right one', async () => {
  const guest = visitor(adminUrl)
  const wrong = await guest.post('/sign-in', { token: 'wrong' })
  expect(wrong).toMatchObject({ status: 401, text: expect.stringContaining('role="alert"') })
  while ((await guest.post('/sign-in', { token: 'wrong' })).status === 401);
  const refused = await guest.post('/sign-in', { token: adminToken })
  expect(refused).toMatchObject({ status: 429, text: expect.stringContaining('Too many sign-ins') })
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(guest.cookies.size).toBe(0)
})
