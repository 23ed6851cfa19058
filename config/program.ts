import * as pulumi from '@pulumi/pulumi'
import { type Fleet, layersBelow, readFleet } from './fleet.ts'
import { mergeLayers } from './layers.ts'
import { NAMESPACE, parseLayers, StackConfigError, withoutNamespace } from './parse.ts'
import type { StackConfig } from './schema.ts'
import { stackFileName } from './stackFile.ts'

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

/** Keys of settings that stand encrypted in the stack's file. */
export const secretKeysIn = (raw: Record<string, unknown>): string[] => Object.keys(raw).filter(isConfigSecret)

/**
 * The running stack's settings. `clientSecret` is taken out before anything looks at the rest: the rest is needed in
 * clear, to decide what to create, while Pulumi treats an object as secret as a whole when one value in it is.
 *
 * @param env `ENTRADA_SCIM_API_URL` names the local SCIM service where the stack does not
 * @param fleet what is merged under the stack's own; Pulumi hands over those of its file only
 * @throws pulumi.RunError, which is shown without a stack trace
 */
export function readStackConfig(env: NodeJS.ProcessEnv = process.env, fleet = readFleet): ProgramConfig {
  try {
    return read(env, fleet())
  } catch (error) {
    throw error instanceof StackConfigError ? new pulumi.RunError(error.message) : error
  }
}

function read(env: NodeJS.ProcessEnv, fleet: Fleet): ProgramConfig {
  const stack = pulumi.getStack()
  const raw: Record<string, unknown> = pulumi.runtime.allConfig()
  const secretKeys = secretKeysIn(raw)
  const targetKey = `${NAMESPACE}target`
  const own = parseObject(raw[targetKey])
  const clientSecret = targetSecret() ?? ''
  if (own) raw[targetKey] = clientSecret ? { ...own, clientSecret: { secure: '' } } : own
  const settings = withoutNamespace(raw)
  const layers = [{ source: stackFileName(stack), settings }, ...layersBelow(stack, settings, fleet)]
  if ((mergeLayers(layers).settings.target as { kind?: unknown } | undefined)?.kind === 'local') {
    const apiUrl = env.ENTRADA_SCIM_API_URL ?? ''
    layers.push({ source: 'ENTRADA_SCIM_API_URL', settings: { target: { kind: 'local', apiUrl } } })
  }
  const { config } = parseLayers(
    layers,
    secretKeys.filter((key) => key !== targetKey),
  )
  const { target, ...rest } = config
  switch (target.kind) {
    case 'local':
      return { ...rest, target: { ...target, apiUrl: target.apiUrl! } }
    case 'external':
      return { ...rest, target: { ...target, clientSecret: pulumi.secret(clientSecret) } }
    case 'containerApp':
      return { ...rest, target }
  }
}

/** Of the stack that runs, decrypted; undefined where its file has none, or has it in clear, which is refused. */
export function targetSecret(): string | undefined {
  const raw = pulumi.runtime.allConfig()
  const key = `${NAMESPACE}target`
  const { clientSecret } = parseObject(raw[key]) ?? {}
  return typeof clientSecret === 'string' && clientSecret !== '' && isConfigSecret(key) ? clientSecret : undefined
}

function parseObject(value: unknown): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(String(value))
    return parsed !== null && typeof parsed === 'object' ? { ...parsed } : undefined
  } catch {
    return undefined
  }
}
