import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { templateSchema } from '../../sync/defaults/templates.ts'
import type { Cycle } from '../tenant/model.ts'
import { type Fixture, fixture } from './fixture.testing.ts'
import { summaryOf } from './log/summary.ts'
import { nextRun } from './schedule.ts'
import { createProvisioning } from './service.ts'

let at: Fixture
beforeEach(async () => {
  at = await fixture()
  at.user('anna')
  at.assign('anna')
})
afterEach(() => at.close())

const run = () => at.provisioning.runCycle(at.job.id)
const status = () => at.current().status

/** The next cycle that ends by itself. */
async function nextCycle(): Promise<Cycle> {
  const before = at.store.cycles.size
  for (let i = 0; i < 1000; i++) {
    if (at.store.cycles.size > before) return [...at.store.cycles.values()].at(-1)!
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error('No cycle ended within 5 s')
}

describe('a job', () => {
  test('is made stopped, its id from template and tenant', () => {
    expect(at.job.id).toMatch(/^scim\.11111111222243338444555555555555\.[0-9a-f-]{36}$/)
    expect(at.job.schedule).toEqual({ expiration: null, interval: 'PT40M', state: 'Disabled' })
    expect(at.job.status).toMatchObject({ code: 'Paused', lastExecution: null, progress: [], quarantine: null })
  })

  test('runs at once when started, then an interval after each end, until it is paused', async () => {
    at.provisioning.start(at.job.id)
    expect(at.current().schedule.state).toBe('Active')
    expect(status()).toMatchObject({ code: 'NotRun', lastExecution: { state: 'Failed', error: { code: 'None' } } })
    expect(await nextCycle()).toMatchObject({ kind: 'initial' })
    expect(status().code).toBe('Active')

    expect(nextRun(at.current())).toBe(at.clock.ms + 40 * 60_000)
    at.clock.ms += 40 * 60_000
    expect(await nextCycle()).toMatchObject({ kind: 'incremental' })

    at.provisioning.pause(at.job.id)
    expect(at.current()).toMatchObject({ schedule: { state: 'Disabled' }, status: { code: 'Paused' } })
    expect(nextRun(at.current())).toBe(Number.POSITIVE_INFINITY)
  })

  test('shows what a cycle did', async () => {
    at.group('Sales', ['anna'])
    at.assign('Sales')
    const cycle = await run()
    expect(status()).toMatchObject({
      lastExecution: {
        activityIdentifier: cycle.id,
        state: 'Succeeded',
        error: null,
        countEntitled: 2,
        countImported: 2,
        countExported: 3,
        countEscrowed: 0,
        countImportedReferenceDeltas: 1,
      },
      progress: [],
      synchronizedEntryCountByType: [
        { key: 'User to User', value: 1 },
        { key: 'Group to Group', value: 1 },
      ],
      steadyStateFirstAchievedTime: '2026-03-01T08:00:00.000Z',
    })
    expect(status().lastSuccessfulExecutionWithExports).toEqual(status().lastExecution)
  })

  test('counts the objects it has linked, and no fewer after a deletion, until the links are dropped', async () => {
    await run()
    at.store.users.delete('anna')
    await run()
    expect(status().synchronizedEntryCountByType).toContainEqual({ key: 'User to User', value: 1 })
    at.provisioning.restart(at.job.id, 'Full')
    await run()
    expect(status().synchronizedEntryCountByType).toContainEqual({ key: 'User to User', value: 0 })
  })

  test('stays paused when paused while its cycle runs', async () => {
    at.target.fault = ({ method }) => {
      if (method === 'POST') at.provisioning.pause(at.job.id)
      return undefined
    }
    expect((await run()).users.created).toBe(1)
    expect(status().code).toBe('Paused')
  })

  test('is read anew when its schema was written while its cycle ran', async () => {
    at.target.fault = ({ method }) => {
      if (method === 'POST') at.store.jobs.put(at.job.id, { ...at.current(), schema: templateSchema('scim') })
      return undefined
    }
    await run()
    expect(at.current().watermark).toBeNull()
    expect((await run()).kind).toBe('initial')
  })

  test('fails as a whole with a schema that cannot be used', async () => {
    const schema = templateSchema('scim')
    schema.synchronizationRules[0]!.objectMappings[0]!.attributeMappings[1]!.targetAttributeName = 'nope'
    at.store.jobs.put(at.job.id, { ...at.job, schema })
    expect(await run()).toMatchObject({ state: 'Failed', error: { code: 'InvalidSchema' } })
  })

  test('leaves nothing behind when removed, also while its cycle runs', async () => {
    at.target.fault = ({ method }) => {
      if (method === 'POST') at.provisioning.remove(at.job.id)
      return undefined
    }
    await expect(run()).rejects.toThrow('was stopped before its end')
    expect([at.store.jobs.size, at.store.links.size, at.store.escrows.size, at.store.cycles.size]).toEqual([0, 0, 0, 0])
  })

  test('that does not exist is named', async () => {
    expect(() => at.provisioning.start('nope')).toThrow('There is no synchronization job nope')
    await expect(at.provisioning.runCycle('nope')).rejects.toThrow('There is no synchronization job nope')
  })

  test('has one cycle at a time', async () => {
    const [first, second] = await Promise.all([run(), run()])
    expect([first.kind, second.kind]).toEqual(['initial', 'incremental'])
    expect(at.target.resources.Users.size).toBe(1)
  })
})

describe('restart', () => {
  test('by default reads everything again and keeps links', async () => {
    await run()
    at.target.take()
    at.provisioning.restart(at.job.id, undefined)
    expect(at.current().watermark).toBeNull()
    expect(at.store.links.size).toBe(1)
    expect((await run()).kind).toBe('initial')
    expect(at.target.take()).toEqual([expect.stringMatching(/^GET \/Users\/t\d+$/)])
  })

  test('with Full drops the links, so that objects are matched again', async () => {
    await run()
    at.target.take()
    at.provisioning.restart(at.job.id, 'Full')
    await run()
    expect(at.target.take()).toEqual(['GET /Users?filter=userName eq "anna@contoso.test"'])
  })

  test('runs an active job at once', async () => {
    at.provisioning.start(at.job.id)
    await nextCycle()
    at.provisioning.restart(at.job.id, 'Watermark')
    expect((await nextCycle()).kind).toBe('initial')
  })

  test('stops a cycle that runs with the old state', async () => {
    at.target.fault = ({ method }) => {
      if (method === 'POST') at.provisioning.restart(at.job.id, 'Full')
      return undefined
    }
    await expect(run()).rejects.toThrow('was stopped')
    expect(at.current().watermark).toBeNull()
  })

  test.each<[scope: string, kept: ('links' | 'escrows' | 'watermark' | 'quarantine')[]]>([
    ['None', ['links', 'escrows', 'watermark', 'quarantine']],
    ['Watermark', ['links', 'escrows', 'quarantine']],
    ['Escrows', ['links', 'watermark', 'quarantine']],
    ['QuarantineState', ['links', 'escrows', 'watermark']],
    ['ConnectorDataStore', ['escrows', 'watermark', 'quarantine']],
    ['ForceDeletes', ['links', 'escrows', 'watermark']],
    ['Watermark, Escrows, QuarantineState', ['links']],
    ['Full', []],
  ])('with %s keeps %j', async (scope, kept) => {
    at.user('ben')
    at.assign('ben')
    at.target.fault = ({ method, body }) =>
      method === 'POST' && JSON.stringify(body).includes('ben@') ? { status: 500 } : undefined
    await run()
    const quarantine = { reason: 'Unknown', seriesCount: 1 }
    at.store.jobs.put(at.job.id, { ...at.current(), status: { ...status(), quarantine } })
    at.provisioning.restart(at.job.id, scope)
    const found = {
      links: at.store.links.size > 0,
      escrows: at.store.escrows.size > 0,
      watermark: at.current().watermark !== null,
      quarantine: status().quarantine !== null,
    }
    expect(Object.entries(found).flatMap(([name, is]) => (is ? [name] : []))).toEqual(kept)
  })

  test('names a scope that does not exist', () => {
    expect(() => at.provisioning.restart(at.job.id, 'Watermark, Everything')).toThrow(
      '"Everything" is not a reset scope',
    )
  })
})

describe('quarantine', () => {
  test('begins when the credentials are refused, and ends when they are repaired', async () => {
    at.target.fault = () => ({ status: 401, body: 'bad token' })
    expect(await run()).toMatchObject({ state: 'Failed' })
    const error = {
      code: 'SystemForCrossDomainIdentityManagementInvalidCredentials',
      message: 'GET /Users was answered 401: bad token',
      tenantActionable: true,
    }
    expect(status()).toMatchObject({
      code: 'Paused',
      countSuccessiveCompleteFailures: 1,
      lastExecution: { state: 'Failed', error },
      quarantine: {
        reason: 'EncounteredQuarantineException',
        error,
        currentBegan: '2026-03-01T08:00:00.000Z',
        nextAttempt: '2026-03-01T08:05:00.000Z',
        seriesCount: 1,
      },
    })
    at.target.fault = () => undefined
    await run()
    expect(status()).toMatchObject({ quarantine: null, countSuccessiveCompleteFailures: 0 })
  })

  test('waits for as many failures as are asked for', async () => {
    const other = await fixture('scim', { failuresBeforeQuarantine: 2 })
    other.target.fault = () => ({ status: 401 })
    await other.provisioning.runCycle(other.job.id)
    expect(other.current().status).toMatchObject({ quarantine: null, countSuccessiveCompleteFailures: 1 })
    await other.provisioning.runCycle(other.job.id)
    expect(other.current().status.quarantine).toMatchObject({ seriesCount: 1 })
    await other.close()
  })

  test('is retried ever less often, and disables the job after 28 days', async () => {
    at.target.fault = () => ({ status: 401 })
    at.provisioning.start(at.job.id)
    await nextCycle()
    expect(status().code).toBe('Quarantine')
    expect(nextRun(at.current())).toBe(at.clock.ms + 5 * 60_000)
    at.clock.ms += 5 * 60_000
    await nextCycle()
    expect(nextRun(at.current())).toBe(at.clock.ms + 6 * 3_600_000)
    expect(status().quarantine).toMatchObject({ seriesCount: 2, seriesBegan: '2026-03-01T08:00:00.000Z' })
    at.clock.ms += 28 * 86_400_000
    await nextCycle()
    expect(at.current().schedule.state).toBe('Disabled')
  })
})

describe('an object that keeps failing', () => {
  const hoursLater = (hours: number) => {
    at.clock.ms = Date.parse('2026-03-01T08:00:00Z') + hours * 3_600_000
    return run()
  }
  beforeEach(async () => {
    at.target.fault = ({ method }) => (method === 'POST' ? { status: 500 } : undefined)
    await run()
  })

  test('is tried with the next cycle, then after 6 hours and not in between, and told so in the log', async () => {
    const tried = []
    for (const hours of [0.7, 1.4, 5.9, 6.1, 7]) tried.push((await hoursLater(hours)).users.failed)
    expect(tried).toEqual([1, 0, 0, 1, 0])
    expect(summaryOf([...at.store.log.values()].at(-1)!, at.store)).toMatchObject({
      provisioningSteps: expect.arrayContaining([
        expect.objectContaining({
          details: { ErrorCode: 'InternalServerError', RetryCount: '3', NextRetry: '2026-03-01T20:00:00.000Z' },
        }),
      ]),
    })
  })

  test('is tried at once when it changes', async () => {
    await hoursLater(0.7)
    at.user('anna', { displayName: 'Changed' })
    expect((await hoursLater(1.4)).users.failed).toBe(1)
  })

  test('is given up after 28 days, and the job disabled', async () => {
    at.store.jobs.put(at.job.id, {
      ...at.current(),
      schedule: { ...at.job.schedule, state: 'Active' },
      status: { ...status(), code: 'Active' },
    })
    await hoursLater(28 * 24)
    expect(at.store.escrows.size).toBe(0)
    expect(at.current()).toMatchObject({
      schedule: { state: 'Disabled' },
      status: { code: 'Paused', quarantine: null },
    })
    expect((await hoursLater(30 * 24)).users.failed).toBe(0)
  })

  test('is given up and no more, where that is chosen', async () => {
    const other = await fixture('scim', { expiredEscrow: 'nothing' })
    other.target.fault = ({ method }) => (method === 'POST' ? { status: 500 } : undefined)
    other.user('anna')
    other.assign('anna')
    other.store.jobs.put(other.job.id, {
      ...other.job,
      schedule: { ...other.job.schedule, state: 'Active' },
      status: { ...other.job.status, code: 'Active' },
    })
    await other.provisioning.runCycle(other.job.id)
    other.clock.ms += 28 * 86_400_000
    await other.provisioning.runCycle(other.job.id)
    expect(other.store.escrows.size).toBe(0)
    expect(other.current()).toMatchObject({ schedule: { state: 'Active' }, status: { code: 'Active' } })
    await other.close()
  })
})

test('close lets a running cycle stop, and a new service goes on where it was', async () => {
  for (let i = 0; i < 100; i++) {
    at.user(`u${i}`)
    at.assign(`u${i}`)
  }
  let closing: Promise<void> | undefined
  at.target.fault = ({ method }) => {
    if (method === 'POST') closing ??= at.provisioning.close()
    return undefined
  }
  await expect(run()).rejects.toThrow('was stopped')
  await closing
  const made = at.target.resources.Users.size
  expect(made).toBeLessThan(100)
  expect(at.store.links.size).toBe(made)
  const again = createProvisioning({ store: at.store, clock: at.clock })
  expect((await again.runCycle(at.job.id)).users).toMatchObject({ created: 101 - made })
  await again.close()
  expect(at.target.resources.Users.size).toBe(101)
})
