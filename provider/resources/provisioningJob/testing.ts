/** A tenant with an application, and what the tests of its job look at. */
import { addApplication, type FakeTenant, fakeTenant } from '../testing/tenant.ts'
import type { ProvisioningJobInputs, ProvisioningJobOutputs } from './inputs.ts'
import type { Job } from './job.ts'
import { provisioningJob } from './resource.ts'

export const credentials = {
  tenantUrl: 'https://t.example/scim',
  tokenEndpoint: 'https://t.example/token',
  clientId: 'c',
  clientSecret: 'hush-hush',
}

export function setUp() {
  const tenant = fakeTenant()
  const { servicePrincipal, app } = addApplication(tenant, 'M-Files')
  const inputs = (more: object = {}) =>
    provisioningJob.check({ servicePrincipalId: servicePrincipal.id, credentials, ...more })
      .inputs as ProvisioningJobInputs
  return { tenant, inputs, app, servicePrincipal }
}

/** Which calls were made, without ids; reads are left out. */
export const writes = (tenant: FakeTenant) =>
  tenant.log
    .filter((line) => !line.startsWith('GET'))
    .map((line) => line.replace(/\/servicePrincipals\/[^/]+\/synchronization/, '').replace(/jobs\/[^/]+/, 'job'))

export async function running(more: object = {}) {
  const set = setUp()
  const asked = set.inputs(more)
  const { id, outputs } = await provisioningJob.create(asked, set.tenant.context())
  set.tenant.log.length = 0
  const update = (news: ProvisioningJobInputs, before: ProvisioningJobOutputs = outputs) =>
    provisioningJob.update({ id, inputs: asked, outputs: before }, news, set.tenant.context())
  return { ...set, id, asked, outputs, update }
}

export function setStatus(tenant: FakeTenant, status: Partial<NonNullable<Job['status']>>): void {
  for (const job of tenant.jobs.values()) tenant.jobs.set(job.id, { ...job, status: { ...job.status!, ...status } })
}

export const cycle = {
  state: 'Succeeded',
  timeBegan: '2026-01-01T00:00:00Z',
  timeEnded: '2026-01-01T00:01:00Z',
  error: null,
}
export const quarantine = {
  reason: 'EncounteredQuarantineException',
  currentBegan: 'x',
  nextAttempt: 'y',
  error: { code: 'E', message: 'bad credentials' },
}
