import type { Group } from '../tenant/model.ts'
import type { Clock } from '../tenant/store.ts'
import type { Tenant } from '../tenant/tenant.ts'
import { type MembershipRule, readMembershipRule } from './rule.ts'

/** Keeps the members of groups that are found by a rule. Entra takes minutes to hours for that, the sandbox none. */
export class MembershipKeeper {
  readonly #tenant: Tenant
  readonly #clock: Clock
  readonly #rules = new Map<string, { text: string; rule: MembershipRule }>()
  /** The directory up to this revision has been looked at. */
  #seen: number | undefined

  constructor(tenant: Tenant, clock: Clock) {
    this.#tenant = tenant
    this.#clock = clock
  }

  /** Looks at what was written since the last time, and at all users for a rule that is new. */
  afterWrite(): void {
    const { users, groups } = this.#written()
    const isNew = new Set([...groups].filter((id) => this.#readRule(id)))
    this.#keep((id) => (isNew.has(id) ? this.#everybody() : users))
  }

  /** For rules that ask for the time. */
  afterAdvance(): void {
    this.afterWrite()
    this.#keep((_, { readsClock }) => (readsClock ? this.#everybody() : []))
  }

  #everybody(): string[] {
    return Array.from(this.#tenant.users.entries(), ([id]) => id)
  }

  /** Ids of users and groups that were written; after a start every group counts, since its rule has to be read. */
  #written(): { users: string[]; groups: string[] } {
    if (this.#seen === undefined) return { users: [], groups: Array.from(this.#tenant.groups.entries(), ([id]) => id) }
    const changes = this.#tenant.changesSince(this.#seen)
    const idsOf = (kind: 'user' | 'group') => changes.filter((change) => change.kind === kind).map(({ id }) => id)
    return { users: idsOf('user'), groups: idsOf('group') }
  }

  /** @returns whether the group has a rule that it did not have */
  #readRule(id: string): boolean {
    const text = activeRule(this.#tenant.groups.get(id))
    if (text === undefined) this.#rules.delete(id)
    if (text === undefined || this.#rules.get(id)?.text === text) return false
    this.#rules.set(id, { text, rule: readMembershipRule(text, () => this.#clock.now()) })
    return true
  }

  #keep(candidates: (groupId: string, rule: MembershipRule) => Iterable<string>): void {
    this.#tenant.batch(() => {
      for (const [id, { rule }] of this.#rules) this.#settle(id, rule, candidates(id, rule))
    })
    this.#seen = this.#tenant.revision
  }

  #settle(groupId: string, rule: MembershipRule, candidates: Iterable<string>): void {
    const group = this.#tenant.groups.get(groupId)!
    let members: Set<string> | undefined
    for (const id of candidates) {
      const user = this.#tenant.users.get(id)
      const matches = user !== undefined && user.deletedDateTime === null && rule.matches(user)
      members ??= new Set(group.memberIds)
      if (matches) members.add(id)
      else members.delete(id)
    }
    const isSame =
      !members || (members.size === group.memberIds.length && group.memberIds.every((id) => members.has(id)))
    if (!isSame) this.#tenant.groups.put(groupId, { ...group, memberIds: [...members!] })
  }
}

export const isDynamic = ({ groupTypes }: Pick<Group, 'groupTypes'>): boolean =>
  groupTypes.includes('DynamicMembership')

function activeRule(group: Group | undefined): string | undefined {
  if (!group || group.deletedDateTime !== null || !isDynamic(group)) return undefined
  const { membershipRule, membershipRuleProcessingState } = group.other ?? {}
  return membershipRuleProcessingState === 'On' && typeof membershipRule === 'string' ? membershipRule : undefined
}
