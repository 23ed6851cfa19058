/** The value at a Pulumi property path, e.g. `credentials.tenantUrl`, `users[1]`, `tags["a.b"]`; undefined when there is none. */
export function valueAt(root: unknown, path: string): unknown {
  return keysOf(path).reduce<unknown>(
    (value, key) => (value !== null && typeof value === 'object' ? (value as Record<string, unknown>)[key] : undefined),
    root,
  )
}

function keysOf(path: string): string[] {
  return [...path.matchAll(/\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|([^.[\]]+)/g)].map(
    ([, index, quoted, plain]) => index ?? plain ?? quoted!.replaceAll(/\\(.)/g, '$1'),
  )
}
