/** From a rule to what @pulumi/policy serves. */
import type { ResourceValidationArgs, ResourceValidationPolicy } from '@pulumi/policy'
import type { PolicyConfigJSONSchema } from '@pulumi/policy/schema.js'
import type { Context, Resource, Rule } from './rule.ts'
import { unversioned } from './types.ts'
import { look } from './values.ts'

/**
 * What is secret, @pulumi/policy shows to remediations only; the engine asks those first, at the level `remediate`. So a
 * rule that needs it has a remediation that changes nothing and keeps what it saw. What the rule finds is then mandatory.
 *
 * @param production of the stack; the rule's own setting goes before it
 */
export function policyOf(rule: Rule, production: boolean): ResourceValidationPolicy {
  const settings = settingsOf(rule)
  const seen = new Map<string, Set<string>>()
  const contextOf = (args: ResourceValidationArgs): Context => {
    const given: Record<string, unknown> = { ...defaultsOf(settings), ...args.getConfig<object>() }
    const secrets = seen.get(args.urn)
    seen.delete(args.urn)
    return { production: (given.production as boolean | undefined) ?? production, settings: given, secrets }
  }
  const policy: ResourceValidationPolicy = {
    name: rule.name,
    description: `${rule.what} ${rule.why}`,
    enforcementLevel: rule.level,
    remediationSteps: rule.fix,
    ...(Object.keys(settings).length > 0 && { configSchema: { properties: settings } }),
    validateResource(args, report) {
      const resource = { type: unversioned(args.type), props: look(args.props).props }
      for (const violation of violationsOf(rule, resource, contextOf(args))) report(`${violation}. ${rule.fix}`)
    },
  }
  if (!rule.needsSecrets) return policy
  return {
    ...policy,
    enforcementLevel: 'remediate',
    remediateResource({ urn, props }) {
      seen.set(urn, look(props).secrets)
    },
  }
}

export function violationsOf(rule: Rule, resource: Resource, context: Context): string[] {
  return rule.production === 'only' && !context.production ? [] : rule.check(resource, context)
}

function settingsOf({ production, settings }: Rule): Record<string, PolicyConfigJSONSchema> {
  const description = "Whether the stack counts as production; without it, the stack's settings decide."
  return { ...settings, ...(production && { production: { type: 'boolean', description } }) }
}

/** The engine fills these in where it was given settings for the pack. */
export function defaultsOf(settings: Rule['settings'] = {}): Record<string, unknown> {
  const entries = Object.entries(settings).filter(([, { default: value }]) => value !== undefined)
  return Object.fromEntries(entries.map(([name, { default: value }]) => [name, value]))
}
