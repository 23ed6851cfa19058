import { appRoleAssignments } from './appRoleAssignments/resource.ts'
import { galleryApplication } from './galleryApplication/resource.ts'
import { provisioningJob } from './provisioningJob/resource.ts'
import type { Resource } from './resource.ts'
import { createScimConfiguration, type ScimConfigurationDependencies } from './scimConfiguration/resource.ts'

/** All resource types of the provider, by token. */
export function createResources(dependencies: ScimConfigurationDependencies): Map<string, Resource<object, object>> {
  const resources = [galleryApplication, provisioningJob, appRoleAssignments, createScimConfiguration(dependencies)]
  return new Map(resources.map((resource) => [resource.token, resource as unknown as Resource<object, object>]))
}
