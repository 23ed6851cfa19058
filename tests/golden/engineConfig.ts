import { parse } from 'yaml'

/** What stands for each encrypted setting once the engine has decrypted it. */
export const CLEAR_SECRET = 'clear-secret-of-the-stack-file'

export interface EngineConfig {
  values: Record<string, string>
  secretKeys: string[]
}

/** A stack's settings as the engine gives them to a program: strings and JSON, secrets in clear and their keys apart. */
export function engineConfig(yaml: string): EngineConfig {
  const { config } = parse(yaml) as { config: Record<string, unknown> }
  const values: Record<string, string> = {}
  const secretKeys: string[] = []
  for (const [key, value] of Object.entries(config)) {
    const text = JSON.stringify(value, (_, inner) => {
      if (!isEncrypted(inner)) return inner
      secretKeys.push(key)
      return CLEAR_SECRET
    })
    values[key] = typeof value === 'object' ? text : String(value)
  }
  return { values, secretKeys }
}

function isEncrypted(value: unknown): boolean {
  return value !== null && typeof value === 'object' && Object.keys(value).join() === 'secure'
}
