import { randomUUID } from 'node:crypto'
import type { SynchronizationTemplate } from '../../../tenant/model.ts'
import { ACCESS } from '../../access.ts'
import { propertiesOf } from '../../body.ts'
import { problemsOf } from '../../contract/validate.ts'
import { badRequest, conflict } from '../../errors.ts'
import { requireServicePrincipal } from '../../lookup.ts'
import { type Call, created, type GraphResponse, type Handler, NO_CONTENT } from '../../request.ts'
import type { Access, Route } from '../../router.ts'
import { OF_APPLICATION, withPrincipal } from './belowApplication.ts'
import { checkedSchema, nextVersion, templateSchemaOf } from './schema.ts'
import { FACTORY_TAGS, factoryOf, requireTemplate, templateContext, templatesOf, templateView } from './templates.ts'

const PATTERN = `${OF_APPLICATION}/templates`
const access: Access = { ...ACCESS.writeSynchronization, owner: 'application' }
const route = (method: string, pattern: string, handler: Handler): Route => ({
  method,
  pattern,
  access,
  handler: withPrincipal(handler),
})

/** Templates are edited on the application, by who owns it; jobs that are made afterwards start with them. */
export const ownTemplateRoutes: Route[] = [
  route('POST', PATTERN, create),
  route('PATCH', `${PATTERN}/:templateId`, replace),
  route('PUT', `${PATTERN}/:templateId/schema`, putSchema),
  route('DELETE', `${PATTERN}/:templateId/schema`, resetSchema),
]

function create(call: Call): GraphResponse {
  const { id = randomUUID(), ...sent } = propertiesOf(call)
  const template = read(call, String(id), sent)
  if (templatesOf(call).some((other) => other.id === template.id)) throw conflict('id')
  save(call, template)
  return created({ '@odata.context': call.context(`${templateContext(call)}/$entity`), ...templateView(template) })
}

/** Properties that are left out are erased, but not the schema and the factory tag (Graph: update synchronizationTemplate). */
function replace(call: Call): GraphResponse {
  const before = requireTemplate(call)
  const { id: _, ...sent } = propertiesOf(call)
  const template = read(call, before.id, { factoryTag: before.factoryTag, ...sent })
  save(call, 'schema' in sent ? template : { ...template, schema: before.schema })
  return NO_CONTENT
}

function putSchema(call: Call): GraphResponse {
  const template = requireTemplate(call)
  const { '@odata.context': _, '@odata.type': __, ...sent } = call.json()
  const version = nextVersion(templateSchemaOf(call, template).version)
  save(call, { ...template, schema: { ...checkedSchema(call, factoryOf(template), sent), version } })
  return NO_CONTENT
}

/** Back to what the factory tag stands for. */
function resetSchema(call: Call): GraphResponse {
  save(call, { ...requireTemplate(call), schema: null })
  return NO_CONTENT
}

function save(call: Call, template: SynchronizationTemplate): void {
  const { appId } = requireServicePrincipal(call, call.params.id!)
  const others = (call.tenant.synchronizationTemplates.get(appId) ?? []).filter(({ id }) => id !== template.id)
  call.tenant.synchronizationTemplates.put(appId, [...others, template])
}

/** @throws GraphFailure 400 for what is not of the type, and for a factory tag that the service has nothing for */
function read(call: Call, id: string, sent: Record<string, unknown>): SynchronizationTemplate {
  const { schema, ...properties } = sent
  const [problem] = problemsOf('synchronizationTemplate', properties)
  if (problem) throw badRequest(`The synchronization template is not valid: ${problem}.`)
  const { factoryTag, ...more } = properties as Partial<SynchronizationTemplate>
  if (!FACTORY_TAGS.includes(String(factoryTag))) {
    throw badRequest(`The factoryTag '${factoryTag}' is not one of ${FACTORY_TAGS.join(', ')}.`)
  }
  const template: SynchronizationTemplate = {
    id,
    factoryTag: factoryTag!,
    default: more.default ?? false,
    description: more.description ?? null,
    discoverable: more.discoverable ?? false,
    metadata: more.metadata ?? [],
    schema: null,
  }
  if (!schema) return template
  return { ...template, schema: checkedSchema(call, factoryOf(template), schema as Record<string, unknown>) }
}
