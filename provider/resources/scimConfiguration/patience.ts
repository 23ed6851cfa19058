import type { Clock } from '../../graph/clock.ts'
import type { Context } from '../resource.ts'
import { ApiError, Unreachable } from './api.ts'

/** Why a service that was just deployed does not do yet what it will do. */
type Trouble = 'starting' | 'role'

/** Milliseconds that each is waited for. */
const PATIENCE: Record<Trouble, number> = { starting: 300_000, role: 120_000 }
const FIRST_PAUSE = 1_000
const LONGEST_PAUSE = 15_000

const AWAITED: Record<Trouble, string> = {
  starting: 'the SCIM service to answer',
  role: 'the app role on the SCIM service to reach tokens',
}

const ADVICE: Record<Trouble, string> = {
  starting: '',
  role: '. Azure keeps the tokens of a managed identity for up to a day: there, run again later',
}

export interface Attempts {
  apiUrl: string
  /** Whether a token with the roles of a moment ago can be had at all. */
  hasRoles: boolean
  clock: Clock
  context: Pick<Context, 'signal' | 'progress'>
  /** Called before an attempt that needs another token than the one before. */
  renewToken(): void
}

/**
 * Repeats work that may be repeated while the service starts, and while a role that was just assigned is in no token yet. What is on
 * this machine starts before it is used, so it is not waited for.
 */
export async function patiently<T>(work: () => Promise<T>, attempts: Attempts): Promise<T> {
  const { clock, context } = attempts
  const since: Partial<Record<Trouble, number>> = {}
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    try {
      return await work()
    } catch (error) {
      const trouble = troubleOf(error, attempts)
      if (!trouble) throw error
      const began = since[trouble] ?? clock.now()
      since[trouble] = began
      const { message } = error as Error
      if (clock.now() - began >= PATIENCE[trouble]) {
        throw new Error(
          `waited ${PATIENCE[trouble] / 1000} s for ${AWAITED[trouble]}; last seen: ${message}${ADVICE[trouble]}`,
        )
      }
      context.progress(`waiting for ${AWAITED[trouble]}: ${message}`)
      if (trouble === 'role') attempts.renewToken()
      await clock.sleep(pause, context.signal)
    }
  }
}

function troubleOf(error: unknown, { apiUrl, hasRoles }: Attempts): Trouble | undefined {
  if (hasRoles && isWithoutRole(error)) return 'role'
  return !isOnThisMachine(apiUrl) && isStarting(error) ? 'starting' : undefined
}

/** Entra gives no token to who has no role where one is required (501051), or where the application is not known everywhere (500011). */
export const isWithoutRole = (error: unknown): boolean =>
  error instanceof ApiError ? error.code === 'role_missing' : /AADSTS(501051|500011)\b/.test((error as Error).message)

/** A 404 without the service's own words is of the platform, which has no replica to ask yet. */
export const isStarting = (error: unknown): boolean =>
  error instanceof Unreachable ||
  (error instanceof ApiError && ([502, 503, 504].includes(error.status) || (error.status === 404 && !error.code)))

const isOnThisMachine = (url: string): boolean => ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname)
