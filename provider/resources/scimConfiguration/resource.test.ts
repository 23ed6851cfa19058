import { expect, test } from '@jest/globals'
import { markerOf } from '../common/marker.ts'
import { UNKNOWN } from '../resource.ts'
import { API, DAY, setUp } from './service.testing.ts'

test('create gives credentials and marks the configuration as its own', async () => {
  const { resource, inputs, stored, log, tokens, context } = setUp()
  const own = context()
  const { id, outputs } = await resource.create(inputs({ licences: { named: 10 } }), own)
  expect(id).toBe(`${API}/configurations/id1`)
  expect(outputs).toMatchObject({ configurationId: 'id1', clientId: 'c-id1', clientSecret: 'secret1', secretId: 's1' })
  expect(stored[0]).toMatchObject({ name: 'main', defaultLicence: 'named', managedBy: markerOf(own.urn) })
  expect(log).toEqual(['POST /configurations', 'PUT '])
  expect(tokens).toEqual(new Set(['Bearer admin-token']))
})

test('what an interrupted run left is taken over with a new secret', async () => {
  const { resource, inputs, stored, context } = setUp()
  await resource.create(inputs(), context())
  const { outputs } = await resource.create(inputs({ defaultLicence: 'readOnly' }), context())
  expect(outputs).toMatchObject({ configurationId: 'id1', clientSecret: 'secret2' })
  expect(stored).toHaveLength(1)
  expect(stored[0]?.defaultLicence).toBe('readOnly')
})

test('a configuration of somebody else is refused, with the ways out', async () => {
  const { resource, inputs, context } = setUp()
  await resource.create(inputs(), context('one'))
  await expect(resource.create(inputs(), context('two'))).rejects.toThrow(
    /already has a configuration 'main' \(id1\).*another name, or import it: pulumi import .*ScimConfiguration two https:\/\/scim.example\/api\/tenants\/t\/configurations\/id1/,
  )
})

test('a changed rotation asks for one new secret, and nothing else does', async () => {
  const { resource, inputs, stored, context } = setUp()
  const olds = inputs()
  const { id, outputs } = await resource.create(olds, context())
  const renamed = await resource.update({ id, inputs: olds, outputs }, inputs({ name: 'other' }), context())
  expect(renamed.clientSecret).toBe('secret1')
  expect(stored[0]?.name).toBe('other')
  const rotated = await resource.update({ id, inputs: olds, outputs }, inputs({ rotation: '2' }), context())
  expect(rotated).toMatchObject({ clientSecret: 'secret2', secretId: 's2' })
  await expect(
    resource.preview(inputs({ rotation: '2' }), { id, inputs: olds, outputs }, context()),
  ).resolves.toMatchObject({
    clientSecret: UNKNOWN,
    clientId: 'c-id1',
  })
})

test('a period: nothing before it is over, then one new secret, and the old one ends once the new one has taken over', async () => {
  const { resource, inputs, stored, clock, use, context } = setUp()
  const asked = inputs({ rotation: { every: '90d' } })
  const { id, ...made } = await resource.create(asked, context())
  let outputs = made.outputs
  const state = () => ({ id, inputs: asked, outputs })
  const pass = (days: number) => clock.sleep(days * DAY)
  const changes = () => resource.diff(state(), asked).changes
  const secrets = () => stored[0]!.secrets.map((secret) => secret.id)
  const update = async (own = context()) => {
    outputs = await resource.update(state(), asked, own)
    return own
  }
  expect(outputs).toMatchObject({ secretCreatedAt: '2026-01-01T00:00:00.000Z', previousSecretId: null })
  expect(outputs.secretExpiresAt).toBe('2028-01-01T00:00:00.000Z')
  use('s1')

  await pass(89.9)
  expect(changes()).toEqual({})
  expect(await resource.preview(asked, state(), context())).toMatchObject({ clientSecret: 'secret1' })
  await pass(0.1)
  expect(changes()).toEqual({ secretId: 'update' })
  expect(await resource.preview(asked, state(), context())).toMatchObject({ clientSecret: UNKNOWN, clientId: 'c-id1' })
  await update()
  expect(outputs).toMatchObject({ clientSecret: 'secret2', secretId: 's2', previousSecretId: 's1' })
  expect(secrets()).toEqual(['s1', 's2'])

  // Entra tests the connection; that alone does not show that cycles use the new secret.
  use('s2')
  await pass(0.9)
  expect(changes()).toEqual({})
  await pass(0.2)
  expect(changes()).toEqual({ previousSecretId: 'delete' })
  expect(outputs).toEqual((await resource.read(state(), context()))!.outputs)
  expect((await update()).logged).toEqual([expect.stringMatching(/stays valid: no cycle.*2026-04-09/)])
  expect(secrets()).toEqual(['s1', 's2'])
  expect(changes()).toEqual({})

  use('s2')
  await pass(7)
  expect(changes()).toEqual({ previousSecretId: 'delete' })
  expect((await update()).logged).toEqual([])
  expect(secrets()).toEqual(['s2'])
  expect(outputs).toMatchObject({ clientSecret: 'secret2', previousSecretId: null, retireFrom: null })
  expect(changes()).toEqual({})
  await pass(85)
  expect(changes()).toEqual({ secretId: 'update' })
})

test('another form of rotation is no reason for a new secret; its first text is, as is taking a text away', async () => {
  const { resource, inputs, context } = setUp()
  const changed = async (before: unknown, after: unknown) => {
    const olds = inputs({ name: `${JSON.stringify([before, after])}`, rotation: before })
    const state = { inputs: olds, ...(await resource.create(olds, context())) }
    return 'secretId' in resource.diff(state, { ...olds, ...inputs({ rotation: after }), name: olds.name }).changes
  }
  expect(await changed(undefined, { every: '90d' })).toBe(false)
  expect(await changed('1', { every: '90d' })).toBe(false)
  expect(await changed({ every: '30d' }, { every: '90d' })).toBe(false)
  expect(await changed({ every: '30d' }, undefined)).toBe(false)
  expect(await changed({ every: '30d' }, '1')).toBe(true)
  expect(await changed('1', '2')).toBe(true)
  expect(await changed('1', undefined)).toBe(true)
})

test('a state of before the record was kept is brought up to date, and only then is a period looked at', async () => {
  const { resource, inputs, clock, use, context } = setUp()
  const olds = inputs()
  const { id, outputs: all } = await resource.create(olds, context())
  use('s1')
  const { secretCreatedAt: _, secretExpiresAt: __, previousSecretId: ___, retireFrom: ____, ...outputs } = all
  const state = { id, inputs: olds, outputs: outputs as typeof all }
  expect(resource.diff(state, olds).changes).toEqual({})
  const asked = inputs({ rotation: { every: '90d' } })
  expect(resource.diff(state, asked).changes).toEqual({ rotation: 'add' })
  expect(await resource.preview(asked, state, context())).toMatchObject({ clientSecret: 'secret1' })
  expect(await resource.update(state, asked, context())).toEqual(all)
  await clock.sleep(90 * DAY)
  expect(await resource.preview(asked, state, context())).toMatchObject({ clientSecret: UNKNOWN })
  expect(await resource.update(state, asked, context())).toMatchObject({ secretId: 's2', previousSecretId: 's1' })
})

test('the environment names a secret to replace, and one to end; named again, neither happens twice', async () => {
  const env: Record<string, string> = { ENTRADA_SCIM_ADMIN_TOKEN: 'admin-token' }
  const { resource, inputs, stored, use, context } = setUp(env)
  const asked = inputs()
  const { id, outputs } = await resource.create(asked, context())
  use('s1')
  env.ENTRADA_REPLACE_SECRET = 's1'
  expect(resource.diff({ id, inputs: asked, outputs }, asked).changes).toEqual({ secretId: 'update' })
  const replaced = await resource.update({ id, inputs: asked, outputs }, asked, context())
  const state = { id, inputs: asked, outputs: replaced }
  expect(resource.diff(state, asked).changes).toEqual({})
  env.ENTRADA_RETIRE_SECRET = 's1'
  expect(resource.diff(state, asked).changes).toEqual({ previousSecretId: 'delete' })
  const retired = await resource.update(state, asked, context())
  expect(stored[0]!.secrets.map((secret) => secret.id)).toEqual(['s2'])
  expect(resource.diff({ ...state, outputs: retired }, asked).changes).toEqual({})
})

test('a period that cannot be used is refused in words', () => {
  const { resource } = setUp()
  const reasons = (rotation: unknown) =>
    resource.check({ apiUrl: API, name: 'main', rotation }).failures.map(({ reason }) => reason)
  for (const every of ['90', '0d', '731d', '12h', ''])
    expect(reasons({ every })).toEqual([expect.stringContaining('{ every: "90d" }: whole days, from 1d to 730d')])
  for (const every of ['1d', '90d', '699d', '730d', UNKNOWN]) expect(reasons({ every })).toEqual([])
  expect(reasons(UNKNOWN)).toEqual([])
})

test('a secret that was taken away at the service is made anew at the next update', async () => {
  const { resource, inputs, stored, context } = setUp()
  const asked = inputs()
  const { id, outputs } = await resource.create(asked, context())
  stored[0]!.secrets = []
  const state = (await resource.read({ id, inputs: asked, outputs }, context()))!
  expect(Object.keys(resource.diff(state, asked).changes)).toEqual(['secretId'])
  await expect(resource.update(state, asked, context())).resolves.toMatchObject({ clientSecret: 'secret2' })
})

test('a service that moved is followed by an update, and another service is refused', async () => {
  const { resource, inputs, stored, log, context } = setUp()
  const olds = inputs()
  const { id, outputs } = await resource.create(olds, context())
  const moved = inputs({ apiUrl: API.replace('https://', 'https://new.') })
  expect(resource.diff({ id, inputs: olds, outputs }, moved).changes).toEqual({ apiUrl: 'update' })
  await expect(resource.update({ id, inputs: olds, outputs }, moved, context())).resolves.toMatchObject({
    configurationId: outputs.configurationId,
    clientSecret: 'secret1',
  })
  expect(log.at(-1)).toContain('new.')
  stored.length = 0
  await expect(resource.update({ id, inputs: olds, outputs }, moved, context())).rejects.toThrow(
    /no configuration id1.*--replace/,
  )
})

test('read tells drift, and null once it is gone; delete does not mind', async () => {
  const { resource, inputs, stored, context } = setUp()
  const asked = inputs()
  const { id, outputs } = await resource.create(asked, context())
  stored[0]!.name = 'renamed'
  const state = (await resource.read({ id, inputs: asked, outputs }, context()))!
  expect(resource.diff(state, asked).changes).toEqual({ name: 'update' })
  await resource.delete(state, context())
  await expect(resource.read({ id, inputs: asked, outputs }, context())).resolves.toBeNull()
  await resource.delete(state, context())
})

test('a missing management credential is named, and with an audience a token from Entra takes its place', async () => {
  const { resource, inputs, tokens, context } = setUp({})
  await expect(resource.create(inputs(), context())).rejects.toThrow(/ENTRADA_SCIM_ADMIN_TOKEN is not set/)
  await resource.create(inputs({ audience: 'api://scim' }), context())
  expect(tokens).toEqual(new Set(['Bearer token1']))
})
