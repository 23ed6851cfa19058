import { setTimeout as sleep } from 'node:timers/promises'
import * as pulumi from '@pulumi/pulumi'

/** What Azure refuses for now only. */
export interface Passing {
  what: string
  answer: RegExp
  /** What of it is tried again. */
  operations: readonly ('create' | 'update' | 'delete')[]
}

/**
 * What a flexible server answers although Azure has called it ready, or while it is at work on something else.
 *
 * Source: github.com/Azure/azure-postgresql/issues/127
 */
export const SERVER_NOT_READY: Passing = {
  what: 'the database server is not ready yet',
  answer: /\b(?:AadAuthOperationCannotBePerformedWhenServerIsNotAccessible|ServerIsBusy)\b/,
  operations: ['create', 'update', 'delete'],
}

/**
 * A role takes minutes to arrive at a registry. An app that is made has waited for its database, which takes longer, and
 * Azure may have kept what it refused, so that it cannot be made again; one that moves to another registry has not waited.
 *
 * Source: github.com/microsoft/azure-container-apps/issues/1061, its text
 */
export const ROLE_NOT_ARRIVED: Passing = {
  what: 'the right to pull the image has not arrived yet',
  answer: /unable to pull image using Managed identity/i,
  operations: ['update'],
}

const LONGEST_PAUSE = 60
/** With these pauses, some nine minutes. */
const ATTEMPTS = 14

/**
 * Seconds until another attempt; undefined where none makes sense.
 *
 * @param errors of all attempts so far, the newest first
 */
export function pauseBefore({ answer }: Passing, errors: readonly string[]): number | undefined {
  const [newest = ''] = errors
  if (!answer.test(newest) || errors.length >= ATTEMPTS) return undefined
  return Math.min(2 ** errors.length, LONGEST_PAUSE)
}

/** Options of a resource that is tried again while Azure refuses it for now. */
export function patientWith(passing: Passing, hookName: string, shownAt: pulumi.Resource): pulumi.ResourceHookBinding {
  const hook = new pulumi.ErrorHook(hookName, async ({ type, name, failedOperation, errors }) => {
    const pause = pauseBefore(passing, errors)
    if (pause === undefined || !passing.operations.some((one) => one === failedOperation)) return false
    void pulumi.log.info(`${passing.what} for ${type.split(':').at(-1)} ${name}: again in ${pause} s`, shownAt)
    await sleep(pause * 1000)
    return true
  })
  return { onError: [hook] }
}
