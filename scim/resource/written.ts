import type { Json } from '../filter/match.ts'
import type { Attribute, ResourceType } from '../schema/model.ts'
import type { ResolvedAttribute } from '../schema/registry.ts'

/** The attributes of a document that are only shown on request, or to whom has just written them: RFC 7643 §7. */
export function onRequest(type: ResourceType, document: Json): ResolvedAttribute[] {
  const of = (attributes: Attribute[], holder: unknown): Attribute[] =>
    attributes.filter(({ name, returned }) => returned === 'request' && holder && name in (holder as Json))
  return [
    ...of(type.core.attributes, document).map((attribute) => ({ attribute })),
    ...type.extensions.flatMap((schema) =>
      of(schema.attributes, document[schema.id]).map((attribute) => ({ schema, attribute })),
    ),
  ]
}
