import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { SMTPServer } from 'smtp-server'
import { type Fixture, fixture } from '../fixture.testing.ts'
import { sendMail } from './mail.ts'

let server: SMTPServer
let mails: { from: string; to: string[]; text: string }[]
let at: Fixture
beforeEach(async () => {
  mails = []
  server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    async onData(stream, session, done) {
      const chunks: Buffer[] = []
      for await (const chunk of stream) chunks.push(chunk as Buffer)
      const { mailFrom, rcptTo } = session.envelope
      const from = mailFrom ? mailFrom.address : ''
      mails.push({ from, to: rcptTo.map(({ address }) => address), text: Buffer.concat(chunks).toString() })
      done()
    },
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.server.address() as AddressInfo
  at = await fixture('scim', { smtp: `127.0.0.1:${port}` })
  notify({ Enabled: true, Recipients: 'ops@contoso.test, more@contoso.test' })
})
afterEach(async () => {
  await at.close()
  await new Promise<void>((resolve) => server.close(resolve))
})

const notify = (settings: object) =>
  at.setSecrets({ SecretToken: 't', SyncNotificationSettings: JSON.stringify(settings) })
const run = () => at.provisioning.runCycle(at.job.id)
const refuse = (status: number) => {
  at.target.fault = () => ({ status })
}

describe('a mail', () => {
  test('tells of quarantine to all recipients, once while it lasts', async () => {
    refuse(401)
    await run()
    await run()
    expect(mails).toHaveLength(1)
    expect(mails[0]).toMatchObject({
      from: 'azure-noreply@microsoft.com',
      to: ['ops@contoso.test', 'more@contoso.test'],
      text: expect.stringContaining('Subject: M-Files: provisioning is in quarantine'),
    })
    expect(mails[0]!.text).toContain('SystemForCrossDomainIdentityManagementInvalidCredentials')
  })

  test('tells again when the reason changes, and when quarantine begins anew', async () => {
    refuse(401)
    await run()
    at.store.jobs.put(at.job.id, { ...at.current(), schema: { synchronizationRules: [{ objectMappings: [{}] }] } })
    await run()
    expect(mails).toHaveLength(2)
    at.store.jobs.put(at.job.id, { ...at.current(), schema: null })
    at.target.fault = () => undefined
    await run()
    refuse(401)
    await run()
    expect(mails).toHaveLength(3)
  })

  test('tells of deletions held back', async () => {
    notify({ Enabled: true, Recipients: 'ops@contoso.test', DeleteThresholdEnabled: true, DeleteThresholdValue: 0 })
    at.user('anna')
    at.assign('anna')
    await run()
    at.unassign('anna')
    await run()
    expect(mails.map(({ text }) => text)).toEqual([
      expect.stringContaining('Subject: M-Files: deletions are held back'),
    ])
  })

  test('is not sent where notification is off, or for one object that fails', async () => {
    notify({ Enabled: false, Recipients: 'ops@contoso.test' })
    refuse(401)
    await run()
    notify({ Enabled: true, Recipients: 'ops@contoso.test' })
    at.target.fault = ({ method }) => (method === 'POST' ? { status: 500 } : undefined)
    at.user('anna')
    at.assign('anna')
    await run()
    expect(mails).toEqual([])
  })
})

test('a cycle ends as ever when the mail server cannot be reached', async () => {
  const other = await fixture('scim', { smtp: '127.0.0.1:1' })
  other.setSecrets({ SyncNotificationSettings: '{"Enabled":true,"Recipients":"ops@contoso.test"}' })
  expect((await other.provisioning.runCycle(other.job.id)).state).toBe('Failed')
  await other.close()
})

test('a mail server that is not host:port is named', async () => {
  await expect(sendMail('nowhere', { to: 'a@b', subject: '', text: '' })).rejects.toThrow(
    '"nowhere" is not of the form',
  )
})
