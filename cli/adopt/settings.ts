/** From what a tenant has to the settings of a stack that asks for just that. */
import { mailAddress, OPERATORS } from '../../config/schema.ts'
import { chooseRole } from '../../provider/resources/appRoleAssignments/role.ts'
import { HIDE_APP } from '../../provider/resources/galleryApplication/read.ts'
import { isOn } from '../../provider/resources/provisioningJob/job.ts'
import { BLANK } from '../../provider/resources/provisioningJob/read.ts'
import { type Pair, REDACTED, readSecrets, WRITTEN } from '../../provider/resources/provisioningJob/secrets.ts'
import { type Beyond, changes, readMappings, stays } from './beyond.ts'
import type { Bundled } from './bundled.ts'
import type { Assigned, Found } from './found.ts'

export interface Wanted {
  /** Without the namespace; never a secret. */
  settings: Record<string, unknown>
  beyond: Beyond[]
  /** Settings that must be filled in by hand before anything can be updated, with the reason. */
  missing: { setting: string; why: string }[]
}

export interface Given {
  /** As the stack's file shall name it. */
  tenantId: string
  /** The configuration at the bundled SCIM service that the job provisions into. */
  bundled?: Bundled | undefined
}

const THRESHOLD = BLANK.accidentalDeletions.threshold

export function settingsFor(found: Found, given: Given): Wanted {
  const { candidate, job, secrets, schema, template } = found
  const { servicePrincipal, template: gallery, managedBy } = candidate
  const read = readSecrets({ ...BLANK, servicePrincipalId: servicePrincipal.id }, secrets)
  const mappings = readMappings(schema, template, OPERATORS)
  const assignments = assignmentsOf(found)
  const target = targetOf(secrets, read.credentials, given)
  const mail = read.notificationEmail
  const mailIsOne = mail !== undefined && mailAddress().safeParse(mail).success
  const { enabled, threshold } = read.accidentalDeletions
  const { additionalMappings, scopingFilters } = mappings.asked
  const settings = {
    tenantId: given.tenantId,
    application: gallery.displayName,
    ...(servicePrincipal.displayName === gallery.displayName ? {} : { displayName: servicePrincipal.displayName }),
    ...(managedBy === 'this stack' ? {} : { adoptExisting: true }),
    target: target.settings,
    ...(assignments.settings ? { assignments: assignments.settings } : {}),
    ...(read.scope === 'all' ? { scope: 'all' } : {}),
    ...(mailIsOne ? { notificationEmail: mail } : {}),
    ...(enabled && threshold === THRESHOLD
      ? {}
      : { accidentalDeletions: { enabled, ...(threshold === THRESHOLD ? {} : { threshold }) } }),
    ...(additionalMappings.length > 0 ? { additionalMappings } : {}),
    ...(Object.keys(scopingFilters).length > 0 ? { scopingFilters } : {}),
    ...(isOn(job) ? {} : { status: 'off' }),
  }
  const beyond = [
    ...applicationBeyond(found),
    ...assignments.beyond,
    ...target.beyond,
    ...(mail !== undefined && !mailIsOne
      ? [changes(`mails go to '${mail}'`, 'the next update turns them off: name one address in notificationEmail')]
      : []),
    ...(read.skipOutOfScopeDeletions
      ? [changes('deletions of people who leave the scope are skipped', 'the next update no longer skips them')]
      : []),
    ...mappings.beyond,
  ]
  return { settings, beyond, missing: target.missing }
}

function applicationBeyond({ candidate, job }: Found): Beyond[] {
  const { servicePrincipal, jobs } = candidate
  return [
    ...(servicePrincipal.appRoleAssignmentRequired
      ? []
      : [changes('everybody may sign in, assigned or not', 'the next update makes assignment required')]),
    ...(servicePrincipal.tags.includes(HIDE_APP)
      ? [changes('the application is hidden from users', 'the next update shows it')]
      : []),
    ...(servicePrincipal.notes
      ? [changes('the application has notes', 'the next update takes them away: keep a copy')]
      : []),
    ...jobs
      .filter((other) => other !== job)
      .map(({ id, templateId }) => stays(`another job, ${id} of template ${templateId}`, 'is left alone')),
  ]
}

/** All of one role: the application's default one, else the one that most have. */
function assignmentsOf({ candidate, assigned }: Found): { settings?: object; beyond: Beyond[] } {
  const { appRoles } = candidate.servicePrincipal
  const roleId = roleOf(found(assigned), chooseRole(appRoles, undefined))
  if (assigned.length === 0) return { beyond: [] }
  const ours = found(assigned).filter(({ appRoleId }) => appRoleId === roleId)
  const role = appRoles.find(({ id }) => id === roleId)
  const named = (type: Assigned['type']) => ours.flatMap((one) => (one.type === type ? [one.name!] : []))
  const [groups, users] = [named('Group'), named('User')]
  const roleName = role && (isAmbiguous(role.displayName, appRoles) ? role.id : role.displayName)
  const others = assigned.filter((one) => !ours.includes(one))
  return {
    settings: {
      ...(groups.length > 0 ? { groups } : {}),
      ...(users.length > 0 ? { users } : {}),
      ...(roleId === chooseRole(appRoles, undefined) || !roleName ? {} : { role: roleName }),
    },
    beyond: others.map(({ type, displayName, id, name, appRoleId }) => {
      const other = appRoles.find((one) => one.id === appRoleId)?.displayName ?? appRoleId
      const who = `${type.toLowerCase()} '${displayName}' (${id})`
      return name === undefined
        ? stays(`${who} is assigned and no longer in the directory`, 'stays assigned')
        : stays(`${who} is assigned with the role '${other}'`, 'stays assigned, unless assignments.exclusive is set')
    }),
  }
}

const found = (assigned: readonly Assigned[]) => assigned.filter(({ name }) => name !== undefined)

function roleOf(assigned: readonly Assigned[], standard: string): string {
  const counts = Map.groupBy(assigned, ({ appRoleId }) => appRoleId)
  if (counts.size === 0 || counts.has(standard)) return standard
  return [...counts].sort(([, a], [, b]) => b.length - a.length)[0]![0]
}

function isAmbiguous(name: string, roles: Found['candidate']['servicePrincipal']['appRoles']): boolean {
  const lower = name.toLowerCase()
  return roles.filter((role) => [role.displayName, role.value].some((text) => text?.toLowerCase() === lower)).length > 1
}

function targetOf(
  secrets: readonly Pair[],
  { tenantUrl, tokenEndpoint, clientId }: ReturnType<typeof readSecrets>['credentials'],
  { bundled }: Given,
): { settings: object; beyond: Beyond[]; missing: Wanted['missing'] } {
  if (bundled) return { settings: { kind: 'local', ...bundled.settings }, beyond: [], missing: [] }
  const bearer = secrets.some(({ key }) => key === 'SecretToken')
  const why = bearer
    ? 'the job signs in with a bearer token, and Entrada sets up the OAuth2 client credentials grant'
    : 'the job has none'
  const values = { tenantUrl, tokenEndpoint, clientId }
  const there = Object.entries(values).filter(([, value]) => value !== '')
  const foreign = secrets.filter(({ key, value }) => value === REDACTED && !WRITTEN.has(key) && key !== 'SecretToken')
  return {
    settings: { kind: 'external', ...Object.fromEntries(there) },
    missing: Object.entries(values).flatMap(([key, value]) =>
      value === '' ? [{ setting: `target.${key}`, why }] : [],
    ),
    beyond: [
      ...(bearer ? [changes('a bearer token', 'the first update replaces it by the credentials of the file')] : []),
      ...foreign.map(({ key }) =>
        changes(
          `the secret ${key}`,
          'is not sent again when settings are written; whether Entra keeps it is not documented',
        ),
      ),
    ],
  }
}
