import { describe, expect, test } from '@jest/globals'
import { type Fixture, fixture, PRINCIPAL } from './fixture.testing.ts'
import { progressing } from './job.ts'
import { DEFAULT_SWITCHES, SWITCH_CHOICES, type Switches } from './switches.ts'

async function withSwitches<T>(switches: Partial<Switches>, work: (at: Fixture) => Promise<T>): Promise<T> {
  const at = await fixture('scim', switches)
  at.user('anna', { department: 'Sales', city: 'Oslo' })
  at.assign('anna')
  try {
    return await work(at)
  } finally {
    await at.close()
  }
}

test('a default is one of the choices', () => {
  for (const [name, choices] of Object.entries(SWITCH_CHOICES)) {
    expect(choices).toContain(DEFAULT_SWITCHES[name as keyof typeof DEFAULT_SWITCHES])
  }
})

test.each([
  [null, [3]],
  [2, [2, 1]],
])('with operationsPerPatch %j three changes are sent as %j', async (operationsPerPatch, sizes) => {
  await withSwitches({ operationsPerPatch }, async (at) => {
    await at.provisioning.runCycle(at.job.id)
    at.target.seen.splice(0)
    at.user('anna', { displayName: 'Anna', surname: 'Ek', jobTitle: 'Lead' })
    await at.provisioning.runCycle(at.job.id)
    const patches = at.target.seen.filter(({ method }) => method === 'PATCH')
    expect(patches.map(({ body }) => (body as { Operations: unknown[] }).Operations.length)).toEqual(sizes)
    expect([...at.target.resources.Users.values()]).toMatchObject([{ displayName: 'Anna', title: 'Lead' }])
  })
})

describe('the activity', () => {
  test('is told in every request of a cycle, under the name that is set', async () => {
    await withSwitches({ activityHeader: 'x-activity' }, async (at) => {
      const { id } = await at.provisioning.runCycle(at.job.id)
      expect(new Set(at.target.seen.map(({ headers }) => headers['x-activity']))).toEqual(new Set([id]))
    })
  })

  test('is not told by default', async () => {
    await withSwitches({}, async (at) => {
      const { id } = await at.provisioning.runCycle(at.job.id)
      expect(JSON.stringify(at.target.seen)).not.toContain(id)
    })
  })
})

test.each([
  ['objects', { completedUnits: 250, totalUnits: 420 }],
  ['pages', { completedUnits: 2, totalUnits: 5 }],
] as const)('progress is counted in %s', async (units, counted) => {
  await withSwitches({}, async (at) => {
    const { status } = progressing(at.job, 250, 420, '2026-03-01T08:00:00Z', units)
    expect(status.progress).toEqual([{ ...counted, units, progressObservationDateTime: '2026-03-01T08:00:00Z' }])
  })
})

test('default mappings can be those that vendors show', async () => {
  const written = (defaultMappings: Switches['defaultMappings']) =>
    withSwitches({ defaultMappings }, async (at) => {
      await at.provisioning.runCycle(at.job.id)
      return [...at.target.resources.Users.values()][0]
    })
  expect(await written('documented')).not.toHaveProperty('addresses')
  expect(await written('vendorGuides')).toMatchObject({ addresses: [{ type: 'work', locality: 'Oslo' }] })
})

test('a target that throttles without saying for how long is asked again where that is chosen', async () => {
  const failed = (throttledRetrySeconds: number[]) =>
    withSwitches({ throttledRetrySeconds }, async (at) => {
      let refused = 0
      at.target.fault = ({ method }) => (method === 'POST' && refused++ === 0 ? { status: 429 } : undefined)
      return (await at.provisioning.runCycle(at.job.id)).users.failed
    })
  expect([await failed([]), await failed([0])]).toEqual([1, 0])
})

test.each([
  ['', ['create success b#rn']],
  ['!#', ['create failure b#rn SystemForCrossDomainIdentityManagementBadRequest']],
])('with unqueryableCharacters %j, who is matched by b#rn@contoso.test is logged as %j', async (characters, logged) => {
  await withSwitches({ unqueryableCharacters: characters }, async (at) => {
    at.unassign('anna')
    at.user('b#rn')
    at.assign('b#rn')
    await at.provisioning.runCycle(at.job.id)
    expect(at.logged()).toEqual(logged)
  })
})

test.each([
  ['kept', false, ['create failure anna InternalServerError']],
  ['pruned', true, []],
] as const)(
  'with initialEscrows %s the status says pruned: %s, and the next cycle logs %j',
  async (initialEscrows, escrowsPruned, logged) => {
    await withSwitches({ initialEscrows }, async (at) => {
      at.target.fault = ({ method }) => (method === 'POST' ? { status: 500 } : undefined)
      await at.provisioning.runCycle(at.job.id)
      expect(at.current().status).toMatchObject({ escrowsPruned, lastExecution: { state: 'EntryLevelErrors' } })
      at.logged()
      await at.provisioning.runCycle(at.job.id)
      expect(at.logged()).toEqual(logged)
      expect(at.current().status).toMatchObject({ escrowsPruned })
      at.target.fault = () => undefined
      at.user('anna', { displayName: 'Anna' })
      await at.provisioning.runCycle(at.job.id)
      expect(at.logged()).toEqual(['create success anna'])
    })
  },
)

test.each([
  ['nothing', null],
  ['quarantine', { reason: 'EncounteredQuarantineException', error: { code: 'DuplicateAppRoles' } }],
] as const)('two roles of one name bring about %s', async (duplicateRoles, quarantine) => {
  await withSwitches({ duplicateRoles }, async (at) => {
    const principal = at.store.servicePrincipals.get(PRINCIPAL)!
    const [role] = principal.appRoles
    at.store.servicePrincipals.put(PRINCIPAL, { ...principal, appRoles: [role!, { ...role!, id: 'role-other' }] })
    await at.provisioning.runCycle(at.job.id)
    expect(at.current().status).toMatchObject({ quarantine })
    at.store.servicePrincipals.put(PRINCIPAL, principal)
    await at.provisioning.runCycle(at.job.id)
    expect(at.current().status.quarantine).toBeNull()
  })
})
