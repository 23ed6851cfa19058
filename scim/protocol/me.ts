import { ScimError } from '../errors.ts'
import { foldText } from '../filter/fold.ts'
import { findUser } from '../storage/find-user.ts'
import type { Session } from './session.ts'

/**
 * The id of the user that the caller is (RFC 7644 §3.11): whose id or userName is the subject of the token. Throws 404 where
 * there is none, as for most clients, which are programs.
 */
export async function requireMe({ database, tenant, configuration }: Session): Promise<string> {
  const id = await findUser(database, tenant.id, configuration, foldText(configuration))
  if (id) return id
  throw new ScimError(404, 'No user has the subject of this access token as id or userName, so there is no /Me')
}
