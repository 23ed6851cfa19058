/**
 * Stands in for the azuread plugin, which is a download: the types and functions of it that Entrada's programs use, over
 * a real Graph client, for an engine to attach to. What the plugin itself sends is replayed in tests/contract.
 */
import * as grpc from '@grpc/grpc-js'
import services from '@pulumi/pulumi/proto/provider_grpc_pb.js'
import messages from '@pulumi/pulumi/proto/provider_pb.js'
import empty from 'google-protobuf/google/protobuf/empty_pb.js'
import { createGraph, type Graph, graphSettings } from '../../provider/graph/client.ts'
import { literal, query } from '../../provider/graph/odata.ts'
import { type Resource, UNKNOWN } from '../../provider/resources/resource.ts'
import { EngineLog } from '../../provider/server/engineLog.ts'
import { toStruct } from '../../provider/server/errors.ts'
import { createService } from '../../provider/server/service.ts'

// A resource has what its program gives it.
// biome-ignore lint/suspicious/noExplicitAny: any shape
type Any = any

/** One type: how its inputs become an object of Graph. */
interface Kind {
  make(graph: Graph, inputs: Any): Promise<{ id: string; outputs: object }>
  /** Undefined for types whose every change is a replacement. */
  change?(graph: Graph, id: string, inputs: Any): Promise<void>
  path(id: string): string
  outputs: readonly string[]
}

const references = (graph: Graph, ids: readonly string[] = []) =>
  Promise.all(ids.map((id) => graph.address(`/directoryObjects/${id}`)))

async function setMembers(graph: Graph, id: string, wanted: readonly string[] | undefined): Promise<void> {
  if (!wanted) return
  const there = (await graph.collect<{ id: string }>(`/groups/${id}/members`)).map((one) => one.id)
  for (const one of wanted.filter((member) => !there.includes(member)))
    await graph.post(`/groups/${id}/members/$ref`, { '@odata.id': await graph.address(`/directoryObjects/${one}`) })
  for (const one of there.filter((member) => !wanted.includes(member)))
    await graph.delete(`/groups/${id}/members/${one}/$ref`)
}

const KINDS: Record<string, Kind> = {
  'azuread:index/group:Group': {
    outputs: ['objectId'],
    path: (id) => `/groups/${id}`,
    async make(graph, { displayName, description, owners, members, types = [], dynamicMembership }) {
      const made = await graph.post<{ id: string }>('/groups', {
        displayName,
        description,
        mailEnabled: false,
        mailNickname: `g${Math.random().toString(36).slice(2, 10)}`,
        securityEnabled: true,
        groupTypes: types,
        membershipRule: dynamicMembership?.rule,
        'owners@odata.bind': await references(graph, owners),
      })
      await setMembers(graph, made.id, members)
      return { id: made.id, outputs: { objectId: made.id } }
    },
    async change(graph, id, { description, members }) {
      await graph.patch(`/groups/${id}`, { description: description ?? null })
      await setMembers(graph, id, members)
    },
  },
  'azuread:index/application:Application': {
    outputs: ['clientId'],
    path: (id) => id,
    async make(graph, { displayName, signInAudience, requiredResourceAccesses, web }) {
      const made = await graph.post<{ id: string; appId: string }>('/applications', {
        displayName,
        signInAudience,
        requiredResourceAccess: requiredResourceAccesses.map(({ resourceAppId, resourceAccesses }: Any) => ({
          resourceAppId,
          resourceAccess: resourceAccesses,
        })),
        web,
      })
      return { id: `/applications/${made.id}`, outputs: { clientId: made.appId } }
    },
  },
  'azuread:index/servicePrincipal:ServicePrincipal': {
    outputs: ['objectId'],
    path: (id) => id,
    async make(graph, { clientId }) {
      const made = await graph.post<{ id: string }>('/servicePrincipals', { appId: clientId })
      return { id: `/servicePrincipals/${made.id}`, outputs: { objectId: made.id } }
    },
  },
  'azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential': {
    outputs: [],
    path: (id) => id,
    async make(graph, { applicationId, displayName: name, issuer, subject, audiences, description }) {
      const path = `${applicationId}/federatedIdentityCredentials`
      const made = await graph.post<{ id: string }>(path, { name, issuer, subject, audiences, description })
      return { id: `${path}/${made.id}`, outputs: {} }
    },
  },
  'azuread:index/appRoleAssignment:AppRoleAssignment': {
    outputs: [],
    path: (id) => id,
    async make(graph, { appRoleId, principalObjectId: principalId, resourceObjectId: resourceId }) {
      const path = `/servicePrincipals/${resourceId}/appRoleAssignedTo`
      const made = await graph.post<{ id: string }>(path, { appRoleId, principalId, resourceId })
      return { id: `${path}/${made.id}`, outputs: {} }
    },
  },
}

type Found = { id: string; displayName: string; userPrincipalName: string }

const named = (graph: Graph, set: string, field: string, names: readonly string[]) =>
  Promise.all(
    names.map((name) => graph.collect<Found>(`/${set}${query({ $filter: `${field} eq ${literal(name)}` })}`)),
  ).then((found) => found.flat())

const FUNCTIONS: Record<string, (graph: Graph, args: Any) => Promise<object>> = {
  async 'azuread:index/getClientConfig:getClientConfig'(graph) {
    const token = await graph.token(await graph.address('').then((url) => `${new URL(url).origin}/.default`))
    const { oid, appid, tid } = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString())
    return { id: tid, tenantId: tid, clientId: appid, objectId: oid }
  },
  async 'azuread:index/getUsers:getUsers'(graph, { userPrincipalNames }) {
    const users = await named(graph, 'users', 'userPrincipalName', userPrincipalNames)
    return { users: users.map(({ id, userPrincipalName }) => ({ objectId: id, userPrincipalName })) }
  },
  async 'azuread:index/getGroups:getGroups'(graph, { displayNames }) {
    const groups = await named(graph, 'groups', 'displayName', displayNames)
    return { displayNames: groups.map((one) => one.displayName), objectIds: groups.map(({ id }) => id) }
  },
  async 'azuread:index/getServicePrincipal:getServicePrincipal'(graph, { clientId }) {
    const filter = query({ $filter: `appId eq ${literal(clientId)}` })
    const [found] = await graph.collect<Any>(`/servicePrincipals${filter}`)
    const appRoleIds = Object.fromEntries(found.appRoles.map(({ value, id }: Any) => [value, id]))
    return { objectId: found.id, appRoleIds }
  },
}

function resource(token: string, kind: Kind): Resource<object, object> {
  return {
    token,
    secretOutputs: [],
    check: (inputs) => ({ inputs, failures: [] }),
    diff: ({ inputs: olds }, news) => {
      const keys = new Set([...Object.keys(olds), ...Object.keys(news)]) as Set<never>
      const changed = [...keys].filter((key) => JSON.stringify(olds[key]) !== JSON.stringify((news as object)[key]))
      const change = kind.change ? 'update' : 'update-replace'
      return { changes: Object.fromEntries(changed.map((key) => [key, change])) }
    },
    preview: async (_, olds) => olds?.outputs ?? Object.fromEntries(kind.outputs.map((name) => [name, UNKNOWN])),
    create: (inputs, { graph }) => kind.make(graph, inputs),
    read: async ({ id, inputs, outputs }) => ({ id, inputs: inputs ?? {}, outputs: outputs ?? {} }),
    async update({ id, outputs }, inputs, { graph }) {
      await kind.change!(graph, id, inputs)
      return outputs
    },
    delete: ({ id }, { graph }) => graph.delete(kind.path(id)),
  }
}

const graph = createGraph({ settings: graphSettings(process.env) })
const resources = new Map(Object.entries(KINDS).map(([token, kind]) => [token, resource(token, kind)]))
const tenants = { fromEnvironment: process.env.ARM_TENANT_ID, same: async (a: string, b: string) => a === b }
const service = createService({ resources, engine: new EngineLog(), tenants, connect: async () => graph })

type Invocation = grpc.ServerUnaryCall<InstanceType<typeof messages.InvokeRequest>, unknown>

async function invoke({ request }: Invocation, reply: grpc.sendUnaryData<unknown>): Promise<void> {
  try {
    const result = await FUNCTIONS[request.getTok()]!(graph, request.getArgs()?.toJavaScript() ?? {})
    reply(null, new messages.InvokeResponse().setReturn(toStruct(result as Record<string, unknown>)))
  } catch (error) {
    reply({ code: grpc.status.UNKNOWN, message: (error as Error).message })
  }
}

/** Told by each engine at its end; this process serves the next one too. */
const cancel: grpc.handleUnaryCall<unknown, unknown> = (_, reply) => reply(null, new empty.Empty())

const server = new grpc.Server()
server.addService(services.ResourceProviderService, { ...service, invoke, cancel } as grpc.UntypedServiceImplementation)
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error
  process.stdout.write(`${port}\n`)
})
