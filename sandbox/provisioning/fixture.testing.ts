import { emptyServicePrincipal } from '../graph/shape/applications.ts'
import { BLANK_USER } from '../graph/shape/directory.ts'
import type { Job, User } from '../tenant/model.ts'
import { Tenant } from '../tenant/tenant.ts'
import { FakeTarget } from './fakeTarget.testing.ts'
import { createProvisioning, type Provisioning } from './service.ts'
import type { Switches } from './switches.ts'

export const PRINCIPAL = 'sp-1'
const ROLE = 'role-user'

/** A tenant with one application, its job and a target; time stands still until a test moves it. */
export interface Fixture {
  store: Tenant
  target: FakeTarget
  provisioning: Provisioning
  job: Job
  clock: { now(): number; ms: number }
  current(): Job
  setSecrets(secrets: Record<string, string>): void
  user(id: string, more?: Partial<User>): void
  group(id: string, memberIds: string[], more?: { securityEnabled?: boolean; deletedDateTime?: string | null }): void
  assign(principalId: string): void
  unassign(principalId: string): void
  /** Log entries since the last call, as `action status identity [errorCode]`. */
  logged(): string[]
  close(): Promise<void>
}

export async function fixture(templateId = 'scim', switches: Partial<Switches> = {}): Promise<Fixture> {
  const store = new Tenant('11111111-2222-4333-8444-555555555555')
  store.seeded()
  const target = await new FakeTarget().listen()
  const clock = { ms: Date.parse('2026-03-01T08:00:00Z'), now: () => clock.ms }
  store.servicePrincipals.put(PRINCIPAL, {
    ...emptyServicePrincipal(),
    id: PRINCIPAL,
    appId: 'app-1',
    displayName: 'M-Files',
    appRoleAssignmentRequired: true,
    appRoles: [
      {
        id: ROLE,
        displayName: 'User',
        description: '',
        value: null,
        isEnabled: true,
        allowedMemberTypes: ['User'],
        origin: 'Application',
      },
    ],
  })
  const provisioning = createProvisioning({
    store,
    clock,
    switches: { tickMs: 5, ...switches },
    workloadIdentity: async (servicePrincipalId) => `assertion of ${servicePrincipalId}`,
  })
  const job = provisioning.newJob(PRINCIPAL, templateId)
  store.jobs.put(job.id, job)
  const self: Fixture = {
    store,
    target,
    provisioning,
    job,
    clock,
    current: () => store.jobs.get(job.id)!,
    setSecrets: (secrets) => store.secrets.put(PRINCIPAL, { BaseAddress: `${target.origin}/scim`, ...secrets }),
    user(id, more = {}) {
      store.users.put(id, { ...(store.users.get(id) ?? NEW_USER(id)), ...more })
    },
    group(id, memberIds, more = {}) {
      store.groups.put(id, {
        id,
        displayName: id,
        description: null,
        mail: null,
        mailEnabled: false,
        mailNickname: id,
        securityEnabled: true,
        groupTypes: [],
        createdDateTime: '2026-01-01T00:00:00Z',
        deletedDateTime: null,
        memberIds,
        ...more,
      })
    },
    assign(principalId) {
      store.assignments.put(`a-${principalId}`, {
        id: `a-${principalId}`,
        appRoleId: ROLE,
        principalId,
        principalType: store.users.get(principalId) ? 'User' : 'Group',
        resourceId: PRINCIPAL,
        createdDateTime: '2026-01-01T00:00:00Z',
      })
    },
    unassign: (principalId) => void store.assignments.delete(`a-${principalId}`),
    logged() {
      const entries = [...store.log.values()]
      for (const entry of entries) store.log.delete(entry.id)
      return entries.map(({ action, status, objectId, error, skipReason }) =>
        [action, status, objectId, error?.code ?? skipReason].filter(Boolean).join(' '),
      )
    },
    async close() {
      await provisioning.close()
      await target.close()
    },
  }
  self.setSecrets({ SecretToken: 'bearer-secret', SyncAll: 'false' })
  return self
}

const NEW_USER = (id: string): User => ({
  ...BLANK_USER,
  id,
  userPrincipalName: `${id}@contoso.test`,
  displayName: `User ${id}`,
  createdDateTime: '2026-01-01T00:00:00Z',
})
