import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { stacksFolder } from '../../../config/fleet.ts'
import { StackConfigError } from '../../../config/parse.ts'
import type { StackConfig } from '../../../config/schema.ts'
import { readStack, stackFile } from '../../stack/files.ts'
import { ok, parted, problem, type Result } from '../finding.ts'

/** All that is wrong in the file, one line each. */
export function checkStackFile(stack: string, folder: string): Result<StackConfig> {
  try {
    const config = readStack(stack, folder)
    const { clientSecret } = readEncryption(stack, folder)
    if (clientSecret !== undefined && clientSecret === placeholder()) {
      return problem(
        'entrada:target.clientSecret is still the one of the example, which nothing can decrypt',
        `set the secret that the application shows: npm run pulumi -- config set --stack ${stack} --path --secret entrada:target.clientSecret`,
        config,
      )
    }
    return ok(`stacks/Pulumi.${stack}.yaml: ${config.application}, target ${config.target.kind}`, config)
  } catch (error) {
    if (!(error instanceof StackConfigError)) throw error
    const otherwise = 'docs/stack-file.md describes the settings'
    return { said: error.faults.map((fault) => ({ state: 'problem', ...parted(fault, ': ', otherwise) })) }
  }
}

/** The part of the file that says how its secrets are encrypted. Source: Pulumi, "Stack settings file reference". */
export interface Encryption {
  secretsProvider: string | undefined
  /** The target's client secret, as it stands there. */
  clientSecret: string | undefined
}

export function readEncryption(stack: string, folder: string): Encryption {
  const file = contentOf(stack, folder)
  const config = file?.config ?? {}
  const target = config['entrada:target'] ?? config.target
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)
  const secure = (target as { clientSecret?: { secure?: unknown } } | undefined)?.clientSecret?.secure
  return {
    secretsProvider: text(file?.secretsprovider),
    clientSecret: text(secure),
  }
}

interface Content {
  secretsprovider?: unknown
  config?: Record<string, unknown> | null
}

const contentOf = (stack: string, folder: string): Content | null =>
  parse(readFileSync(stackFile(stack, folder), 'utf8'))

/** The subscription that the stack's file names to azure-native, which comes before the environment's. */
export function subscriptionOf(stack: string, folder: string): string | undefined {
  const id = contentOf(stack, folder)?.config?.['azure-native:subscriptionId']
  return typeof id === 'string' && id !== '' ? id : undefined
}

/** The client secret that the example has in place of one. */
const placeholder = () => readEncryption('example', stacksFolder).clientSecret
