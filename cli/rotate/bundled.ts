/** A new client secret at the bundled SCIM service. */
import { REPLACE_SECRET, RETIRE_SECRET } from '../../provider/resources/scimConfiguration/secrets.ts'
import type { Change } from '../engine/changes.ts'
import { previewChanges } from '../engine/rehearse.ts'
import { openTenantStack } from '../engine/tenantStack.ts'
import { updateStack } from '../engine/update.ts'
import type { Tenant } from '../stack/tenant.ts'
import { rotatedIn, type SecretState } from './state.ts'

export interface Plan {
  /** A rotation that was interrupted after the secret was made is finished, in place of another one. */
  finishes: boolean
  /** What an update of the same resources changes beside the secret, from the stack's file. */
  besides: string[]
}

/** @throws when an update could not be made */
export async function planRotation(tenant: Tenant, target: string[]): Promise<Plan> {
  const { changes, errors } = await previewChanges(tenant, { target })
  if (errors.length > 0) throw new Error(errors.join('\n'))
  return planOf(changes)
}

const SECRETS = ['secretId', 'previousSecretId', 'credentials.clientSecret']

export function planOf(changes: readonly Change[]): Plan {
  const paths = changes.flatMap(({ properties }) => properties.map((property) => property.path))
  return {
    finishes: paths.includes('credentials.clientSecret') && !paths.includes('secretId'),
    besides: paths.filter((path) => !SECRETS.includes(path)),
  }
}

/** Makes the secret, hands it to the job, has Entra test it. @returns what the state says afterwards */
export async function rotateBundled(
  tenant: Tenant,
  target: string[],
  { secretId }: SecretState,
  { finishes }: Plan,
): Promise<SecretState> {
  const { errors } = await updateStack(tenant, { target, env: finishes ? {} : { [REPLACE_SECRET]: secretId } })
  if (errors.length > 0) {
    throw new Error(
      `${errors.join('\n')}\nThe client secret before is still valid. Running the same command again finishes the rotation.`,
    )
  }
  return secretStateOf(tenant)
}

export async function retireBundled(tenant: Tenant, { urn, previousSecretId }: SecretState): Promise<SecretState> {
  const { errors } = await updateStack(tenant, { target: [urn], env: { [RETIRE_SECRET]: previousSecretId ?? '' } })
  if (errors.length > 0) throw new Error(errors.join('\n'))
  return secretStateOf(tenant)
}

async function secretStateOf(tenant: Tenant): Promise<SecretState> {
  const stack = await openTenantStack(tenant)
  return rotatedIn(await stack.exportStack(), tenant.stack).configuration!
}
