import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { templateSchema } from '../../sync/defaults/templates.ts'
import { FakeTarget } from '../provisioning/fakeTarget.testing.ts'
import { createProvisioning } from '../provisioning/service.ts'
import { MFILES_TEMPLATE } from '../templates/gallery.ts'
import { startTestSandbox, type TestSandbox } from '../testing.ts'

const DAY = 86_400

let sandbox: TestSandbox
let target: FakeTarget
let job: string

beforeAll(async () => {
  target = await new FakeTarget().listen()
  sandbox = await startTestSandbox({ users: 20, createProvisioning, templateSchema })
})
afterAll(async () => {
  await sandbox.close()
  await target.close()
})

/** A started job without anybody in scope, its first cycle done. */
beforeEach(async () => {
  target.fault = () => undefined
  await sandbox.control('POST', '/reset')
  const made = await sandbox.graph('POST', `/applicationTemplates/${MFILES_TEMPLATE}/instantiate`, { displayName: 'x' })
  const base = `/servicePrincipals/${made.body.servicePrincipal.id}/synchronization`
  const created = await sandbox.graph('POST', `${base}/jobs`, { templateId: 'mfiles' })
  job = `${base}/jobs/${created.body.id}`
  const value = Object.entries({
    BaseAddress: `${target.origin}/scim`,
    SecretToken: 't',
    SyncAll: 'false',
    SyncNotificationSettings: '{"Enabled":false}',
  }).map(([key, value]) => ({ key, value }))
  await sandbox.graph('PUT', `${base}/secrets`, { value })
  await sandbox.graph('POST', `${job}/start`)
  await advance(0)
})

const advance = async (seconds: number): Promise<number> =>
  (await sandbox.control('POST', '/clock', { advanceSeconds: seconds })).body.cycles
const shown = async () => (await sandbox.graph('GET', job)).body

test('moving the clock ahead runs each cycle that falls due, at its time', async () => {
  const before = Date.parse((await shown()).status.lastExecution.timeEnded)
  expect(await advance(39 * 60)).toBe(0)
  // 36 of 40 minutes each, less the 39 minutes that have passed and the cycles' own time.
  expect(await advance(DAY)).toBe(36)
  const after = Date.parse((await shown()).status.lastExecution.timeEnded)
  expect(Math.round((after - before) / 60_000)).toBe(36 * 40)
})

test('four weeks in quarantine pass in a moment, and end with the job disabled', async () => {
  target.fault = () => ({ status: 401 })
  expect(await advance(29 * DAY)).toBeLessThan(40)
  expect(await shown()).toMatchObject({
    schedule: { state: 'Disabled' },
    status: { quarantine: { reason: 'EncounteredQuarantineException' } },
  })
})

test('a job that never gets on does not hold the clock', async () => {
  await sandbox.control('POST', '/settings', { quarantineRetrySeconds: [0] })
  target.fault = () => ({ status: 401 })
  expect(await advance(DAY)).toBeLessThan(3)
})
