import { type Registration, shortUrn } from './recordingEngine.ts'
import type { Run } from './runProgram.ts'
import { withoutSecrets } from './wireSecret.ts'

/** What the SDK says about itself, the same for each resource. */
const OF_NO_INTEREST = new Set([
  'type',
  'name',
  'object',
  'acceptsecrets',
  'acceptresources',
  'acceptsByteString',
  // Those that azure-native gives each resource for its other versions; the program's own are added below.
  'aliasesList',
  'aliasspecs',
  'supportspartialvalues',
  'supportsresultreporting',
  'sourceposition',
  'stacktrace',
  'parentstacktracehandle',
  'deletebeforereplacedefined',
  'propertydependenciesMap',
])

/** All registrations of a run as plain data, by URN in a stable order: inputs, outputs and each option that was set. */
export function render({ registrations, outputs }: Run): Record<string, unknown> {
  const urns = [...registrations.keys()].sort()
  return Object.fromEntries(
    urns.map((urn) => {
      const registration = registrations.get(urn)!
      const inputs = withoutSecrets(registration.getObject()?.toJavaScript() ?? {})
      return [
        urn,
        { ...options(registration), inputs: sorted(inputs), outputs: sorted(withoutSecrets(outputs.get(urn))) },
      ]
    }),
  )
}

function options(registration: Registration): Record<string, unknown> {
  const set = Object.entries(registration.toObject() as Record<string, unknown>)
    .filter(([key, value]) => !OF_NO_INTEREST.has(key) && !isDefault(value))
    .map(([key, value]) => [key.replace(/(List|Map)$/, ''), shortened(value)])
  const dependencies = registration
    .getPropertydependenciesMap()
    .toArray()
    .map(([property, on]) => [property, (on as unknown as [string[]])[0]])
    .filter(([, urns]) => (urns as string[] | undefined)?.length)
  const aliases = registration.getAliasesList().map((alias) => alias.toObject())
  const own = aliases.filter(({ spec }) => !spec?.type.startsWith('azure-native:'))
  return {
    ...Object.fromEntries(set),
    ...(own.length > 0 && { aliases: shortened(own) }),
    ...(dependencies.length > 0 && { propertyDependencies: sorted(shortened(Object.fromEntries(dependencies))) }),
  }
}

function isDefault(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0
  if (value !== null && typeof value === 'object') return Object.values(value).every(isDefault)
  return value === undefined || value === '' || value === false
}

function shortened(value: unknown): unknown {
  if (typeof value === 'string') return shortUrn(value)
  if (Array.isArray(value)) return value.map(shortened).sort()
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shortened(inner)]))
}

/** Keys in order, at any depth: protobuf maps have none. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]))
}
