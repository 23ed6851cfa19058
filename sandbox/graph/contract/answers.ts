import { problemsOf } from './validate.ts'

/** Types by the end of `@odata.context`, after what is in parentheses is left out; null: not in the metadata here. */
const TYPE_OF: [RegExp, string | null][] = [
  [/^users$/, 'user'],
  [/^groups$/, 'group'],
  [/^applications$/, 'application'],
  [/^servicePrincipals$/, 'servicePrincipal'],
  [/^applicationTemplates$/, 'applicationTemplate'],
  [/^subscribedSkus$/, 'subscribedSku'],
  [/^appRoleAssignments$/, 'appRoleAssignment'],
  [/^auditLogs\/directoryAudits$/, 'directoryAudit'],
  [/^auditLogs\/provisioning$/, 'provisioningObjectSummary'],
  [/\/synchronization\/jobs$/, 'synchronizationJob'],
  [/\/synchronization\/templates$/, 'synchronizationTemplate'],
  [/\/synchronization\/secrets$/, 'synchronizationSecretKeyStringValuePair'],
  [/\/schema$/, 'synchronizationSchema'],
  [/\/schema\/directories$/, 'directoryDefinition'],
  [/^(organization|domains|.*federatedIdentityCredentials|\$ref|Collection)$/, null],
]

/**
 * What is wrong with a whole answer of Graph v1.0, its type taken from `@odata.context`, and that of directory objects
 * from `@odata.type`. Empty when all is well, and for an answer without a context.
 */
export function problemsOfAnswer(body: unknown): string[] {
  const { '@odata.context': context, ...answer } = (body ?? {}) as Record<string, unknown>
  if (typeof context !== 'string') return []
  const entitySet = context.split('$metadata#')[1]!
  const items = Array.isArray(answer.value) ? (answer.value as Record<string, unknown>[]) : [answer]
  return items.flatMap((item) => {
    const type = typeIn(entitySet, item)
    return type === null ? [] : problemsOf(type, item)
  })
}

function typeIn(entitySet: string, item: Record<string, unknown>): string | null {
  const named = /^(?:Collection\()?microsoft\.graph\.(\w+)\)?$/.exec(entitySet)?.[1]
  if (named) return named
  const set = entitySet.replace(/\/\$entity$/, '').replace(/\([^)]*\)/g, '')
  if (set === 'directoryObjects') return String(item['@odata.type']).replace('#microsoft.graph.', '')
  const known = TYPE_OF.find(([pattern]) => pattern.test(set))
  if (!known) throw new Error(`No type is known for ${entitySet}`)
  return known[1]
}
