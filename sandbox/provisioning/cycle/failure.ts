import { MappingError } from '../../../sync/flow.ts'
import type { Escrow, LogRecord } from '../../tenant/model.ts'
import { durationMs } from '../schedule.ts'
import { TargetError } from '../target/errors.ts'
import type { CycleContext, ObjectType } from './context.ts'
import { escrowOf } from './escrow.ts'

/** What the log says of a failure. */
export type Noted = Pick<LogRecord, 'error' | 'retry'>

/** Counts an object as failed and puts it in escrow, unless it has failed for so long that it is given up, or is pruned. */
export function noteFailure(context: CycleContext, objectType: ObjectType, objectId: string, error: unknown): Noted {
  const { recorder, clock, job, kind, switches } = context
  const code = codeOf(error)
  const { message } = error as Error
  const failure = { objectId, objectType, errorCode: code, message }
  const pruned = kind === 'initial' && switches.initialEscrows === 'pruned'
  const escrow = pruned ? null : escrowOf(job.id, recorder.escrow(objectId), failure, clock.now(), switches)
  if (escrow) recorder.putEscrow(escrow)
  else if (pruned) recorder.prune(objectId)
  else recorder.giveUp(objectId)
  if (objectType === 'group') recorder.unsettle(objectId)
  recorder.outcome(objectType, objectId, 'failed')
  const retry = escrow && { attempts: escrow.attempts, at: retryTime(context, escrow) }
  return { error: { code, message }, ...(retry ? { retry } : {}) }
}

/** No retry comes before the next cycle. */
function retryTime({ job, clock }: CycleContext, { nextAttempt }: Escrow): string {
  const nextCycle = clock.now() + durationMs(job.schedule.interval)
  return new Date(Math.max(Date.parse(nextAttempt), nextCycle)).toISOString()
}

function codeOf(error: unknown): string {
  if (error instanceof TargetError) return error.code
  return error instanceof MappingError ? 'SchemaPropertyCanOnlyAcceptValue' : 'InternalError'
}
