import { describe, expect, test } from '@jest/globals'
import { parseStackConfig, StackConfigError } from './parse.ts'

const external = {
  kind: 'external',
  tenantUrl: 'https://saas.example/scim/v2',
  tokenEndpoint: 'https://saas.example/oauth2/token',
  clientId: 'client-1',
  clientSecret: { secure: 'v1:abc' },
}
const least = { 'entrada:application': 'M-Files', 'entrada:target': { kind: 'local' } }

function faults(raw: Record<string, unknown>, secretKeys?: string[]): readonly string[] {
  try {
    parseStackConfig(raw, secretKeys)
  } catch (error) {
    if (error instanceof StackConfigError) return error.faults
    throw error
  }
  return []
}

describe('settings that are accepted', () => {
  test('two settings are enough; the defaults are the safe ones', () => {
    expect(parseStackConfig(least)).toEqual({
      application: 'M-Files',
      adoptExisting: false,
      target: { kind: 'local' },
      scope: 'assigned',
      managedGroups: [],
      additionalMappings: [],
      status: 'on',
      waitForFirstCycle: false,
      labels: [],
    })
  })

  test.each(['8d5c1e6a-53b4-4b39-9f0a-0a9f4b8c2d11', 'contoso.onmicrosoft.com'])('tenant %s', (tenantId) => {
    expect(parseStackConfig({ ...least, 'entrada:tenantId': tenantId }).tenantId).toBe(tenantId)
  })

  test('strings, as Pulumi hands settings over, mean the same as parsed YAML', () => {
    const parsed = {
      ...least,
      'entrada:waitForFirstCycle': true,
      'entrada:accidentalDeletions': { threshold: 5 },
      'entrada:additionalMappings': [{ object: 'user', source: '[department]', target: 'urn:x:info1' }],
      'entrada:scopingFilters': { user: [[{ attribute: 'workerId', operator: 'Greater_Than', value: 7 }]] },
    }
    const strings = Object.fromEntries(
      Object.entries(parsed).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
    )
    expect(parseStackConfig(strings)).toEqual(parseStackConfig(parsed))
    expect(parseStackConfig(strings)).toMatchObject({
      waitForFirstCycle: true,
      accidentalDeletions: { enabled: true, threshold: 5 },
    })
  })

  test('rotation is a period, or any text, which is not read as something else', () => {
    const rotation = (value: unknown) => parseStackConfig({ ...least, 'entrada:rotation': value }).rotation
    expect(rotation({ every: '90d' })).toEqual({ every: '90d' })
    expect(rotation('{"every":"730d"}')).toEqual({ every: '730d' })
    for (const text of ['1', 'true', 'after the audit', '90d']) expect(rotation(text)).toBe(text)
  })

  test('an encrypted client secret is required and left out of the result', () => {
    const { target } = parseStackConfig({ ...least, 'entrada:target': external })
    expect(target).toEqual({
      kind: 'external',
      tenantUrl: external.tenantUrl,
      tokenEndpoint: external.tokenEndpoint,
      clientId: 'client-1',
    })
  })

  test('settings of other namespaces are left alone', () => {
    expect(faults({ ...least, 'azuread:tenantId': 'x', 'pulumi:tags': {} })).toEqual([])
  })

  test.each(['http://localhost:8080/scim', 'http://127.0.0.1:1/', 'http://[::1]:1/'])(
    'http towards this machine: %s',
    (url) => {
      expect(faults({ ...least, 'entrada:target': { ...external, tenantUrl: url } })).toEqual([])
    },
  )
})

describe('settings that are refused', () => {
  test.each(['common', 'https://contoso.com', '8d5c1e6a', 7])('tenant %s', (tenantId) => {
    expect(faults({ ...least, 'entrada:tenantId': tenantId })).toEqual([
      expect.stringMatching(/^entrada:tenantId is .*verified domains/),
    ])
  })

  test('everything wrong is said at once', () => {
    expect(
      faults({
        'entrada:target': { ...external, tenantUrl: 'http://saas.example/scim', clientId: 83 },
        'entrada:scope': 'everyone',
        'entrada:notificatonEmail': 'ops@contoso.com',
        'entrada:accidentalDeletions': { treshold: 5 },
        'entrada:assignments': { groups: 'Sales', users: [''] },
        'entrada:waitForFirstCycle': 'yes',
      }),
    ).toMatchSnapshot()
  })

  test.each([
    ['no target', { 'entrada:target': undefined }, 'entrada:target is missing: it must say where'],
    ['an unknown kind', { 'entrada:target': { kind: 'loca' } }, 'entrada:target.kind is "loca": allowed are external'],
    [
      'two groups of a name',
      { 'entrada:managedGroups': [{ name: 'Sales' }, { name: 'sales' }] },
      'entrada:managedGroups[1].name is "sales": the group at [0] has that name already',
    ],
    [
      'members beside a rule',
      { 'entrada:managedGroups': [{ name: 'Sales', members: ['a@b.example'], rule: 'user.city -eq "Oslo"' }] },
      'entrada:managedGroups[0].rule is "user.city -eq \\"Oslo\\"": a group has either members or a rule',
    ],
    [
      'groups that contain each other',
      { 'entrada:managedGroups': [{ name: 'A', members: ['b'] }, { name: 'B', members: ['C', 'a'] }, { name: 'C' }] },
      'entrada:managedGroups[0].members is a list: these groups contain each other: A > B > A',
    ],
    [
      'a group as owner',
      { 'entrada:managedGroups': [{ name: 'A', owners: ['B'] }] },
      'entrada:managedGroups[0].owners[0] is "B": it must be a user principal name or an object id; groups own nothing',
    ],
    [
      'a list of nobody',
      { 'entrada:managedGroups': [{ name: 'A', members: [] }] },
      'entrada:managedGroups[0].members is a list: it must name at least one; leave it out',
    ],
    ['a far-off key', { 'entrada:zzz': 1 }, 'entrada:zzz is not a setting: allowed are application, displayName'],
    ['text for an object', { 'entrada:assignments': 'Sales' }, 'entrada:assignments is "Sales": it must have groups'],
    [
      'rotation nobody does',
      { 'entrada:target': external, 'entrada:rotation': '1' },
      'entrada:rotation is "1": it is for the bundled',
    ],
    [
      'a period of hours',
      { 'entrada:rotation': { every: '12h' } },
      'entrada:rotation.every is "12h": it must be whole days, from 1d to 730d',
    ],
    [
      'a period without unit',
      { 'entrada:rotation': '{"every":90}' },
      'entrada:rotation is an object: it must be any text, or { every: 90d }',
    ],
    [
      'a period by another name',
      { 'entrada:rotation': { ever: '90d' } },
      'entrada:rotation is an object: it must be any text, or { every: 90d }',
    ],
    [
      'a rotation without quotes',
      { 'entrada:rotation': 1 },
      'entrada:rotation is 1: it must be any text, or { every: 90d }: whole days, from 1d to 730d; put it in quotes',
    ],
    ['a mail to two', { 'entrada:notificationEmail': 'a@b.example;c@d.example' }, 'it must be one mail address'],
    [
      'a guard of nothing',
      { 'entrada:accidentalDeletions': { threshold: 0 } },
      'threshold is 0: it must be a whole number, 1',
    ],
    [
      'a source without brackets',
      { 'entrada:additionalMappings': [{ object: 'user', source: 'department', target: 'x' }] },
      'entrada:additionalMappings[0].source is "department": it must be an attribute in brackets',
    ],
    [
      'a filter that lets everybody pass',
      { 'entrada:scopingFilters': { group: [[]] } },
      'entrada:scopingFilters.group[0] is a list: it must hold at least one clause',
    ],
    [
      'a comparison with nothing',
      { 'entrada:scopingFilters': { user: [[{ attribute: 'city', operator: 'EQUALS' }]] } },
      'entrada:scopingFilters.user[0][0].value is missing: EQUALS compares with a value',
    ],
    [
      'a value nobody compares',
      { 'entrada:scopingFilters': { user: [[{ attribute: 'city', operator: 'IS NULL', value: 'x' }]] } },
      'IS NULL takes no value',
    ],
  ])('%s', (_, settings, expected) => {
    const found = faults({ ...least, ...settings })
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(expected)
  })

  test.each([
    ['2027-01-31', '2027-01-31'],
    // As the engine hands over one without quotes.
    ['2027-01-31 00:00:00 +0000 UTC', '2027-01-31'],
    ['2027-02-30', undefined],
    ['31.1.2027', undefined],
    ['2027-01-31 08:00:00 +0000 UTC', undefined],
  ])('the day on which a client secret ends may be %s: %s', (clientSecretExpires, expected) => {
    const settings = { ...least, 'entrada:target': { ...external, clientSecretExpires } }
    if (expected) expect(parseStackConfig(settings).target).toMatchObject({ clientSecretExpires: expected })
    else expect(faults(settings)).toEqual([expect.stringContaining('it must be a day as 2027-01-31')])
  })

  test('an object that stands in for nothing is called missing, with how to set it', () => {
    const { clientSecret: _, ...without } = external
    expect(faults({ ...least, 'entrada:target': without })).toEqual([
      'entrada:target.clientSecret is missing: set it by: pulumi config set --path --secret entrada:target.clientSecret',
    ])
  })
})

describe('secrets in errors', () => {
  test.each([
    ['in clear', { clientSecret: 'hunter2' }],
    ['as a number', { clientSecret: 7770777 }],
    ['under a misspelt key', { clientSecert: 'hunter2' }],
    ['in a URL', { tenantUrl: 'https://me:hunter2@saas.example' }],
    ['beside an unknown kind', { kind: 'other', clientSecret: 'hunter2' }],
    ['in an object', { clientSecret: { secrue: 'hunter2' } }],
  ])('%s: named, not shown', (_, change) => {
    const found = faults({ ...least, 'entrada:target': { ...external, ...change } })
    expect(found.length).toBeGreaterThan(0)
    expect(found.join()).toMatch(/entrada:target/)
    expect(found.join()).not.toMatch(/hunter2|7770777/)
  })

  test('values that Pulumi holds as secret are not shown', () => {
    expect(faults({ ...least, 'entrada:scope': 'hunter2' }, ['entrada:scope'])).toEqual([
      'entrada:scope is [secret]: allowed are assigned, all',
    ])
  })
})
