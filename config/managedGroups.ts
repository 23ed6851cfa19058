import type { z } from 'zod'
import { GUID, list, text } from './fields.ts'
import { object } from './object.ts'

/** Graph takes no longer one (Entra: dynamic membership rules). */
const LONGEST_RULE = 3072
/** Graph takes no longer one (group resource type, displayName). */
const LONGEST_NAME = 256

const OWNER = 'a user principal name or an object id'
const owner = text(OWNER).refine(
  (name) => name.includes('@') || GUID.test(name),
  `it must be ${OWNER}; groups own nothing`,
)

const group = object({
  name: text('the name of the group').max(LONGEST_NAME, `it must have at most ${LONGEST_NAME} characters`),
  description: text('what the group is for').optional(),
  members: list(
    text('a user principal name, an object id or the name of a group'),
    'user principal names, object ids and names of groups',
  )
    .min(1, 'it must name at least one; leave it out to leave the members to others')
    .optional(),
  owners: list(owner, 'user principal names and object ids').default([]),
  rule: text('a rule for dynamic membership, e.g. user.department -eq "Sales"')
    .max(LONGEST_RULE, `it must have at most ${LONGEST_RULE} characters`)
    .optional(),
}).superRefine(({ members, rule }, context) => {
  if (members === undefined || rule === undefined) return
  const message = 'a group has either members or a rule that finds them; leave one of them out'
  context.addIssue({ code: 'custom', path: ['rule'], message, input: rule })
})

type Group = z.output<typeof group>

/** Security groups that the stack makes itself. */
export const managedGroups = list(group, 'groups, each with a name').superRefine((groups, context) => {
  groups.forEach(({ name }, index) => {
    const first = groups.findIndex((other) => fold(other.name) === fold(name))
    if (first === index) return
    const message = `the group at [${first}] has that name already`
    context.addIssue({ code: 'custom', path: [index, 'name'], message, input: name })
  })
  const circle = findCircle(groups)
  if (!circle) return
  const message = `these groups contain each other: ${circle.join(' > ')}`
  const index = groups.findIndex(({ name }) => name === circle[0])
  context.addIssue({ code: 'custom', path: [index, 'members'], message, input: groups[index]!.members })
})

const fold = (name: string) => name.toLowerCase()

/** Names of groups each of which contains the next, beginning and ending with the same; undefined where there is none. */
function findCircle(groups: readonly Group[]): string[] | undefined {
  const byName = new Map(groups.map((one) => [fold(one.name), one]))
  const clear = new Set<Group>()
  const walk = (from: Group, path: readonly Group[]): string[] | undefined => {
    if (path.includes(from)) return [...path.slice(path.indexOf(from)), from].map(({ name }) => name)
    if (clear.has(from)) return undefined
    for (const member of from.members ?? []) {
      const inner = byName.get(fold(member))
      const circle = inner && walk(inner, [...path, from])
      if (circle) return circle
    }
    clear.add(from)
    return undefined
  }
  for (const one of groups) {
    const circle = walk(one, [])
    if (circle) return circle
  }
  return undefined
}
