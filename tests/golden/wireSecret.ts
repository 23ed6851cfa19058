/** The engine's envelope of a secret; source: pulumi/pulumi sdk/nodejs/runtime/rpc.ts. */
const SIGNATURE_KEY = '4dabf18193072939515e22adb298388d'
const SECRET_SIGNATURE = '1b47061264138c4ac30d75fd1eb44270'

export const wireSecret = (value: string) => ({ [SIGNATURE_KEY]: SECRET_SIGNATURE, value })

/** The value with each secret at any depth replaced by `[secret]`. */
export function withoutSecrets(wire: unknown): unknown {
  if (Array.isArray(wire)) return wire.map(withoutSecrets)
  if (wire === null || typeof wire !== 'object') return wire
  if ((wire as Record<string, unknown>)[SIGNATURE_KEY] === SECRET_SIGNATURE) return '[secret]'
  return Object.fromEntries(Object.entries(wire).map(([key, value]) => [key, withoutSecrets(value)]))
}
