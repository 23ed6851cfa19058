import { randomUUID } from 'node:crypto'
import { generateDirectory, tenantIdOf } from '../directory/generate.ts'
import { stableId } from '../directory/random.ts'
import { inheriting } from '../graph/exposed.ts'
import { emptyApplication, emptyServicePrincipal } from '../graph/shape/applications.ts'
import { GRAPH_APP_ID, GRAPH_PERMISSIONS } from '../templates/graphPermissions.ts'
import { Tenant } from './tenant.ts'

const BEGINNING = '2019-01-07T08:00:00.000Z'

/** An application of the tenant that a program signs in as. */
export interface SeededClient {
  name: string
  purpose: string
  permissions: string[]
}

/** The first is the one that the sandbox hands out. */
export const CLIENTS: SeededClient[] = [
  {
    name: 'Entrada automation',
    purpose: 'everything that stacks and tests do',
    permissions: [
      'Application.ReadWrite.All',
      'AppRoleAssignment.ReadWrite.All',
      'Synchronization.ReadWrite.All',
      'User.ReadWrite.All',
      'Group.ReadWrite.All',
      'Directory.Read.All',
      'ProvisioningLog.Read.All',
      'AuditLog.Read.All',
    ],
  },
  {
    name: 'Entrada least privilege',
    purpose: 'applications of its own making only',
    permissions: [
      'Application.ReadWrite.OwnedBy',
      'AppRoleAssignment.ReadWrite.All',
      'Application.Read.All',
      'User.Read.All',
      'GroupMember.Read.All',
      'ProvisioningLog.Read.All',
    ],
  },
  { name: 'Entrada no permission', purpose: 'signs in, and may do nothing', permissions: [] },
]

export const clientIdOf = (seed: string, client: SeededClient): string => stableId(seed, 'client', client.name)

/** The state that a sandbox begins with; the same for the same seed and number of users. */
export function seedTenant(seed: string, users: number): Tenant {
  const tenant = new Tenant(tenantIdOf(seed))
  const directory = generateDirectory(seed, users)
  for (const user of directory.users) tenant.users.put(user.id, user)
  for (const group of directory.groups) tenant.groups.put(group.id, group)
  const graphId = stableId(seed, 'service principal', GRAPH_APP_ID)
  tenant.servicePrincipals.put(graphId, {
    ...emptyServicePrincipal(),
    id: graphId,
    appId: GRAPH_APP_ID,
    displayName: 'Microsoft Graph',
    appRoles: GRAPH_PERMISSIONS,
  })
  for (const client of CLIENTS) addClient(tenant, seed, client, graphId)
  tenant.seeded()
  return tenant
}

function addClient(tenant: Tenant, seed: string, client: SeededClient, graphId: string): void {
  const shared = { appId: clientIdOf(seed, client), displayName: client.name }
  const [applicationId, principalId] = ['application', 'service principal'].map((kind) =>
    stableId(seed, kind, client.name),
  ) as [string, string]
  const application = { ...emptyApplication(), ...shared, id: applicationId, createdDateTime: BEGINNING }
  const principal = { ...emptyServicePrincipal(), ...shared, id: principalId }
  tenant.applications.put(applicationId, application)
  tenant.servicePrincipals.put(principalId, inheriting(principal, application))
  for (const permission of client.permissions) {
    const id = stableId(seed, 'grant', client.name, permission)
    tenant.assignments.put(id, {
      id,
      appRoleId: GRAPH_PERMISSIONS.find(({ value }) => value === permission)!.id,
      principalId,
      principalType: 'ServicePrincipal',
      resourceId: graphId,
      createdDateTime: BEGINNING,
    })
  }
}

/** Secrets are drawn once for a tenant, not from its seed: a seed is no secret. */
export function ensureCredentials(tenant: Tenant, seed: string): void {
  for (const client of CLIENTS) {
    const appId = clientIdOf(seed, client)
    if (tenant.credentials.get(appId)) continue
    tenant.credentials.put(appId, [{ keyId: randomUUID(), secret: `${randomUUID()}~${randomUUID()}` }])
  }
}
