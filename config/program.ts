import * as pulumi from '@pulumi/pulumi'
import { NAMESPACE, parseStackConfig, StackConfigError } from './parse.ts'
import type { StackConfig } from './schema.ts'

type Target<K extends StackConfig['target']['kind']> = Extract<StackConfig['target'], { kind: K }>

/** Settings with what only a running program has. */
export type ProgramConfig = Omit<StackConfig, 'target'> & {
  target:
    | (Target<'external'> & { clientSecret: pulumi.Output<string> })
    | (Target<'local'> & { apiUrl: string })
    | Target<'containerApp'>
}

/** Not in @pulumi/pulumi's typings; the config object itself does not tell what is secret. */
const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret(key: string): boolean }

/**
 * The running stack's settings. `clientSecret` is taken out before anything looks at the rest: the rest is needed in
 * clear, to decide what to create, while Pulumi treats an object as secret as a whole when one value in it is.
 *
 * @param env `ENTRADA_SCIM_API_URL` names the local SCIM service where the stack does not
 * @throws pulumi.RunError, which is shown without a stack trace
 */
export function readStackConfig(env: NodeJS.ProcessEnv = process.env): ProgramConfig {
  const raw: Record<string, unknown> = pulumi.runtime.allConfig()
  const secretKeys = Object.keys(raw).filter(isConfigSecret)
  const targetKey = `${NAMESPACE}target`
  const target = parseObject(raw[targetKey])
  let clientSecret = ''
  if (target) {
    if (typeof target.clientSecret === 'string' && target.clientSecret !== '' && secretKeys.includes(targetKey)) {
      clientSecret = target.clientSecret
      target.clientSecret = { secure: '' }
    }
    if (target.kind === 'local') target.apiUrl ??= env.ENTRADA_SCIM_API_URL ?? ''
    raw[targetKey] = target
  }
  try {
    const { target, ...settings } = parseStackConfig(
      raw,
      secretKeys.filter((key) => key !== targetKey),
    )
    if (target.kind === 'local') return { ...settings, target: { ...target, apiUrl: target.apiUrl! } }
    if (target.kind === 'external')
      return { ...settings, target: { ...target, clientSecret: pulumi.secret(clientSecret) } }
    return { ...settings, target }
  } catch (error) {
    throw error instanceof StackConfigError ? new pulumi.RunError(error.message) : error
  }
}

function parseObject(value: unknown): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(String(value))
    return parsed !== null && typeof parsed === 'object' ? { ...parsed } : undefined
  } catch {
    return undefined
  }
}
