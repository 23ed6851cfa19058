import type { Json } from '../../filter/match.ts'
import type { Attribute, ResourceType } from '../../schema/model.ts'
import type { ResourceView } from '../../storage/inspect.ts'
import { type Html, html, type Part } from '../html.ts'
import { facts, moment } from '../parts.ts'

/** What the identity provider has written, schema by schema, in the order of the schemas; and the service's own metadata. */
export function attributes(type: ResourceType, { id, attributes, version, created, modified }: ResourceView): Html {
  const sections = [
    { name: 'Attributes', definitions: type.core.attributes, values: attributes },
    ...type.extensions.map((schema) => ({
      name: schema.name,
      definitions: schema.attributes,
      values: (attributes[schema.id] ?? {}) as Json,
    })),
  ]
  const shown = sections.map(({ name, definitions, values }) => ({ name, pairs: pairs(definitions, values) }))
  return html`${shown
    .filter(({ pairs }) => pairs.length > 0)
    .map(({ name, pairs }) => html`<h2>${name}</h2>${facts(pairs)}`)}
<h2>Resource</h2>
${facts([
  ['id', html`<code>${id}</code>`],
  ['externalId', attributes.externalId !== undefined && html`<code>${String(attributes.externalId)}</code>`],
  ['version', version],
  ['created (UTC)', moment(created)],
  ['last changed (UTC)', moment(modified)],
])}`
}

/** What is never returned to clients is not shown to people either. */
function pairs(definitions: Attribute[], values: Json): [string, Part][] {
  return definitions
    .filter(({ name, returned }) => returned !== 'never' && values[name] !== undefined)
    .map(({ name, subAttributes }): [string, Part] => [name, value(values[name], subAttributes)])
}

function value(given: unknown, subAttributes: Attribute[] | undefined): Part {
  if (Array.isArray(given))
    return html`<ul class="values">${given.map((each) => html`<li>${value(each, subAttributes)}</li>`)}</ul>`
  if (typeof given !== 'object' || given === null) return String(given)
  const { value: main, type, primary, ...others } = given as Json
  const marks = [type, primary === true && 'primary'].filter(Boolean).join(', ')
  const rest = pairs(subAttributes ?? [], others)
  return html`${main !== undefined && html`<span>${String(main)}</span>`}${marks && html` <small>${marks}</small>`}${
    rest.length > 0 && facts(rest)
  }`
}
