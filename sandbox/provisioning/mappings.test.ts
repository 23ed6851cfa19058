import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { attribute } from '../../sync/defaults/build.ts'
import { templateSchema } from '../../sync/defaults/templates.ts'
import type { AttributeMapping, SynchronizationSchema } from '../../sync/schema.ts'
import { type Fixture, fixture } from './fixture.testing.ts'

let at: Fixture
beforeEach(async () => {
  at = await fixture()
  at.user('anna')
  at.assign('anna')
})
afterEach(() => at.close())

const run = () => at.provisioning.runCycle(at.job.id)

/** Puts the default schema with changes into force. */
function mapped(change: (line: (target: string) => AttributeMapping, schema: SynchronizationSchema) => void): void {
  const schema = templateSchema('scim')
  const { attributeMappings } = schema.synchronizationRules[0]!.objectMappings[0]!
  change((target) => attributeMappings.find((one) => one.targetAttributeName === target)!, schema)
  at.store.jobs.put(at.job.id, { ...at.current(), schema })
}

describe('SelectUniqueValue', () => {
  beforeEach(() => {
    mapped((line) => {
      line('externalId').source!.expression = 'SelectUniqueValue("anna", "anna2", "anna3")'
    })
    at.target.add('Users', { userName: 'x', externalId: 'anna' })
  })

  test('asks the target for each value until one is free, when the user is created', async () => {
    await run()
    expect(at.target.take().slice(1)).toEqual([
      'GET /Users?filter=externalId eq "anna"',
      'GET /Users?filter=externalId eq "anna2"',
      'POST /Users',
    ])
    at.user('anna', { displayName: 'Anna' })
    await run()
    expect(at.target.take().join()).not.toContain('externalId')
  })

  test('fails the user when every value is taken', async () => {
    at.target.add('Users', { userName: 'y', externalId: 'anna2' })
    at.target.add('Users', { userName: 'z', externalId: 'anna3' })
    await run()
    expect(at.logged()).toEqual(['create failure anna EntryConflict'])
    expect(at.store.escrows.size).toBe(1)
  })
})

describe('the defect of Switch', () => {
  const SWITCH = 'Switch([jobTitle], "none", "L", "Lead", "H", "Head")'
  const titles = () => at.target.take().flatMap((line) => /"path":"title","value":"(.*?)"/.exec(line)?.[1] ?? [])

  async function begin(switchDefect: boolean): Promise<void> {
    await at.close()
    at = await fixture('scim', { switchDefect })
    at.user('anna', { jobTitle: 'L' })
    at.assign('anna')
    mapped((line) => {
      line('title').source!.expression = SWITCH
    })
    await run()
    at.target.take()
  }

  test('clears its target in an incremental cycle in which other attributes changed, until its source does', async () => {
    await begin(true)
    at.user('anna', { displayName: 'Anna' })
    await run()
    expect(titles()).toEqual([''])
    at.user('anna', { city: 'Tampere' })
    await run()
    at.user('anna', { displayName: 'Anna E.' })
    await run()
    expect(titles()).toEqual([])
    at.user('anna', { jobTitle: 'H', displayName: 'Anna Ek' })
    await run()
    expect(titles()).toEqual(['Head'])
    at.user('anna', { displayName: 'Anna' })
    await run()
    expect(titles()).toEqual([''])
  })

  test('is undone by an initial cycle', async () => {
    await begin(true)
    at.user('anna', { displayName: 'Anna' })
    await run()
    at.target.take()
    at.provisioning.restart(at.job.id, undefined)
    await run()
    expect(titles()).toEqual(['Lead'])
    at.user('anna', { displayName: 'Anna E.' })
    await run()
    expect(titles()).toEqual([''])
  })

  test('is off by default', async () => {
    await begin(false)
    at.user('anna', { displayName: 'Anna' })
    await run()
    expect(titles()).toEqual([])
  })
})

test('a user without a value for a required attribute is not created', async () => {
  mapped((_, schema) => {
    schema.directories[1]!.objects[0]!.attributes.find(({ name }) => name === 'title')!.required = true
  })
  await run()
  expect(at.logged()).toEqual(['create failure anna MandatoryFieldsMissing'])
  expect(at.target.resources.Users.size).toBe(0)
})

test('matching goes by precedence and ends with the first attribute that finds somebody', async () => {
  const id = at.target.add('Users', { userName: 'other', externalId: 'A-1', active: true, displayName: 'User anna' })
  at.user('anna', { mailNickname: 'A-1', jobTitle: null })
  mapped((line) => {
    line('title').matchingPriority = 1
    line('externalId').matchingPriority = 2
    line('userName').matchingPriority = 3
  })
  await run()
  expect(at.target.take()).toEqual([
    'GET /Users?filter=externalId eq "A-1"',
    `PATCH /Users/${id} [{"op":"Replace","path":"userName","value":"anna@contoso.test"}]`,
  ])
})

test('a user without a value in any matching attribute is skipped', async () => {
  mapped((line) => {
    line('userName').matchingPriority = 0
    line('title').matchingPriority = 1
  })
  await run()
  expect(at.logged()).toEqual(['other skipped anna ImportSkipped'])
})

test('roles follow the assignments, in the form of their function', async () => {
  mapped((line, schema) => {
    line('title').targetAttributeName = 'roles'
    line('roles').source!.expression = 'AssertiveAppRoleAssignmentsComplex([appRoleAssignments])'
    schema.directories[1]!.objects[0]!.attributes.push(attribute('roles', 'String', { multivalued: true }))
  })
  await run()
  const role = { primary: false, type: 'WindowsAzureActiveDirectoryRole', display: 'User', value: 'User' }
  expect([...at.target.resources.Users.values()][0]).toMatchObject({ roles: [role] })
  at.target.take()
  const admin = { ...at.store.servicePrincipals.get('sp-1')!.appRoles[0]!, id: 'role-admin', displayName: 'Admin' }
  const principal = at.store.servicePrincipals.get('sp-1')!
  at.store.servicePrincipals.put('sp-1', { ...principal, appRoles: [...principal.appRoles, admin] })
  at.store.assignments.put('a-2', { ...at.store.assignments.get('a-anna')!, id: 'a-2', appRoleId: 'role-admin' })
  await run()
  const value = [role, { ...role, display: 'Admin', value: 'Admin' }]
  expect(at.target.take()[1]).toContain(`[{"op":"replace","path":"roles","value":${JSON.stringify(value)}}]`)
})

describe('the flag aadOptscim062020', () => {
  test('merges simple attributes and removes members by filter', async () => {
    at.setSecrets({ SecretToken: 't', BaseAddress: `${at.target.origin}/scim?aadOptscim062020` })
    at.user('ben')
    at.group('Sales', ['anna', 'ben'])
    at.assign('Sales')
    await run()
    at.target.take()
    at.user('anna', { displayName: 'Anna', surname: 'Ek' })
    at.group('Sales', ['anna'])
    await run()
    const ben = at.store.links.get(`${at.job.id}/ben`)!.targetId
    const changes = at.target.take().filter((line) => line.startsWith('PATCH'))
    expect(changes.sort()).toEqual([
      expect.stringContaining(`[{"op":"remove","path":"members[value eq \\"${ben}\\"]"}]`),
      expect.stringContaining(
        '[{"op":"add","value":{"name.familyName":"Ek"}},{"op":"replace","value":{"displayName":"Anna"}}]',
      ),
      expect.stringContaining('[{"op":"replace","value":{"active":false}}]'),
    ])
  })
})

describe('references to somebody who was not in scope', () => {
  const MANAGER = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager'

  beforeEach(async () => {
    at.user('boss')
    at.user('anna', { managerId: 'boss' })
    at.group('Sales', ['anna', 'boss'])
    mapped((_, schema) => {
      schema.synchronizationRules[0]!.objectMappings[0]!.scope = {
        groups: [
          {
            name: 'all but',
            clauses: [{ sourceOperandName: 'jobTitle', operatorName: 'IS NULL', targetOperand: null }],
          },
        ],
        inputFilterGroups: [],
        categoryFilterGroups: [],
      }
    })
    at.user('boss', { jobTitle: 'Boss' })
    at.assign('Sales')
    await run()
    at.target.take()
    at.user('boss', { jobTitle: null })
  })

  test('are not written when they come into scope, but by a restart', async () => {
    await run()
    at.user('anna', { displayName: 'Anna' })
    at.group('Sales', ['anna', 'boss'], { securityEnabled: true })
    await run()
    expect(at.target.take().filter((line) => /manager|members"/.test(line))).toEqual([])
    at.provisioning.restart(at.job.id, 'Watermark')
    await run()
    const boss = at.store.links.get(`${at.job.id}/boss`)!.targetId
    const written = at.target.take().filter((line) => line.includes(boss))
    expect(written.filter((line) => line.includes(MANAGER))).toHaveLength(1)
    expect(written.filter((line) => line.includes('"members"'))).toHaveLength(1)
  })

  test('are written with the next change where that is chosen', async () => {
    const other = await fixture('scim', { lateReferences: 'withNextChange' })
    other.user('anna', { managerId: 'boss' })
    other.user('boss')
    other.assign('anna')
    await other.provisioning.runCycle(other.job.id)
    other.assign('boss')
    other.user('anna', { displayName: 'Anna' })
    other.target.take()
    await other.provisioning.runCycle(other.job.id)
    expect(other.target.take().join()).toContain(MANAGER)
    await other.close()
  })
})
