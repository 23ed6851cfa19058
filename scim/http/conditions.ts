import type { FastifyReply, FastifyRequest } from 'fastify'
import { ScimError } from '../errors.ts'
import { type Projection, readProjection } from '../resource/projection.ts'
import { entityTag } from '../resource/render.ts'
import type { ResourceType } from '../schema/model.ts'
import { queryValue } from './messages.ts'

export function projectionOf(request: FastifyRequest, type: ResourceType): Projection {
  return readProjection(type, queryValue(request, 'attributes'), queryValue(request, 'excludedAttributes'))
}

/**
 * The versions that If-Match allows; undefined where it allows all. Tags are compared weakly, as the examples of RFC 7644 §3.14
 * need. A tag that is none of ours matches nothing.
 */
export function versionsOf(request: FastifyRequest): number[] | undefined {
  const header = request.headers['if-match']?.trim()
  if (!header || header === '*') return undefined
  return [...header.matchAll(/(?:W\/)?"(\d{1,15})"/g)].map((match) => Number(match[1]))
}

export function requireVersion(version: number, allowed: number[] | undefined): void {
  if (allowed && !allowed.includes(version)) throw changedSince(version)
}

export function changedSince(version?: number): ScimError {
  const now = version === undefined ? '' : `; its version is now ${entityTag(version)}`
  return new ScimError(412, `The resource has been changed since it was read${now}`)
}

/** Answers 304 where If-None-Match names the version. */
export function notModified(request: FastifyRequest, reply: FastifyReply, version: number): boolean {
  const header = request.headers['if-none-match']
  const tags: string[] = header?.match(/"[^"]*"/g) ?? []
  const matches = header === '*' || tags.includes(`"${version}"`)
  if (matches) void reply.code(304).removeHeader('content-type').send()
  return matches
}
