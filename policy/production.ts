/**
 * Whether a stack is for production: unless its `entrada:target` stands on this machine or says `environment: test`.
 * What cannot be read counts as production, where the rules are strictest.
 *
 * @param target JSON, as the engine hands over a setting that is an object
 */
export function isProduction(target: string | undefined): boolean {
  try {
    const { kind, environment } = JSON.parse(target ?? '{}') as { kind?: unknown; environment?: unknown }
    return kind !== 'local' && environment !== 'test'
  } catch {
    return true
  }
}
