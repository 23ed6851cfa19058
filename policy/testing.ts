import { defaultsOf, violationsOf } from './policy.ts'
import type { Rule } from './rule.ts'
import type { Props } from './values.ts'

export const JOB = 'entrasync:index:ProvisioningJob'

interface Options {
  production?: boolean
  settings?: Record<string, unknown>
  secrets?: ReadonlySet<string>
}

/** What a rule says of a resource, in production unless told otherwise. */
export function violations(rule: Rule, type: string, props: Props, { settings, ...more }: Options = {}): string[] {
  const context = { production: true, ...more, settings: { ...defaultsOf(rule.settings), ...settings } }
  return violationsOf(rule, { type, props }, context)
}
