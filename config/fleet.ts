/** What stacks have in common: `stacks/defaults.yaml`, and the rings of `stacks/rollout.yaml`. Both are optional. */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { explain } from './explain.ts'
import { fromJson } from './fields.ts'
import type { Layer } from './layers.ts'
import { StackConfigError, withoutNamespace } from './parse.ts'
import { type Ring, type Rollout, ringOf, rolloutSchema } from './rollout.ts'
import { isMap, parseYaml } from './yaml.ts'

/** Beside this module also when another folder's project file names the program; `ENTRADA_STACKS` names another one. */
export const stacksFolder = process.env.ENTRADA_STACKS
  ? path.resolve(process.env.ENTRADA_STACKS)
  : fileURLToPath(new URL('../stacks/', import.meta.url))

export interface Fleet {
  defaults: Layer
  rollout: Rollout
}

export const NO_FLEET: Fleet = {
  defaults: { source: 'stacks/defaults.yaml', settings: {} },
  rollout: rolloutSchema.parse({}),
}

/** @throws StackConfigError that names file and place of all that is wrong */
export function readFleet(folder = stacksFolder): Fleet {
  const read = <T>(name: string, parse: (yaml: string) => T, absent: T): T => {
    const file = path.join(folder, name)
    return existsSync(file) ? parse(readFileSync(file, 'utf8')) : absent
  }
  return {
    defaults: read('defaults.yaml', parseDefaults, NO_FLEET.defaults),
    rollout: read('rollout.yaml', parseRollout, NO_FLEET.rollout),
  }
}

/** `defaults.yaml` looks like a stack's file, so that lines move from one to the other. */
export function parseDefaults(yaml: string): Layer {
  const { source } = NO_FLEET.defaults
  const content = parsed(yaml, source)
  const config = (isMap(content) ? content.config : content) ?? {}
  if (!isMap(config)) throw new StackConfigError([`config must hold settings such as entrada:scope (in ${source})`])
  return layer(source, config)
}

/** @throws StackConfigError */
export function parseRollout(yaml: string): Rollout {
  const source = 'stacks/rollout.yaml'
  const result = rolloutSchema.safeParse(parsed(yaml, source) ?? {}, { reportInput: true })
  if (!result.success) {
    throw new StackConfigError(
      result.error.issues.flatMap((issue) => explain(issue, { source: () => source, name: placeIn })),
    )
  }
  for (const ring of result.data.rings) ringLayer(ring)
  return result.data
}

/** What is merged under a stack's own settings, the strongest first. */
export function layersBelow(stack: string, own: Record<string, unknown>, { defaults, rollout }: Fleet): Layer[] {
  const ring = ringFor(stack, own, { defaults, rollout })
  return [...(ring ? [ringLayer(ring)] : []), defaults]
}

/** A ring's own defaults give nobody a label: the labels decide on the ring. */
export function ringFor(stack: string, own: Record<string, unknown>, { defaults, rollout }: Fleet): Ring | undefined {
  const labels = fromJson(own.labels ?? defaults.settings.labels)
  return ringOf(rollout, stack, Array.isArray(labels) ? labels.map(String) : [])
}

function ringLayer({ name, defaults }: Ring): Layer {
  return layer(`stacks/rollout.yaml, ring ${name}`, defaults)
}

function layer(source: string, config: Record<string, unknown>): Layer {
  const settings = withoutNamespace(config)
  const faults = [
    ...secretsIn(settings, []).map(
      (at) => `entrada:${at} is a secret: it belongs into one stack's file (in ${source})`,
    ),
    ...('tenantId' in settings ? [`entrada:tenantId is one stack's own: put it into its file (in ${source})`] : []),
  ]
  if (faults.length > 0) throw new StackConfigError(faults)
  return { source, settings }
}

/** Dotted paths; an encrypted value is of no use to another stack, which has another key. */
function secretsIn(value: unknown, at: readonly string[]): string[] {
  if (!isMap(value)) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    const path = [...at, key]
    const secret = /secret$/i.test(key) || (isMap(inner) && Object.keys(inner).join() === 'secure')
    return secret ? [path.join('.')] : secretsIn(inner, path)
  })
}

function parsed(yaml: string, source: string): unknown {
  try {
    return parseYaml(yaml)
  } catch (error) {
    throw new StackConfigError((error as Error).message.split('\n').map((line) => `${line} (in ${source})`))
  }
}

/** `rings[0].name` */
function placeIn(path: readonly PropertyKey[]): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index ? '.' : ''}${String(step)}`))
    .join('')
}
