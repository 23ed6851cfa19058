/**
 * Microsoft Graph's synchronizationSchema as JSON, as far as provisioning reads it.
 * Source: Microsoft Graph v1.0 CSDL, complex types of microsoft.graph.synchronizationSchema.
 */
export interface SynchronizationSchema {
  id: string
  version: string
  synchronizationRules: SynchronizationRule[]
  directories: DirectoryDefinition[]
}

export interface SynchronizationRule {
  id: string
  name: string
  priority: number
  editable: boolean
  sourceDirectoryName: string
  targetDirectoryName: string
  containerFilter?: { includedContainers: string[] } | null
  groupFilter?: { includedGroups: string[] } | null
  metadata: KeyValue[]
  objectMappings: ObjectMapping[]
}

export interface KeyValue {
  key: string
  value: string | null
}

export interface ObjectMapping {
  name: string
  enabled: boolean
  /** Comma-separated flags: `Add, Update, Delete`. */
  flowTypes: string
  sourceObjectName: string
  targetObjectName: string
  scope: Filter | null
  metadata: KeyValue[]
  attributeMappings: AttributeMapping[]
}

export interface AttributeMapping {
  targetAttributeName: string
  source: AttributeMappingSource | null
  defaultValue: string | null
  /** 0: not a matching attribute; 1: tried first. */
  matchingPriority: number
  flowBehavior: 'FlowWhenChanged' | 'FlowAlways'
  flowType: 'Always' | 'ObjectAddOnly' | 'MultiValueAddOnly' | 'ValueAddOnly' | 'AttributeAddOnly'
  exportMissingReferences: boolean
}

export interface AttributeMappingSource {
  expression: string | null
  name: string | null
  type: 'Attribute' | 'Constant' | 'Function'
  parameters: { key: string; value: AttributeMappingSource }[]
}

export interface Filter {
  groups: FilterGroup[]
  inputFilterGroups: FilterGroup[]
  categoryFilterGroups: FilterGroup[]
}

export interface FilterGroup {
  name: string | null
  clauses: FilterClause[]
}

export interface FilterClause {
  sourceOperandName: string
  operatorName: string
  targetOperand: { values: string[] } | null
}

export interface DirectoryDefinition {
  id: string
  name: string
  version?: string | null
  readOnly: boolean
  discoverabilities: string
  discoveryDateTime: string | null
  objects: ObjectDefinition[]
}

export interface ObjectDefinition {
  name: string
  attributes: AttributeDefinition[]
  metadata: KeyValue[]
  supportedApis: string[]
}

export type AttributeType = 'String' | 'Integer' | 'Reference' | 'Binary' | 'Boolean' | 'DateTime'

export interface AttributeDefinition {
  name: string
  type: AttributeType
  anchor: boolean
  caseExact: boolean
  required: boolean
  multivalued: boolean
  mutability: 'ReadWrite' | 'ReadOnly' | 'Immutable' | 'WriteOnly'
  defaultValue: string | null
  flowNullValues: boolean
  referencedObjects: { referencedObjectName: string; referencedProperty: string | null }[]
  apiExpressions: KeyValue[]
  metadata: KeyValue[]
}
