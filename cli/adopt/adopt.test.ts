import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { NO_FLEET, parseDefaults } from '../../config/fleet.ts'
import { NAMESPACE } from '../../config/parse.ts'
import { OPERATORS } from '../../config/schema.ts'
import { parseYaml } from '../../config/yaml.ts'
import { appRoleAssignments } from '../../provider/resources/appRoleAssignments/resource.ts'
import { markerOf } from '../../provider/resources/common/marker.ts'
import { provisioningJob } from '../../provider/resources/provisioningJob/resource.ts'
import type { AttributeMapping, ObjectMapping } from '../../provider/resources/provisioningJob/schema.ts'
import { addApplication, type FakeTenant, fakeTenant, INFO1, newId } from '../../provider/resources/testing/tenant.ts'
import { applicationUrn } from '../stack/application.ts'
import { choose, listCandidates } from './candidates.ts'
import { fileText, settingsOf, withSecretOf } from './file.ts'
import { readFound } from './found.ts'
import { settingsFor } from './settings.ts'

const credentials = {
  tenantUrl: 'https://t.example/scim',
  tokenEndpoint: 'https://t.example/token',
  clientId: 'client',
  clientSecret: 'hush-hush',
}
const TENANT_ID = 'contoso.example'

interface Asked {
  groups?: string[]
  users?: string[]
  role?: string
  job?: object
}

/** A tenant in which the resources have made what is asked for. */
async function tenantWith({ groups = [], users = [], role, job = {} }: Asked, displayName = 'Vault') {
  const tenant = fakeTenant()
  const { servicePrincipal } = addApplication(tenant, displayName)
  for (const name of groups) tenant.groups.push({ id: newId(), displayName: name, securityEnabled: true })
  for (const name of users) tenant.users.push({ id: newId(), displayName: name, userPrincipalName: name })
  const inputs = appRoleAssignments.check({ servicePrincipalId: servicePrincipal.id, groups, users, role }).inputs
  await appRoleAssignments.create(inputs as never, tenant.context())
  const asked = provisioningJob.check({ servicePrincipalId: servicePrincipal.id, credentials, ...job })
  expect(asked.failures).toEqual([])
  await provisioningJob.create(asked.inputs as never, tenant.context())
  tenant.log.length = 0
  return { tenant, servicePrincipal }
}

async function adopted(tenant: FakeTenant, wanted = 'Vault', given: object = {}) {
  const candidate = choose(await listCandidates(tenant.graph, 'contoso'), wanted)
  return settingsFor(await readFound(tenant.graph, candidate), { tenantId: TENANT_ID, ...given })
}

/** As the file comes out, and is read again. */
function written({ settings, beyond }: Awaited<ReturnType<typeof adopted>>, fleet = NO_FLEET) {
  const text = fileText('contoso', settings, beyond, fleet)
  return { text, config: settingsOf(text, 'contoso', fleet) }
}

const object = (tenant: FakeTenant, kind: 'User' | 'Group'): ObjectMapping =>
  tenant.schema.synchronizationRules[0]!.objectMappings.find(({ sourceObjectName }) => sourceObjectName === kind)!

const mapping = (target: string, expression: string, more: Partial<AttributeMapping> = {}): AttributeMapping => ({
  targetAttributeName: target,
  source: { expression, name: null, type: 'Function', parameters: [] },
  defaultValue: null,
  matchingPriority: 0,
  flowBehavior: 'FlowWhenChanged',
  flowType: 'Always',
  exportMissingReferences: false,
  ...more,
})

const told = ({ beyond }: Awaited<ReturnType<typeof adopted>>) => beyond.map(({ what }) => what)

const name = fc.stringMatching(/^[A-Za-z][A-Za-z '#&-]{0,12}[a-z]$/)
const filter = fc.array(
  fc.array(
    fc
      .record({
        attribute: fc.constantFrom('userPrincipalName', 'displayName', 'department'),
        operator: fc.constantFrom(...OPERATORS),
        value: fc.string({ minLength: 1 }),
      })
      .map(({ value, ...clause }) => (clause.operator.startsWith('IS ') ? clause : { ...clause, value })),
    { minLength: 1, maxLength: 2 },
  ),
  { minLength: 1, maxLength: 2 },
)

/** What a file may say of one tenant, with a target of its own. */
const config = fc.record({
  assignments: fc.option(
    fc.record({
      groups: fc.uniqueArray(name, { maxLength: 3, selector: (one) => one.toLowerCase() }),
      users: fc.uniqueArray(
        fc.stringMatching(/^[a-z]{1,8}$/).map((one) => `${one}@contoso.example`),
        { maxLength: 3 },
      ),
    }),
    { nil: undefined },
  ),
  scope: fc.constantFrom('assigned', 'all'),
  notificationEmail: fc.option(fc.constant('ops@contoso.example'), { nil: undefined }),
  accidentalDeletions: fc.record({ enabled: fc.boolean(), threshold: fc.integer({ min: 1, max: 9999 }) }),
  additionalMappings: fc.constantFrom(
    [],
    [{ object: 'user', source: '[department]', target: INFO1 }],
    [{ object: 'user', source: '"a ""constant"""', target: INFO1 }],
  ),
  scopingFilters: fc.record({ user: filter, group: filter }, { requiredKeys: [] }),
  status: fc.constantFrom('on', 'off'),
})

test('what a stack has set up comes out as the same settings', async () => {
  await fc.assert(
    fc.asyncProperty(config, async ({ assignments, ...job }) => {
      const { tenant } = await tenantWith({ ...assignments, job })
      const plan = await adopted(tenant)
      expect(plan.beyond).toEqual([])
      const read = written(plan).config
      const { groups = [], users = [] } = read.assignments ?? {}
      expect([groups.toSorted(), users.toSorted()]).toEqual([
        (assignments?.groups ?? []).toSorted(),
        (assignments?.users ?? []).toSorted(),
      ])
      expect({
        scope: read.scope,
        notificationEmail: read.notificationEmail,
        accidentalDeletions: { threshold: 500, enabled: true, ...read.accidentalDeletions },
        additionalMappings: read.additionalMappings,
        scopingFilters: read.scopingFilters ?? {},
        status: read.status,
      }).toEqual(job)
      expect(read).toMatchObject({ tenantId: TENANT_ID, application: 'M-Files', displayName: 'Vault' })
      expect(tenant.log.filter((line) => !line.startsWith('GET '))).toEqual([])
    }),
    { numRuns: 60 },
  )
})

test('the file has comments, no secret, and an address for each value', async () => {
  const { tenant } = await tenantWith({ groups: ['Sales'] })
  const { text, config: read } = written(await adopted(tenant))
  expect(text).toContain('# Who is provisioned: names or object ids')
  expect(text).toContain('config set --path --secret entrada:target.clientSecret --stack contoso')
  expect(text).not.toMatch(/hush-hush|~|scopingFilters|notificationEmail/)
  expect(read.target).toMatchObject({ kind: 'external', tenantUrl: 'https://t.example/scim', clientId: 'client' })
  const whole = withSecretOf(text, 'config: { entrada:target: { clientSecret: { secure: v1:x } } }')
  expect(whole).toContain('# Who is provisioned')
  expect(parseYaml(whole)).toMatchObject({
    config: { [`${NAMESPACE}target`]: { clientId: 'client', clientSecret: { secure: 'v1:x' } } },
  })
})

test('what stacks share does not change what one tenant has', async () => {
  const fleet = {
    ...NO_FLEET,
    defaults: parseDefaults(
      `config: { scope: all, status: off, accidentalDeletions: { enabled: false }, additionalMappings: [{ object: user, source: '[a]', target: b }] }`,
    ),
  }
  const { tenant } = await tenantWith({})
  expect(written(await adopted(tenant), fleet).config).toMatchObject({
    scope: 'assigned',
    status: 'on',
    accidentalDeletions: { enabled: true, threshold: 500 },
    additionalMappings: [],
  })
})

test('groups that share a name are named by id, people who are gone are left out and told', async () => {
  const { tenant } = await tenantWith({ groups: ['Sales'], users: ['a@contoso.example'] })
  tenant.groups.push({ id: newId(), displayName: 'Sales', securityEnabled: true })
  tenant.users.length = 0
  const plan = await adopted(tenant)
  expect(plan.settings.assignments).toEqual({ groups: [tenant.groups[0].id] })
  expect(told(plan)).toEqual([expect.stringMatching(/^user 'a@contoso.example' .* no longer in the directory$/)])
})

test('one role is the file’s; who has another is told', async () => {
  const { tenant, servicePrincipal } = await tenantWith({ groups: ['Sales', 'Legal'], role: 'msiam_access' })
  expect((await adopted(tenant)).settings.assignments).toMatchObject({ role: 'msiam_access' })
  const [first] = tenant.assignments.values()
  first.appRoleId = servicePrincipal.appRoles[1]!.id
  const plan = await adopted(tenant)
  expect(plan.settings.assignments).toEqual({ groups: ['Sales'] })
  expect(told(plan)).toEqual([expect.stringContaining("group 'Legal'")])
})

test('everything of the mappings that no setting says is told, and left as it is', async () => {
  const { tenant } = await tenantWith({})
  const user = object(tenant, 'User')
  const [userName, displayName] = user.attributeMappings as [AttributeMapping, AttributeMapping]
  Object.assign(user, {
    attributeMappings: [
      { ...userName, source: mapping('x', 'ToLower([mail],)').source },
      mapping('nickName', '[mailNickname]', { defaultValue: 'nobody', matchingPriority: 2, flowType: 'ObjectAddOnly' }),
      mapping('title', 'not an expression'),
    ],
    scope: {
      groups: [
        {
          name: 'f',
          clauses: [{ sourceOperandName: 'a', operatorName: 'EQUALS', targetOperand: { values: ['1', '2'] } }],
        },
      ],
      inputFilterGroups: [{ name: null, clauses: [] }],
      categoryFilterGroups: [],
    },
    flowTypes: 'Add, Update',
  })
  object(tenant, 'Group').enabled = false
  tenant.schema.directories![1]!.objects[0]!.attributes.push({ name: 'shoeSize' })
  tenant.schema.synchronizationRules[0]!.objectMappings.push({
    ...object(tenant, 'Group'),
    sourceObjectName: 'Device',
    targetObjectName: 'Device',
  })
  const plan = await adopted(tenant)
  expect(plan.settings.additionalMappings).toEqual([{ object: 'user', source: '[mailNickname]', target: 'nickName' }])
  expect(plan.settings).not.toHaveProperty('scopingFilters')
  expect(told(plan)).toEqual([
    `user ${displayName.targetAttributeName}: not mapped, by default [displayName]`,
    'user title: not an expression, by default not mapped',
    'user userName: ToLower([mail],), match 1, by default [userPrincipalName], match 1',
    expect.stringMatching(/^user: scoping filter .*, by default \[\]$/),
    'group: provisioning is disabled, by default enabled',
    'user nickName: default value "nobody"',
    'user nickName: matching with priority 2',
    'user nickName: applied ObjectAddOnly',
    'user: target object actions are Add, Update',
    'user: 1 filter groups of other kinds',
    'object mapping Device to Device, rule 1: was added',
    'attributes added to target, urn:ietf:params:scim:schemas:extension:enterprise:2.0:User: shoeSize',
  ])
  expect(plan.beyond.filter(({ changes }) => changes)).toEqual([])
  expect(written(plan).text).toMatch(/# What the tenant has and no setting says:\n# {3}user displayName: not mapped/)
})

test('what the next update would change is told as that', async () => {
  const { tenant, servicePrincipal } = await tenantWith({})
  Object.assign(servicePrincipal, { appRoleAssignmentRequired: false, notes: 'ours', tags: ['HideApp'] })
  tenant.secrets.set('SkipOutOfScopeDeletions', 'True')
  tenant.secrets.set('SyncNotificationSettings', '{"Enabled":true,"Recipients":"a@b.example;c@d.example"}')
  tenant.secrets.set('ConsumerSecret', 'x')
  const plan = await adopted(tenant)
  expect(plan.beyond.every(({ changes }) => changes)).toBe(true)
  expect(told(plan)).toEqual([
    'everybody may sign in, assigned or not',
    'the application is hidden from users',
    'the application has notes',
    'the secret ConsumerSecret',
    "mails go to 'a@b.example;c@d.example'",
    'deletions of people who leave the scope are skipped',
  ])
  expect(plan.settings.accidentalDeletions).toEqual({ enabled: false })
})

test('a job that signs in with a bearer token lacks what the file needs', async () => {
  const { tenant } = await tenantWith({})
  for (const key of ['Oauth2TokenExchangeUri', 'Oauth2ClientId', 'Oauth2ClientSecret']) tenant.secrets.delete(key)
  tenant.secrets.set('SecretToken', 'x')
  const plan = await adopted(tenant)
  expect(plan.settings.target).toEqual({ kind: 'external', tenantUrl: 'https://t.example/scim' })
  expect(plan.missing.map(({ setting }) => setting)).toEqual(['target.tokenEndpoint', 'target.clientId'])
  expect(told(plan)).toEqual(['a bearer token'])
})

test('the bundled service is a target of its own kind', async () => {
  const { tenant } = await tenantWith({})
  const bundled = { id: '1', apiUrl: 'https://scim.example/api', settings: { name: 'theirs' } }
  expect((await adopted(tenant, 'Vault', { bundled })).settings.target).toEqual({ kind: 'local', name: 'theirs' })
})

test('candidates: whose they are, and which may not be read', async () => {
  const { tenant, servicePrincipal } = await tenantWith({ users: ['a@contoso.example'] })
  const list = await listCandidates(tenant.graph, 'contoso')
  expect(list.found).toMatchObject([{ managedBy: null, template: { displayName: 'M-Files' }, assignments: [{}] }])
  expect(() => choose(list, 'Valut')).toThrow("did you mean 'Vault'?")
  expect(choose(list, servicePrincipal.appId).servicePrincipal.id).toBe(servicePrincipal.id)
  servicePrincipal.tags.push(markerOf(applicationUrn('contoso')))
  expect((await listCandidates(tenant.graph, 'contoso')).found[0]!.managedBy).toBe('this stack')
  expect((await listCandidates(tenant.graph, 'fabrikam')).found[0]!.managedBy).toBe('another stack')
  tenant.intercept = ({ path }) =>
    path.endsWith('/jobs') ? { status: 401, body: { error: { code: 'UnknownError', message: '' } } } : undefined
  const hidden = await listCandidates(tenant.graph, 'contoso')
  expect(hidden).toEqual({ found: [], hidden: ['Vault'] })
  expect(() => choose(hidden, 'vault')).toThrow(/may not be read: .*Synchronization\.ReadWrite\.All/)
})
