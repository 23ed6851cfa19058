import { parseDocument } from 'yaml'

/**
 * @throws Error with one line for each mistake in the text
 */
export function parseYaml(yaml: string): unknown {
  const document = parseDocument(yaml)
  if (document.errors.length > 0) throw new Error(document.errors.map((error) => error.message).join('\n'))
  return document.toJS()
}

export const isMap = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
