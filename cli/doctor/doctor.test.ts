/** What the doctor says of a sound stack, and of one that it cannot look at in full. */
import { describe, expect, test } from '@jest/globals'
import { permissionsFor } from '../../provider/graph/neededPermissions.ts'
import {
  config,
  env,
  examine,
  graphWrites,
  instantiate,
  keep,
  LEAST,
  of,
  problems,
  SECRET,
  sandbox,
  signInWith,
  standUp,
  target,
} from './stack.testing.ts'

standUp()

describe('a sound stack', () => {
  test('has every line ok, and nothing was written', async () => {
    await sandbox.control('DELETE', '/requests')
    const findings = await examine()
    expect(findings.filter(({ state }) => state !== 'ok')).toEqual([])
    expect(findings.map(({ check }) => check)).toEqual([
      'stack file',
      'backend',
      'secrets',
      'state',
      'lock',
      'credentials',
      'clock',
      'sign-in',
      'permissions',
      'licence',
      'gallery',
      'names',
      'application',
      'ownership',
      'role',
      'job',
      'target',
      'target',
      'from Entra',
    ])
    expect(await graphWrites()).toEqual([])
    expect(target.take()).toEqual(['GET /ServiceProviderConfig'])
  })

  test('may name groups that its own update makes', async () => {
    config.managedGroups = [{ name: 'M-Files Pilot' }]
    config.assignments = { groups: ['m-files pilot'] }
    expect(of(await examine(), 'names')).toMatchObject([{ state: 'ok' }])
  })

  test('needs no more than the documented permissions', async () => {
    await signInWith(...LEAST)
    expect((await examine()).filter(({ state }) => state !== 'ok')).toEqual([])
  })

  test('shows no secret, whatever it finds', async () => {
    expect(JSON.stringify(await examine())).not.toContain(sandbox.address.clientSecret)
    env.ARM_CLIENT_SECRET = SECRET
    expect(JSON.stringify(await examine())).not.toContain(SECRET)
  })
})

describe('what hangs on something else', () => {
  test('is not checked where that failed, and says what it needs', async () => {
    Object.assign(env, { ARM_CLIENT_SECRET: SECRET })
    const findings = await examine()
    expect(problems(findings).map(({ check }) => check)).toEqual(['sign-in'])
    for (const check of ['permissions', 'licence', 'gallery', 'names', 'application']) {
      expect(of(findings, check)).toEqual([{ check, state: 'notChecked', seen: 'needs: sign-in' }])
    }
    expect(of(findings, 'target').map(({ state }) => state)).toEqual(['ok', 'ok'])
  })

  test('all faults of a file are said at once, and the tenant is looked at all the same', async () => {
    Object.assign(config, { scope: 'some', notificationMail: 'a@b.example' })
    const findings = await examine()
    expect(of(findings, 'stack file')).toHaveLength(2)
    expect(of(findings, 'sign-in')).toMatchObject([{ state: 'ok' }])
    expect(of(findings, 'target')).toMatchObject([{ state: 'notChecked', seen: 'needs: stack file' }])
  })

  test('what the caller may not read is not checked, with the permission that it takes', async () => {
    await signInWith(...LEAST.filter((name) => !/^(License|User|Group)/.test(name)))
    const findings = await examine()
    expect(of(findings, 'licence')).toMatchObject([
      { state: 'notChecked', seen: expect.stringContaining('LicenseAssignment.Read.All') },
    ])
    expect(of(findings, 'names')).toMatchObject([{ state: 'notChecked', seen: expect.stringContaining('may not ask') }])
    expect(of(findings, 'permissions').map(({ seen }) => seen.split(' ')[0])).toEqual([
      'User.Read.All',
      'GroupMember.Read.All',
    ])
  })
})

test('a client without any permission is told each one that this stack needs, and no other', async () => {
  await signInWith()
  config.assignments = { groups: ['M-Files Project Leads'] }
  const missing = of(await examine(), 'permissions').filter(({ state }) => state === 'problem')
  expect(missing.map(({ seen }) => seen.split(' ')[0])).toEqual([
    'Application.ReadWrite.OwnedBy',
    'AppRoleAssignment.ReadWrite.All',
    'Application.Read.All',
    'User.Read.All',
    'GroupMember.Read.All',
  ])
})

describe('for a caller who is to read only', () => {
  const READING = permissionsFor(['assignments', 'forecast', 'log'], 'read').map(({ value }) => value)
  const examineReading = () => examine(15_000, 'read')

  test('a sound stack needs no permission to write, and no ownership', async () => {
    await instantiate()
    keep('stacks/entrada/contoso.json', '{}')
    Object.assign(config, { adoptExisting: true, status: 'off' })
    await signInWith(...READING, 'LicenseAssignment.Read.All')
    const findings = await examineReading()
    expect(findings.filter(({ state }) => state !== 'ok')).toEqual([])
    expect(findings.map(({ check }) => check)).not.toContain('ownership')
    expect(of(findings, 'permissions')).toMatchObject([{ seen: expect.stringContaining('reading this stack needs') }])
    // As a caller who is to change it the same one lacks both.
    expect(new Set(problems(await examine()).map(({ check }) => check))).toEqual(new Set(['permissions', 'ownership']))
  })

  test('each permission that is missing is told, and each to write is one too many', async () => {
    await signInWith('Application.ReadWrite.OwnedBy', 'Group.Create', 'User.Read.All', 'ProvisioningLog.Read.All')
    const said = of(await examineReading(), 'permissions').map(({ state, seen }) => [
      state,
      seen.split(/,? /, 4).join(' '),
    ])
    expect(said).toEqual([
      ['problem', 'Application.Read.All is missing: read'],
      ['problem', 'Synchronization.Read.All is missing: read'],
      ['problem', 'GroupMember.Read.All is missing: find'],
      ['warning', 'the caller has Application.ReadWrite.OwnedBy'],
      ['warning', 'the caller has Group.Create'],
    ])
  })
})

test('broader permissions do as well', async () => {
  await signInWith('Application.ReadWrite.All', 'AppRoleAssignment.ReadWrite.All', 'Directory.Read.All')
  expect(of(await examine(), 'permissions')).toMatchObject([{ state: 'ok' }])
})

test('without a licence and without groups there is a warning only', async () => {
  await sandbox.control('POST', '/settings', { premiumLicence: 'none' })
  config.assignments = { users: ['adele.vance@entrada-sandbox.example'] }
  expect(of(await examine(), 'licence')).toMatchObject([{ state: 'warning' }])
})

test('people whom Entra would not provision are warnings', async () => {
  config.assignments = { groups: ['M-Files Everyone'], users: ['johanna.lorenz@entrada-sandbox.example'] }
  const warnings = of(await examine(), 'names').filter(({ state }) => state === 'warning')
  expect(warnings.map(({ seen }) => seen)).toEqual([
    expect.stringContaining("group 'M-Files Everyone' contains"),
    expect.stringContaining('is disabled in Entra'),
  ])
})

test('an application that the state names is this stack’s own, whoever made it', async () => {
  const { servicePrincipalId } = await instantiate()
  keep('stacks/entrada/contoso.json', JSON.stringify({ id: `/servicePrincipals/${servicePrincipalId}` }))
  const findings = await examine()
  expect(of(findings, 'application')).toMatchObject([
    { state: 'ok', seen: expect.stringContaining('made or imported by this stack') },
  ])
})

test('a job that is off although the stack wants it on is a warning', async () => {
  Object.assign(config, { adoptExisting: true })
  await instantiate()
  expect(of(await examine(), 'job')).toMatchObject([{ state: 'warning', seen: expect.stringContaining('is off') }])
})
