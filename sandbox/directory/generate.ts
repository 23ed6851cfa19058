import type { Group, User } from '../tenant/model.ts'
import { DOMAIN, KNOWN_GROUPS } from './known.ts'
import { DEPARTMENTS } from './names.ts'
import { generatePeople, type Person } from './people.ts'
import { stableId } from './random.ts'

/** The tenant's id depends on the seed alone. */
export const tenantIdOf = (seed: string): string => stableId(seed, 'tenant')

/**
 * A believable company: the same for the same seed, and with the same first people and the same groups in any size.
 * @param count users, 10 or more (the known people are always there)
 */
export function generateDirectory(seed: string, count: number): { users: User[]; groups: Group[] } {
  const people = generatePeople(seed, count)
  return { users: people.map((person) => person.user), groups: generateGroups(seed, people) }
}

function generateGroups(seed: string, people: Person[]): Group[] {
  const group = (displayName: string, members: Person[], more: Partial<Group> = {}) =>
    toGroup(
      seed,
      displayName,
      members.map((person) => person.user.id),
      more,
    )
  const employees = people.filter((person) => !person.guest)

  const departments = DEPARTMENTS.map(({ name }) =>
    group(
      `${name} Department`,
      employees.filter((person) => person.department === name),
      {
        description: `Everybody in ${name}`,
      },
    ),
  )
  const users = group(
    KNOWN_GROUPS.mfilesUsers,
    people.filter((person) => person.mfilesUser),
    {
      description: 'People who work with M-Files',
    },
  )
  const leads = group(
    KNOWN_GROUPS.mfilesProjectLeads,
    people.filter((person) => person.projectLead),
    {
      description: 'Project leads who work with M-Files',
    },
  )
  const finance = employees.filter((person) => person.department === 'Finance')
  return [
    group(
      KNOWN_GROUPS.allEmployees,
      employees.filter((person) => person.enabled !== false),
      {
        description: 'Every employee with an enabled account',
      },
    ),
    ...departments,
    users,
    leads,
    toGroup(seed, KNOWN_GROUPS.nested, [users.id, leads.id, people[0]!.user.id], {
      description: 'Both M-Files groups, nested',
    }),
    group(KNOWN_GROUPS.empty, []),
    group(KNOWN_GROUPS.unified, people.slice(1, 7), {
      groupTypes: ['Unified'],
      securityEnabled: false,
      ...mailOf('product-launch'),
    }),
    group(KNOWN_GROUPS.mailEnabledSecurity, finance.slice(0, 5), mailOf('finance-approvers')),
  ]
}

function toGroup(seed: string, displayName: string, memberIds: string[], more: Partial<Group>): Group {
  return {
    id: stableId(seed, 'group', displayName),
    displayName,
    description: null,
    mail: null,
    mailEnabled: false,
    mailNickname: displayName.toLowerCase().replace(/[^a-z0-9]+/g, '-'),
    securityEnabled: true,
    groupTypes: [],
    createdDateTime: '2019-01-07T08:00:00.000Z',
    memberIds,
    deletedDateTime: null,
    ...more,
  }
}

const mailOf = (alias: string) => ({ mail: `${alias}@${DOMAIN}`, mailEnabled: true, mailNickname: alias })
