import type { SecretSet } from '../../../tenant/model.ts'
import { ACCESS } from '../../access.ts'
import { GraphFailure } from '../../errors.ts'
import { requireSynchronized } from '../../lookup.ts'
import { type Call, type GraphResponse, NO_CONTENT } from '../../request.ts'
import type { Route } from '../../router.ts'
import { readPairs } from '../../secretKeys.ts'
import { requireJob } from './jobs.ts'

const JOBS = '/servicePrincipals/:id/synchronization/jobs'
const access = ACCESS.writeSynchronization

export const credentialRoutes: Route[] = [
  { method: 'POST', pattern: `${JOBS}/validateCredentials`, access, handler: validateCredentials },
  { method: 'POST', pattern: `${JOBS}/:jobId/validateCredentials`, access, handler: validateCredentials },
]

/** On one job, or on the collection before there is one: then the body names the template and the credentials. */
async function validateCredentials(call: Call): Promise<GraphResponse> {
  const { id } = requireSynchronized(call, call.params.id!)
  const body = call.json()
  if (call.params.jobId) requireJob(call)
  else if (typeof body.templateId !== 'string') {
    throw new GraphFailure(
      400,
      'RequestMissingRequiredParameter',
      "The request is missing the required parameter 'templateId'.",
    )
  }
  await test(call, id, body.useSavedCredentials === true ? undefined : readPairs(body.credentials, 'credentials'))
  return NO_CONTENT
}

/**
 * A real test against the target, or the outcome that a switch forces.
 * @param secrets in place of those saved
 * @throws GraphFailure
 */
export async function test(call: Call, servicePrincipalId: string, secrets?: SecretSet): Promise<void> {
  const forced = call.settings.forcedValidation
  const answer =
    forced === null
      ? await call.provisioning.validateCredentials(servicePrincipalId, secrets)
      : forced === 'ok'
        ? { ok: true as const }
        : { ok: false as const, ...forced }
  if (!answer.ok) throw new GraphFailure(answer.status, answer.code, answer.message)
}
