/** Stacks for the tenants of one sandbox, each with its file and an application in its tenant. */
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { createGraph, graphSettings } from '../../provider/graph/client.ts'
import type { Env } from './tenant.ts'

/** As `GET /sandbox/tenants` tells them. */
export interface SandboxTenant {
  tenantId: string
  clientId: string
  clientSecret: string
}

export interface TestStack {
  name: string
  env: Env
}

/** Writes `Pulumi.<name>.yaml` into `folder`; what reads it is given `env`. */
export function writeStack(folder: string, name: string, metadataHost: string, tenant: SandboxTenant): TestStack {
  const target = {
    kind: 'external',
    tenantUrl: 'https://saas.example/scim',
    tokenEndpoint: 'https://saas.example/token',
    clientId: 'c',
    clientSecret: { secure: 'v1:x' },
  }
  const config = { application: 'M-Files', displayName: name, tenantId: tenant.tenantId, target, status: 'off' }
  writeFileSync(path.join(folder, `Pulumi.${name}.yaml`), JSON.stringify({ config }))
  const env = {
    ARM_METADATA_HOSTNAME: metadataHost,
    ARM_CLIENT_ID: tenant.clientId,
    ARM_CLIENT_SECRET: tenant.clientSecret,
  }
  return { name, env }
}

/** An application of the stack's name with a job that was not started. */
export async function setUp({ name, env }: TestStack, tenantId: string): Promise<void> {
  const graph = createGraph({ settings: graphSettings({ ...env, ARM_TENANT_ID: tenantId }) })
  const { value } = await graph.get<{ value: { id: string }[] }>(
    "/applicationTemplates?$filter=displayName eq 'M-Files'",
  )
  const made = await graph.post<{ servicePrincipal: { id: string } }>(
    `/applicationTemplates/${value[0]!.id}/instantiate`,
    { displayName: name },
  )
  await graph.post(`/servicePrincipals/${made.servicePrincipal.id}/synchronization/jobs`, { templateId: 'mfiles' })
}
