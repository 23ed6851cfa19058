import type { FastifyInstance } from 'fastify'
import type { Context } from '../http/context.ts'

export async function adminRoutes(_app: FastifyInstance, _context: Context): Promise<void> {}
