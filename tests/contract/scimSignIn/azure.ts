import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestSandbox } from '../../../sandbox/testing.ts'

/** What Azure gives a container: an endpoint where its managed identity's tokens are. */
export interface IdentityEndpoint {
  environment: { IDENTITY_ENDPOINT: string; IDENTITY_HEADER: string }
  clientId: string
  principalId: string
  /** Resources that tokens were asked for. */
  asked: string[]
  /** The token for a resource that is given from now on. It ends soon, so that it is asked for each time. */
  renew(resource: string): Promise<string>
  close(): void
}

const header = 'a-header-that-only-the-container-knows'
const secondsToLive = 60

/** Its tokens come from the sandbox. Only who knows the header of the container gets one. */
export async function startIdentityEndpoint(sandbox: TestSandbox): Promise<IdentityEndpoint> {
  const { body: identity } = await sandbox.control('POST', '/managedIdentities', { displayName: 'scim' })
  const asked: string[] = []
  const held = new Map<string, string>()
  const renew = async (resource: string): Promise<string> => {
    const query = new URLSearchParams({ client_id: identity.clientId, resource })
    const { body } = await sandbox.control('GET', `/managedIdentities/token?${query}`)
    held.set(resource, body.access_token)
    return body.access_token
  }
  const server = createServer(async (request, response) => {
    const { searchParams } = new URL(request.url!, 'http://localhost')
    const resource = searchParams.get('resource') ?? ''
    const isKnown =
      request.headers['x-identity-header'] === header && searchParams.get('client_id') === identity.clientId
    const isVersion = searchParams.get('api-version') === '2019-08-01'
    asked.push(resource)
    const expires_on = String(Math.floor(Date.now() / 1_000) + secondsToLive)
    const access_token = held.get(resource) ?? (await renew(resource))
    const body = { access_token, expires_on, resource, token_type: 'Bearer', client_id: identity.clientId }
    response.writeHead(isKnown && isVersion ? 200 : 401, { 'content-type': 'application/json' })
    response.end(JSON.stringify(isKnown && isVersion ? body : {}))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    environment: { IDENTITY_ENDPOINT: `http://127.0.0.1:${port}/msi/token`, IDENTITY_HEADER: header },
    ...identity,
    asked,
    renew,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

export const roleIds = {
  Manage: 'aaaaaaaa-0000-4000-8000-000000000001',
  Read: 'aaaaaaaa-0000-4000-8000-000000000002',
}
export type Role = keyof typeof roleIds

export interface ServiceApplication {
  clientId: string
  audience: string
  /** Lets a person or a program have a role. */
  assign(principalId: string, role: Role): Promise<void>
  /** Whether only who has a role is given tokens. */
  requireAssignment(required: boolean): Promise<void>
  redirectTo(uri: string): Promise<void>
}

/** The application of the service as its deployment makes it, over Graph: roles, federated credential, assignment required. */
export async function createApplication(sandbox: TestSandbox, identity: IdentityEndpoint): Promise<ServiceApplication> {
  const { login, tenantId } = sandbox.address
  const appRoles = Object.entries(roleIds).map(([value, id]) => ({
    id,
    value,
    displayName: value,
    description: value,
    isEnabled: true,
    allowedMemberTypes: ['User', 'Application'],
  }))
  const { body: application } = await sandbox.graph('POST', '/applications', {
    displayName: 'SCIM service',
    appRoles,
    api: { requestedAccessTokenVersion: 2 },
  })
  const path = `/applications/${application.id}`
  const audience = `api://${application.appId}`
  await sandbox.graph('PATCH', path, { identifierUris: [audience] })
  await sandbox.graph('POST', `${path}/federatedIdentityCredentials`, {
    name: 'scim',
    issuer: `${login}/${tenantId}/v2.0`,
    subject: identity.principalId,
    audiences: ['api://AzureADTokenExchange'],
  })
  const { body: principal } = await sandbox.graph('POST', '/servicePrincipals', {
    appId: application.appId,
    appRoleAssignmentRequired: true,
  })
  const principalPath = `/servicePrincipals/${principal.id}`
  return {
    clientId: application.appId,
    audience,
    async assign(principalId, role) {
      const assignment = { principalId, resourceId: principal.id, appRoleId: roleIds[role] }
      await sandbox.graph('POST', `${principalPath}/appRoleAssignedTo`, assignment)
    },
    requireAssignment: async (required) =>
      void (await sandbox.graph('PATCH', principalPath, { appRoleAssignmentRequired: required })),
    redirectTo: async (uri) => void (await sandbox.graph('PATCH', path, { web: { redirectUris: [uri] } })),
  }
}

export interface Program {
  principalId: string
  /** An access token, or the error of the login. */
  token(audience: string): Promise<string>
}

/** A program with a secret of its own, as a pipeline is one. */
export async function createProgram(sandbox: TestSandbox, displayName: string): Promise<Program> {
  const { body: application } = await sandbox.graph('POST', '/applications', { displayName })
  const { body: principal } = await sandbox.graph('POST', '/servicePrincipals', { appId: application.appId })
  const { body: secret } = await sandbox.graph('POST', `/applications/${application.id}/addPassword`, {})
  return {
    principalId: principal.id,
    async token(audience) {
      const form = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: application.appId,
        client_secret: secret.secretText,
        scope: `${audience}/.default`,
      })
      const path = `/${sandbox.address.tenantId}/oauth2/v2.0/token`
      const { body } = await sandbox.send('POST', path, form.toString())
      if (!body.access_token) throw new Error(body.error_description)
      return body.access_token
    },
  }
}
