import { GALLERY } from '../../../templates/gallery.ts'
import { ACCESS } from '../../access.ts'
import { notFound } from '../../errors.ts'
import { requireSynchronized } from '../../lookup.ts'
import { type Call, type GraphResponse, ok } from '../../request.ts'
import type { Route } from '../../router.ts'

const PATTERN = '/servicePrincipals/:id/synchronization/templates'

export const synchronizationTemplateRoutes: Route[] = [
  { method: 'GET', pattern: PATTERN, access: ACCESS.readSynchronization, handler: listTemplates },
  { method: 'GET', pattern: `${PATTERN}/:templateId`, access: ACCESS.readSynchronization, handler: getTemplate },
]

/** Ids of the synchronization templates of the call's service principal, the default one first. */
export function templateIds(call: Call): string[] {
  const { applicationTemplateId } = requireSynchronized(call, call.params.id!)
  return GALLERY.find(({ id }) => id === applicationTemplateId)?.synchronizationTemplates ?? []
}

const CONFIGURATION_FIELDS = JSON.stringify([
  { name: 'baseaddress' },
  { name: 'authenticationtype' },
  { name: 'oauth2tokenexchangeuri' },
  { name: 'oauth2clientid' },
  { name: 'oauth2clientsecret', secret: true },
  { name: 'secrettoken', secret: true },
])

function templateView(call: Call, id: string, isDefault: boolean) {
  const { applicationTemplateId } = requireSynchronized(call, call.params.id!)
  return {
    id,
    applicationId: '00000000-0000-0000-0000-000000000000',
    default: isDefault,
    description: null,
    discoverable: false,
    factoryTag: id === 'scim' ? 'CustomSCIM' : id,
    metadata: [
      { key: 'GalleryApplicationIdentifier', value: applicationTemplateId },
      { key: 'GalleryApplicationKey', value: id },
      { key: 'ConfigurationFields', value: CONFIGURATION_FIELDS },
    ],
  }
}

function listTemplates(call: Call): GraphResponse {
  const value = templateIds(call).map((id, index) => templateView(call, id, index === 0))
  return ok({
    '@odata.context': call.context(`servicePrincipals('${call.params.id}')/synchronization/templates`),
    value,
  })
}

function getTemplate(call: Call): GraphResponse {
  const index = templateIds(call).indexOf(call.params.templateId!)
  if (index < 0) throw notFound(call.params.templateId!)
  return ok({
    '@odata.context': call.context(`servicePrincipals('${call.params.id}')/synchronization/templates/$entity`),
    ...templateView(call, call.params.templateId!, index === 0),
  })
}
