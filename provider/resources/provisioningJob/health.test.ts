/** Quarantine and the first cycle. */
import { expect, test } from '@jest/globals'
import { provisioningJob } from './resource.ts'
import { credentials, cycle, quarantine, running, setStatus, setUp, writes } from './testing.ts'

test('a quarantined job is restarted once its credentials are repaired', async () => {
  const { tenant, inputs, update } = await running()
  setStatus(tenant, { code: 'Quarantine', quarantine })
  await update(inputs({ credentials: { ...credentials, clientSecret: 'new' } }))
  expect(writes(tenant)).toEqual(['PUT /secrets', 'POST /job/validateCredentials', 'POST /job/restart'])
})

test('a job that was found in quarantine is tested and restarted when its target works again', async () => {
  const { tenant, asked, id, outputs, update } = await running()
  setStatus(tenant, { code: 'Quarantine', quarantine })
  const found = { ...outputs, quarantine: { reason: 'r' } as never }
  expect(provisioningJob.diff({ id, inputs: asked, outputs: found }, asked).changes).toEqual({ quarantine: 'update' })
  await update(asked, found)
  expect(writes(tenant)).toEqual(['POST /job/validateCredentials', 'POST /job/restart'])
})

test('a quarantined job can be switched off while its target does not answer', async () => {
  const { tenant, inputs, update } = await running()
  setStatus(tenant, { code: 'Quarantine', quarantine })
  tenant.connectionProblem = { code: 'InvalidCredentials', message: 'answered 404' }
  await update(inputs({ status: 'off' }))
  expect(writes(tenant)).toEqual(['POST /job/pause'])
})

test('waiting for the first cycle ends with it, and not with the execution that never began', async () => {
  const { tenant, inputs } = setUp()
  const never = {
    state: 'Failed',
    timeBegan: '0001-01-01T00:00:00Z',
    timeEnded: '0001-01-01T00:00:00Z',
    error: { code: 'None', message: '' },
  }
  let looks = 0
  tenant.intercept = ({ method, path }) => {
    if (method === 'GET' && /\/jobs\/[^/]+$/.test(path))
      setStatus(tenant, { lastExecution: ++looks > 4 ? cycle : never })
    return undefined
  }
  const { outputs } = await provisioningJob.create(inputs({ waitForFirstCycle: true }), tenant.context())
  expect(outputs.lastExecution).toMatchObject({ state: 'Succeeded' })
})

test('a first cycle that ends in quarantine is an error that says why', async () => {
  const { tenant, inputs } = setUp()
  tenant.intercept = ({ path }) => {
    if (path.endsWith('/start')) setTimeout(() => setStatus(tenant, { code: 'Quarantine', quarantine }))
    return undefined
  }
  const clock = tenant.clock as { sleep: unknown }
  clock.sleep = () => new Promise((resolve) => setTimeout(resolve))
  await expect(provisioningJob.create(inputs({ waitForFirstCycle: true }), tenant.context())).rejects.toThrow(
    /quarantine.*bad credentials/,
  )
})
