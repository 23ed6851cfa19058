import { type Member, type MemberDelta, namedIds, selectMembers } from '../resource/members.ts'
import type { Change } from '../resource/operations.ts'
import { readMembers } from '../storage/members.ts'
import { literalsOf } from '../tenant/profile.ts'
import type { ScimRequest } from './request.ts'
import { leniences, type Session } from './session.ts'

/** The delta of changes that select members by more than their ids, which only the members tell. */
export async function selectedMembers(session: Session, request: ScimRequest, changes: Change[]): Promise<MemberDelta> {
  const { database, tenant, tenantUrl } = session
  const rows = await readMembers(database, tenant.id, request.id, namedIds(changes))
  const described = rows.map(({ isMember, ...row }) => ({
    isMember,
    member: { ...row, $ref: `${tenantUrl}${tenant.registry[row.type].endpoint}/${row.value}` } satisfies Member,
  }))
  return selectMembers(described, changes, literalsOf(leniences(session)))
}
