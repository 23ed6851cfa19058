/** Which stacks a change touches, from the names of the files in it. */
import path from 'node:path'
import { tenantOfFile } from '../stack/files.ts'
import { PROGRAM_FOLDERS } from '../stack/program.ts'

export interface Stack {
  name: string
  /** The SCIM service's image is built from this clone when the stack is updated. */
  buildsImage: boolean
}

export interface Affected {
  /** Names of stacks to update, in order. */
  stacks: string[]
  /** Names of stacks whose file is gone, in order; what they made is still there. */
  removed: string[]
}

type Effect = 'all' | 'imageBuilders' | 'none'

/** Paths below the clone; the first that matches counts, and what matches none touches no stack. */
const EFFECTS: [RegExp, Effect][] = [
  [/\.(md|golden\.json)$|\.test\.[a-z]+$|\.testing\.ts$|(^|\/)(testing|__snapshots__)\/|(^|\/)testing\.ts$/, 'none'],
  [/^(index\.ts|Pulumi\.yaml|package\.json|package-lock\.json|tools\/versions\.json)$/, 'all'],
  [new RegExp(`^(${[...PROGRAM_FOLDERS, 'policy'].join('|')})/`), 'all'],
  [/^stacks\/(defaults\.yaml|rollout\.yaml|rings\/)/, 'all'],
  [/^scim\//, 'imageBuilders'],
]

/**
 * @param changed paths below the clone, with slashes; of a renamed file both
 * @param stacks those that have a file after the change
 */
export function affectedStacks(changed: readonly string[], stacks: readonly Stack[]): Affected {
  const effects = new Set(changed.map(effectOf))
  const ownFiles = new Set(changed.flatMap((file) => stackOf(file) ?? []))
  const touched = ({ name, buildsImage }: Stack) =>
    ownFiles.has(name) || effects.has('all') || (buildsImage && effects.has('imageBuilders'))
  const names = new Set(stacks.map(({ name }) => name))
  return {
    stacks: stacks
      .filter(touched)
      .map(({ name }) => name)
      .sort(),
    removed: [...ownFiles].filter((name) => !names.has(name)).sort(),
  }
}

function effectOf(file: string): Effect {
  return EFFECTS.find(([pattern]) => pattern.test(file))?.[1] ?? 'none'
}

function stackOf(file: string): string | undefined {
  return path.posix.dirname(file) === 'stacks' ? tenantOfFile(path.posix.basename(file)) : undefined
}
