import { expect, test } from '@jest/globals'
import { fakeGraph } from '../../provider/graph/testing.ts'
import type { Change, PropertyChange } from '../engine/changes.ts'
import { type AuditEvent, explained, withOrigins } from './origins.ts'
import { driftMarkdown, driftOf, driftText, verdict } from './report.ts'

const SP = '00000000-0000-0000-0000-000000000001'
const changed = (kind: string, properties: PropertyChange[], more: Partial<Change> = {}): Change => ({
  op: 'update',
  type: `entrasync:index:${kind}`,
  name: 'tenant',
  id: `/servicePrincipals/${SP}/more`,
  protect: false,
  properties,
  ...more,
})

const adele = { user: { id: '1', displayName: 'Adele', userPrincipalName: 'adele@contoso.example' }, app: null }
const event = (activityDisplayName: string, minute: number, more: Partial<AuditEvent> = {}): AuditEvent => ({
  activityDisplayName,
  activityDateTime: `2026-03-01T09:${String(minute).padStart(2, '0')}:00Z`,
  initiatedBy: adele,
  targetResources: [{ id: SP, displayName: 'M-Files' }],
  ...more,
})

const originsOf = (change: Change, events: AuditEvent[], own?: string) =>
  explained(change, events, own).properties.map(
    ({ origin }) => origin && `${origin.activity} ${origin.at.slice(14, 16)}`,
  )

test.each([
  ['ProvisioningJob', 'credentials.tenantUrl', 'Update provisioning setting or credentials'],
  ['ProvisioningJob', 'notificationEmail', 'Update provisioning setting or credentials'],
  ['ProvisioningJob', 'accidentalDeletions.threshold', 'Update provisioning setting or credentials'],
  ['ProvisioningJob', 'scope', 'Update provisioning setting or credentials'],
  ['ProvisioningJob', 'additionalMappings[0]', 'Update attribute mappings or scope'],
  ['ProvisioningJob', 'scopingFilters.user', 'Update attribute mappings or scope'],
  ['ProvisioningJob', 'mappingDrift', 'Update attribute mappings or scope'],
  ['ProvisioningJob', 'status', 'Disable/pause provisioning configuration'],
  ['GalleryApplication', 'displayName', 'Update application'],
])('%s %s is changed by: %s', (kind, path, activity) => {
  const others = ['Quarantine', 'Add member to group', 'Process escrow'].map((name) => event(name, 59))
  const events = [...others, event(activity, 5), event(activity, 1)]
  expect(originsOf(changed(kind, [{ path, before: 'a', after: 'b' }]), events)).toEqual([`${activity} 05`])
})

test('of several changes of an application, the one that names the property', () => {
  const named = (minute: number, displayName: string) =>
    event('Update service principal', minute, { targetResources: [{ id: SP, modifiedProperties: [{ displayName }] }] })
  const change = changed('GalleryApplication', [
    { path: 'assignmentRequired', before: true, after: false },
    { path: 'notes', after: 'x' },
  ])
  expect(originsOf(change, [named(9, 'Tags'), named(5, 'AppRoleAssignmentRequired')])).toEqual([
    'Update service principal 05',
    'Update service principal 09',
  ])
})

test('an assignment: who got or lost it counts, not somebody else’s', () => {
  const about = (name: string, minute: number, principal: object) =>
    event(name, minute, { targetResources: [{ id: SP }, principal] })
  const events = [
    about('Remove app role assignment from user', 30, { userPrincipalName: 'other@contoso.example' }),
    about('Add app role assignment to group', 20, { displayName: 'Sales' }),
    about('Remove app role assignment from group', 10, { displayName: 'Sales' }),
    about('Add app role assignment grant to user', 5, { id: 'object-id' }),
  ]
  const change = changed('AppRoleAssignments', [
    { path: 'groups[0]', before: 'sales' },
    { path: 'users[1]', after: 'object-id' },
    { path: 'users[2]', before: 'unknown@contoso.example' },
  ])
  expect(originsOf(change, events)).toEqual([
    'Remove app role assignment from group 10',
    'Add app role assignment grant to user 05',
    undefined,
  ])
})

test('what is gone has who took it away', () => {
  const events = [event('Update application', 30), event('Delete provisioning configuration', 10)]
  expect(explained(changed('ProvisioningJob', [], { op: 'delete' }), events).origin).toEqual({
    at: '2026-03-01T09:10:00Z',
    by: 'adele@contoso.example',
    activity: 'Delete provisioning configuration',
  })
  expect(explained(changed('GalleryApplication', [], { op: 'delete' }), events).origin).toBeUndefined()
})

test('an application is named, and whether it is the stack’s own', () => {
  const app = { appId: 'own', displayName: 'Automation' }
  const by = (own?: string) =>
    explained(
      changed('ProvisioningJob', [{ path: 'scope', before: 'a', after: 'b' }]),
      [event('Update provisioning setting or credentials', 1, { initiatedBy: { app } })],
      own,
    ).properties[0]!.origin!.by
  expect([by('other'), by('own')]).toEqual([
    "application 'Automation'",
    "application 'Automation', which the stack runs as",
  ])
})

const scope = changed('ProvisioningJob', [{ path: 'scope', before: 'assigned', after: 'all' }])
const drift = (respond: Parameters<typeof fakeGraph>[0]) =>
  driftOf('contoso', { changes: [scope], unchanged: 0, warnings: [], errors: [], policies: [] }, (changes) =>
    withOrigins(fakeGraph(respond).graph, changes, undefined),
  )

test('the log is asked for the service principal and its application; the report says when and by whom', async () => {
  const asked: string[] = []
  const found = await drift(({ path }) => {
    asked.push(path)
    if (path.startsWith('/servicePrincipals/')) return { body: { appId: 'a' } }
    if (path.startsWith('/applications')) return { body: { value: [{ id: 'application' }] } }
    const events = path.includes(SP) ? [event('Update attribute mappings or scope', 7)] : []
    return path.startsWith('/auditLogs/') ? { body: { value: events } } : undefined
  })
  expect(asked.filter((path) => path.startsWith('/auditLogs'))).toEqual([
    `/auditLogs/directoryAudits?$filter=targetResources/any(t:t/id eq '${SP}')&$orderby=activityDateTime desc&$top=100`,
    `/auditLogs/directoryAudits?$filter=targetResources/any(t:t/id eq 'application')&$orderby=activityDateTime desc&$top=100`,
  ])
  expect(driftText([found])).toBe(
    [
      'contoso  differs',
      "    changed: ProvisioningJob 'tenant'",
      '      scope: "assigned" → "all"',
      '        by adele@contoso.example, 2026-03-01T09:07:00Z',
    ].join('\n'),
  )
  expect(driftMarkdown([found])).toContain('`assigned` → `all` (by `adele@contoso.example`, 2026-03-01T09:07:00Z)')
})

test('without the permission the differences are told all the same', async () => {
  const found = await drift(({ path }) =>
    path.startsWith('/auditLogs/')
      ? { status: 403, body: { error: { code: 'Authorization_RequestDenied', message: 'Insufficient privileges' } } }
      : undefined,
  )
  expect(driftText([found])).toMatch(
    /scope: "assigned" → "all"\n {4}who: not known \(AuditLog\.Read\.All is missing\)$/,
  )
  expect(driftMarkdown([found])).toContain('Who changed it is not known: AuditLog.Read.All is missing.')
})

test('what could not be looked at is no stack without drift', async () => {
  const warnings = ['not looked at, and taken to be as the state has it: The SCIM service cannot be reached', 'Another']
  const nothing = async () => ({ changes: [], unknown: null })
  const found = await driftOf('contoso', { changes: [], unchanged: 9, warnings, errors: [], policies: [] }, nothing)
  expect(verdict(found)).toBe('failed')
  expect(driftText([found])).toBe(
    'contoso  could not be looked at in full\n    not looked at: The SCIM service cannot be reached',
  )
  expect(driftMarkdown([found])).toContain(
    '### `contoso`: could not be read in full\n\n```\nThe SCIM service cannot be reached\n```',
  )
})
