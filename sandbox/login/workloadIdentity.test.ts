import { expect, test } from '@jest/globals'
import { createLocalJWKSet, jwtVerify } from 'jose'
import type { SandboxOptions } from '../sandbox.ts'
import { fakeProvisioning, startTestSandbox } from '../testing.ts'

test('an application proves itself to its target by a token that the published keys verify', async () => {
  let parts: Parameters<SandboxOptions['createProvisioning']>[0] | undefined
  const sandbox = await startTestSandbox({
    users: 20,
    createProvisioning(given) {
      parts = given
      return fakeProvisioning()
    },
  })
  const { login, tenantId, clientId } = sandbox.address
  const { body: principal } = await sandbox.graph('GET', `/servicePrincipals(appId='${clientId}')`)
  const { body: metadata } = await sandbox.send('GET', `/${tenantId}/v2.0/.well-known/openid-configuration`)
  const { body: keys } = await sandbox.send('GET', metadata.jwks_uri.slice(login.length))
  const { payload } = await jwtVerify(await parts!.workloadIdentity(principal.id), createLocalJWKSet(keys), {
    issuer: metadata.issuer,
    subject: principal.id,
    audience: `api://${clientId}`,
  })
  expect(payload).toMatchObject({ ver: '2.0', tid: tenantId, azp: clientId, oid: principal.id })
  await sandbox.close()
})
