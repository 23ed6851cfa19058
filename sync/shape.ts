/** Says of a value at a path what is wrong with it; nothing where it is as it should be. */
type Check = (value: unknown, path: string) => string[]

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const wrong = (value: unknown, path: string, wanted: string): string[] =>
  value === undefined || value === null ? [`${path} is missing: ${wanted}`] : [`${path} is not ${wanted}`]

const text: Check = (value, path) => (typeof value === 'string' ? [] : wrong(value, path, 'a text'))

const optional =
  (check: Check): Check =>
  (value, path) =>
    value === undefined || value === null ? [] : check(value, path)

const list =
  (check: Check): Check =>
  (value, path) =>
    Array.isArray(value) ? value.flatMap((one, index) => check(one, `${path}[${index}]`)) : wrong(value, path, 'a list')

const object =
  (members: Readonly<Record<string, Check>>): Check =>
  (value, path) =>
    isObject(value)
      ? Object.entries(members).flatMap(([name, check]) => check(value[name], path === '' ? name : `${path}.${name}`))
      : wrong(value, path || 'The schema', 'an object')

const clauses = list(
  object({
    sourceOperandName: text,
    operatorName: text,
    targetOperand: optional(object({ values: optional(list(text)) })),
  }),
)
const filterGroups = optional(list(object({ clauses })))

const attributeMapping = object({
  targetAttributeName: text,
  source: optional(object({ expression: optional(text), name: optional(text) })),
  defaultValue: optional(text),
})

const objectMapping = object({
  sourceObjectName: text,
  targetObjectName: text,
  flowTypes: text,
  scope: optional(object({ groups: filterGroups, inputFilterGroups: filterGroups })),
  attributeMappings: list(attributeMapping),
})

const directory = object({
  name: text,
  objects: optional(list(object({ name: text, attributes: optional(list(object({ name: text, type: text }))) }))),
})

const schema = object({
  synchronizationRules: list(
    object({ sourceDirectoryName: text, targetDirectoryName: text, objectMappings: list(objectMapping) }),
  ),
  directories: optional(list(directory)),
})

/** What a synchronization schema lacks of all that provisioning reads, by its path: `synchronizationRules[0].objectMappings`. */
export const shapeProblems = (value: unknown): string[] => schema(value, '')
