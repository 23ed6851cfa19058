import { randomUUID } from 'node:crypto'
import { badRequest, clip, ScimError } from '../../errors.ts'
import { asScimError } from '../../failures.ts'
import type { Json } from '../../filter/match.ts'
import { bulkLimits } from '../../limits.ts'
import { perform, requireFullAccess } from '../perform.ts'
import type { ScimAnswer, ScimRequest } from '../request.ts'
import type { Session } from '../session.ts'
import { type BulkOperation, readBulk, requestOf } from './operations.ts'
import { referencesOf, resolved, withoutMembers } from './references.ts'
import { errorResult, type Result, successResult } from './results.ts'

/** An operation with what has become of it. */
interface Step {
  operation: BulkOperation
  /** Of what a POST makes; known before it is made, so that others can name it. */
  id: string
  references: Set<string>
  state: 'waiting' | 'running' | 'done' | 'failed'
  result?: Result
  request?: ScimRequest
  /** Members that could not be given to a new group, since they are made by an operation that needs the group first. */
  owed: string[]
}

/**
 * Runs the operations of a bulk request, each by itself (RFC 7644 §3.7): in their order, but what a bulkId names is made first.
 * In a circle of groups, one is made without the member that is still to come and given it at the end; where that member
 * fails, the group is taken back. `now`: milliseconds.
 */
export async function runBulk(
  session: Session,
  body: unknown,
  now: () => number = () => performance.now(),
): Promise<object> {
  requireFullAccess(session)
  const { operations, failOnErrors } = readBulk(body)
  const run = new Run(session, operations, now)
  await run.all(failOnErrors)
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkResponse'],
    Operations: run.results(),
  }
}

class Run {
  readonly #session: Session
  readonly #steps: Step[]
  readonly #made: Map<string, Step>
  readonly #ids: Map<string, string>
  readonly #isLate: () => boolean

  constructor(session: Session, operations: BulkOperation[], now: () => number) {
    this.#session = session
    this.#steps = operations.map((operation) => ({
      operation,
      id: randomUUID(),
      references: referencesOf(operation),
      state: 'waiting',
      owed: [],
    }))
    const posts = this.#steps.filter(({ operation }) => operation.method === 'POST' && operation.bulkId)
    this.#made = new Map(posts.map((step) => [step.operation.bulkId!, step]))
    this.#ids = new Map(posts.map((step) => [step.operation.bulkId!, step.id]))
    const until = now() + bulkLimits.seconds * 1_000
    this.#isLate = () => now() > until
  }

  results(): Result[] {
    return this.#steps.flatMap(({ result }) => result ?? [])
  }

  async all(failOnErrors: number): Promise<void> {
    for (let at = 0; at < this.#steps.length; ) {
      if (this.#steps.filter(({ state }) => state === 'failed').length >= failOnErrors) break
      const together = failOnErrors === Number.POSITIVE_INFINITY ? this.#independentFrom(at) : 1
      await Promise.all(this.#steps.slice(at, at + together).map((step) => this.#run(step)))
      at += together
    }
    await this.#takeBack()
    for (const step of this.#steps) if (step.state === 'done' && step.owed.length > 0) await this.#pay(step)
  }

  /** How many operations from here on may run at the same time: what they make cannot matter to each other. */
  #independentFrom(at: number): number {
    const isIndependent = ({ operation, references }: Step): boolean =>
      operation.method === 'POST' && references.size === 0
    const end = this.#steps.findIndex((step, index) => index >= at && !isIndependent(step))
    const count = (end < 0 ? this.#steps.length : end) - at
    return Math.max(1, Math.min(count, bulkLimits.atOnce))
  }

  async #run(step: Step): Promise<void> {
    if (step.state !== 'waiting') return
    step.state = 'running'
    try {
      const unmade = await this.#makeNamed(step)
      if (this.#isLate()) {
        throw new ScimError(503, `Not begun, since the request took more than ${bulkLimits.seconds} s; send it again`)
      }
      step.request = requestOf(resolved(step.operation, this.#ids), step.id)
      this.#succeed(step, await this.#perform(step, step.request, unmade))
    } catch (error) {
      this.#fail(step, error)
    }
  }

  /** Runs the operations that make what this one names; the ids of those that cannot end before it. */
  async #makeNamed({ references }: Step): Promise<Set<string>> {
    const unmade = new Set<string>()
    for (const bulkId of references) {
      const named = this.#made.get(bulkId)
      if (!named)
        throw badRequest('invalidValue', `No POST of the request has the bulkId ${JSON.stringify(clip(bulkId))}`)
      await this.#run(named)
      if (named.state === 'failed') throw failedBefore(bulkId)
      if (named.state === 'running') unmade.add(named.id)
    }
    return unmade
  }

  #perform(step: Step, request: ScimRequest, unmade: Set<string>): Promise<ScimAnswer> {
    if (request.type !== 'Group' || request.method !== 'create') return perform(this.#session, request)
    const { body, left } = withoutMembers(request.body as Json, unmade)
    step.owed = left
    return perform(this.#session, { ...request, body })
  }

  /** What was made for something that then failed is deleted, until all that is left holds together. */
  async #takeBack(): Promise<void> {
    for (;;) {
      const broken = this.#steps.flatMap((step) => {
        const failed = [...step.references].find((bulkId) => this.#made.get(bulkId)?.state === 'failed')
        return step.request?.method === 'create' && step.state === 'done' && failed ? [{ step, failed }] : []
      })
      if (broken.length === 0) return
      for (const { step, failed } of broken) {
        await perform(this.#session, { method: 'delete', type: step.request!.type, id: step.id }).catch(() => {})
        this.#fail(step, failedBefore(failed))
      }
    }
  }

  async #pay(step: Step): Promise<void> {
    const value = step.owed.map((id) => ({ value: id }))
    const body = {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'add', path: 'members', value }],
    }
    try {
      this.#succeed(step, await perform(this.#session, { method: 'patch', type: 'Group', id: step.id, body }))
    } catch (error) {
      this.#fail(step, error)
    }
  }

  #succeed(step: Step, answer: ScimAnswer): void {
    step.state = 'done'
    step.result = successResult(this.#session, step.operation, step.request!, answer)
  }

  #fail(step: Step, error: unknown): void {
    step.state = 'failed'
    step.result = errorResult(this.#session, step.operation, step.request, asScimError(error))
  }
}

const failedBefore = (bulkId: string): ScimError =>
  badRequest('invalidValue', `The operation with bulkId ${JSON.stringify(clip(bulkId))}, which this one names, failed`)
