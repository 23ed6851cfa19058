import { createHash } from 'node:crypto'

const PREFIX = 'entrasync:'

/** Tells, on a service principal or at a target, which resource of which stack made it; says nothing about them. */
export function markerOf(urn: string): string {
  return `${stackMarker(urn)}${digest(urn)}`
}

/** Whether a resource of the same stack as `urn` made what carries the tag. */
export function isMarkerOfStack(tag: string, urn: string): boolean {
  return tag.startsWith(stackMarker(urn))
}

/** `urn:pulumi:<stack>::<project>::…` */
function stackMarker(urn: string): string {
  return `${PREFIX}${digest(urn.split('::', 2).join('::'))}:`
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 20)

export function isMarker(tag: string): boolean {
  return tag.startsWith(PREFIX)
}
