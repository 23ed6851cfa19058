/** A tenant in memory behind a real Graph client: just what the resources call, for tests of what they do. */
import { type Answer, type FakeGraph, fakeClock, fakeGraph, type Sent, TENANT_ID } from '../../graph/testing.ts'
import type { App, ServicePrincipal, Template } from '../common/graphTypes.ts'
import type { Job } from '../provisioningJob/job.ts'
import type { Schema } from '../provisioningJob/schema.ts'
import type { Context } from '../resource.ts'

// Directory objects have whatever a test gives them.
// biome-ignore lint/suspicious/noExplicitAny: test data
type Any = any

export interface FakeTenant extends FakeGraph {
  templates: Template[]
  apps: Map<string, App>
  principals: Map<string, ServicePrincipal>
  jobs: Map<string, Job>
  secrets: Map<string, string>
  schema: Schema
  users: Any[]
  groups: Any[]
  members: Map<string, Any[]>
  assignments: Map<string, Any>
  /** Bodies of what was written, by `METHOD /path`. */
  written: Map<string, Any>
  /** Answers before anything else, where it does. */
  intercept: (request: Sent) => Answer | undefined
  /** What the test of a connection finds wrong. */
  connectionProblem: { code: string; message: string } | undefined
  context(name?: string): Context & { logged: string[] }
}

export const TEMPLATE: Template = { id: 'aaaaaaaa-0000-0000-0000-000000000001', displayName: 'M-Files' }
const SECRET = /secret|token$/i

export function fakeTenant(): FakeTenant {
  const tenant = {
    templates: [TEMPLATE],
    apps: new Map(),
    principals: new Map(),
    jobs: new Map(),
    secrets: new Map(),
    schema: templateSchema(),
    users: [],
    groups: [],
    members: new Map(),
    assignments: new Map(),
    written: new Map(),
    intercept: () => undefined,
    connectionProblem: undefined,
  } as unknown as FakeTenant
  Object.assign(
    tenant,
    fakeGraph((request) => tenant.intercept(request) ?? answer(tenant, request), fakeClock()),
  )
  tenant.context = (name = 'app') => {
    const logged: string[] = []
    return {
      logged,
      graph: tenant.graph,
      urn: `urn:pulumi:dev::entrada::entrasync:index:Any::${name}`,
      signal: new AbortController().signal,
      log: (severity, message) => void logged.push(`${severity}: ${message}`),
      progress: () => {},
    }
  }
  return tenant
}

let counter = 0
/** A new object id. */
export const newId = () => `00000000-0000-0000-0000-${String(++counter).padStart(12, '0')}`

/** An application of the template with its service principal, as instantiating leaves it. */
export function addApplication(tenant: FakeTenant, displayName: string, more: Partial<ServicePrincipal> = {}) {
  const appId = newId()
  const shared = { appId, displayName, applicationTemplateId: TEMPLATE.id }
  const createdDateTime = new Date(tenant.clock.now()).toISOString()
  const app: App = { ...shared, id: newId(), createdDateTime }
  const appRoles = [
    { id: newId(), displayName: 'msiam_access', value: null, isEnabled: true, allowedMemberTypes: ['User'] },
    { id: newId(), displayName: 'User', value: null, isEnabled: true, allowedMemberTypes: ['User'] },
  ]
  const servicePrincipal: ServicePrincipal = {
    ...shared,
    id: newId(),
    appRoleAssignmentRequired: true,
    notes: null,
    tags: ['Gallery'],
    appRoles,
    ...more,
  }
  tenant.apps.set(app.id, app)
  tenant.principals.set(servicePrincipal.id, servicePrincipal)
  return { app, servicePrincipal }
}

type Handler = (tenant: FakeTenant, match: string[], request: Sent) => Answer | undefined

const ok = (body: unknown): Answer => ({ body })
const done: Answer = { status: 204 }

function doing(write: () => unknown): Answer {
  write()
  return done
}

const found = (body: unknown): Answer | undefined => (body === undefined ? undefined : { body })
const failed = (status: number, code: string, message: string): Answer => ({
  status,
  body: { error: { code, message } },
})

function named<T>(items: Iterable<T>, path: string): Answer {
  const [, property, text] = /\$filter=(\w+) eq '((?:[^']|'')*)'/.exec(path) ?? []
  const start = /\$filter=(?:startswith|contains)\((\w+),'([^']*)'\)/.exec(path)
  const value = [...items].filter((item) => {
    const object = item as Any
    if (start) return String(object[start[1]!]).toLowerCase().includes(start[2]!.toLowerCase())
    return !property || String(object[property]).toLowerCase() === text!.replaceAll("''", "'").toLowerCase()
  })
  return ok({ value })
}

const ROUTES: [RegExp, Handler][] = [
  [/^GET \/applicationTemplates(?:\?.*)?$/, ({ templates }, [path]) => named(templates, path!)],
  [/^GET \/applicationTemplates\/([^/?]+)/, ({ templates }, [, id]) => found(templates.find((one) => one.id === id))],
  [
    /^POST \/applicationTemplates\/[^/]+\/instantiate$/,
    (tenant, _, { body }) => {
      const made = addApplication(tenant, (body as Any).displayName)
      return { status: 201, body: { application: made.app, servicePrincipal: made.servicePrincipal } }
    },
  ],
  [/^GET \/applications(?:\?.*)?$/, ({ apps }, [path]) => named(apps.values(), path!)],
  [/^GET \/applications\/([^/?]+)/, ({ apps }, [, id]) => found(apps.get(id!))],
  [/^PATCH \/applications\/([^/]+)$/, ({ apps }, [, id], { body }) => doing(() => Object.assign(apps.get(id!)!, body))],
  [
    /^DELETE \/applications\/([^/]+)$/,
    ({ apps, principals }, [, id]) => {
      const app = apps.get(id!)
      for (const one of [...principals.values()]) if (one.appId === app?.appId) principals.delete(one.id)
      return apps.delete(id!) ? done : undefined
    },
  ],
  [/^GET \/servicePrincipals(?:\?.*)?$/, ({ principals }, [path]) => named(principals.values(), path!)],
  [/^(?:GET|POST) \/servicePrincipals\/[^/]+\/synchronization\/jobs\/([^/]+)(?:\/(.*))?$/, jobCall],
  [
    /^(?:PUT) \/servicePrincipals\/[^/]+\/synchronization\/jobs\/[^/]+\/schema$/,
    (tenant, _, { body }) => doing(() => Object.assign(tenant, { schema: body })),
  ],
  [
    /^DELETE \/servicePrincipals\/[^/]+\/synchronization\/jobs\/([^/]+)$/,
    ({ jobs }, [, id]) => (jobs.delete(id!) ? done : undefined),
  ],
  [/^GET \/servicePrincipals\/[^/]+\/synchronization\/jobs$/, ({ jobs }) => ok({ value: [...jobs.values()] })],
  [
    /^POST \/servicePrincipals\/[^/]+\/synchronization\/jobs$/,
    (tenant, _, { body }) => ok(addJob(tenant, (body as Any).templateId)),
  ],
  [
    /^GET \/servicePrincipals\/[^/]+\/synchronization\/templates$/,
    () => ok({ value: [{ id: 'mfiles', default: true }] }),
  ],
  [/^GET \/servicePrincipals\/[^/]+\/synchronization\/templates\/mfiles\/schema$/, () => ok(templateSchema())],
  [
    /^GET \/servicePrincipals\/[^/]+\/synchronization\/secrets$/,
    ({ secrets }) =>
      ok({ value: [...secrets].map(([key, value]) => ({ key, value: SECRET.test(key) ? '*' : value })) }),
  ],
  [
    /^PUT \/servicePrincipals\/[^/]+\/synchronization\/secrets$/,
    ({ secrets }, _, { body }) => {
      for (const { key, value } of (body as Any).value) value === '' ? secrets.delete(key) : secrets.set(key, value)
      return done
    },
  ],
  [/^GET \/servicePrincipals\/[^/]+\/appRoleAssignedTo/, ({ assignments }) => ok({ value: [...assignments.values()] })],
  [/^POST \/servicePrincipals\/[^/]+\/appRoleAssignedTo$/, assign],
  [
    /^DELETE \/servicePrincipals\/[^/]+\/appRoleAssignedTo\/([^/]+)$/,
    ({ assignments }, [, id]) => (assignments.delete(id!) ? done : undefined),
  ],
  [/^GET \/servicePrincipals\/([^/?]+)(?:\?.*)?$/, ({ principals }, [, id]) => found(principals.get(id!))],
  [
    /^PATCH \/servicePrincipals\/([^/]+)$/,
    ({ principals }, [, id], { body }) => doing(() => Object.assign(principals.get(id!)!, body)),
  ],
  [/^(?:POST|DELETE) \/(?:applications|servicePrincipals)\/[^/]+\/owners\/.*\$ref$/, () => done],
  [
    /^GET \/users\/([^/?]+)/,
    ({ users }, [, key]) => found(users.find((one) => [one.id, one.userPrincipalName].includes(key))),
  ],
  [/^GET \/users\?.*/, ({ users }, [path]) => named(users, path!)],
  [/^GET \/groups\/([^/?]+)\/members/, ({ members }, [, id]) => ok({ value: members.get(id!) ?? [] })],
  [/^GET \/groups\/([^/?]+)/, ({ groups }, [, id]) => found(groups.find((one) => one.id === id))],
  [/^GET \/groups\?.*/, ({ groups }, [path]) => named(groups, path!)],
  [/^DELETE \/directory\/deletedItems\//, () => done],
]

function answer(tenant: FakeTenant, request: Sent): Answer | undefined {
  const line = `${request.method} ${request.path}`
  if (request.body !== undefined) tenant.written.set(line, request.body)
  for (const [pattern, handler] of ROUTES) {
    const match = pattern.exec(line)
    if (match) return handler(tenant, match, request)
  }
  return undefined
}

function addJob({ jobs }: FakeTenant, templateId: string): Job {
  const status = { code: 'Paused', lastExecution: null, quarantine: null, progress: [] }
  const job: Job = { id: `${templateId}.${TENANT_ID}.${newId()}`, templateId, schedule: { state: 'Disabled' }, status }
  jobs.set(job.id, job)
  return job
}

function jobCall(tenant: FakeTenant, [, id, action]: string[]): Answer | undefined {
  const job = tenant.jobs.get(id!)
  if (!job) return undefined
  switch (action) {
    case undefined:
      return ok(job)
    case 'schema':
      return ok(tenant.schema)
    case 'validateCredentials': {
      const problem = tenant.connectionProblem
      return problem ? failed(400, problem.code, problem.message) : done
    }
    case 'start':
    case 'pause': {
      const on = action === 'start'
      const status = { ...job.status!, code: on ? 'NotRun' : 'Paused', quarantine: null }
      tenant.jobs.set(job.id, { ...job, schedule: { state: on ? 'Active' : 'Disabled' }, status })
      return done
    }
    default:
      return done
  }
}

function assign({ assignments, users, groups }: FakeTenant, _: string[], { body }: Sent): Answer {
  const { principalId, appRoleId } = body as Any
  const double = [...assignments.values()].some((one) => one.principalId === principalId && one.appRoleId === appRoleId)
  if (double) return failed(400, 'Request_BadRequest', 'Permission being assigned already exists on the object')
  const person = [...users, ...groups].find(({ id }) => id === principalId)
  const made = {
    id: `assignment-${principalId}-${appRoleId}`,
    ...(body as object),
    principalDisplayName: person?.displayName,
    principalType: users.includes(person) ? 'User' : 'Group',
  }
  assignments.set(made.id, made)
  return { status: 201, body: made }
}

const SCIM_USER = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
export const INFO1 = 'urn:ietf:params:scim:schemas:extension:info:2.0:User:info1'

/** One rule with a mapping of users and one of groups. */
export function templateSchema(): Schema {
  const mapped = (source: string, targetAttributeName: string, matchingPriority = 0) => ({
    targetAttributeName,
    source: { expression: `[${source}]`, name: source, type: 'Attribute' as const, parameters: [] },
    defaultValue: null,
    matchingPriority,
    flowBehavior: 'FlowWhenChanged',
    flowType: 'Always',
    exportMissingReferences: false,
  })
  const object = (
    sourceObjectName: string,
    targetObjectName: string,
    attributeMappings: ReturnType<typeof mapped>[],
  ) => ({
    enabled: true,
    name: `Provision ${sourceObjectName}s`,
    sourceObjectName,
    targetObjectName,
    scope: null,
    attributeMappings,
  })
  const attributes = (...names: string[]) => names.map((name) => ({ name }))
  return {
    synchronizationRules: [
      {
        priority: 1,
        sourceDirectoryName: 'Entra',
        targetDirectoryName: 'target',
        objectMappings: [
          object('User', SCIM_USER, [mapped('userPrincipalName', 'userName', 1), mapped('displayName', 'displayName')]),
          object('Group', 'urn:ietf:params:scim:schemas:core:2.0:Group', [mapped('displayName', 'displayName', 1)]),
        ],
      },
    ],
    directories: [
      {
        name: 'Entra',
        objects: [{ name: 'User', attributes: attributes('userPrincipalName', 'displayName', 'department') }],
      },
      { name: 'target', objects: [{ name: SCIM_USER, attributes: attributes('userName', 'displayName', INFO1) }] },
    ],
  }
}
