import type { StackConfig } from '../../../config/schema.ts'
import {
  type Access,
  missingPermissions,
  type NeededPermission,
  permissionsFor,
  type Use,
} from '../../../provider/graph/neededPermissions.ts'
import { ok, type Result, type Said } from '../finding.ts'
import type { Caller } from './signIn.ts'

/** Lets an application do in the directory what the person who signed in may do. */
const AS_THE_PERSON = 'Directory.AccessAsUser.All'

/** The update itself does without these; a command beside it does not. */
const BESIDE_THE_UPDATE: readonly Use[] = ['forecast', 'log']

/** By its name a permission to make or change something. */
const WRITES = /ReadWrite|\.Create$/

/** Each missing permission by itself, with what this stack needs it for; for who is to read only, each one too many too. */
export function checkPermissions(caller: Caller, config: StackConfig, access: Access): Result {
  const needed = permissionsFor(usesOf(config), access)
  const missing = missingPermissions(caller.permissions, needed).filter(({ value }) => !byPerson(caller, value))
  const beside = missingPermissions(caller.permissions, permissionsFor(BESIDE_THE_UPDATE, access)).filter(
    (permission) => !needed.includes(permission),
  )
  const said: Said[] = [
    ...missing.map((permission) => say(permission, caller, caller.isPerson ? 'warning' : 'problem')),
    ...beside.map((permission) => say(permission, caller, 'warning')),
    ...(access === 'read' ? tooMany(caller) : []),
  ]
  if (missing.length > 0) return { said }
  const what = access === 'read' ? 'reading this stack' : 'this stack'
  return { said: [...ok(`all that ${what} needs: ${needed.map(({ value }) => value).join(', ')}`).said, ...said] }
}

/** Those of az login are fixed. */
function tooMany({ permissions, isPerson }: Caller): Said[] {
  const names = isPerson ? [] : [...permissions].filter((name) => WRITES.test(name))
  return names.map((name) => ({
    state: 'warning',
    seen: `the caller has ${name}, and is to read only`,
    fix: `take it away, or sign in as the identity that reads: docs/onboarding.md, "An identity that only reads"`,
  }))
}

/** Whether an application that others made may be managed is checked on that application. */
function usesOf({ assignments, managedGroups }: StackConfig): Use[] {
  return [
    ...(assignments ? (['assignments'] as const) : []),
    ...(managedGroups.length > 0 ? (['managedGroups'] as const) : []),
  ]
}

function byPerson({ isPerson, permissions }: Caller, value: string): boolean {
  return isPerson && permissions.has(AS_THE_PERSON) && !value.startsWith('Synchronization.')
}

function say({ value, why }: NeededPermission, caller: Caller, state: Said['state']): Said {
  return { state, seen: `${value} is missing: ${why}`, fix: howToGrant(value, caller) }
}

function howToGrant(value: string, { isPerson, consentLink }: Caller): string {
  if (isPerson) {
    return `the permissions of az login are fixed, and a person needs the role Application Administrator too: sign in as an application that has ${value}`
  }
  if (consentLink === undefined) return `assign the app role ${value} of Microsoft Graph to the managed identity`
  return `add ${value} (application permission of Microsoft Graph) to the app registration, then an administrator consents at ${consentLink}`
}
