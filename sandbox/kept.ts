import { FARTHEST_SECONDS } from './clock.ts'
import { checkSettings, type Settings } from './settings.ts'
import type { Keepsakes } from './tenant/tenant.ts'

/** How far the clock was ahead, and the settings that had been changed. */
export interface Kept {
  clockOffsetSeconds: number
  settings: Partial<Settings>
}

/**
 * Clock and settings of an earlier process, held to the rules by which they are changed: with those of a journal that
 * was written otherwise the sandbox could not run, or would lose changes in silence.
 * @throws naming the data folder, what it keeps and what to do
 */
export function readKept({ clockOffsetSeconds = 0, settings = {} }: Keepsakes = {}, folder = ''): Kept {
  try {
    if (!(clockOffsetSeconds >= 0 && clockOffsetSeconds <= FARTHEST_SECONDS)) {
      const allowed = `a number of seconds from 0 to ${FARTHEST_SECONDS}`
      throw new Error(`The clock cannot be ${JSON.stringify(clockOffsetSeconds)} s ahead. Allowed: ${allowed}.`)
    }
    return { clockOffsetSeconds, settings: checkSettings(settings) }
  } catch (error) {
    throw new Error(
      `The data folder ${folder} keeps what the sandbox cannot run with. ${(error as Error).message} Remove the folder, whose tenant is then made anew, or name another with --data.`,
    )
  }
}
