import { describeSource } from '../expression/describe.ts'
import { parse } from '../expression/parse.ts'
import type { AttributeDefinition, AttributeMapping, AttributeType, ObjectDefinition } from '../schema.ts'

/** One line of a mapping table: source expression, target attribute, matching precedence. */
export type MappingLine = readonly [expression: string, target: string, matchingPriority?: number]

export function mappings(lines: readonly MappingLine[]): AttributeMapping[] {
  return lines.map(([expression, targetAttributeName, matchingPriority = 0]) => ({
    targetAttributeName,
    source: describeSource(parse(expression)),
    defaultValue: null,
    matchingPriority,
    flowBehavior: 'FlowWhenChanged',
    flowType: 'Always',
    exportMissingReferences: false,
  }))
}

type Traits = Partial<Pick<AttributeDefinition, 'anchor' | 'caseExact' | 'required' | 'multivalued' | 'mutability'>>

export function attribute(name: string, type: AttributeType = 'String', traits: Traits = {}): AttributeDefinition {
  return {
    name,
    type,
    anchor: false,
    caseExact: false,
    required: false,
    multivalued: false,
    mutability: 'ReadWrite',
    defaultValue: null,
    flowNullValues: false,
    referencedObjects: [],
    apiExpressions: [],
    metadata: [],
    ...traits,
  }
}

export function reference(name: string, to: readonly string[], multivalued: boolean): AttributeDefinition {
  return {
    ...attribute(name, 'Reference', { multivalued }),
    referencedObjects: to.map((referencedObjectName) => ({ referencedObjectName, referencedProperty: 'id' })),
  }
}

export function object(name: string, attributes: AttributeDefinition[]): ObjectDefinition {
  return { name, attributes, metadata: [], supportedApis: [] }
}

/** The id that a target assigns. */
export const ANCHOR = attribute('id', 'String', { anchor: true, required: true, mutability: 'ReadOnly' })
