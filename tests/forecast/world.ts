/** A tenant in memory with its application, job and target: a forecast reads it, and a cycle runs in it. */
import { scimReader } from '../../cli/forecast/read/scim.ts'
import type { OpenTarget } from '../../cli/forecast/read/target.ts'
import type { Tenant as StackTenant } from '../../cli/stack/tenant.ts'
import type { StackConfig } from '../../config/schema.ts'
import { createGraph } from '../../provider/graph/client.ts'
import { editSchema, isExpression, type SchemaInputs } from '../../provider/resources/provisioningJob/edit.ts'
import { ACCESS } from '../../sandbox/graph/access.ts'
import type { GraphServices } from '../../sandbox/graph/request.ts'
import { createGraphSurface } from '../../sandbox/graph/service.ts'
import { emptyServicePrincipal } from '../../sandbox/graph/shape/applications.ts'
import { BLANK_USER } from '../../sandbox/graph/shape/directory.ts'
import { createProvisioning } from '../../sandbox/provisioning/service.ts'
import { DEFAULT_SETTINGS, type Settings } from '../../sandbox/settings.ts'
import { GALLERY } from '../../sandbox/templates/gallery.ts'
import type { Cycle, Group, Job, LogRecord, User } from '../../sandbox/tenant/model.ts'
import { Tenant } from '../../sandbox/tenant/tenant.ts'
import { templateSchema } from '../../sync/defaults/templates.ts'
import { describeSource } from '../../sync/expression/describe.ts'
import { parse } from '../../sync/expression/parse.ts'
import type { SynchronizationSchema } from '../../sync/schema.ts'
import { MemoryTarget } from './target.ts'

const DAY = 86_400_000
export const PRINCIPAL = '5e000000-0000-4000-8000-000000000001'
export const ROLE = 'a0000000-0000-4000-8000-000000000001'
const EVERY_PERMISSION = new Set(Object.values(ACCESS).flatMap(({ anyOf }) => anyOf as readonly string[]))

/** Object ids that read well in a failure: the number at the end. */
export const idOf = (kind: 'user' | 'group', number: number): string =>
  `${kind === 'user' ? '00000000' : '99999999'}-0000-4000-8000-${String(number).padStart(12, '0')}`

export interface World {
  store: Tenant
  target: MemoryTarget
  tenant: StackTenant
  clock: { ms: number }
  settings: Settings
  /** `METHOD path` of every request to Graph; those of a batch, too. */
  requests: string[]
  /** Permissions of whoever asks Graph. */
  permissions: Set<string>
  job(): Job
  user(number: number, more?: Partial<User>): User
  group(number: number, more?: Partial<Group>): Group
  assign(principalId: string): void
  unassign(principalId: string): void
  secrets(secrets: Record<string, string>): void
  /** What an update of the stack does to the job, as far as a cycle looks at it. */
  apply(config: StackConfig): void
  /** The next cycle, a day later, with what it logged. */
  cycle(): Promise<{ cycle: Cycle; log: LogRecord[] }>
  openTarget(): OpenTarget
  close(): Promise<void>
}

export interface WorldOptions {
  /** Of the gallery; the one for applications that are not in it maps managers, too. */
  template?: 'M-Files' | 'Custom'
  schema?: (schema: SynchronizationSchema) => SynchronizationSchema
  config?: Partial<StackConfig>
}

export const CONFIG: StackConfig = {
  application: 'M-Files',
  adoptExisting: false,
  target: {
    kind: 'external',
    tenantUrl: 'https://target.test/scim',
    tokenEndpoint: 'https://target.test/token',
    clientId: 'client',
  },
  scope: 'assigned',
  additionalMappings: [],
  managedGroups: [],
  labels: [],
  status: 'on',
  waitForFirstCycle: false,
}

export function makeWorld(options: WorldOptions = {}): World {
  const { template: templateName = 'M-Files', schema = (one) => one, config = {} } = options
  const store = new Tenant('11111111-2222-4333-8444-555555555555')
  store.seeded()
  const target = new MemoryTarget()
  const clock = { ms: Date.parse('2026-03-01T08:00:00Z'), now: () => clock.ms, onAdvance: () => {} }
  const template = GALLERY.find(({ displayName }) => displayName === templateName)!
  store.servicePrincipals.put(PRINCIPAL, {
    ...emptyServicePrincipal(),
    id: PRINCIPAL,
    appId: 'app-1',
    displayName: 'M-Files',
    applicationTemplateId: template.id,
    appRoleAssignmentRequired: true,
    appRoles: [
      {
        id: ROLE,
        displayName: 'User',
        description: '',
        value: 'User',
        isEnabled: true,
        allowedMemberTypes: ['User'],
        origin: 'Application',
      },
    ],
  })
  const settings: Settings = { ...DEFAULT_SETTINGS }
  const provisioning = createProvisioning({
    store,
    clock,
    // One at a time: who comes first is then no matter of chance.
    switches: { tickMs: 60_000, concurrency: 1 },
    disturb: target.disturb,
  })
  const templateId = template.synchronizationTemplates[0]!
  const made = provisioning.newJob(PRINCIPAL, templateId)
  store.jobs.put(made.id, { ...made, schema: schema(templateSchema(templateId)) })
  const job = () => store.jobs.get(made.id)!

  const services = {
    tenant: store,
    clock,
    settings,
    provisioning,
    templateSchema,
    url: () => 'https://graph.microsoft.com',
  }
  const requests: string[] = []
  const permissions = new Set(EVERY_PERMISSION)
  const graph = createGraph({
    settings: { tenantId: store.tenantId, credential: { kind: 'cli' }, cloud: { name: 'public' } },
    credential: { getToken: async () => ({ token: 'token', expiresOnTimestamp: Number.MAX_SAFE_INTEGER }) },
    fetch: surfaceFetch(services as unknown as GraphServices, permissions, requests),
    clock: { now: () => clock.ms, sleep: async () => {} },
  })
  const self: World = {
    store,
    target,
    tenant: { stack: 'test', config: { ...CONFIG, ...config }, env: {}, graph },
    clock,
    settings,
    requests,
    permissions,
    job,
    user(number, more = {}) {
      const id = idOf('user', number)
      const name = `user${number}@contoso.test`
      const before = store.users.get(id) ?? {
        ...BLANK_USER,
        id,
        userPrincipalName: name,
        displayName: `User ${number}`,
        createdDateTime: '2026-01-01T00:00:00Z',
      }
      const user = { ...before, ...more }
      store.users.put(id, user)
      return user
    },
    group(number, more = {}) {
      const id = idOf('group', number)
      const before = store.groups.get(id) ?? {
        id,
        displayName: `Group ${number}`,
        description: null,
        mail: null,
        mailEnabled: false,
        mailNickname: `group${number}`,
        securityEnabled: true,
        groupTypes: [],
        createdDateTime: '2026-01-01T00:00:00Z',
        deletedDateTime: null,
        memberIds: [],
      }
      const group = { ...before, ...more }
      store.groups.put(id, group)
      return group
    },
    assign(principalId) {
      store.assignments.put(`a-${principalId}`, {
        id: `a-${principalId}`,
        appRoleId: ROLE,
        principalId,
        principalType: store.groups.get(principalId) ? 'Group' : 'User',
        resourceId: PRINCIPAL,
        createdDateTime: '2026-01-01T00:00:00Z',
      })
    },
    unassign: (principalId) => void store.assignments.delete(`a-${principalId}`),
    secrets: (secrets) =>
      store.secrets.put(PRINCIPAL, {
        BaseAddress: 'https://target.test/scim',
        SecretToken: 'token',
        SyncAll: 'false',
        ...secrets,
      }),
    apply(config) {
      const { assignments, scope, accidentalDeletions, additionalMappings, scopingFilters = {} } = config
      for (const id of [...(assignments?.users ?? []), ...(assignments?.groups ?? [])]) self.assign(id)
      const rescoped = (store.secrets.get(PRINCIPAL)?.SyncAll === 'true') !== (scope === 'all')
      const { enabled = true, threshold = 500 } = accidentalDeletions ?? {}
      self.secrets({
        SyncAll: String(scope === 'all'),
        SyncNotificationSettings: JSON.stringify({ DeleteThresholdEnabled: enabled, DeleteThresholdValue: threshold }),
      })
      const { schema: before, status } = job()
      const after = edited(before as never, { additionalMappings, scopingFilters, groupMapping: undefined })
      if (after !== before) store.jobs.put(made.id, { ...job(), schema: after, watermark: null })
      if ((rescoped && job().watermark !== null) || status.quarantine) provisioning.restart(made.id, undefined)
    },
    async cycle() {
      clock.ms += DAY
      for (const { id } of store.log.values()) seen.add(id)
      const cycle = await provisioning.runCycle(made.id)
      return { cycle, log: [...store.log.values()].filter(({ id }) => !seen.has(id)) }
    },
    openTarget: () => ({
      reader: scimReader({ tenantUrl: 'https://target.test/scim', token: async () => 'token', fetch: target.fetch }),
    }),
    close: () => provisioning.close(),
  }
  const seen = new Set<string>()
  self.secrets({})
  return self
}

function edited(schema: Parameters<typeof editSchema>[0], inputs: SchemaInputs) {
  const expressions = inputs.additionalMappings.map(({ source }) => source).filter(isExpression)
  const parsed = expressions.map(
    (source) => [source, { ...describeSource(parse(source)), expression: source }] as const,
  )
  return editSchema(schema, undefined, inputs, new Map(parsed) as never)
}

/** Graph within the process, to a caller with the permissions given. */
function surfaceFetch(services: GraphServices, roles: Set<string>, requests: string[]): typeof globalThis.fetch {
  const surface = createGraphSurface(services)
  const ids = { requestId: 'r', clientRequestId: 'c' }
  return (async (input: unknown, init: RequestInit = {}) => {
    const url = new URL(String(input))
    const [, version, ...path] = url.pathname.split('/')
    const body: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : undefined
    const method = init.method ?? 'GET'
    requests.push(`${method} /${path.join('/')}`)
    for (const part of (body as { requests?: { method: string; url: string }[] } | undefined)?.requests ?? []) {
      requests.push(`${part.method} ${part.url.split('?')[0]}`)
    }
    const headers = Object.fromEntries(new Headers(init.headers))
    const answer = await surface.handle(
      {
        method,
        version: version as 'v1.0',
        path: `/${path.join('/')}`,
        query: url.searchParams,
        headers,
        body,
        caller: { appId: 'caller', objectId: 'caller', roles },
      },
      ids,
    )
    const text = answer.body === undefined ? null : JSON.stringify(answer.body)
    return new Response(text, {
      status: answer.status,
      headers: { 'Content-Type': 'application/json', ...answer.headers },
    })
  }) as typeof globalThis.fetch
}
