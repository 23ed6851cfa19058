import * as pulumi from '@pulumi/pulumi'
import { ExternalTarget } from './components/scim-target/external.ts'
import { LocalTarget } from './components/scim-target/local.ts'
import type { ScimTarget } from './components/scim-target/target.ts'
import { TenantProvisioning } from './components/tenantProvisioning.ts'
import { type ProgramConfig, readStackConfig } from './config/program.ts'

/**
 * One stack's settings in, one tenant out. Pulumi's runner calls the default export and takes what it returns as the
 * stack's outputs; it accepts no named export beside it. The Automation API takes the same function as inline program.
 */
export default async function program() {
  const config = readStackConfig()
  const target = await scimTarget(config)
  const tenant = new TenantProvisioning('tenant', {
    application: {
      template: config.application,
      displayName: config.displayName,
      adoptExisting: config.adoptExisting,
    },
    target,
    assignments: config.assignments,
    provisioning: {
      scope: config.scope,
      notificationEmail: config.notificationEmail,
      accidentalDeletions: config.accidentalDeletions,
      additionalMappings: config.additionalMappings,
      scopingFilters: config.scopingFilters,
      status: config.status,
      waitForFirstCycle: config.waitForFirstCycle,
    },
  })
  const { app, servicePrincipalId, assignments, provisioning } = tenant
  return {
    application: { displayName: app?.displayName, applicationId: app?.clientId, servicePrincipalId },
    job: {
      id: provisioning.jobId,
      templateId: provisioning.templateId,
      status: provisioning.status,
      quarantine: provisioning.quarantine,
    },
    target: { tenantUrl: target.credentials.tenantUrl, adminUrl: target.adminUrl, ...target.details },
    assignments: { warnings: assignments?.warnings ?? [] },
  }
}

async function scimTarget({ target, rotation }: ProgramConfig): Promise<ScimTarget> {
  switch (target.kind) {
    case 'external': {
      const { kind: _, ...credentials } = target
      return new ExternalTarget('target', credentials)
    }
    case 'containerApp': {
      // Only stacks that have one pay for loading the SDKs of Azure.
      const { containerAppTarget } = await import('./components/scim-target/container-app.ts')
      const { kind: _, name = `entrada-${pulumi.getStack()}`, ...settings } = target
      return containerAppTarget('target', { ...settings, name, rotation })
    }
    case 'local': {
      const { kind: _, name = `entrada-${pulumi.getStack()}`, ...settings } = target
      return new LocalTarget('target', { ...settings, name, rotation })
    }
  }
}
