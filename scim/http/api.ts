import type { FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { findTenant, type Tenant } from '../storage/tenants.ts'
import type { Context } from './context.ts'

/** An error of the management API; `details` are further members of the error object. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly details: object

  constructor(status: number, code: string, message: string, details: object = {}) {
    super(message)
    this.status = status
    this.code = code
    this.details = details
  }
}

export async function requireTenant(context: Context, request: FastifyRequest): Promise<Tenant> {
  const { tenant: name } = request.params as { tenant: string }
  const tenant = await findTenant(context.database, name)
  if (tenant) return tenant
  throw new ApiError(404, 'not_found', `There is no tenant ${JSON.stringify(name.slice(0, 80))}; PUT makes it`)
}

/** Throws 400 with the path of each wrong value and what is allowed there. */
export function parseBody<Output>(schema: z.ZodType<Output>, body: unknown): Output {
  const result = schema.safeParse(body)
  if (result.success) return result.data
  const problems = result.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`)
  throw new ApiError(400, 'invalid_request', problems.join('; '))
}
