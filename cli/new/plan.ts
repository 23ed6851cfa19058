import { existsSync, writeFileSync } from 'node:fs'
import { readFleet, stacksFolder } from '../../config/fleet.ts'
import type { Layer } from '../../config/layers.ts'
import { mergeLayers } from '../../config/layers.ts'
import { parseLayers, StackConfigError } from '../../config/parse.ts'
import { layersOf } from '../../config/stackFile.ts'
import { stackFile, stackFileText } from '../stack/files.ts'
import { settingsOfCells } from './cells.ts'
import { fillTemplate, TEMPLATE } from './template.ts'

/** A stack that shall be, with settings as texts under dotted names. */
export interface Wish {
  /** Where it was wished, for errors: `row 2`. */
  place: string
  stack: string
  cells: Record<string, string>
}

export interface Planned {
  stack: string
  /** Of the target. */
  kind: unknown
  file: string
  text: string
}

export interface PlanOptions {
  /** Name of a stack whose file is copied. */
  template?: string | undefined
  force: boolean
  folder?: string
}

/** As Pulumi has them. */
export const STACK_NAME = /^[A-Za-z0-9_.-]{1,100}$/

/**
 * The files to write, checked as if their secrets were set.
 * @throws naming everything wrong with all of them at once
 */
export function planFiles(wishes: readonly Wish[], { template, force, folder = stacksFolder }: PlanOptions): Planned[] {
  const base = template === undefined ? TEMPLATE : stackFileText(template, folder)
  const fleet = readFleet(folder)
  const faults: string[] = []
  const planned = wishes.map(({ place, stack, cells }, index): Planned => {
    const blame = (fault: string) => faults.push([place, stack, fault].filter(Boolean).join(': '))
    const file = stackFile(stack, folder)
    if (!STACK_NAME.test(stack)) blame(`'${stack}' is no name of a stack: use letters, digits and . _ -`)
    else if (existsSync(file) && !force) blame(`${file} is there already: --force overwrites it`)
    if (wishes.findIndex((other) => other.stack === stack) !== index) blame('another row has the same stack')
    const { settings, faults: found } = settingsOfCells(cells)
    found.forEach(blame)
    const below = layersOf(template === undefined ? '' : base, stack, fleet)
    const text = fillTemplate(base, withBasics(settings, below), stack)
    const layers = layersOf(text, stack, fleet)
    for (const fault of faultsOf(layers)) blame(fault)
    return { stack, kind: kindIn(layers), file, text }
  })
  if (faults.length > 0) throw new Error(`nothing was written:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`)
  return planned
}

export function writeFiles(planned: readonly Planned[]): void {
  for (const { file, text } of planned) writeFileSync(file, text)
}

/** What nearly everybody wants, where nothing says otherwise. */
function withBasics(settings: Record<string, unknown>, below: readonly Layer[]): Record<string, unknown> {
  const known = mergeLayers([{ source: '', settings }, ...below]).settings
  const target = settings.target as object | undefined
  return {
    ...settings,
    ...(known.application === undefined && { application: 'M-Files' }),
    ...((known.target as { kind?: unknown } | undefined)?.kind === undefined && {
      target: { kind: 'external', ...target },
    }),
  }
}

const kindIn = (layers: readonly Layer[]): unknown =>
  (mergeLayers(layers).settings.target as { kind?: unknown } | undefined)?.kind

function faultsOf(layers: readonly Layer[]): readonly string[] {
  const secret = { source: '', settings: { target: { kind: 'external', clientSecret: { secure: '' } } } }
  try {
    parseLayers(kindIn(layers) === 'external' ? [...layers, secret] : layers)
    return []
  } catch (error) {
    if (error instanceof StackConfigError) return error.faults
    throw error
  }
}
