import type { ObjectMapping, SynchronizationSchema } from '../schema.ts'
import { CORE_GROUP, ENTERPRISE_USER } from '../scim/body.ts'
import { mappings } from './build.ts'
import { SOURCE_DIRECTORY, sourceDirectory } from './directory.ts'
import { asInGalleryGuides, BY_GUIDES, GENERIC_USER, GENERIC_USER_OBJECT, GROUP, GROUP_OBJECT } from './generic.ts'
import { MFILES_USER, MFILES_USER_OBJECT } from './mfiles.ts'

/** The rule id that SCIM templates were seen to carry. */
export const SCIM_RULE_ID = '03f7d90d-bf71-41b1-bda6-aaf0ddbee5d8'

const NO_TENANT = '00000000000000000000000000000000'

const isMFiles = (templateId: string): boolean => /^m-?files/i.test(templateId)

/**
 * Which default mappings: those that Microsoft's pages list, or what vendors' guides show in their place. Neither the
 * list of a fresh non-gallery application nor that of M-Files is public.
 */
export type DefaultMappings = 'documented' | 'vendorGuides'

/**
 * The synchronization schema that a template's jobs start with, in Graph's shape: the M-Files stand-in for a template
 * id that begins with `mfiles`, else the generic SCIM mapping. A fresh copy at each call.
 */
export function templateSchema(templateId: string, form: DefaultMappings = 'documented'): SynchronizationSchema {
  const mfiles = isMFiles(templateId)
  const byGuides = form === 'vendorGuides'
  const galleryUser = byGuides ? MFILES_USER.map(asInGalleryGuides) : MFILES_USER
  const genericUser = byGuides ? [...GENERIC_USER, ...BY_GUIDES] : GENERIC_USER
  const targetDirectoryName = mfiles ? 'M-Files' : 'customappsso'
  const application = mfiles ? 'M-Files' : 'customappsso'
  return structuredClone({
    id: `${templateId}.${NO_TENANT}`,
    version: 'v1.0',
    synchronizationRules: [
      {
        id: SCIM_RULE_ID,
        name: 'USERGROUP_OUTBOUND_USERGROUP',
        priority: 1,
        editable: true,
        sourceDirectoryName: SOURCE_DIRECTORY,
        targetDirectoryName,
        containerFilter: null,
        groupFilter: null,
        metadata: [
          { key: 'defaultSourceObjectMappings', value: 'True' },
          { key: 'supportsProvisionOnDemand', value: 'True' },
        ],
        objectMappings: [
          objectMapping(
            mfiles ? `Synchronize Microsoft Entra users to ${application}` : 'Provision Microsoft Entra ID Users',
            'User',
            ENTERPRISE_USER,
            mfiles ? galleryUser : genericUser,
          ),
          objectMapping(
            mfiles ? `Synchronize Microsoft Entra groups to ${application}` : 'Provision Microsoft Entra ID Groups',
            'Group',
            CORE_GROUP,
            GROUP,
          ),
        ],
      },
    ],
    directories: [
      sourceDirectory(),
      {
        id: mfiles ? '5c1b9f0e-2d0e-4a33-8f0b-6d1f0a5c7e10' : '8ffa6169-f354-4751-9b77-9c00765be92d',
        name: targetDirectoryName,
        readOnly: false,
        discoverabilities: mfiles ? 'AttributeNames, AttributeDataTypes, AttributeReadOnly' : 'None',
        discoveryDateTime: null,
        objects: [mfiles ? MFILES_USER_OBJECT : GENERIC_USER_OBJECT, GROUP_OBJECT],
      },
    ],
  })
}

function objectMapping(
  name: string,
  sourceObjectName: string,
  targetObjectName: string,
  lines: Parameters<typeof mappings>[0],
): ObjectMapping {
  return {
    name,
    enabled: true,
    flowTypes: 'Add, Update, Delete',
    sourceObjectName,
    targetObjectName,
    scope: null,
    metadata: [],
    attributeMappings: mappings(lines),
  }
}
