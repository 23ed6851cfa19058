import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type Fixture, fixture } from './fixture.testing.ts'

let at: Fixture
beforeEach(async () => {
  at = await fixture()
  at.user('anna')
  at.assign('anna')
})
afterEach(() => at.close())

const run = () => at.provisioning.runCycle(at.job.id)
const status = () => at.current().status

describe('accidental deletions', () => {
  const guard = (value: number) => JSON.stringify({ DeleteThresholdEnabled: true, DeleteThresholdValue: value })

  beforeEach(async () => {
    for (const id of ['ben', 'cleo']) {
      at.user(id)
      at.assign(id)
    }
    at.setSecrets({ SecretToken: 't', SyncNotificationSettings: guard(2) })
    await run()
    at.target.take()
    at.logged()
  })
  const leave = (...ids: string[]) => {
    for (const id of ids) at.unassign(id)
  }

  test('up to the threshold are carried out', async () => {
    leave('anna', 'ben')
    expect((await run()).users.disabled).toBe(2)
  })

  test.each([
    ['1', { disabled: 0, skipped: 2 }],
    ['2', { disabled: 2, skipped: 0 }],
  ])(
    'are held by the job’s own threshold, here %s, where the notification settings name none',
    async (value, users) => {
      at.setSecrets({ SecretToken: 't', SyncNotificationSettings: '{"DeleteThresholdEnabled":true}' })
      const synchronizationJobSettings = [{ name: 'QuarantineTooManyDeletesThreshold', value }]
      at.store.jobs.put(at.job.id, { ...at.current(), synchronizationJobSettings })
      leave('anna', 'ben')
      expect((await run()).users).toMatchObject(users)
    },
  )

  test('beyond it are held, until they are allowed', async () => {
    leave('anna', 'ben', 'cleo')
    expect((await run()).users).toMatchObject({ disabled: 0, skipped: 3 })
    expect(at.target.take()).toEqual([])
    expect(at.logged().sort()).toEqual(['anna', 'ben', 'cleo'].map((id) => `stagedDelete success ${id}`))
    expect(status().quarantine).toMatchObject({ reason: 'TooManyDeletes' })

    at.provisioning.restart(at.job.id, 'ForceDeletes')
    expect((await run()).users.disabled).toBe(3)
    expect(status().quarantine).toBeNull()
    expect(at.current().forceDeletes).toBe(false)
  })

  test('are held whatever their cause, and not lost by a start', async () => {
    for (const id of ['anna', 'ben', 'cleo']) at.user(id, { accountEnabled: false })
    await run()
    at.provisioning.start(at.job.id)
    expect((await run()).users.disabled).toBe(0)
    expect(status().quarantine).toMatchObject({ reason: 'TooManyDeletes' })
    at.provisioning.restart(at.job.id, 'ForceDeletes')
    expect((await run()).users.disabled).toBe(3)
  })

  test('are forgotten when the cause is undone', async () => {
    leave('anna', 'ben', 'cleo')
    await run()
    for (const id of ['anna', 'ben', 'cleo']) at.assign(id)
    await run()
    expect(at.target.take()).toEqual([])
    expect(status().quarantine).toBeNull()
  })
})

describe('where the deletions up to the threshold are carried out', () => {
  const everybody = Array.from({ length: 14 }, (_, i) => `u${i}`)

  beforeEach(async () => {
    await at.close()
    at = await fixture('scim', { deletionsUpToThreshold: 'executed' })
    for (const id of everybody) {
      at.user(id)
      at.assign(id)
    }
    const settings = JSON.stringify({ DeleteThresholdEnabled: true, DeleteThresholdValue: 2 })
    at.setSecrets({ SecretToken: 't', SyncNotificationSettings: settings })
    await run()
    for (const id of everybody) at.unassign(id)
    expect((await run()).users).toMatchObject({ disabled: 2, skipped: 12 })
  })

  const held = () => expect(status().quarantine).toMatchObject({ reason: 'TooManyDeletes' })

  test('no other goes in later cycles, also not of a job that was stopped and started', async () => {
    for (const _ of [1, 2]) {
      at.provisioning.pause(at.job.id)
      at.provisioning.start(at.job.id)
      expect((await run()).users.disabled).toBe(0)
      held()
    }
  })

  test('no other goes when so few are left that they are within the threshold', async () => {
    for (const id of everybody.slice(0, 13)) at.assign(id)
    expect((await run()).users.disabled).toBe(0)
    held()
  })

  test('the others go when they are allowed', async () => {
    at.provisioning.restart(at.job.id, 'ForceDeletes')
    expect((await run()).users.disabled).toBe(12)
    expect(at.current()).toMatchObject({ deletionsLetThrough: 0, status: { quarantine: null } })
  })

  test('a restart counts anew', async () => {
    at.provisioning.restart(at.job.id, undefined)
    expect((await run()).users.disabled).toBe(2)
    held()
  })

  test('it ends with the cycle that finds nobody leaving; whoever leaves then is counted anew', async () => {
    for (const id of everybody) at.assign(id)
    await run()
    expect(status().quarantine).toBeNull()
    at.unassign('u0')
    expect((await run()).users.disabled).toBe(1)
  })

  test('it ends with a threshold that all of them are within', async () => {
    const settings = JSON.stringify({ DeleteThresholdEnabled: true, DeleteThresholdValue: 14 })
    at.setSecrets({ SecretToken: 't', SyncNotificationSettings: settings })
    expect((await run()).users.disabled).toBe(12)
    expect(status().quarantine).toBeNull()
  })
})
