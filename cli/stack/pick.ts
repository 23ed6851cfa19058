import { existsSync } from 'node:fs'
import { readFleet, stacksFolder } from '../../config/fleet.ts'
import { mergeLayers } from '../../config/layers.ts'
import { matches } from '../../config/rollout.ts'
import { layersOf } from '../../config/stackFile.ts'
import { localFolder, STACK } from '../local/folder.ts'
import { stackFileText, stackNames } from './files.ts'

/**
 * Stacks by names or patterns (`eu-*`), or by labels, in order; all without either, the local one only while it is served.
 * @throws for a name or label that no stack has
 */
export function pickStacks(names: readonly string[], labels: readonly string[], folder = stacksFolder): string[] {
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
    const { settings } = mergeLayers(layersOf(stackFileText(stack, folder), stack, fleet))
    return Array.isArray(settings.labels) && settings.labels.some((label) => labels.includes(String(label)))
  })
  if (labelled.length === 0) throw new Error(`no stack has the label ${labels.join(' or ')}`)
  return labelled
}
