import { expect, test } from '@jest/globals'
import { type Deployment, type PreviewStep, type ResourceState, type There, withResources } from './state.ts'

const urn = (type: string, name: string) => `urn:pulumi:s::entrada::${type}::${name}`
const STACK = urn('pulumi:pulumi:Stack', 'entrada-s')
const PROVIDER = urn('pulumi:providers:entrasync', 'default')
const APP = urn('entrasync:index:GalleryApplication', 'tenant-app')
const JOB = urn('entrasync:index:ProvisioningJob', 'tenant-provisioning')
const NEW = '04da6b54-80e4-46f7-96ec-b56ff0331ba9'

const step = (state: Partial<ResourceState> & { urn: string }): PreviewStep => ({
  op: 'create',
  urn: state.urn,
  newState: { custom: true, type: state.urn.split('::')[2]!, stackTrace: [], ...state },
})
const steps = [
  step({ urn: STACK, custom: false }),
  step({ urn: APP, parent: STACK, provider: `${PROVIDER}::${NEW}`, inputs: { template: 'M-Files' } }),
  step({
    urn: JOB,
    parent: STACK,
    provider: `${PROVIDER}::${NEW}`,
    dependencies: [APP, 'urn of what is not there'],
    propertyDependencies: { servicePrincipalId: [APP] },
  }),
]
const app: There = {
  id: '/servicePrincipals/1',
  inputs: { template: 'M-Files', notes: undefined },
  outputs: { created: false },
  secrets: [],
}
const job: There = {
  id: '/servicePrincipals/1/synchronization/jobs/2',
  inputs: { credentials: { clientId: 'c', clientSecret: 'hush' } },
  outputs: { jobId: '2' },
  secrets: ['credentials.clientSecret'],
}
const empty: Deployment = { version: 3, deployment: { secrets_providers: { type: 'passphrase' } } }
const options = { steps, tenantId: 'contoso.example', newId: () => 'new-id' }

test('resources are put in with provider, parents and dependencies; secrets as such', () => {
  const { deployment } = withResources(empty, {
    ...options,
    there: new Map([
      [APP, app],
      [JOB, job],
    ]),
  })
  const secret = { '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270', plaintext: '"hush"' }
  const provider = `${PROVIDER}::new-id`
  expect(deployment).toEqual({
    secrets_providers: { type: 'passphrase' },
    resources: [
      { urn: STACK, custom: false, type: 'pulumi:pulumi:Stack', outputs: {} },
      expect.objectContaining({ urn: PROVIDER, id: 'new-id', inputs: { tenantId: 'contoso.example' } }),
      expect.objectContaining({
        urn: APP,
        id: app.id,
        provider,
        inputs: { template: 'M-Files' },
        outputs: { template: 'M-Files', created: false },
      }),
      expect.objectContaining({
        urn: JOB,
        parent: STACK,
        dependencies: [APP],
        propertyDependencies: { servicePrincipalId: [APP] },
        inputs: { credentials: { clientId: 'c', clientSecret: secret } },
        outputs: { credentials: { clientId: 'c', clientSecret: secret }, jobId: '2' },
      }),
    ],
  })
})

test('what an interrupted run has put in stays as it is, and its provider is used', () => {
  const first = withResources(empty, { ...options, there: new Map([[APP, app]]) })
  const again = withResources(first, {
    ...options,
    newId: () => 'another-id',
    there: new Map([
      [APP, { ...app, id: 'other' }],
      [JOB, job],
    ]),
  })
  expect(again.deployment.resources).toHaveLength(4)
  expect(again.deployment.resources!.slice(0, 3)).toEqual(first.deployment.resources)
  expect(again.deployment.resources![3]!.provider).toBe(`${PROVIDER}::new-id`)
})

test('what is not there is left to the next update', () => {
  const { deployment } = withResources(empty, { ...options, there: new Map() })
  expect(deployment.resources!.map((resource) => resource.urn)).toEqual([STACK])
})
