import { ScimError } from '../errors.ts'
import { entityTag } from '../resource/render.ts'
import type { ScimRequest } from './request.ts'

/**
 * The versions that If-Match allows; undefined where it allows all. Tags are compared weakly, as the examples of RFC 7644 §3.14
 * need. A tag that is none of ours matches nothing.
 */
export function allowedVersions({ ifMatch }: ScimRequest): number[] | undefined {
  const header = ifMatch?.trim()
  if (!header || header === '*') return undefined
  return [...header.matchAll(/(?:W\/)?"(\d{1,15})"/g)].map((match) => Number(match[1]))
}

/** Whether If-None-Match names the version. */
export function isKnown({ ifNoneMatch }: ScimRequest, version: number): boolean {
  const tags: string[] = ifNoneMatch?.match(/"[^"]*"/g) ?? []
  return ifNoneMatch?.trim() === '*' || tags.includes(`"${version}"`)
}

/** Throws 412 where the resource may not be written in this version. */
export function requireVersion(request: ScimRequest, version: number): void {
  const allowed = allowedVersions(request)
  if (allowed && !allowed.includes(version)) throw changedSince(version)
  if (isKnown(request, version)) throw new ScimError(412, `If-None-Match names ${entityTag(version)}, which it has`)
}

export function changedSince(version?: number): ScimError {
  const now = version === undefined ? '' : `; its version is now ${entityTag(version)}`
  return new ScimError(412, `The resource has been changed since it was read${now}`)
}

/** How often a write starts over when others write the same resource meanwhile. */
export const attempts = 20

export const tooManyWriters = (): ScimError =>
  new ScimError(503, 'Too many requests change this resource at the same time; try again')
