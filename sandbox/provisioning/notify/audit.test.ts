import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type Fixture, fixture, PRINCIPAL } from '../fixture.testing.ts'

let at: Fixture
beforeEach(async () => {
  at = await fixture()
})
afterEach(() => at.close())

const run = () => at.provisioning.runCycle(at.job.id)
const audited = () => [...at.store.audits.values()]

test('a quarantine that begins is entered into the audit log, once while it lasts', async () => {
  at.target.fault = () => ({ status: 401 })
  await run()
  await run()
  expect(audited()).toEqual([
    expect.objectContaining({
      at: '2026-03-01T08:00:00.000Z',
      activity: 'Quarantine',
      category: 'ProvisioningManagement',
      service: 'Account Provisioning',
      targets: [
        {
          id: PRINCIPAL,
          type: 'ServicePrincipal',
          displayName: 'M-Files',
          modified: [{ name: 'Quarantine', before: null, after: '"EncounteredQuarantineException"' }],
        },
      ],
    }),
  ])
  at.target.fault = () => undefined
  await run()
  at.target.fault = () => ({ status: 401 })
  await run()
  expect(audited()).toHaveLength(2)
})

test('a cycle without quarantine leaves no entry', async () => {
  await run()
  expect(audited()).toEqual([])
})
