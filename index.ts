import * as pulumi from '@pulumi/pulumi'
import { isPreviewOfReader } from './components/access.ts'
import type { ManagedGroups } from './components/managedGroups.ts'
import { expiryWarning } from './components/scim-target/expiry.ts'
import { ExternalTarget } from './components/scim-target/external.ts'
import { LocalTarget } from './components/scim-target/local.ts'
import type { ScimTarget } from './components/scim-target/target.ts'
import { inTenant } from './components/tenant.ts'
import { TenantProvisioning } from './components/tenantProvisioning.ts'
import { type ProgramConfig, readStackConfig } from './config/program.ts'

/**
 * One stack's settings in, one tenant out. Pulumi's runner calls the default export and takes what it returns as the
 * stack's outputs; it accepts no named export beside it. The Automation API takes the same function as inline program,
 * with the surroundings of its stack.
 */
export default async function program(env: NodeJS.ProcessEnv = process.env) {
  const config = readStackConfig(env)
  const isReader = isPreviewOfReader(env)
  // Whatever entrasync makes is given these.
  const options = inTenant(config.tenantId)
  const azuread = azureadOf(config.tenantId)
  const target = await scimTarget(config, options, azuread)
  target.secretExpiresAt?.apply((expiresAt) => {
    const warning = expiryWarning(expiresAt, config.rotation, Date.now())
    return warning && pulumi.log.warn(warning)
  })
  const ownGroups = await managedGroups(config, isReader, azuread)
  const { groups = [] } = config.assignments ?? {}
  const assignments = config.assignments && { ...config.assignments, groups: ownGroups?.withIds(groups) ?? groups }
  const tenant = new TenantProvisioning(
    'tenant',
    {
      application: {
        template: config.application,
        displayName: config.displayName,
        adoptExisting: config.adoptExisting,
      },
      target,
      assignments,
      provisioning: {
        scope: config.scope,
        scopeReason: config.scopeReason,
        notificationEmail: config.notificationEmail,
        accidentalDeletions: config.accidentalDeletions,
        additionalMappings: config.additionalMappings,
        scopingFilters: config.scopingFilters,
        status: config.status,
        waitForFirstCycle: config.waitForFirstCycle,
      },
    },
    options,
  )
  const { app, servicePrincipalId, provisioning } = tenant
  return {
    application: { displayName: app?.displayName, applicationId: app?.clientId, servicePrincipalId },
    job: {
      id: provisioning.jobId,
      templateId: provisioning.templateId,
      status: provisioning.status,
      quarantine: provisioning.quarantine,
    },
    target: {
      tenantUrl: target.credentials.tenantUrl,
      adminUrl: target.adminUrl,
      secretExpiresAt: target.secretExpiresAt,
      ...target.details,
    },
    assignments: { warnings: tenant.assignments?.warnings ?? [] },
  }
}

type Azuread = () => Promise<{ provider?: pulumi.ProviderResource }>

/** Imported, and made, where a stack uses it only: azuread takes its time to load. */
function azureadOf(tenantId: string | undefined): Azuread {
  let made: ReturnType<Azuread> | undefined
  return () => {
    made ??= import('./components/azureadTenant.ts').then(({ azureadInTenant }) => azureadInTenant(tenantId))
    return made
  }
}

async function managedGroups(
  { managedGroups: groups }: ProgramConfig,
  isReader: boolean,
  azuread: Azuread,
): Promise<ManagedGroups | undefined> {
  if (groups.length === 0) return undefined
  const { ManagedGroups } = await import('./components/managedGroups.ts')
  return ManagedGroups.create('groups', { groups, isReader }, await azuread())
}

async function scimTarget(
  { target, rotation, tenantId }: ProgramConfig,
  options: ReturnType<typeof inTenant>,
  azuread: Azuread,
): Promise<ScimTarget> {
  switch (target.kind) {
    case 'external': {
      const { kind: _, clientSecretExpires: __, ...credentials } = target
      return new ExternalTarget('target', credentials, options)
    }
    case 'containerApp': {
      // Only stacks that have one pay for loading the SDKs of Azure.
      const { containerAppTarget } = await import('./components/scim-target/container-app.ts')
      const { azureNativeInTenant } = await import('./components/azureNativeTenant.ts')
      const { kind: _, name = `entrada-${pulumi.getStack()}`, ...settings } = target
      const own = { azuread: (await azuread()).provider, azureNative: azureNativeInTenant(tenantId).provider }
      return containerAppTarget('target', { ...settings, name, rotation }, { ...own, entrasync: options.providers[0] })
    }
    case 'local': {
      const { kind: _, name = `entrada-${pulumi.getStack()}`, ...settings } = target
      return new LocalTarget('target', { ...settings, name, rotation }, options)
    }
  }
}
