import { readFleet, ringFor, stacksFolder } from '../../config/fleet.ts'
import { parseLayers } from '../../config/parse.ts'
import { layersOf } from '../../config/stackFile.ts'
import { isMap } from '../../config/yaml.ts'
import { stackFileText } from '../stack/files.ts'

/** A stack's settings as the program sees them, and where each of them stands. */
export interface Effective {
  stack: string
  /** Its ring in stacks/rollout.yaml. */
  ring: string | null
  settings: Record<string, unknown>
  /** File, or built-in default, by the setting's dotted path; a list counts as one value. */
  sources: Record<string, string>
}

const BUILT_IN = 'built-in default'
const ENCRYPTED = '[encrypted]'

/** @throws StackConfigError, or an error that names the stacks there are */
export function effectiveSettings(stack: string, folder = stacksFolder): Effective {
  const fleet = readFleet(folder)
  const layers = layersOf(stackFileText(stack, folder), stack, fleet)
  const { config, merged } = parseLayers(layers)
  const { target } = config
  const shown = target.kind === 'external' ? { ...target, clientSecret: ENCRYPTED } : target
  const settings = JSON.parse(JSON.stringify({ ...config, target: shown })) as Record<string, unknown>
  const sources = leaves(settings).map((path) => [path.join('.'), merged.sourceOf(path) ?? BUILT_IN])
  return {
    stack,
    ring: ringFor(stack, layers[0]!.settings, fleet)?.name ?? null,
    settings,
    sources: Object.fromEntries(sources),
  }
}

/** One line a setting: key, value, where it stands. */
export function explainText({ stack, ring, settings, sources }: Effective): string {
  const rows = leaves(settings).map((path) => {
    const value = path.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], settings)
    return [
      path.join('.'),
      typeof value === 'string' ? value : JSON.stringify(value),
      sources[path.join('.')]!,
    ] as const
  })
  const wide = (column: 0 | 1) => Math.min(60, Math.max(...rows.map((row) => row[column].length)))
  const lines = rows.map(([key, value, source]) => `  ${key.padEnd(wide(0))}  ${value.padEnd(wide(1))}  ${source}`)
  return [`${stack}, ${ring === null ? 'in no ring' : `in ring ${ring}`}`, ...lines].join('\n')
}

function leaves(value: unknown, at: readonly string[] = []): string[][] {
  if (!isMap(value)) return [[...at]]
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...at, key]))
}
