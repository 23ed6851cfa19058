/** The pipelines' files as data. */
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'
import { root } from '../../../tools/setup/node.mjs'

export const pipelines = path.join(root, 'pipelines')

export interface PipelineFile {
  /** Below `pipelines/`. */
  name: string
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: what a schema, not a type, describes
  content: any
}

export function filesIn(folder: string): PipelineFile[] {
  return globSync(`${folder}/**/*.{yml,yaml}`, { cwd: pipelines })
    .sort()
    .map((name) => {
      const text = readFileSync(path.join(pipelines, name), 'utf8')
      return { name, text, content: parse(text) }
    })
}

export interface Script {
  /** File and what the step is called, for messages. */
  where: string
  text: string
}

/** All shell that the file runs, wherever it stands. */
export function scriptsIn({ name, content }: PipelineFile): Script[] {
  return nodes(content).flatMap((node) => {
    const label = String(node.displayName ?? node.name ?? '')
    const own = ['run', 'bash', 'script', 'inlineScript'].flatMap((key) => (typeof node[key] === 'string' ? [key] : []))
    return own.map((key) => ({ where: `${name} ${label}`.trim(), text: node[key] as string }))
  })
}

/** All objects in it, itself included. */
export function nodes(value: unknown): Record<string, unknown>[] {
  if (Array.isArray(value)) return value.flatMap(nodes)
  if (value === null || typeof value !== 'object') return []
  return [value as Record<string, unknown>, ...Object.values(value).flatMap(nodes)]
}
