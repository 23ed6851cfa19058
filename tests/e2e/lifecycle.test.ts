import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { type Outcome, type Step, startTenant, type Tenant } from './harness.ts'

jest.setTimeout(180_000)

interface Person {
  id: string
  userPrincipalName: string
  accountEnabled: boolean
}

let tenant: Tenant

beforeAll(async () => {
  tenant = await startTenant()
})
afterAll(() => tenant?.stop())

/** Who the stack's file assigns. */
function assigned(): { groups: string[]; users: string[] } {
  let found: unknown
  tenant.configure(({ assignments }) => {
    found = assignments
  })
  return found as { groups: string[]; users: string[] }
}

/** Everybody who should be at the target: enabled, and assigned directly or by a group. */
async function expectedPeople(): Promise<Person[]> {
  const people = new Map<string, Person>()
  // `accountEnabled` is not among what Graph gives without being asked.
  const select = '$select=id,userPrincipalName,accountEnabled'
  const { groups, users } = assigned()
  for (const name of groups) {
    const found = await tenant.graph<{ value: { id: string }[] }>(
      `/groups?$filter=${encodeURIComponent(`displayName eq '${name}'`)}`,
    )
    const { value } = await tenant.graph<{ value: Person[] }>(
      `/groups/${found.value[0]?.id}/members/microsoft.graph.user?${select}&$top=999`,
    )
    for (const person of value) people.set(person.id, person)
  }
  for (const upn of users) {
    const person = await tenant.graph<Person>(`/users/${upn}?${select}`)
    people.set(person.id, person)
  }
  return [...people.values()].filter(({ accountEnabled }) => accountEnabled)
}

const target = () =>
  tenant.scim<{ counts: { users: number; activeUsers: number; groups: number; licensed: number; waiting: number } }>('')

const applications = () =>
  tenant.graph<{ value: unknown[] }>(`/servicePrincipals?$filter=${encodeURIComponent("displayName eq 'M-Files'")}`)

function expectSuccess(outcome: Outcome): void {
  if (outcome.code !== 0) throw new Error(outcome.text)
}

/** `{ ProvisioningJob: ['scope'] }` */
function diffOf(steps: Step[]): Record<string, string[]> {
  return Object.fromEntries(
    steps
      .filter(({ urn }) => urn.includes('entrasync:'))
      .map(({ urn, detailedDiff }) => [
        urn.split('::')[2]?.split(':').at(-1) ?? '',
        Object.keys(detailedDiff ?? {}).sort(),
      ]),
  )
}

async function jobState() {
  const resource = tenant.resource(await tenant.state(), 'ProvisioningJob')
  return {
    id: String(resource.id),
    jobId: String(resource.outputs?.jobId),
    servicePrincipalId: String(resource.outputs?.servicePrincipalId),
  }
}

const runCycle = async () =>
  tenant.control<{ state: string }>('/cycle', { method: 'POST', body: { jobId: (await jobState()).jobId } })

describe('one tenant, from nothing to provisioned people and back to nothing, by pulumi up', () => {
  test('a preview of a new stack names each resource and writes nothing', async () => {
    const steps = await tenant.changes()
    expect(Object.keys(diffOf(steps)).sort()).toEqual([
      'AppRoleAssignments',
      'GalleryApplication',
      'ProvisioningJob',
      'ScimConfiguration',
    ])
    expect(steps.every(({ op }) => op === 'create')).toBe(true)
    expect((await applications()).value).toEqual([])
  })

  test('the first up creates the application and everybody who is assigned and enabled is at the target', async () => {
    expectSuccess(await tenant.up())
    const people = await expectedPeople()
    expect(people.length).toBeGreaterThan(35)
    const { counts } = await target()
    expect(counts).toMatchObject({
      users: people.length,
      activeUsers: people.length,
      groups: 2,
      licensed: 30,
      waiting: people.length - 30,
    })
    expect((await applications()).value).toHaveLength(1)
  })

  test('a second up changes nothing', async () => {
    expect(await tenant.changes()).toEqual([])
    const outcome = await tenant.up()
    expectSuccess(outcome)
    expect(outcome.text).not.toMatch(/to (create|update|delete)|\d+ (created|updated|deleted)/)
  })

  test('a changed scope, mail and mapping are exactly that diff, and reach the job', async () => {
    tenant.configure((config) => {
      config.notificationEmail = 'other@entrada-sandbox.example'
      config.additionalMappings = [
        ...(config.additionalMappings as object[]),
        { object: 'user', source: '[city]', target: 'urn:ietf:params:scim:schemas:extension:info:2.0:User:info2' },
      ]
      config.scopingFilters = { user: [[{ attribute: 'department', operator: 'IS NOT NULL' }]] }
    })
    const diff = diffOf(await tenant.changes())
    expect(Object.keys(diff)).toEqual(['ProvisioningJob'])
    expect(diff.ProvisioningJob?.map((name) => name.split(/[.[]/)[0])).toEqual([
      'additionalMappings',
      'notificationEmail',
      'scopingFilters',
    ])
    expectSuccess(await tenant.up())
    const { servicePrincipalId, jobId } = await jobState()
    const secrets = await tenant.graph<{ value: { key: string; value: string }[] }>(
      `/servicePrincipals/${servicePrincipalId}/synchronization/secrets`,
    )
    const settings = secrets.value.find(({ key }) => key === 'SyncNotificationSettings')?.value
    expect(JSON.parse(settings ?? '')).toMatchObject({ Enabled: true, Recipients: 'other@entrada-sandbox.example' })
    const schema = JSON.stringify(
      await tenant.graph(`/servicePrincipals/${servicePrincipalId}/synchronization/jobs/${jobId}/schema`),
    )
    expect(schema).toContain('urn:ietf:params:scim:schemas:extension:info:2.0:User:info2')
    expect(await tenant.changes()).toEqual([])
  })

  test('a refresh finds what was changed beside it, and the next up puts it right', async () => {
    const { servicePrincipalId, jobId } = await jobState()
    await tenant.graph(`/servicePrincipals/${servicePrincipalId}/synchronization/jobs/${jobId}/pause`, {
      method: 'POST',
    })
    await tenant.graph(`/servicePrincipals/${servicePrincipalId}/synchronization/secrets`, {
      method: 'PUT',
      body: { value: [{ key: 'SyncAll', value: 'true' }] },
    })
    expectSuccess(await tenant.pulumi('refresh', '--yes', '--stack', 'local'))
    const diff = diffOf(await tenant.changes())
    expect(diff).toEqual({ ProvisioningJob: ['scope', 'status'] })
    expectSuccess(await tenant.up())
    expect(await tenant.changes()).toEqual([])
    const job = await tenant.graph<{ schedule: { state: string } }>(
      `/servicePrincipals/${servicePrincipalId}/synchronization/jobs/${jobId}`,
    )
    expect(job.schedule.state).toBe('Active')
  })

  test('a user who is no longer assigned is disabled at the target, and the seat goes to who waits', async () => {
    await runCycle()
    const before = (await target()).counts
    tenant.configure((config) => {
      const assignments = config.assignments as { users: string[] }
      assignments.users = assignments.users.filter((user) => !user.startsWith('adele.vance'))
    })
    const diff = diffOf(await tenant.changes())
    expect(Object.keys(diff)).toEqual(['AppRoleAssignments'])
    expectSuccess(await tenant.up())
    await runCycle()
    const { users } = await tenant.scim<{ users: { userName: string; active: boolean }[] }>('/users?search=adele.vance')
    expect(users).toMatchObject([{ active: false }])
    const { counts } = await target()
    expect(counts).toMatchObject({
      users: before.users,
      activeUsers: before.activeUsers - 1,
      licensed: 30,
      waiting: before.waiting - 1,
    })
  })

  test('no secret is in clear in state, in logs or in what was printed', async () => {
    const state = await tenant.pulumi('stack', 'export', '--stack', 'local', '--show-secrets')
    const shown = JSON.parse(state.text) as {
      deployment: { resources: { type: string; outputs: Record<string, unknown> }[] }
    }
    const configuration = shown.deployment.resources.find(({ type }) => type === 'entrasync:index:ScimConfiguration')
    const { plaintext } = (configuration as NonNullable<typeof configuration>).outputs.clientSecret as {
      plaintext: string
    }
    const secrets = [
      JSON.parse(plaintext) as string,
      tenant.services.sandbox.clientSecret,
      tenant.services.scim.adminToken,
    ]
    expect(secrets.every((secret) => secret.length >= 16)).toBe(true)
    const folders = [
      tenant.folder.backend,
      tenant.folder.logs,
      tenant.folder.workspace,
      tenant.folder.pulumiHome,
      tenant.folder.scim,
    ]
    const found = folders.flatMap(filesIn).filter((file) => {
      const text = readFileSync(file, 'latin1')
      return secrets.some((secret) => text.includes(secret))
    })
    expect(found).toEqual([])
    const printed = await Promise.all([
      tenant.pulumi('preview', '--diff', '--stack', 'local'),
      tenant.pulumi('stack', 'export', '--stack', 'local'),
    ])
    for (const { text } of printed) for (const secret of secrets) expect(text).not.toContain(secret)
  })

  test('no secret is on a command line while an update runs', async () => {
    const { clientSecret } = tenant.services.sandbox
    const secrets = [clientSecret, tenant.services.scim.adminToken, readFileSync(tenant.folder.passphraseFile, 'utf8')]
    let finished = false
    const update = tenant.startUp()
    const done = update.done.finally(() => {
      finished = true
    })
    const seen = new Set<string>()
    while (!finished) {
      for (const command of commandLines()) seen.add(command)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    expectSuccess(await done)
    const ours = [...seen].filter((command) => /pulumi/.test(command))
    if (process.platform === 'linux')
      expect(ours.some((command) => command.includes('pulumi-resource-entrasync'))).toBe(true)
    expect([...seen].filter((command) => secrets.some((secret) => command.includes(secret)))).toEqual([])
  })

  test('an existing job is imported by its Graph path', async () => {
    const { id } = await jobState()
    const urn = tenant.resource(await tenant.state(), 'ProvisioningJob').urn
    expectSuccess(await tenant.pulumi('state', 'delete', urn, '--yes', '--force', '--stack', 'local'))
    const imported = await tenant.pulumi(
      'import',
      'entrasync:index:ProvisioningJob',
      'imported',
      id,
      '--yes',
      '--generate-code=false',
      '--protect=false',
      '--stack',
      'local',
    )
    expectSuccess(imported)
    const resource = tenant.resource(await tenant.state(), 'ProvisioningJob')
    expect(resource).toMatchObject({
      id,
      inputs: { notificationEmail: 'other@entrada-sandbox.example', scope: 'assigned', status: 'on' },
    })
    // Back under the program's own name: the job is adopted, not made a second time.
    expectSuccess(await tenant.pulumi('state', 'delete', resource.urn, '--yes', '--stack', 'local'))
    expectSuccess(await tenant.up())
    expect((await jobState()).id).toBe(id)
  })

  test('destroy leaves no application, no job and no configuration', async () => {
    const { servicePrincipalId } = await jobState()
    expectSuccess(await tenant.pulumi('destroy', '--yes', '--stack', 'local'))
    expect((await applications()).value).toEqual([])
    await expect(tenant.graph(`/servicePrincipals/${servicePrincipalId}`)).rejects.toThrow('404')
    expect(await tenant.scim('/configurations')).toEqual({ configurations: [] })
    expect((await tenant.state()).filter(({ type }) => type.startsWith('entrasync:'))).toEqual([])
  })
})

/** Of all processes, where the system shows them. */
function commandLines(): string[] {
  if (!existsSync('/proc/self/cmdline')) return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      } catch {
        return ''
      }
    })
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(folder, name))
    .filter((file) => statSync(file).isFile())
}
