import { ContainerApp } from '@pulumi/azure-native/app/containerApp.js'
import { ManagedCertificate } from '@pulumi/azure-native/app/managedCertificate.js'
import type { ManagedEnvironment } from '@pulumi/azure-native/app/managedEnvironment.js'
import type { UserAssignedIdentity } from '@pulumi/azure-native/managedidentity/userAssignedIdentity.js'
import type * as pulumi from '@pulumi/pulumi'
import { configurationOf, type ServiceParts, templateOf } from './appArgs.ts'
import { PROFILE } from './environment.ts'
import type { ScimImage } from './image.ts'
import { patientWith, ROLE_NOT_ARRIVED } from './patience.ts'
import type { Place } from './place.ts'
import type { ContainerAppSettings } from './settings.ts'

export interface AppArgs {
  place: Place
  settings: ContainerAppSettings
  environment: ManagedEnvironment
  identity: UserAssignedIdentity
  image: ScimImage
  parts: Omit<ServiceParts, 'identityClientId' | 'tenantId'>
}

/** @param dependsOn what a revision needs to start */
export function makeApp(
  name: string,
  args: AppArgs,
  parent: pulumi.Resource,
  dependsOn: pulumi.Resource[],
): ContainerApp {
  const { place, settings, environment, identity, image, parts } = args
  const { resourceGroupName, location, tags, tenantId, protect, names } = place
  return new ContainerApp(
    name,
    {
      resourceGroupName,
      location,
      tags,
      containerAppName: names.app,
      environmentId: environment.id,
      workloadProfileName: PROFILE,
      identity: { type: 'UserAssigned', userAssignedIdentities: [identity.id] },
      configuration: configurationOf({
        identityId: identity.id,
        registryServer: image.registry?.server,
        domain: settings.domain,
      }),
      template: templateOf(settings, image.reference, { ...parts, tenantId, identityClientId: identity.clientId }),
    },
    {
      parent,
      dependsOn,
      // Under --skip-preview an update deletes until it meets what is protected; what the app depends on comes after it.
      protect,
      hooks: patientWith(ROLE_NOT_ARRIVED, `${name}-role-not-arrived`, parent),
    },
  )
}

/** A certificate that Azure issues and renews; none where no domain is given, or a certificate with it. */
export function makeCertificates(
  name: string,
  place: Place,
  domain: ContainerAppSettings['domain'],
  environment: ManagedEnvironment,
  app: ContainerApp,
  parent: pulumi.Resource,
): ManagedCertificate[] {
  if (!domain || domain.certificateId) return []
  const { resourceGroupName, location, tags } = place
  const certificate = new ManagedCertificate(
    name,
    {
      resourceGroupName,
      location,
      tags,
      environmentName: environment.name,
      // Another one for another domain: this one is in use until the app has moved on.
      managedCertificateName: domain.name.replaceAll('.', '-'),
      properties: { subjectName: domain.name, domainControlValidation: 'CNAME' },
    },
    // Azure issues it for a name that an app of the environment has claimed, and does not delete it while it is in use.
    { parent, dependsOn: [app], deletedWith: environment },
  )
  return [certificate]
}
