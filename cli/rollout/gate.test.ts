import { expect, test } from '@jest/globals'
import { createGraph, type Graph } from '../../provider/graph/client.ts'
import { judge, passGate } from './gate.ts'
import { jobFactsOf } from './jobFacts.ts'

const FACTS = { servicePrincipalId: 'sp', jobId: 'j', connectionTested: true }

const jobAfter = (ended: string, more: object = {}, began = ended) => ({
  id: 'j',
  templateId: 't',
  schedule: { state: 'Active' },
  status: {
    code: 'Active',
    lastExecution: { state: 'Succeeded', timeBegan: began, timeEnded: ended, countEscrowed: 0 },
    quarantine: null,
    ...more,
  },
})
const NEVER = '0001-01-01T00:00:00Z'

/** A Graph that answers with one job after the other, the last one for good, and whose clock moves by waiting. */
function graphOf(jobs: object[]): { graph: Graph; asked(): number } {
  let [asked, now] = [0, 0]
  const clock = {
    now: () => now,
    sleep: async (milliseconds: number) => {
      now += milliseconds
    },
  }
  const settings = {
    tenantId: 't',
    credential: { kind: 'secret' as const, clientId: 'c', secret: { value: 's' } },
    cloud: { name: 'public' as const },
  }
  const fetch = async () => Response.json(jobs[Math.min(asked++, jobs.length - 1)])
  const credential = { getToken: async () => ({ token: 't', expiresOnTimestamp: Date.now() + 1e9 }) }
  return {
    graph: createGraph({ settings, clock, credential, fetch: fetch as typeof globalThis.fetch }),
    asked: () => asked,
  }
}

const SINCE = Date.parse('2026-01-01T00:20:00Z')
const options = { stack: 'contoso', maxFailures: 0, patience: 60_000, since: SINCE, on: true }

test('a cycle counts that began after the update, not one that was under way then, nor one before', async () => {
  const before = jobAfter('2026-01-01T00:00:00Z')
  const underWay = jobAfter('2026-01-01T00:25:00Z', {}, '2026-01-01T00:19:59Z')
  const after = jobAfter('2026-01-01T00:40:00Z', {}, '2026-01-01T00:20:00Z')
  const old = graphOf([before, underWay, underWay, after])
  expect(await passGate(old.graph, FACTS, options)).toEqual({
    passed: true,
    says: '0 in error after the cycle that ended 2026-01-01T00:40:00Z',
  })
  expect(old.asked()).toBe(4)
  const fresh = graphOf([jobAfter(NEVER), after])
  expect([(await passGate(fresh.graph, FACTS, options)).passed, fresh.asked()]).toEqual([true, 2])
})

test('a job that should run and does not is refused, whether it was found so or is stopped while it is waited for', async () => {
  const job = jobAfter('2026-01-01T00:00:00Z')
  const stopped = { ...job, schedule: { state: 'Disabled' } }
  const says = expect.stringMatching(/^the job is stopped, though .* says on: npm run .* --refresh --stack contoso /)
  for (const since of [undefined, SINCE]) {
    const { graph, asked } = graphOf([job, stopped].slice(since === undefined ? 1 : 0))
    expect(await passGate(graph, FACTS, { ...options, since })).toEqual({ passed: false, says })
    expect(asked()).toBe(since === undefined ? 1 : 2)
  }
  const { graph } = graphOf([stopped])
  expect((await passGate(graph, FACTS, { ...options, on: false })).passed).toBe(true)
})

test('not waited for: without a change, with no patience, or while provisioning is off', async () => {
  for (const more of [{ since: undefined }, { patience: 0 }, { on: false }]) {
    const { graph, asked } = graphOf([jobAfter(NEVER)])
    expect(await passGate(graph, FACTS, { ...options, ...more })).toEqual({ passed: true, says: 'no cycle yet' })
    expect(asked()).toBe(1)
  }
})

test('a cycle that does not end in time is a no, with what to do', async () => {
  const { graph } = graphOf([jobAfter('2026-01-01T00:00:00Z')])
  const { passed, says } = await passGate(graph, FACTS, options)
  expect([passed, says]).toEqual([
    false,
    expect.stringMatching(
      /waited 60 s for a .*cycle with the new .* began at .*, before the update.*it goes on from here/,
    ),
  ])
})

test('a quarantine ends the wait at once', async () => {
  const quarantine = {
    reason: 'EncounteredQuarantineException',
    currentBegan: 'x',
    nextAttempt: 'y',
    error: { code: 'Unauthorized' },
  }
  const { graph, asked } = graphOf([jobAfter('2026-01-01T00:00:00Z', { quarantine })])
  expect(await passGate(graph, FACTS, options)).toEqual({
    passed: false,
    says: 'the job is in quarantine (EncounteredQuarantineException): Unauthorized',
  })
  expect(asked()).toBe(1)
})

test('no job is no fault; a connection that was not tested is one while provisioning is on', async () => {
  const { graph } = graphOf([])
  expect((await passGate(graph, undefined, options)).passed).toBe(true)
  expect((await passGate(graph, { ...FACTS, connectionTested: false }, options)).says).toMatch(/was not tested/)
})

test('failures are counted against what is allowed; a cycle that failed as a whole is always one', () => {
  const job = (more: object) =>
    jobAfter('2026-01-01T00:00:00Z', {
      lastExecution: { timeBegan: 'a', timeEnded: 'b', state: 'EntryLevelErrors', ...more },
    })
  expect(judge(job({ countEscrowed: 2 }), { ...options, maxFailures: 2 }).passed).toBe(true)
  expect(judge(job({ countEscrowed: 3 }), { ...options, maxFailures: 2 })).toMatchObject({
    passed: false,
    says: expect.stringMatching(/^3 in error.*2 may be/),
  })
  expect(judge(job({ state: 'Failed', error: { code: 'E' } }), { ...options, maxFailures: 9 })).toMatchObject({
    passed: false,
    says: 'the last cycle failed: E',
  })
})

test('what an event of the engine tells of the job', () => {
  const event = (metadata: object) => ({ sequence: 0, timestamp: 0, resOutputsEvent: { metadata } }) as never
  const type = 'entrasync:index:ProvisioningJob'
  const made = {
    type,
    op: 'create',
    new: { id: '/servicePrincipals/sp/synchronization/jobs/j', outputs: { connectionTested: true } },
  }
  expect(jobFactsOf(event(made))).toEqual(FACTS)
  expect(jobFactsOf(event({ ...made, op: 'same' }))).toEqual(FACTS)
  expect(jobFactsOf(event({ type: 'other', op: 'same', new: made.new }))).toBeUndefined()
  expect(jobFactsOf(event({ type, op: 'create', new: { id: '', outputs: {} } }))).toBeUndefined()
})
