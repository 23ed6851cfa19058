import { GALLERY } from '../../../templates/gallery.ts'
import type { SynchronizationTemplate } from '../../../tenant/model.ts'
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

/** Of the service's implementation for applications that speak SCIM and are not in the gallery. */
const CUSTOM_SCIM = 'CustomSCIM'
/** Implementations that a template can name, by the id of the template that comes with each. */
const FACTORIES = new Map(
  GALLERY.flatMap((entry) => entry.synchronizationTemplates).map((id) => [id === 'scim' ? CUSTOM_SCIM : id, id]),
)
export const FACTORY_TAGS = [...FACTORIES.keys()]

const CONFIGURATION_FIELDS = JSON.stringify([
  { name: 'baseaddress' },
  { name: 'authenticationtype' },
  { name: 'oauth2tokenexchangeuri' },
  { name: 'oauth2clientid' },
  { name: 'oauth2clientsecret', secret: true },
  { name: 'secrettoken', secret: true },
])

/** Of the call's service principal: those of its gallery application, the default one first, as far as its owner did not change them, then the owner's. */
export function templatesOf(call: Call): SynchronizationTemplate[] {
  const { applicationTemplateId, appId } = requireSynchronized(call, call.params.id!)
  const own = call.tenant.synchronizationTemplates.get(appId) ?? []
  const ids = GALLERY.find(({ id }) => id === applicationTemplateId)?.synchronizationTemplates ?? []
  const given = ids.map((id, index): SynchronizationTemplate => {
    const changed = own.find((template) => template.id === id)
    return changed ?? givenTemplate(id, index === 0, applicationTemplateId!)
  })
  return [...given, ...own.filter(({ id }) => !ids.includes(id))]
}

const givenTemplate = (id: string, isDefault: boolean, galleryId: string): SynchronizationTemplate => ({
  id,
  default: isDefault,
  description: null,
  discoverable: false,
  factoryTag: factoryTagOf(id),
  metadata: [
    { key: 'GalleryApplicationIdentifier', value: galleryId },
    { key: 'GalleryApplicationKey', value: id },
    { key: 'ConfigurationFields', value: CONFIGURATION_FIELDS },
  ],
  schema: null,
})

const factoryTagOf = (templateId: string): string =>
  FACTORY_TAGS.find((tag) => FACTORIES.get(tag) === templateId) ?? templateId

/** Id of the template that comes with the implementation. */
export const factoryOf = ({ factoryTag }: SynchronizationTemplate): string => FACTORIES.get(factoryTag)!

export function requireTemplate(call: Call): SynchronizationTemplate {
  const { templateId } = call.params
  const found = templatesOf(call).find(({ id }) => id === templateId)
  if (!found) throw notFound(templateId!)
  return found
}

export function templateView({ schema: _, ...template }: SynchronizationTemplate): Record<string, unknown> {
  return { ...template, applicationId: '00000000-0000-0000-0000-000000000000' }
}

export const templateContext = (call: Call) => `servicePrincipals('${call.params.id}')/synchronization/templates`

function listTemplates(call: Call): GraphResponse {
  return ok({
    '@odata.context': call.context(templateContext(call)),
    value: templatesOf(call).map(templateView),
  })
}

function getTemplate(call: Call): GraphResponse {
  return ok({
    '@odata.context': call.context(`${templateContext(call)}/$entity`),
    ...templateView(requireTemplate(call)),
  })
}
