import { isId } from '../../schema/ids.ts'
import type { Attribute } from '../../schema/model.ts'
import type { Parameters } from './parameters.ts'
import { boundField, type Choices, column, type Elements, type Field, field, type Scope } from './source.ts'

const isWanted = (wanted: Attribute[], name: string): boolean => wanted.some((attribute) => attribute.name === name)

/** An id: compared as text, but looked up as what it is. */
export function idField(sql: string): Field {
  return field(sql, 'uuid', (value, parameters) =>
    isId(value) ? `${sql} = ${parameters.bind(value)}::uuid` : undefined,
  )
}

/** A URI that ends in the id that is `id` in SQL. `prefix`: all before it. */
export function referenceField(prefix: string, id: string, parameters: Parameters): Field {
  const sql = (): string => `(${parameters.bind(prefix)}::text || ${id}::text)`
  return boundField(sql, (value) => {
    const rest = value.startsWith(prefix) ? value.slice(prefix.length) : ''
    return isId(rest) ? `${id} = ${parameters.bind(rest)}::uuid` : undefined
  })
}

/** The members of a group. */
export function membersSource(tenant: string, base: string, parameters: Parameters): Elements {
  const of = 'm.tenant = r.tenant AND m.group_id = r.id'
  const join = "JOIN resource u ON u.tenant = m.tenant AND u.id = m.member_id AND u.type IN ('User', 'Group')"
  const scope: Scope = ({ name }) => {
    if (name === 'value') return idField('m.member_id')
    if (name === 'type') return memberType()
    if (name === 'display') return displayField(tenant, parameters)
    return memberReference(base, parameters)
  }
  return {
    kind: 'elements',
    any: `EXISTS (SELECT 1 FROM membership m WHERE ${of})`,
    some: (wanted, condition) =>
      `EXISTS (SELECT 1 FROM membership m ${isWanted(wanted, 'display') ? join : ''} WHERE ${of} AND ${condition(scope)})`,
    first: (_wanted, value) => `(SELECT ${value(scope)} FROM membership m ${join} WHERE ${of} ORDER BY u.seq LIMIT 1)`,
  }
}

const memberType = (): Choices => ({
  kind: 'choices',
  choices: [
    { value: 'user', when: "m.member_type = 'User'" },
    { value: 'group', when: "m.member_type = 'Group'" },
  ],
})

/** What a member is shown as: its display name, else its user name. Two look-ups, since one condition could use no index. */
function displayField(tenant: string, parameters: Parameters): Field {
  return field('coalesce(u.display_name_key, u.user_name_key)', 'text', (value) => {
    const placeholder = `${parameters.bind(value)}::text`
    return `m.member_id IN (
      SELECT s.id FROM resource s WHERE s.tenant = ${tenant} AND s.type IN ('User', 'Group') AND s.display_name_key = ${placeholder}
      UNION ALL SELECT s.id FROM resource s
        WHERE s.tenant = ${tenant} AND s.type = 'User' AND s.display_name_key IS NULL AND s.user_name_key = ${placeholder})`
  })
}

function memberReference(base: string, parameters: Parameters): Field {
  const prefix = `${base}/`
  const sql = (): string => `(${parameters.bind(prefix)}::text || m.member_type || 's/' || m.member_id::text)`
  return boundField(sql, (value) => {
    const [type = '', id = ''] = value.startsWith(prefix) ? value.slice(prefix.length).split('s/') : []
    if (!isId(id)) return undefined
    return `(m.member_id = ${parameters.bind(id)}::uuid AND m.member_type = ${parameters.bind(type)})`
  })
}

/**
 * The groups of a user, those too that hold a group that the user is in. The groups that meet a condition are looked up first,
 * and whoever is in them then, so that the cost is theirs and not that of all users; `UNION` ends circles.
 */
export function groupsSource(tenant: string, base: string, parameters: Parameters): Elements {
  const below = (seeds: string): string => `WITH RECURSIVE below (top, id) AS (
      SELECT g.id, g.id FROM resource g WHERE g.tenant = ${tenant} AND g.type = 'Group' AND ${seeds}
      UNION
      SELECT b.top, m.member_id FROM below b
        JOIN membership m ON m.tenant = ${tenant} AND m.group_id = b.id AND m.member_type = 'Group')`
  const members = `below b JOIN membership m ON m.tenant = ${tenant} AND m.group_id = b.id AND m.member_type = 'User'`
  const scope =
    (direct: string, indirect: string): Scope =>
    ({ name }) => {
      if (name === 'value') return idField('g.id')
      if (name === 'display') return column('g.display_name_key')
      if (name === '$ref') return referenceField(`${base}/Groups/`, 'g.id', parameters)
      const choices = [
        { value: 'direct', when: direct },
        { value: 'indirect', when: indirect },
      ]
      return { kind: 'choices', choices }
    }
  const isDirect = `EXISTS (SELECT 1 FROM membership d WHERE d.tenant = ${tenant} AND d.group_id = g.id AND d.member_id = m.member_id)`
  return {
    kind: 'elements',
    any: 'EXISTS (SELECT 1 FROM membership m WHERE m.tenant = r.tenant AND m.member_id = r.id)',
    some(wanted, condition) {
      if (!isWanted(wanted, 'type')) {
        return `r.id IN (${below(condition(scope('TRUE', 'FALSE')))} SELECT m.member_id FROM ${members})`
      }
      const seeds = `(${condition(scope('TRUE', 'FALSE'))} OR ${condition(scope('FALSE', 'TRUE'))})`
      return `r.id IN (${below(seeds)} SELECT m.member_id FROM ${members}
        JOIN resource g ON g.tenant = ${tenant} AND g.id = b.top WHERE ${condition(scope(isDirect, `NOT ${isDirect}`))})`
    },
    first: (_wanted, value) => `(SELECT ${value(scope('a.direct', 'NOT a.direct'))}
      FROM groups_of(r.tenant, r.id) a JOIN resource g ON g.tenant = r.tenant AND g.id = a.id ORDER BY g.seq LIMIT 1)`,
  }
}

/** Said twice, so that the planner can begin at either end. */
const managerJoin = `u.tenant = v.tenant AND u.type = 'User' AND u.id::text = v.value_key AND u.id = try_uuid(v.value_key)`

/** The manager, who may be nobody that is known: the value is what the identity provider sent. */
export function managerSource(base: string, parameters: Parameters): Elements {
  const from = "attr_value v WHERE v.tenant = r.tenant AND v.resource = r.id AND v.path = 'manager'"
  const joined = from.replace('WHERE', `LEFT JOIN resource u ON ${managerJoin} WHERE`)
  const scope: Scope = ({ name }) => {
    if (name === 'value') return column('v.value_key')
    if (name === 'displayName') return column('u.display_name_key')
    const prefix = `${base}/Users/`
    return boundField(
      () => `(${parameters.bind(prefix)}::text || v.value_key)`,
      (value) =>
        value.startsWith(prefix) ? `v.value_key = ${parameters.bind(value.slice(prefix.length))}` : undefined,
    )
  }
  return {
    kind: 'elements',
    any: `EXISTS (SELECT 1 FROM ${from})`,
    some: (wanted, condition) =>
      `EXISTS (SELECT 1 FROM ${isWanted(wanted, 'displayName') ? joined : from} AND ${condition(scope)})`,
    first: (wanted, value) => `(SELECT ${value(scope)} FROM ${isWanted([wanted], 'displayName') ? joined : from})`,
  }
}
