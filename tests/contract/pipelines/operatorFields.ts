/**
 * The fields of the operator's `Stack` that we use, by path, with their types; `*` is any element of a list. Below
 * `podTemplate` they are those of a Kubernetes pod. Source: pulumi/pulumi-kubernetes-operator docs/stacks.md and
 * docs/workspaces.md, 2.3.
 */
export const STACK_FIELDS: Record<string, 'string' | 'boolean' | 'integer' | 'quantity'> = {
  stack: 'string',
  projectRepo: 'string',
  branch: 'string',
  shallow: 'boolean',
  useLocalStackOnly: 'boolean',
  refresh: 'boolean',
  preview: 'boolean',
  continueResyncOnCommitMatch: 'boolean',
  resyncFrequencySeconds: 'integer',
  destroyOnFinalize: 'boolean',
  retryOnUpdateConflict: 'boolean',
  serviceAccountName: 'string',
  'workspaceTemplate.spec.image': 'string',
  'workspaceTemplate.spec.securityProfile': 'string',
  'workspaceTemplate.spec.envFrom.*.configMapRef.name': 'string',
  'workspaceTemplate.spec.env.*.name': 'string',
  'workspaceTemplate.spec.env.*.value': 'string',
  'workspaceTemplate.spec.resources.requests.cpu': 'quantity',
  'workspaceTemplate.spec.resources.requests.memory': 'quantity',
  'workspaceTemplate.spec.resources.limits.memory': 'quantity',
  'workspaceTemplate.spec.podTemplate.spec.terminationGracePeriodSeconds': 'integer',
  'workspaceTemplate.spec.podTemplate.spec.securityContext.runAsNonRoot': 'boolean',
  'workspaceTemplate.spec.podTemplate.spec.securityContext.seccompProfile.type': 'string',
  'workspaceTemplate.spec.podTemplate.spec.containers.*.name': 'string',
  'workspaceTemplate.spec.podTemplate.spec.containers.*.securityContext.allowPrivilegeEscalation': 'boolean',
  'workspaceTemplate.spec.podTemplate.spec.containers.*.securityContext.capabilities.drop.*': 'string',
  'workspaceTemplate.spec.podTemplate.spec.containers.*.volumeMounts.*.name': 'string',
  'workspaceTemplate.spec.podTemplate.spec.containers.*.volumeMounts.*.mountPath': 'string',
  'workspaceTemplate.spec.podTemplate.spec.containers.*.volumeMounts.*.readOnly': 'boolean',
  'workspaceTemplate.spec.podTemplate.spec.volumes.*.name': 'string',
  'workspaceTemplate.spec.podTemplate.spec.volumes.*.projected.sources.*.serviceAccountToken.audience': 'string',
  'workspaceTemplate.spec.podTemplate.spec.volumes.*.projected.sources.*.serviceAccountToken.expirationSeconds':
    'integer',
  'workspaceTemplate.spec.podTemplate.spec.volumes.*.projected.sources.*.serviceAccountToken.path': 'string',
}

/** @returns one line for each leaf that is not a known field, or of another type */
export function unknownFields(value: unknown, at: readonly string[] = []): string[] {
  if (value !== null && typeof value === 'object') {
    const list = Array.isArray(value)
    return Object.entries(value).flatMap(([key, inner]) => unknownFields(inner, [...at, list ? '*' : key]))
  }
  const field = at.join('.')
  const type = STACK_FIELDS[field]
  if (!type) return [`${field} is no field of a Stack`]
  return isOf(type, value) ? [] : [`${field} is ${JSON.stringify(value)}, no ${type}`]
}

function isOf(type: string, value: unknown): boolean {
  switch (type) {
    case 'integer':
      return Number.isInteger(value)
    case 'quantity':
      return typeof value === 'string' && /^\d+(m|Mi|Gi)?$/.test(value)
    default:
      return typeof value === type
  }
}
