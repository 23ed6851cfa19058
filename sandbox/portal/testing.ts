import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { templateSchema } from '../../sync/defaults/templates.ts'
import { KNOWN_GROUPS } from '../directory/known.ts'
import { FakeTarget } from '../provisioning/fakeTarget.testing.ts'
import { createProvisioning } from '../provisioning/service.ts'
import type { SandboxOptions } from '../sandbox.ts'
import { MFILES_TEMPLATE } from '../templates/gallery.ts'
import { startTestSandbox, type TestSandbox } from '../testing.ts'

/** A tenant with M-Files added and a group assigned to it; its job is stopped, so that cycles run when a test says so. */
export interface PortalFixture {
  sandbox: TestSandbox
  target: FakeTarget
  /** Path of the application's overview. */
  overview: string
  /** Replaces the application's assignments by none. */
  unassign(): Promise<void>
  close(): Promise<void>
}

export async function portalFixture(options: Partial<SandboxOptions> = {}): Promise<PortalFixture> {
  const target = await new FakeTarget().listen()
  const sandbox = await startTestSandbox({ createProvisioning, templateSchema, ...options })
  const { body } = await sandbox.graph('POST', `/applicationTemplates/${MFILES_TEMPLATE}/instantiate`, {
    displayName: 'M-Files',
  })
  const principal = body.servicePrincipal as { id: string; appRoles: { id: string }[] }
  const base = `/servicePrincipals/${principal.id}`
  const { body: job } = await sandbox.graph('POST', `${base}/synchronization/jobs`, { templateId: 'mfiles' })
  const secrets = {
    BaseAddress: `${target.origin}/scim`,
    SecretToken: 'the-secret-token',
    SyncAll: 'false',
    SyncNotificationSettings: JSON.stringify({
      Enabled: true,
      Recipients: 'ops@contoso.example',
      DeleteThresholdEnabled: true,
      DeleteThresholdValue: 2,
    }),
  }
  const value = Object.entries(secrets).map(([key, one]) => ({ key, value: one }))
  await sandbox.graph('PUT', `${base}/synchronization/secrets`, { value })
  const found = await sandbox.graph('GET', `/groups?$filter=displayName eq '${KNOWN_GROUPS.mfilesUsers}'`)
  const { body: assignment } = await sandbox.graph('POST', `${base}/appRoleAssignedTo`, {
    principalId: found.body.value[0].id,
    resourceId: principal.id,
    appRoleId: principal.appRoles[0]!.id,
  })
  return {
    sandbox,
    target,
    overview: `/portal/${sandbox.address.tenantId}/jobs/${job.id}`,
    async unassign() {
      await sandbox.graph('DELETE', `${base}/appRoleAssignedTo/${assignment.id}`)
    },
    async close() {
      await sandbox.close()
      await target.close()
    },
  }
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome']

/** The machine's own browser, if it has one. */
export function findBrowser(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find((file) => existsSync(file))
}

/** Quiet: a browser that is being tested asks nobody for updates or anything else. */
export function openBrowser(executablePath: string): Promise<Browser> {
  const args = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync']
  return chromium.launch({ executablePath, args, headless: true })
}
