import { beforeAll, beforeEach, expect, test } from '@jest/globals'
import * as pulumi from '@pulumi/pulumi'
import { TenantProvisioning, type TenantProvisioningArgs } from './tenantProvisioning.ts'

const SECRET = 'clear-secret'
const target = {
  credentials: {
    tenantUrl: 'https://saas.example/scim/v2',
    tokenEndpoint: 'https://saas.example/oauth2/token',
    clientId: 'client-1',
    clientSecret: SECRET,
  },
}

let registered: pulumi.runtime.MockResourceArgs[] = []

beforeAll(async () => {
  await pulumi.runtime.setMocks({
    newResource: (args) => {
      registered.push(args)
      return {
        id: `id of ${args.name}`,
        state: { ...args.inputs, servicePrincipalId: args.inputs.servicePrincipalId ?? 'sp-new' },
      }
    },
    call: () => ({}),
  })
})
beforeEach(() => {
  registered = []
})

async function make(args: Omit<TenantProvisioningArgs, 'target'>): Promise<Map<string, Record<string, unknown>>> {
  const made = new TenantProvisioning('tenant', { ...args, target })
  // The last resource of the chain: all others are registered before it.
  await settled(made.provisioning.jobId)
  return new Map(registered.map(({ type, inputs }) => [type.split(':').at(-1)!, inputs]))
}

const settled = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => output.apply(resolve))

test('a service principal that is there is used and no application is made', async () => {
  const made = await make({ application: { servicePrincipalId: 'sp-there' }, assignments: { groups: ['Sales'] } })
  expect(made.has('GalleryApp')).toBe(false)
  expect(made.get('AppRoleAssignments')).toMatchObject({ servicePrincipalId: 'sp-there', groups: ['Sales'] })
  expect(made.get('ProvisioningJob')).toMatchObject({ servicePrincipalId: 'sp-there' })
})

test('without assignments none are touched', async () => {
  const made = await make({ application: { template: 'M-Files' } })
  expect([...made.keys()].sort()).toEqual([
    'GalleryApp',
    'GalleryApplication',
    'Provisioning',
    'ProvisioningJob',
    'TenantProvisioning',
  ])
  expect(made.get('ProvisioningJob')).toMatchObject({ servicePrincipalId: 'sp-new' })
})

test('a client secret given as plain text reaches the job as a secret and no component’s inputs', async () => {
  const made = await make({ application: { template: 'M-Files' } })
  const secretSignature = '1b47061264138c4ac30d75fd1eb44270'
  expect(Object.values(made.get('ProvisioningJob')!.credentials as object)).toContain(secretSignature)
  for (const component of ['TenantProvisioning', 'GalleryApp', 'Provisioning']) expect(made.get(component)).toEqual({})
})
