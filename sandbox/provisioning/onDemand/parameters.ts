import type { Rules } from '../../../sync/rules.ts'

/** A request that provisionOnDemand refuses; the message says what it takes. */
export class OnDemandError extends Error {
  override readonly name = 'OnDemandError'
}

/** What is to be provisioned: up to five users, or one group with up to five of its members. */
export interface Subjects {
  users: string[]
  group: string | null
  members: string[]
}

/** Graph's synchronizationJobSubject. */
interface SubjectParameter {
  objectId?: unknown
  objectTypeName?: unknown
  links?: unknown
}

const MOST = 5

/**
 * Reads the `parameters` of Graph's provisionOnDemand.
 * Source: Microsoft Learn, "On-demand provisioning in Microsoft Entra ID", limits.
 * @throws OnDemandError
 */
export function readSubjects(parameters: unknown, rules: Rules): Subjects {
  if (!Array.isArray(parameters) || parameters.length === 0) {
    throw new OnDemandError('parameters is to be a list of { ruleId, subjects }, with at least one entry.')
  }
  const known = [...new Set([rules.user?.names.ruleId, rules.group?.names.ruleId].filter((id) => id !== undefined))]
  const subjects: Subjects = { users: [], group: null, members: [] }
  for (const one of parameters) {
    const { ruleId, subjects: listed } = objectOf(one, 'An entry of parameters')
    if (!known.includes(ruleId as string)) {
      throw new OnDemandError(
        `There is no synchronization rule ${JSON.stringify(ruleId ?? '')} in this job. It has: ${known.join(', ')}.`,
      )
    }
    if (!Array.isArray(listed) || listed.length === 0) throw new OnDemandError('subjects names no object.')
    for (const subject of listed) take(objectOf(subject, 'A subject'), subjects, rules)
  }
  if (subjects.group !== null && subjects.users.length > 0) {
    throw new OnDemandError('Users and a group cannot be provisioned by one request; send one for each.')
  }
  if (subjects.users.length > MOST) {
    throw new OnDemandError(`${subjects.users.length} users are too many: at most ${MOST} in one request.`)
  }
  return subjects
}

function take(subject: SubjectParameter, subjects: Subjects, rules: Rules): void {
  const id = idOf(subject)
  const type = String(subject.objectTypeName ?? '').toLowerCase()
  if (type === 'user' && rules.user) {
    subjects.users.push(id)
    return
  }
  if (type !== 'group' || !rules.group) {
    const allowed = [rules.user && 'User', rules.group && 'Group'].filter(Boolean).join(', ')
    throw new OnDemandError(
      `objectTypeName "${subject.objectTypeName ?? ''}" is not provisioned by this job; allowed: ${allowed}.`,
    )
  }
  if (subjects.group !== null) throw new OnDemandError('Only one group can be provisioned by one request.')
  const { members = [] } = objectOf(subject.links ?? {}, 'The links of a subject')
  if (members !== null && !Array.isArray(members)) throw new OnDemandError('links.members is to be a list of subjects.')
  const listed: unknown[] = members ?? []
  if (listed.length > MOST) {
    throw new OnDemandError(`${listed.length} members are too many: at most ${MOST} of a group in one request.`)
  }
  subjects.group = id
  subjects.members = listed.map((one) => {
    const member = objectOf(one, 'A member')
    if (String(member.objectTypeName).toLowerCase() === 'user') return idOf(member)
    throw new OnDemandError(`The member ${idOf(member)} is no user; nested groups cannot be provisioned on demand.`)
  })
}

function objectOf(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw new OnDemandError(`${what} is to be an object, not ${JSON.stringify(value)}.`)
}

function idOf({ objectId }: SubjectParameter): string {
  if (typeof objectId === 'string' && objectId !== '') return objectId
  throw new OnDemandError('A subject has no objectId.')
}
