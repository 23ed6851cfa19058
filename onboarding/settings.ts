import * as pulumi from '@pulumi/pulumi'
import { parseSettings, StackConfigError } from '../config/parse.ts'
import { secretKeysIn } from '../config/program.ts'
import { type Onboarding, schema } from './schema.ts'

/**
 * The running stack's settings.
 *
 * @throws pulumi.RunError, which is shown without a stack trace
 */
export function readSettings(): Onboarding {
  const raw: Record<string, unknown> = pulumi.runtime.allConfig()
  try {
    return parseSettings(schema, raw, secretKeysIn(raw))
  } catch (error) {
    throw error instanceof StackConfigError ? new pulumi.RunError(error.message) : error
  }
}
