/** The JSON Schema of stack files, for editors: out of the same schema that settings are checked by. */
import { z } from 'zod'
import { NAMESPACE } from './parse.ts'
import { schema } from './schema.ts'

export interface JsonSchema {
  type?: string
  description?: string
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
  anyOf?: JsonSchema[]
  [key: string]: unknown
}

/** Of the settings alone, as they stand in one file: what is missing there may stand in another, so little is required. */
export function settingsSchema(): JsonSchema {
  const { $schema: _, ...settings } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema
  return merging(settings)
}

/**
 * Of a whole stack file. Settings stand with the namespace or, as the engine has it too, without.
 * @param describe what an editor shows for a setting, by its dotted path
 */
export function stackFileSchema(describe: (setting: string) => string | undefined): JsonSchema {
  const settings = Object.entries(described(settingsSchema(), [], describe).properties ?? {})
  const reference = ([key]: [string, JsonSchema]): JsonSchema => ({ $ref: `#/$defs/${key}` })
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'A stack of Entrada',
    type: 'object',
    properties: {
      config: {
        type: ['object', 'null'] as unknown as string,
        properties: Object.fromEntries([
          ...settings.map((entry) => [NAMESPACE + entry[0], reference(entry)]),
          ...settings.map((entry) => [entry[0], reference(entry)]),
        ]),
        patternProperties: { [`^(?!${NAMESPACE})[^:]+:`]: { description: 'A setting of another namespace.' } },
        additionalProperties: false,
      },
      encryptionsalt: { type: 'string', description: 'Written by Pulumi.' },
      encryptedkey: { type: 'string', description: 'Written by Pulumi.' },
      secretsprovider: { type: 'string', description: 'Written by Pulumi.' },
      environment: { description: 'Pulumi ESC environments.' },
    },
    additionalProperties: false,
    $defs: Object.fromEntries(settings),
  }
}

/** What a setting at a dotted path takes: the first alternative that has it. */
export function settingAt(type: JsonSchema, path: readonly string[]): JsonSchema | undefined {
  const [key, ...rest] = path
  if (key === undefined) return type
  const inner = type.properties?.[key]
  if (inner) return settingAt(inner, rest)
  return type.anyOf?.map((option) => settingAt(option, path)).find((found) => found !== undefined)
}

/** Objects that are merged by key need not be complete in one file; items of lists and secrets must be. */
function merging(type: JsonSchema): JsonSchema {
  const { required, oneOf, anyOf, properties, maximum, ...rest } = type
  const options = (oneOf ?? anyOf) as JsonSchema[] | undefined
  const isSecret = properties !== undefined && Object.keys(properties).join() === 'secure'
  return {
    ...rest,
    ...(isSecret && { required }),
    ...(typeof maximum === 'number' && maximum < Number.MAX_SAFE_INTEGER && { maximum }),
    ...(properties && { properties: mapValues(properties, merging) }),
    ...(options && { anyOf: options.map(merging) }),
  }
}

function described(
  type: JsonSchema,
  at: readonly string[],
  describe: (setting: string) => string | undefined,
): JsonSchema {
  const description = at.length > 0 ? describe(at.join('.')) : undefined
  const { properties, items, anyOf } = type
  return {
    ...(description && { description }),
    ...type,
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([key, inner]) => [key, described(inner, [...at, key], describe)]),
      ),
    }),
    ...(items && { items: described(items, at, describe) }),
    ...(anyOf && { anyOf: anyOf.map((option) => described(option, at, describe)) }),
  }
}

function mapValues(bag: Record<string, JsonSchema>, change: (value: JsonSchema) => JsonSchema) {
  return Object.fromEntries(Object.entries(bag).map(([key, value]) => [key, change(value)]))
}
