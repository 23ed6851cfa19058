import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { RoleAssignment } from '@pulumi/azure-native/authorization/roleAssignment.js'
import { getRegistryOutput } from '@pulumi/azure-native/containerregistry/getRegistry.js'
import { Registry } from '@pulumi/azure-native/containerregistry/registry.js'
import type { UserAssignedIdentity } from '@pulumi/azure-native/managedidentity/userAssignedIdentity.js'
import { Image } from '@pulumi/docker-build/image.js'
import * as pulumi from '@pulumi/pulumi'
import { parseImage } from '../../../azure/image.ts'
import { Component } from '../../component.ts'
import { identityRole, type Place } from './place.ts'
import { registryLogin } from './registryLogin.ts'
import type { ContainerAppSettings } from './settings.ts'

export interface ScimImageArgs {
  place: Place
  settings: Pick<ContainerAppSettings, 'image' | 'registry'>
  /** Pulls the image, where its registry is one of Azure. */
  identity: UserAssignedIdentity
}

/** The SCIM service's image: one that is named, or one that is built from `scim/` and pushed. */
export class ScimImage extends Component {
  readonly reference: pulumi.Output<string>
  /** Undefined where the image is in a public registry elsewhere. */
  readonly registry: { id: pulumi.Output<string>; server: pulumi.Output<string> } | undefined

  constructor(name: string, args: ScimImageArgs, opts?: pulumi.ComponentResourceOptions) {
    super('ScimImage', name, opts)
    const { place, settings, identity } = args
    const { image } = settings
    if (image && !parseImage(image)?.digest)
      void pulumi.log.warn(
        `${image} is named by its tag: who pushes another image under it changes what new replicas run, and no update shows it. Name it by its digest`,
        this,
      )
    this.registry = !image || settings.registry ? registryOf(name, place, settings.registry, this) : undefined
    if (this.registry)
      new RoleAssignment(
        `${name}-pull`,
        identityRole('AcrPull', place, identity.principalId, this.registry.id),
        // Two assignments of one name cannot exist side by side.
        { parent: this, deleteBeforeReplace: true },
      )
    this.reference = image ? pulumi.output(image) : build(name, this.registry!.server, this)
    this.registerOutputs({ reference: this.reference })
  }
}

function registryOf(name: string, place: Place, existing: ContainerAppSettings['registry'], parent: pulumi.Resource) {
  const { resourceGroupName, location, tags, names } = place
  if (existing) {
    const group = existing.resourceGroup ?? resourceGroupName
    const found = getRegistryOutput({ registryName: existing.name, resourceGroupName: group }, { parent })
    return { id: found.id, server: found.loginServer }
  }
  const made = new Registry(
    name,
    {
      resourceGroupName,
      location,
      tags,
      registryName: names.registry,
      sku: { name: 'Basic' },
      adminUserEnabled: false,
      anonymousPullEnabled: false,
    },
    { parent },
  )
  return { id: made.id, server: made.loginServer }
}

function build(name: string, server: pulumi.Output<string>, parent: pulumi.Resource): pulumi.Output<string> {
  const source = fileURLToPath(new URL('../../../scim', import.meta.url))
  const image = new Image(
    name,
    {
      // Relative: another machine's folder is no change.
      context: { location: path.relative(pulumi.getRootDirectory(), source) || '.' },
      tags: [pulumi.interpolate`${server}/entrada-scim:${pulumi.getStack()}`],
      platforms: ['linux/amd64'],
      push: true,
      buildOnPreview: false,
      registries: [registryLogin(server, parent)],
    },
    { parent },
  )
  return image.ref
}
