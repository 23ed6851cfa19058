import type { Json } from '../filter/match.ts'
import type { Queryable } from '../storage/database.ts'
import { keysOf, valueRows } from '../storage/keys.ts'
import { listTenants } from '../storage/tenants.ts'

/** Statements that name what must not be, for all tenants; each row is one text. */
const mustBeEmpty: Record<string, string> = {
  'pool counts other seats than are held': `
    SELECT concat_ws(' ', p.tenant, p.type, p.used, 'counted,', count(r.id), 'held') FROM licence_pool p
    LEFT JOIN resource r ON r.tenant = p.tenant AND r.licence_held = p.type
    GROUP BY p.tenant, p.type, p.used HAVING p.used <> count(r.id)`,
  'user waits though a seat is free': `
    SELECT concat_ws(' ', r.tenant, r.id) FROM resource r JOIN licence_pool p ON p.tenant = r.tenant AND p.type = r.licence_type
    WHERE r.licence_state = 'waiting' AND (p.seats IS NULL OR p.used < p.seats)`,
  'state of the licence is not what the user holds': `
    SELECT concat_ws(' ', tenant, id, licence_type, licence_state, licence_held) FROM resource WHERE type = 'User' AND NOT coalesce(
      CASE licence_state WHEN 'none' THEN licence_held IS NULL AND (NOT active OR licence_type = 'none')
        WHEN 'licensed' THEN active AND licence_held = licence_type AND licence_type <> 'none'
        WHEN 'waiting' THEN active AND coalesce(licence_rank(licence_held), 0) < licence_rank(licence_type) END
      AND (licence_state = 'waiting') = (waiting_since IS NOT NULL), false)`,
  'licence is not the highest of the configuration and the groups': `
    SELECT concat_ws(' ', tenant, id, licence_type) FROM resource r WHERE type = 'User' AND licence_rank(licence_type) <> (
      SELECT max(rank) FROM (
        SELECT licence_rank(r.base_licence) AS rank UNION ALL
        SELECT licence_rank(l.type) FROM groups_of(r.tenant, r.id) g JOIN group_licence l ON l.tenant = r.tenant AND l.group_id = g.id
      ) ranks)`,
  'licence is not the default of the configuration': `
    SELECT concat_ws(' ', r.tenant, r.id, r.base_licence) FROM resource r JOIN configuration c ON c.id = r.configuration
    WHERE r.base_licence <> c.default_licence`,
  'value of no resource': `
    SELECT concat_ws(' ', v.tenant, v.resource, v.path) FROM attr_value v
    LEFT JOIN resource r ON r.tenant = v.tenant AND r.id = v.resource WHERE r.id IS NULL`,
  'member or group that does not exist, or of another type': `
    SELECT concat_ws(' ', m.tenant, m.group_id, m.member_id) FROM membership m
    LEFT JOIN resource g ON g.tenant = m.tenant AND g.id = m.group_id AND g.type = 'Group'
    LEFT JOIN resource r ON r.tenant = m.tenant AND r.id = m.member_id AND r.type = m.member_type
    WHERE g.id IS NULL OR r.id IS NULL`,
  'wrong number of resources': `
    SELECT concat_ws(' ', tenant, type, c.n, 'counted,', r.n, 'stored')
    FROM (SELECT tenant, type, sum(n) AS n FROM resource_count GROUP BY tenant, type) c
    FULL JOIN (SELECT tenant, type, count(*) AS n FROM resource GROUP BY tenant, type) r USING (tenant, type)
    WHERE coalesce(c.n, 0) <> coalesce(r.n, 0)`,
  'resource of no tenant': `
    SELECT concat_ws(' ', r.tenant, r.id) FROM resource r LEFT JOIN tenant t ON t.id = r.tenant WHERE t.id IS NULL`,
}

/** What in the database contradicts itself; empty if all is well. For small databases: it reads everything. */
export async function contradictions(database: Queryable): Promise<string[]> {
  const found: string[] = []
  for (const [what, statement] of Object.entries(mustBeEmpty)) {
    const rows = await database.query<{ text: string }>(`SELECT text FROM (${statement}) AS found (text)`)
    found.push(...rows.map(({ text }) => `${what}: ${text}`))
  }
  for (const tenant of await listTenants(database)) {
    const resources = await database.query<Indexed>(stored, [tenant.id])
    for (const resource of resources) {
      const { userName, displayName, externalId, active } = keysOf(resource.attrs)
      const isUser = resource.type === 'User'
      const keys = [isUser ? userName : null, displayName, externalId, isUser ? active : null]
      if (JSON.stringify(keys) !== JSON.stringify(resource.keys))
        found.push(`keys are not of the document: ${resource.id}`)
      const values = isUser
        ? valueRows(tenant.registry.User, resource.attrs).map((row) => `${row.path} ${row.value}`)
        : []
      if (JSON.stringify(values.sort()) !== JSON.stringify(resource.values.sort()))
        found.push(`values are not of the document: ${resource.id}`)
    }
  }
  return found
}

interface Indexed {
  id: string
  type: 'User' | 'Group'
  attrs: Json
  keys: unknown[]
  values: string[]
}

const stored = `SELECT r.id, r.type, r.attrs,
    json_build_array(r.user_name_key, r.display_name_key, r.external_id, r.active) AS keys,
    (SELECT coalesce(json_agg(v.path || ' ' || coalesce(v.value_key, 'null')), '[]') FROM attr_value v
     WHERE v.tenant = r.tenant AND v.resource = r.id) AS values
  FROM resource r WHERE r.tenant = $1`
