import type { Forecast } from '../model.ts'

/** The whole forecast as one document, in pieces: what holds a large directory is not made twice. */
export function* renderJson({ entries, ...summary }: Forecast): Generator<string> {
  const head = JSON.stringify(summary)
  yield `${head.slice(0, -1)},"entries":[`
  for (const [index, entry] of entries.entries()) yield `${index === 0 ? '' : ','}${JSON.stringify(entry)}`
  yield ']}'
}
