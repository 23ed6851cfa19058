import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { openPostgres } from './storage/postgres.ts'
import { describeOnPostgres } from './testing/on-postgres.ts'
import { startPostgres, type TestServer } from './testing/postgres.ts'
import { adminToken, callsTo, newUser, startTestService, type TestService } from './testing/service.ts'

describeOnPostgres('when the database server goes away', () => {
  let server: TestServer
  let service: TestService
  beforeAll(async () => {
    server = await startPostgres()
    service = await startTestService(await openPostgres(await server.freshDatabase()))
  }, 60_000)
  afterAll(async () => {
    await service?.close()
    await server?.remove()
  })

  test('all endpoints answer 503 with Retry-After, and work again without a restart once it is back', async () => {
    const admin = callsTo(new URL('/admin', service.ready.adminUrl).href, {})
    const { headers } = await admin('POST', '/sign-in', new URLSearchParams({ token: adminToken }).toString(), form)
    const cookie = { cookie: headers.get('set-cookie')!.split(';')[0]! }
    const token = callsTo(service.ready.tokenEndpoint, {})
    const grant = {
      grant_type: 'client_credentials',
      client_id: service.ready.clientId!,
      client_secret: service.ready.clientSecret!,
    }
    const everywhere = async () => {
      const answers = await Promise.all([
        service.scim('GET', '/Users'),
        service.scim('POST', '/Users', newUser(`u${Math.random()}`)),
        token('POST', '', new URLSearchParams(grant).toString(), form),
        service.api('GET', ''),
        service.api('GET', '/users'),
        admin('GET', '/default', undefined, cookie),
        callsTo(new URL('/readyz', service.ready.adminUrl).href, {})('GET', ''),
      ])
      return answers.map((answer) => [answer.status, answer.headers.get('retry-after')])
    }
    expect((await everywhere()).map(([status]) => status)).toEqual([200, 201, 200, 200, 200, 200, 200])
    await server.stop()
    const away = await everywhere()
    expect(away.map(([status]) => status)).toEqual([503, 503, 503, 503, 503, 503, 503])
    expect(away.every(([, retryAfter]) => Number(retryAfter) > 0)).toBe(true)
    await server.start()
    expect((await everywhere()).map(([status]) => status)).toEqual([200, 201, 200, 200, 200, 200, 200])
  }, 60_000)

  test('statements in the middle of which it went fail as unreachable, and none of them is lost from the count', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `in-flight${index}`)
    const sent = names.map((name) => service.scim('POST', '/Users', newUser(name)))
    await Promise.race(sent)
    await server.stop()
    const answers = await Promise.all(sent)
    await server.start()
    expect(answers.every(({ status }) => status === 201 || status === 503)).toBe(true)
    const filter = encodeURIComponent('userName sw "in-flight"')
    const { body } = await service.scim('GET', `/Users?filter=${filter}&attributes=userName`)
    const stored = new Set(body.Resources.map(({ userName }: { userName: string }) => userName))
    expect(names.filter((name, index) => answers[index]!.status === 201 && !stored.has(name))).toEqual([])
  }, 60_000)
})

const form = { 'content-type': 'application/x-www-form-urlencoded' }
