/** What the stack's state says of the resources that a rotation touches. */
import type { Deployment } from '@pulumi/pulumi/automation/index.js'

interface Resource {
  urn: string
  type: string
  id?: string
  outputs?: Record<string, unknown>
}

export interface Rotated {
  job: { urn: string; id: string }
  /** Of the bundled SCIM service; undefined for an application elsewhere, which makes its secrets itself. */
  configuration: SecretState | undefined
}

export interface SecretState {
  urn: string
  secretId: string
  /** ISO 8601. */
  secretExpiresAt: string | null
  previousSecretId: string | null
  retireFrom: string | null
}

/** @throws where there is no job yet */
export function rotatedIn({ deployment }: Pick<Deployment, 'deployment'>, stack: string): Rotated {
  const { resources = [] } = (deployment ?? {}) as { resources?: Resource[] }
  const find = (name: string) => resources.find(({ type }) => type === `entrasync:index:${name}`)
  const job = find('ProvisioningJob')
  if (!job?.id) {
    throw new Error(
      `the stack '${stack}' has no provisioning job yet, so there is no client secret to replace: npm run pulumi -- up --stack ${stack}`,
    )
  }
  const configuration = find('ScimConfiguration')
  return { job: { urn: job.urn, id: job.id }, configuration: configuration && secretState(configuration) }
}

function secretState({ urn, outputs = {} }: Resource): SecretState {
  const text = (name: string) => (typeof outputs[name] === 'string' && outputs[name] !== '' ? outputs[name] : null)
  return {
    urn,
    secretId: text('secretId') ?? '',
    secretExpiresAt: text('secretExpiresAt'),
    previousSecretId: text('previousSecretId'),
    retireFrom: text('retireFrom'),
  }
}
