import type { Flow } from './decide.ts'
import { DEFAULT_LANGUAGE, type LanguageOptions } from './expression/language.ts'
import { type CompiledMapping, type CompiledReference, compileMapping } from './mapping.ts'
import type {
  Filter,
  FilterClause,
  ObjectDefinition,
  ObjectMapping,
  SynchronizationRule,
  SynchronizationSchema,
} from './schema.ts'
import {
  compileInputScope,
  compileScope,
  compileScopeDetails,
  DEFAULT_SCOPE_OPTIONS,
  type Scope,
  type ScopeOptions,
} from './scope.ts'
import { shapeProblems } from './shape.ts'
import type { Source } from './values.ts'

export interface ObjectRules {
  objectType: 'user' | 'group'
  name: string
  /** Id of the synchronization rule and names of the objects, as provisionOnDemand and the log have them. */
  names: { ruleId: string; objectType: 'user' | 'group'; sourceObjectName: string; targetObjectName: string }
  flow: Flow
  /** False where the target says it cannot disable: what leaves the scope is then deleted. */
  softDeleteSupported: boolean
  /** Leaving it deprovisions. */
  scope: Scope
  /** Each clause of the scoping filter and whether it holds; for the log. */
  scopeDetails: (source: Source) => Record<string, boolean>
  /** Objects it rejects are not looked at. */
  inputScope: Scope
  mappings: CompiledMapping[]
  matching: CompiledMapping[]
  /** A mapping reads `appRoleAssignments`: a changed assignment can change a value. */
  readsRoles: boolean
  references: CompiledReference[]
  /** Source attributes that mappings and scoping filters read; references are not among them. */
  attributes: ReadonlySet<string>
  /** Functions that mappings call. */
  functions: ReadonlySet<string>
}

/** Null where the object mapping is off or absent. */
export interface Rules {
  user: ObjectRules | null
  group: ObjectRules | null
}

/** What of filters and expressions Microsoft's pages leave open. */
export interface RuleOptions extends ScopeOptions, LanguageOptions {}

export const DEFAULT_RULE_OPTIONS: RuleOptions = { ...DEFAULT_SCOPE_OPTIONS, ...DEFAULT_LANGUAGE }

/** Everything in a schema that cannot be used, said at once. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError'
  readonly problems: string[]
  constructor(problems: string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}

/** One object mapping of a schema, whether or not it is on. */
export interface CompiledObject {
  rule: SynchronizationRule
  mapping: ObjectMapping
  rules: ObjectRules
}

/**
 * Compiles a synchronization schema once, to be evaluated for each object.
 * @throws SchemaError with all that is wrong in its enabled and disabled mappings
 */
export function compileSchema(schema: SynchronizationSchema, options: RuleOptions = DEFAULT_RULE_OPTIONS): Rules {
  const { objects, problems } = compileObjects(schema, options)
  if (problems.length > 0) throw new SchemaError(problems)
  const rules: Rules = { user: null, group: null }
  for (const { mapping, rules: compiled } of objects) if (mapping.enabled) rules[compiled.objectType] ??= compiled
  return rules
}

/** All object mappings in the order of their rules' priority, with what is wrong in them. */
export function compileObjects(
  schema: SynchronizationSchema,
  options: RuleOptions,
): { objects: CompiledObject[]; problems: string[] } {
  const problems = shapeProblems(schema)
  const objects: CompiledObject[] = []
  if (problems.length > 0) return { objects, problems }
  const ordered = [...schema.synchronizationRules].sort((a, b) => (a.priority ?? 0) - (b.priority ?? 0))
  for (const rule of ordered) {
    for (const mapping of rule.objectMappings) {
      const objectType = mapping.sourceObjectName.toLowerCase()
      if (objectType === 'user' || objectType === 'group') {
        objects.push({ rule, mapping, rules: compileObject(schema, rule, mapping, objectType, problems, options) })
      } else {
        problems.push(
          `Object mapping "${mapping.name}": source object "${mapping.sourceObjectName}" is not User or Group`,
        )
      }
    }
  }
  return { objects, problems }
}

function compileObject(
  schema: SynchronizationSchema,
  rule: SynchronizationRule,
  mapping: ObjectMapping,
  objectType: 'user' | 'group',
  problems: string[],
  options: RuleOptions,
): ObjectRules {
  const attempt = <T>(what: string, work: () => T, otherwise: T): T => {
    try {
      return work()
    } catch (error) {
      problems.push(`Object mapping "${mapping.name}", ${what}: ${(error as Error).message}`)
      return otherwise
    }
  }
  const never: Scope = () => false
  const target = targetObject(schema, rule, mapping)
  const definitions = new Map(target?.attributes?.map((attribute) => [attribute.name, attribute]))
  const mappings: CompiledMapping[] = []
  const references: CompiledReference[] = []
  for (const attribute of mapping.attributeMappings) {
    const name = attribute.targetAttributeName
    const compiled = attempt(`target attribute ${name}`, () => compileMapping(attribute, definitions, options), null)
    if (compiled && 'sourceAttribute' in compiled) references.push(compiled)
    else if (compiled) mappings.push(compiled)
  }
  const matching = mappings
    .filter((one) => one.matchingPriority > 0)
    .sort((a, b) => a.matchingPriority - b.matchingPriority)
  if (matching.length === 0) problems.push(`Object mapping "${mapping.name}" has no matching attribute`)
  const flow = attempt('flowTypes', () => readFlow(mapping.flowTypes), { add: false, update: false, delete: false })
  const scope = attempt('scope', () => compileScope(mapping.scope?.groups, options), null)
  return {
    objectType,
    name: mapping.name,
    names: {
      ruleId: rule.id,
      objectType,
      sourceObjectName: mapping.sourceObjectName,
      targetObjectName: mapping.targetObjectName,
    },
    flow,
    softDeleteSupported: !target?.metadata?.some(
      ({ key, value }) => key === 'IsSoftDeletionSupported' && value?.toLowerCase() === 'false',
    ),
    scope: scope ?? never,
    scopeDetails: compileScopeDetails(scope ? mapping.scope?.groups : [], options),
    inputScope: attempt('input scope', () => compileInputScope(mapping.scope, options), never),
    mappings,
    matching,
    readsRoles: mappings.some((one) => one.readsRoles),
    references,
    attributes: new Set([...mappings.flatMap(({ uses }) => [...uses.attributes]), ...operandsOf(mapping.scope)]),
    functions: new Set(mappings.flatMap(({ uses }) => [...uses.functions])),
  }
}

const operandsOf = (scope: Filter | null): string[] =>
  clausesOf(scope).map(({ sourceOperandName }) => sourceOperandName)

/** Of both filters: the one that decides the scope and the one that decides what is looked at. */
export function clausesOf(scope: Filter | null): FilterClause[] {
  return [...(scope?.groups ?? []), ...(scope?.inputFilterGroups ?? [])].flatMap(({ clauses }) => clauses)
}

function targetObject(
  schema: SynchronizationSchema,
  rule: SynchronizationRule,
  mapping: ObjectMapping,
): ObjectDefinition | undefined {
  const directory = schema.directories?.find((one) => one.name === rule.targetDirectoryName)
  return directory?.objects?.find((one) => one.name === mapping.targetObjectName)
}

function readFlow(flowTypes: string): Flow {
  const flags = new Set(flowTypes.split(',').map((flag) => flag.trim().toLowerCase()))
  for (const flag of flags) {
    if (!['add', 'update', 'delete', 'none', ''].includes(flag)) {
      throw new Error(`"${flowTypes}" is not a list of Add, Update, Delete, or None`)
    }
  }
  return { add: flags.has('add'), update: flags.has('update'), delete: flags.has('delete') }
}
