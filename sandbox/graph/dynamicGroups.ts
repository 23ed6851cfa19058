import { isDynamic } from '../membership/keeper.ts'
import { readMembershipRule } from '../membership/rule.ts'
import { RuleError } from '../membership/tokens.ts'
import type { Group } from '../tenant/model.ts'
import { badRequest, forbidden } from './errors.ts'

/** @throws GraphFailure 400 for a rule that cannot be read, and for none where one is to find the members */
export function withReadableRule(group: Group): Group {
  const rule = group.other?.membershipRule
  if (typeof rule === 'string') check(rule)
  else if (isDynamic(group)) throw badRequest("A value is required for property 'membershipRule' of resource 'Group'.")
  return group
}

/** Who is in a dynamic group is for its rule alone: Graph refuses others as it refuses a caller without permission. */
export function requireAssigned(group: Group): void {
  if (isDynamic(group)) throw forbidden()
}

function check(rule: string): void {
  try {
    readMembershipRule(rule, Date.now)
  } catch (error) {
    throw error instanceof RuleError ? badRequest(error.message) : error
  }
}
