import { stableId } from '../directory/random.ts'
import type { AppRole } from '../tenant/model.ts'

/** Microsoft Graph's own application, the same in every tenant. */
export const GRAPH_APP_ID = '00000003-0000-0000-c000-000000000000'

const permission = (value: string, id = stableId('graph permission', value)): AppRole => ({
  id,
  displayName: value,
  description: value,
  value,
  isEnabled: true,
  allowedMemberTypes: ['Application'],
  origin: 'Application',
})

/** Application permissions under Microsoft's ids (Graph: permissions reference); those without one have a stand-in. */
export const GRAPH_PERMISSIONS: AppRole[] = [
  permission('Application.Read.All', '9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30'),
  permission('Application.ReadWrite.All', '1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9'),
  permission('Application.ReadWrite.OwnedBy', '18a4783c-866b-4cc7-a460-3d5e5662c884'),
  permission('AppRoleAssignment.ReadWrite.All', '06b708a9-e830-4db3-a914-8e69da51d44f'),
  permission('AuditLog.Read.All', 'b0afded3-3588-46d8-8b3d-9842eff778da'),
  permission('Directory.Read.All', '7ab1d382-f21e-4acd-a863-ba3e13f7da61'),
  permission('Directory.ReadWrite.All', '19dbc75e-c2e2-444c-a770-ec69d8559fc7'),
  permission('Domain.Read.All', 'dbb9058a-0e50-45d7-ae91-66909b5d4664'),
  permission('Group.Create', 'bf7b1a76-6e77-406b-b258-bf5c7720e98f'),
  permission('Group.Read.All', '5b567255-7703-4780-807c-7be8301ae99b'),
  permission('Group.ReadBasic.All'),
  permission('Group.ReadWrite.All', '62a82d76-70ea-41e2-9197-370581804d09'),
  permission('GroupMember.Read.All', '98830695-27a2-44f7-8c18-0c3ebc9698f6'),
  permission('GroupMember.ReadBasic.All'),
  permission('GroupMember.ReadWrite.All', 'dbaae8cf-10b5-4b86-a4a1-f871c94c6695'),
  permission('LicenseAssignment.Read.All', 'e2f98668-2877-4f38-a2f4-8202e0717aa1'),
  permission('Organization.Read.All', '498476ce-e0fe-48b0-b801-37ba7e2685c6'),
  permission('ProvisioningLog.Read.All'),
  permission('Synchronization.Read.All', '5ba43d2f-fa88-4db2-bd1c-a67c5f0fb1ce'),
  permission('Synchronization.ReadWrite.All', '9b50c33d-700f-43b1-b2eb-87e89b703581'),
  permission('User.Read.All', 'df021288-bdef-4463-88db-98f22de89214'),
  permission('User.ReadBasic.All', '97235f07-e226-4f63-ace3-39588e11d3a1'),
  permission('User.ReadWrite.All', '741f803b-c850-494e-b5df-cde7c675a1ca'),
]
