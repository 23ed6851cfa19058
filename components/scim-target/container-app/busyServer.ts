import { setTimeout as sleep } from 'node:timers/promises'
import * as pulumi from '@pulumi/pulumi'

/**
 * What a flexible server answers although Azure has called it ready, or while it is at work on something else. Both pass.
 *
 * Source: github.com/Azure/azure-postgresql/issues/127
 */
const NOT_YET = /\b(?:AadAuthOperationCannotBePerformedWhenServerIsNotAccessible|ServerIsBusy)\b/

const LONGEST_PAUSE = 60
/** With these pauses, some nine minutes. */
const ATTEMPTS = 14

/**
 * Seconds until another attempt; undefined where none makes sense.
 *
 * @param errors of all attempts so far, the newest first
 */
export function pauseBefore(errors: readonly string[]): number | undefined {
  const [newest = ''] = errors
  if (!NOT_YET.test(newest) || errors.length >= ATTEMPTS) return undefined
  return Math.min(2 ** errors.length, LONGEST_PAUSE)
}

/** Options of what is written into a server: it is tried again while the server is not ready for it. */
export function patientWith(server: pulumi.Resource, name: string): pulumi.ResourceHookBinding {
  const hook = new pulumi.ErrorHook(`${name}-server-not-ready`, async ({ type, name: resource, errors }) => {
    const pause = pauseBefore(errors)
    if (pause === undefined) return false
    const what = `${type.split(':').at(-1)} ${resource}`
    void pulumi.log.info(`the database server is not ready yet for ${what}: again in ${pause} s`, server)
    await sleep(pause * 1000)
    return true
  })
  return { onError: [hook] }
}
