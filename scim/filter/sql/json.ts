import type { Attribute } from '../../schema/model.ts'
import { type Elements, type Field, field, type Scope, type Source, single } from './source.ts'

/** Of values in a jsonpath: `""` is no value (RFC 7644 §3.4.2.2, Table 3), and a number cannot be compared with it. */
const notEmpty = '? (@ != "" || (@ == "") is unknown)'

/** An attribute in the JSON object that is `object` in SQL. Not indexed: text is folded when it is compared. */
export function jsonSource(object: string, attribute: Attribute): Source {
  const value = `(${object} -> '${attribute.name}')`
  if (attribute.multiValued) return elementsOf(value, attribute)
  if (attribute.type === 'complex') {
    const any = `jsonb_path_exists(${value}, '$.* ${notEmpty}')`
    return single(`${value} IS NOT NULL`, any, (sub) => jsonSource(value, sub))
  }
  return jsonField(value, `(${object} ->> '${attribute.name}')`, attribute)
}

/** What is stored may be of another type than a schema that was changed since now says; it matches nothing then. */
function jsonField(json: string, text: string, attribute: Attribute): Field {
  switch (attribute.type) {
    case 'boolean':
      return field(`CASE WHEN jsonb_typeof(${json}) = 'boolean' THEN (${json})::boolean END`, 'boolean')
    case 'integer':
    case 'decimal':
      return field(`CASE WHEN jsonb_typeof(${json}) = 'number' THEN (${json})::numeric END`, 'number')
    case 'dateTime':
      return field(`read_instant(${text})`, 'instant')
    default:
      return field(attribute.caseExact ? text : `fold_text(${text})`)
  }
}

function elementsOf(json: string, attribute: Attribute): Elements {
  const from = `jsonb_path_query(${json}, '$[*]')`
  const scope: Scope = (sub) =>
    attribute.type === 'complex' ? jsonSource('e.value', sub) : jsonField('e.value', "(e.value #>> '{}')", attribute)
  return {
    kind: 'elements',
    any: `jsonb_path_exists(${json}, '$[*]${attribute.type === 'complex' ? '.*' : ''} ${notEmpty}')`,
    some: (_wanted, condition) => `EXISTS (SELECT 1 FROM ${from} AS e(value) WHERE ${condition(scope)})`,
    first: (_wanted, value) =>
      `(SELECT ${value(scope)} FROM ${from} WITH ORDINALITY AS e(value, n)
        ORDER BY (e.value -> 'primary') IS NOT DISTINCT FROM 'true' DESC, e.n LIMIT 1)`,
  }
}
