import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { emptyUser } from '../graph/shape/directory.ts'
import type { User } from '../tenant/model.ts'
import { readMembershipRule } from './rule.ts'
import { RuleError } from './tokens.ts'

const NOW = Date.parse('2026-03-10T12:00:00Z')
const MANAGER = '11111111-2222-4333-8444-555555555555'
const anna: User = {
  ...emptyUser(),
  id: 'anna',
  userPrincipalName: 'anna@contoso.example',
  displayName: 'Anna "Ann" O\'Neill',
  department: 'Sales',
  jobTitle: null,
  accountEnabled: true,
  businessPhones: ['+49 30 1'],
  mobilePhone: '+49 170 1',
  proxyAddresses: ['SMTP:anna@contoso.example', 'smtp:ann@contoso.example'],
  onPremisesExtensionAttributes: { extensionAttribute3: 'blue' },
  managerId: MANAGER,
  other: {
    employeeHireDate: '2026-03-12T00:00:00Z',
    assignedPlans: [
      { servicePlanId: 'efb87545-963c-4e0d-99df-69c6916d9eb0', service: 'exchange', capabilityStatus: 'Enabled' },
      { servicePlanId: '9aaf7827-d63c-4b61-89c3-182f06f82e5c', service: 'exchange', capabilityStatus: 'Deleted' },
    ],
    extension_00000000000000000000000000000001_shoe: '44',
  },
}
const matches = (rule: string, user: User = anna): boolean => readMembershipRule(rule, () => NOW).matches(user)

describe('a rule finds a user', () => {
  test.each<[rule: string, found: boolean]>([
    ['user.department -eq "Sales"', true],
    ['user.department eq "sales"', true],
    ['USER.Department -EQ "SALES"', true],
    ['(user.department -eq "Sales")', true],
    ['user.department -ne "Sales"', false],
    ['user.jobTitle -ne "Clerk"', true],
    ['user.jobTitle -eq null', true],
    ['user.department -eq null', false],
    ['user.objectId -ne null', true],
    ['user.department -startsWith "sal"', true],
    ['user.department -notStartsWith "sal"', false],
    ['user.userPrincipalName -endsWith "@CONTOSO.example"', true],
    ['user.userPrincipalName -notEndsWith "@fabrikam.example"', true],
    ['user.department -contains "ale"', true],
    ['user.jobTitle -notContains "ale"', true],
    ['user.department -match "^s.*s$"', true],
    ['user.department -match "ale"', true],
    ['user.department -match "\\ASALES\\z"', true],
    ['user.department -notMatch "^ale"', true],
    ['user.department -in ["Marketing", "sales"]', true],
    ['user.department -notIn ["Marketing", "Sales"]', false],
    ['user.jobTitle -in ["Clerk"]', false],
    ['user.accountEnabled -eq true', true],
    ['user.accountEnabled -ne true', false],
    ['user.dirSyncEnabled -eq true', false],
    ['user.mobile -eq "+49 170 1" -and user.telephoneNumber -eq "+49 30 1"', true],
    ['user.extensionAttribute3 -eq "blue"', true],
    ['user.extensionAttribute15 -eq null', true],
    ['user.extension_00000000000000000000000000000001_shoe -eq "44"', true],
    ['user.displayName -eq "Anna `"Ann`" O\'Neill"', true],
    ["user.displayName -contains 'O''Neill'", true],
    ['user.displayName -contains `"Ann`"', true],
    ['user.proxyAddresses -contains "ann@"', true],
    ['user.proxyAddresses -notContains "ann@"', false],
    ['user.proxyAddresses -any (_ -startsWith "SMTP:ann@")', true],
    ['user.proxyAddresses -all (_ -endsWith "@contoso.example")', true],
    ['user.proxyAddresses -all (_ -contains "anna")', false],
    ['user.otherMails -any (_ -contains "a")', false],
    [
      'user.assignedPlans -any (assignedPlan.servicePlanId -eq "efb87545-963c-4e0d-99df-69c6916d9eb0" -and assignedPlan.capabilityStatus -eq "Enabled")',
      true,
    ],
    [
      'user.assignedPlans -any (assignedPlan.servicePlanId -eq "9aaf7827-d63c-4b61-89c3-182f06f82e5c" -and assignedPlan.capabilityStatus -eq "Enabled")',
      false,
    ],
    ['user.employeeHireDate -ge system.now', true],
    ['user.employeeHireDate -le system.now -plus p3d', true],
    ['user.employeeHireDate -le system.now -plus p1d', false],
    ['user.employeeHireDate -gt "2026-03-01"', true],
    ['user.employeeHireDate -lt system.now -minus p1d', false],
    [`Direct Reports for "${MANAGER}"`, true],
    ['Direct Reports for "00000000-0000-0000-0000-000000000000"', false],
    ['device.accountEnabled -eq true', false],
    ['device.displayName -ne null', false],
  ])('%s: %s', (rule, found) => expect(matches(rule)).toBe(found))

  test.each<[rule: string, sameAs: string]>([
    [
      'user.city -eq "a" -or user.department -eq "Sales" -and user.city -eq "b"',
      'user.city -eq "a" -or (user.department -eq "Sales" -and user.city -eq "b")',
    ],
    ['-not user.city -eq "a" -and user.city -eq "b"', '(-not user.city -eq "a") -and user.city -eq "b"'],
    ['not (user.city -eq "a" or user.city -eq "b")', 'user.city -notIn ["a", "b"]'],
  ])('binding the stronger operator first: %s', (rule, sameAs) => {
    for (const city of ['a', 'b', null]) {
      for (const department of ['Sales', null]) {
        const user = { ...anna, city, department }
        expect(matches(rule, user)).toBe(matches(sameAs, user))
      }
    }
  })

  test('whatever text it is compared with, quoted as the language says', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (department) => {
        const quoted = department.replaceAll('`', '``').replaceAll('"', '`"')
        expect(matches(`user.department -eq "${quoted}"`, { ...anna, department })).toBe(true)
      }),
    )
  })
})

describe('a rule is refused', () => {
  test.each([
    ['', 'The rule is not complete.'],
    ['user.department -eq', 'The rule is not complete.'],
    ['user.department', 'The rule is not complete.'],
    ['user.department -eq "Sales" -and', 'The rule is not complete.'],
    ['(user.department -eq "Sales"', 'The rule is not complete.'],
    ['user.department -eq "Sales', "Mismatched quotes at '\"Sales'."],
    ['user.department -eq "Sales")', "Invalid syntax at ')'."],
    ['user.department -like "Sales"', "Invalid syntax at '-like'."],
    ['user.department -eq Sales', "Invalid syntax at 'Sales'."],
    ['department -eq "Sales"', 'Invalid object type.'],
    ['user.departement -eq "Sales"', 'Wrong property applied.'],
    ['user.extensionAttribute16 -eq "a"', 'Wrong property applied.'],
    ["user.memberOf -any (group.objectId -in ['a'])", 'Wrong property applied.'],
    ['user.proxyAddresses -any (assignedPlan.service -eq "a")', 'Wrong property applied.'],
    ['user.department -any (_ -eq "a")', 'Invalid operands found for operator -any.'],
    ['user.department -eq ["a", "b"]', 'Invalid operands found for operator -eq.'],
    ['user.department -eq true', 'Invalid operands found for operator -eq.'],
    ['user.department -contains null', 'Invalid operands found for operator -contains.'],
    ['user.department -ge "a"', 'Invalid operands found for operator -ge.'],
    ['user.accountEnabled -eq "true"', 'Invalid operands found for operator -eq.'],
    ['user.accountEnabled -contains true', 'Invalid operands found for operator -contains.'],
    ['user.employeeHireDate -ge "soon"', 'Invalid operands found for operator -ge.'],
    ['user.employeeHireDate -le system.now -plus 3d', "Invalid syntax at '3d'."],
    ['user.department -match "("', "Invalid regular expression '('."],
    ['user.department -eq "a" -and device.displayName -eq "b"', 'A rule reads either users or devices.'],
    ['Direct Reports to "a"', "Invalid syntax at 'to'."],
    ['user.department -eq constructor', "Invalid syntax at 'constructor'."],
  ])('%s', (rule, message) => {
    expect(() => readMembershipRule(rule, () => NOW)).toThrow(new RuleError(message))
  })

  test('that is longer than Graph takes', () => {
    const rule = `user.department -eq "${'a'.repeat(3072)}"`
    expect(() => matches(rule)).toThrow(new RuleError('A rule has at most 3072 characters.'))
  })

  test('or read, whatever its text: never another error', () => {
    const part = fc.constantFrom(
      ...'user.city user.proxyAddresses device.id _ -eq -any -not -and or ( ) [ ] , "a" \'b\' ` " null true system.now -plus p1d Direct Reports for'.split(
        ' ',
      ),
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(part).map((parts) => parts.join(' ')),
        ),
        (rule) => {
          try {
            expect(typeof matches(rule)).toBe('boolean')
          } catch (error) {
            expect(error).toBeInstanceOf(RuleError)
          }
        },
      ),
      { numRuns: 2_000 },
    )
  })
})
