import { createInterface } from 'node:readline'
import { readFleet } from '../../config/fleet.ts'
import { mergeLayers } from '../../config/layers.ts'
import { layersOf } from '../../config/stackFile.ts'
import { stackFileText } from '../stack/files.ts'
import { settingsOfCells } from './cells.ts'

const QUESTIONS: [string, string][] = [
  ['tenantId', "The Entra tenant's id or one of its verified domains"],
  ['target.tenantUrl', 'Tenant URL, as the application shows it'],
  ['target.tokenEndpoint', 'Token Endpoint'],
  ['target.clientId', 'Client ID'],
  ['assignments.groups', 'Groups to assign, with ; between them (may be empty)'],
]

/** The cells with answers to what neither they, the template nor the fleet's defaults say. */
export async function ask(
  stack: string,
  cells: Readonly<Record<string, string>>,
  template: string | undefined,
): Promise<Record<string, string>> {
  const own = { source: '', settings: settingsOfCells(cells).settings }
  const below = layersOf(template === undefined ? '' : stackFileText(template), stack, readFleet())
  const { sourceOf, settings } = mergeLayers([own, ...below])
  const isLocal = (settings.target as { kind?: unknown } | undefined)?.kind === 'local'
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  // Lines that were pasted at once are kept for the questions to come.
  const lines = terminal[Symbol.asyncIterator]()
  const answers: Record<string, string> = {}
  for (const [key, question] of QUESTIONS) {
    if (sourceOf(key.split('.')) !== undefined || (isLocal && key.startsWith('target.'))) continue
    terminal.setPrompt(`${question}: `)
    terminal.prompt()
    const { value, done } = await lines.next()
    if (done) break
    if (value.trim() !== '') answers[key] = value.trim()
  }
  terminal.close()
  return { ...cells, ...answers }
}
