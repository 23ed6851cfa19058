import type { Rule } from '../rule.ts'
import { UNKNOWN } from '../values.ts'

/** What the targets in Azure are made of; other types are asked for by the rule's settings. */
export const TAGGABLE: readonly string[] = [
  'app:ContainerApp',
  'app:Job',
  'app:ManagedEnvironment',
  'applicationinsights:Component',
  'containerregistry:Registry',
  'dbforpostgresql:Server',
  'keyvault:Vault',
  'managedidentity:UserAssignedIdentity',
  'network:NatGateway',
  'network:NetworkSecurityGroup',
  'network:PrivateEndpoint',
  'network:PublicIPAddress',
  'network:VirtualNetwork',
  'operationalinsights:Workspace',
  'privatedns:PrivateZone',
  'resources:ResourceGroup',
  'storage:StorageAccount',
]

const list = { type: 'array', items: { type: 'string' } } as const

export const tags: Rule = {
  name: 'tags',
  level: 'advisory',
  what: 'Resources in Azure say what they belong to.',
  why: 'Costs, alerts and the question whether something may be deleted are answered by tags.',
  fix: "Add the tags to the resource, or to all at once with the stack's transforms.",
  settings: {
    required: { ...list, default: ['entrada-stack', 'managed-by'], description: 'Tags that each resource must have.' },
    types: { ...list, default: [], description: 'Types beside the known ones, such as azure-native:web:WebApp.' },
  },
  check({ type, props }, { settings: { required, types } }) {
    const known = TAGGABLE.some((taggable) => type === `azure-native:${taggable}`)
    if ((!known && !(types as string[]).includes(type)) || props.tags === UNKNOWN) return []
    const given = (props.tags ?? {}) as object
    const missing = (required as string[]).filter((tag) => !Object.hasOwn(given, tag))
    return missing.length > 0 ? [`tags lacks ${missing.join(', ')}`] : []
  },
}
