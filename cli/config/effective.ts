import { readFleet, ringFor, stacksFolder } from '../../config/fleet.ts'
import { settingAt, settingsSchema } from '../../config/jsonSchema.ts'
import { type Layer, mergeLayers } from '../../config/layers.ts'
import { parseLayers, StackConfigError } from '../../config/parse.ts'
import { layersOf } from '../../config/stackFile.ts'
import { isMap } from '../../config/yaml.ts'
import { stackFileText } from '../stack/files.ts'

/** A stack's settings as the program sees them, and where each of them stands. */
export interface Effective {
  stack: string
  /** Its ring in stacks/rollout.yaml. */
  ring: string | null
  /** Where there are faults, what stands in the files, without built-in defaults. */
  settings: Record<string, unknown>
  /** File, or built-in default, by the setting's dotted path; a list counts as one value. */
  sources: Record<string, string>
  /** What is missing or wrong before the stack can be used, one line each. */
  faults: readonly string[]
}

const BUILT_IN = 'built-in default'
const ENCRYPTED = '[encrypted]'
const NOT_SHOWN = '[not shown]'

/** @throws StackConfigError where a file cannot be read at all, or an error that names the stacks there are */
export function effectiveSettings(stack: string, folder = stacksFolder): Effective {
  const fleet = readFleet(folder)
  const layers = layersOf(stackFileText(stack, folder), stack, fleet)
  const { sourceOf } = mergeLayers(layers)
  const { settings, faults } = settingsOf(layers)
  const sources = leaves(settings).map((path) => [path.join('.'), sourceOf(path) ?? BUILT_IN])
  return {
    stack,
    ring: ringFor(stack, layers[0]!.settings, fleet)?.name ?? null,
    settings,
    sources: Object.fromEntries(sources),
    faults,
  }
}

function settingsOf(layers: readonly Layer[]): Pick<Effective, 'settings' | 'faults'> {
  try {
    const { target, ...rest } = parseLayers(layers).config
    const shown = target.kind === 'external' ? { ...target, clientSecret: ENCRYPTED } : target
    return { settings: JSON.parse(JSON.stringify({ ...rest, target: shown })) as Record<string, unknown>, faults: [] }
  } catch (error) {
    if (!(error instanceof StackConfigError)) throw error
    const known = settingsSchema()
    const settings = tellable(mergeLayers(layers).settings, (path) => settingAt(known, path) !== undefined)
    return { settings: settings as Record<string, unknown>, faults: error.faults }
  }
}

/** What was not accepted yet may be a secret in clear, also under a misspelt name. */
function tellable(value: unknown, isKnown: (path: string[]) => boolean, at: string[] = []): unknown {
  if (at.length > 0 && !isKnown(at)) return NOT_SHOWN
  if (at.at(-1) === 'clientSecret') return isMap(value) && typeof value.secure === 'string' ? ENCRYPTED : NOT_SHOWN
  if (isMap(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, tellable(inner, isKnown, [...at, key])]),
    )
  }
  // `//user:password@host`
  return typeof value === 'string' && /\/\/[^/\s]*@/.test(value) ? NOT_SHOWN : value
}

/** One line a setting: key, value, where it stands; then what is missing or wrong. */
export function explainText({ stack, ring, settings, sources, faults }: Effective): string {
  const rows = leaves(settings).map((path) => {
    const value = path.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], settings)
    return [
      path.join('.'),
      typeof value === 'string' ? value : JSON.stringify(value),
      sources[path.join('.')]!,
    ] as const
  })
  const wide = (column: 0 | 1) => Math.min(60, Math.max(0, ...rows.map((row) => row[column].length)))
  const lines = rows.map(([key, value, source]) => `  ${key.padEnd(wide(0))}  ${value.padEnd(wide(1))}  ${source}`)
  const open = faults.length > 0 ? ['', FAULTY, ...faults.map((fault) => `  - ${fault}`)] : []
  return [`${stack}, ${ring === null ? 'in no ring' : `in ring ${ring}`}`, ...lines, ...open].join('\n')
}

export const FAULTY = 'missing or wrong, so that the stack cannot be used yet:'

function leaves(value: unknown, at: readonly string[] = []): string[][] {
  if (!isMap(value)) return [[...at]]
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...at, key]))
}
