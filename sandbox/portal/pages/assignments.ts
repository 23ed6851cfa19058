import type { AppRoleAssignment, User } from '../../tenant/model.ts'
import { html } from '../html.ts'
import { sliceOf } from '../paging.ts'
import { count, empty, searchField, table, tag } from '../parts.ts'
import { type JobVisit, jobAddress, type Page } from '../visit.ts'

export function assignmentsPage(visit: JobVisit): Page {
  const { parts, job, fields } = visit
  const search = (fields.get('search') ?? '').trim().toLowerCase()
  const assigned = parts.tenant.assignmentsOf(job.servicePrincipalId).map((assignment) => describe(visit, assignment))
  const found = assigned
    .filter(({ name, about }) => `${name} ${about}`.toLowerCase().includes(search))
    .sort((a, b) => a.name.localeCompare(b.name))
  const { items, pager } = sliceOf(found, jobAddress(visit, 'assignments'), fields)
  const isAll = parts.tenant.secrets.get(job.servicePrincipalId)?.SyncAll?.toLowerCase() === 'true'
  return {
    title: 'Users and groups',
    body: html`<p>${isAll ? 'All users and groups are provisioned, assigned or not.' : 'Who is assigned here is provisioned: users, groups, and direct members of the groups.'}</p>
<form method="get" class="search" role="search">${searchField(fields.get('search'), 'Name or user principal name')}<button>Show</button></form>
<p class="faint">${count(found.length, 'assignment')}</p>
${
  items.length > 0
    ? table(
        'Assignments',
        ['Name', 'Object', 'About', 'Role', 'At the target'],
        items.map(({ id, name, type, about, role, provisioned }) => [
          html`<a href="${jobAddress(visit, `log?search=${id}`)}">${name}</a>`,
          type,
          about,
          role,
          provisioned,
        ]),
      )
    : empty(assigned.length === 0 ? 'Nobody is assigned.' : 'Nobody who is assigned matches.')
}
${pager}`,
  }
}

function describe({ parts: { tenant }, job }: JobVisit, { principalId, principalType, appRoleId }: AppRoleAssignment) {
  const user = tenant.users.get(principalId)
  const group = tenant.groups.get(principalId)
  const role = tenant.servicePrincipals.get(job.servicePrincipalId)?.appRoles.find(({ id }) => id === appRoleId)
  const key = `${job.id}/${principalId}`
  const link = tenant.links.get(key)
  return {
    id: principalId,
    name: user?.displayName ?? group?.displayName ?? principalId,
    type: principalType,
    about: user ? aboutUser(user) : group ? aboutGroup(group) : '',
    role: role?.displayName ?? 'Default access',
    provisioned: tenant.escrows.get(key)
      ? tag('Failed', 'bad')
      : link?.disabled
        ? tag('Disabled')
        : link
          ? tag('Provisioned', 'fine')
          : 'Not yet',
  }
}

const aboutUser = ({ userPrincipalName, accountEnabled, deletedDateTime }: User): string =>
  [userPrincipalName, !accountEnabled && 'disabled', deletedDateTime && 'deleted'].filter(Boolean).join(', ')

const aboutGroup = ({ memberIds, securityEnabled }: { memberIds: string[]; securityEnabled: boolean }): string =>
  `${count(memberIds.length, 'direct member')}${securityEnabled ? '' : ', no security group: not provisioned'}`
