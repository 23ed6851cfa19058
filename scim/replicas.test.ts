import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { openPostgres } from './storage/postgres.ts'
import { contradictions } from './testing/invariants.ts'
import { describeOnPostgres } from './testing/on-postgres.ts'
import { startPostgres, type TestServer } from './testing/postgres.ts'
import {
  type Answer,
  callsTo,
  newGroup,
  newUser,
  patchOf,
  startTestService,
  type TestService,
} from './testing/service.ts'

describeOnPostgres('two replicas on one database', () => {
  let server: TestServer
  let url: string
  let replicas: TestService[]
  beforeAll(async () => {
    server = await startPostgres()
    url = await server.freshDatabase()
    const start = async () => startTestService(await openPostgres(url))
    replicas = await Promise.all([start(), start()])
  }, 60_000)
  afterAll(async () => {
    await Promise.all((replicas ?? []).map((replica) => replica.close()))
    await server?.remove()
  })

  type Call = Answer | Promise<Answer>
  /** A tenant, called through each of the replicas with one token. */
  async function shared(licences: object = {}) {
    const tenant = await replicas[0]!.tenant(licences)
    const name = new URL(tenant.tenantUrl).pathname.split('/')[1]
    const bases = replicas.map(({ ready }) => `${new URL(ready.tenantUrl).origin}/${name}/scim/v2`)
    const scims = bases.map((base) => callsTo(base, tenant.authorization))
    const [first, second] = scims as [(typeof scims)[0], (typeof scims)[0]]
    /** Asks both at once, `times` each. */
    const race = (times: number, ask: (scim: typeof first, number: number) => Call) =>
      Promise.all(Array.from({ length: 2 * times }, (_, number) => ask(scims[number % 2]!, number)))
    return { ...tenant, first, second, race }
  }
  const statuses = (answers: Answer[]) => answers.map(({ status }) => status).sort()
  const consistent = async () => {
    const database = await openPostgres(url)
    const found = await contradictions(database)
    await database.close()
    return found
  }

  test('start together on an empty database and know the same first tenant', async () => {
    const made = replicas.filter(({ ready }) => ready.clientSecret !== null)
    expect(made.length).toBeGreaterThanOrEqual(1)
    const [a, b] = await Promise.all(replicas.map(({ api }) => api('GET', '/configurations')))
    expect(a!.body.configurations.map(({ id }: { id: string }) => id)).toEqual(
      b!.body.configurations.map(({ id }: { id: string }) => id),
    )
    expect(a!.body.configurations).toHaveLength(1)
  })

  test('of users made at once only as many are licensed as there are seats (L2, L11)', async () => {
    const { race, api } = await shared({ named: 7 })
    const answers = await race(20, (scim, number) => scim('POST', '/Users', newUser(`seat${number}`)))
    expect(new Set(statuses(answers))).toEqual(new Set([201]))
    expect((await api('GET', '')).body.counts).toMatchObject({ users: 40, licensed: 7, waiting: 33 })
    expect(await consistent()).toEqual([])
  })

  test('seats that are freed at once go to as many who wait (L3)', async () => {
    const { race, api } = await shared({ named: 10 })
    const made = await race(10, (scim, number) => scim('POST', '/Users', newUser(`leaves${number}`)))
    const { body } = await api('GET', '/users?state=licensed')
    const leavers: string[] = body.users.map(({ id }: { id: string }) => id)
    expect(leavers).toHaveLength(10)
    const off = patchOf({ op: 'replace', path: 'active', value: false })
    await race(5, (scim, number) =>
      number % 3 ? scim('PATCH', `/Users/${leavers[number]}`, off) : scim('DELETE', `/Users/${leavers[number]}`),
    )
    expect(made).toHaveLength(20)
    expect((await api('GET', '')).body.counts).toMatchObject({ licensed: 10, waiting: 0 })
    expect(await consistent()).toEqual([])
  })

  test('of one name made at once one is made, the others are 409 (U5)', async () => {
    const { race, first } = await shared()
    for (const [path, body] of [
      ['/Users', newUser('Same')],
      ['/Groups', newGroup('Same')],
    ] as const) {
      const answers = await race(5, (scim) => scim('POST', path, body))
      expect(statuses(answers)).toEqual([201, ...Array(9).fill(409)])
      expect((await first('GET', path)).body.totalResults).toBe(1)
    }
  })

  test('members added and removed at once are all added and removed (P37)', async () => {
    const { race, first } = await shared()
    const users = await race(10, (scim, number) => scim('POST', '/Users', newUser(`member${number}`)))
    const ids: string[] = users.map(({ body }) => body.id)
    const stay = ids.slice(10).map((value) => ({ value }))
    const { body: group } = await first('POST', '/Groups', newGroup('team', { members: stay }))
    const add = (value: string) => patchOf({ op: 'add', path: 'members', value: [{ value }] })
    const remove = (value: string) => patchOf({ op: 'remove', path: `members[value eq "${value}"]` })
    const answers = await race(10, (scim, number) =>
      scim('PATCH', `/Groups/${group.id}`, number < 10 ? add(ids[number]!) : remove(ids[number]!)),
    )
    expect(new Set(statuses(answers))).toEqual(new Set([204]))
    const { body } = await first('GET', `/Groups/${group.id}`)
    expect(body.members.map(({ value }: { value: string }) => value).sort()).toEqual(ids.slice(0, 10).sort())
  })

  test('of two writes for one version one succeeds (E7)', async () => {
    const { race, first } = await shared()
    const { body, headers } = await first('POST', '/Users', newUser('versioned'))
    const version = { 'if-match': headers.get('etag')! }
    const answers = await race(3, (scim, number) =>
      scim('PATCH', `/Users/${body.id}`, patchOf({ op: 'replace', path: 'title', value: `t${number}` }), version),
    )
    expect(statuses(answers)).toEqual([200, ...Array(5).fill(412)])
  })
})
