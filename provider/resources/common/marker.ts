import { createHash } from 'node:crypto'

const PREFIX = 'entrasync:'

/** Tells, on a service principal or at a target, which resource of which stack made it; says nothing about them. */
export function markerOf(urn: string): string {
  return `${PREFIX}${createHash('sha256').update(urn).digest('hex').slice(0, 32)}`
}

export function isMarker(tag: string): boolean {
  return tag.startsWith(PREFIX)
}
