import { createHash } from 'node:crypto'

/**
 * Name-based UUID, version 5 (RFC 9562 §5.5): the same for the same namespace and name, so that what it names is the
 * same in each preview and is found again after its state is lost.
 *
 * @param namespace a UUID
 */
export function uuidV5(namespace: string, name: string): string {
  const bytes = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest()
  bytes[6] = (bytes[6]! & 0x0f) | 0x50
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = bytes.toString('hex', 0, 16)
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** Of all that Entrada names by UUID. A change of it would replace role assignments and app roles in every stack. */
const ENTRADA = '0d9a2d1c-7a55-4c0e-9d53-3c1f7f0f6b0a'

/** @param parts what the thing is identified by, in the widest first */
export function stableUuid(...parts: readonly string[]): string {
  return uuidV5(ENTRADA, parts.join('/'))
}
