import type { StackConfig } from '../../../config/schema.ts'
import {
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

/** Each missing permission by itself, with what this stack needs it for. */
export function checkPermissions(caller: Caller, config: StackConfig): Result {
  const needed = permissionsFor(usesOf(config))
  const missing = missingPermissions(caller.permissions, needed).filter(({ value }) => !byPerson(caller, value))
  const beside = missingPermissions(caller.permissions, permissionsFor(BESIDE_THE_UPDATE)).filter(
    (permission) => !needed.includes(permission),
  )
  const said: Said[] = [
    ...missing.map((permission) => say(permission, caller, caller.isPerson ? 'warning' : 'problem')),
    ...beside.map((permission) => say(permission, caller, 'warning')),
  ]
  if (missing.length > 0) return { said }
  return { said: [...ok(`all that this stack needs: ${needed.map(({ value }) => value).join(', ')}`).said, ...said] }
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
