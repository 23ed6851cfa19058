/** What the resources read of Graph's entities; names and nullability as in Graph v1.0. */

export interface Template {
  id: string
  displayName: string
}

export interface App {
  id: string
  appId: string
  displayName: string
  applicationTemplateId: string | null
  createdDateTime: string | null
}

export interface AppRole {
  id: string
  displayName: string
  value: string | null
  isEnabled: boolean
  allowedMemberTypes: string[]
}

export interface ServicePrincipal {
  id: string
  appId: string
  displayName: string
  applicationTemplateId: string | null
  appRoleAssignmentRequired: boolean
  notes: string | null
  tags: string[]
  appRoles: AppRole[]
}

export const APP_FIELDS = 'id,appId,displayName,applicationTemplateId,createdDateTime'
export const SERVICE_PRINCIPAL_FIELDS =
  'id,appId,displayName,applicationTemplateId,appRoleAssignmentRequired,notes,tags,appRoles'
