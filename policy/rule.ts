import type { PolicyConfigJSONSchema } from '@pulumi/policy/schema.js'
import type { Props } from './values.ts'

export interface Resource {
  /** Without API version: `azure-native:app:ContainerApp`, `entrasync:index:ProvisioningJob`. */
  type: string
  props: Props
}

export interface Context {
  /** Neither on one machine nor said to be a test. */
  production: boolean
  /** Of the rule, with defaults for those that were not given. */
  settings: Readonly<Record<string, unknown>>
  /** Paths of what is secret; undefined where the engine did not show it. */
  secrets?: ReadonlySet<string> | undefined
}

export interface Rule {
  name: string
  /** `mandatory` stops the update, `advisory` is said. */
  level: 'mandatory' | 'advisory'
  /** Whether it holds in production only, or asks for more there. */
  production?: 'only' | 'stricter'
  what: string
  why: string
  fix: string
  settings?: Readonly<Record<string, PolicyConfigJSONSchema>>
  /** It must know what is secret. */
  needsSecrets?: true
  /** @returns one line for each violation; a value that is not known yet is none */
  check(resource: Resource, context: Context): string[]
}
