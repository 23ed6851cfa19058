import { existsSync } from 'node:fs'
import { type Fleet, readFleet, stacksFolder } from '../../config/fleet.ts'
import { mergeLayers } from '../../config/layers.ts'
import { StackConfigError } from '../../config/parse.ts'
import { matches } from '../../config/rollout.ts'
import { layersOf, stackFileName } from '../../config/stackFile.ts'
import { localFolder, STACK } from '../local/folder.ts'
import { stackFileText, stackNames } from './files.ts'

/**
 * Stacks by names or patterns (`eu-*`), or by labels, in order; all without either, the local one only while it is served.
 * Whose file cannot be read has no labels: it is handed on where it was named, and is passed over else.
 * @param warn told of a file that is passed over
 * @throws for a name or label that no stack has
 */
export function pickStacks(
  names: readonly string[],
  labels: readonly string[],
  folder = stacksFolder,
  warn: (text: string) => void = console.error,
): string[] {
  const all = stackNames(folder)
  for (const name of names) {
    if (!all.some((stack) => matches(name, stack)))
      throw new Error(`there is no stack '${name}'; there are ${all.join(', ') || 'none'}`)
  }
  const named = all.filter((stack) => names.some((name) => matches(name, stack)))
  const candidates =
    names.length > 0 ? named : all.filter((stack) => stack !== STACK || existsSync(localFolder().services))
  if (candidates.length === 0) throw new Error('there are no stacks: npx entrada new <name> makes one')
  if (labels.length === 0) return candidates
  const fleet = readFleet(folder)
  const labelled = candidates.filter((stack) => {
    const found = labelsOf(stack, folder, fleet)
    if (Array.isArray(found)) return found.some((label) => labels.includes(label))
    if (names.length > 0) return true
    warn(`${stackFileName(stack)} is passed over, for its labels cannot be read: ${found.fault}`)
    return false
  })
  if (labelled.length === 0) throw new Error(`no stack has the label ${labels.join(' or ')}`)
  return labelled
}

function labelsOf(stack: string, folder: string, fleet: Fleet): string[] | { fault: string } {
  try {
    const { labels } = mergeLayers(layersOf(stackFileText(stack, folder), stack, fleet)).settings
    return Array.isArray(labels) ? labels.map(String) : []
  } catch (error) {
    const faults = error instanceof StackConfigError ? error.faults : [(error as Error).message]
    return { fault: faults.join('; ').replace(/\s+/g, ' ') }
  }
}
