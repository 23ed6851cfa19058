import { afterAll, expect, test } from '@jest/globals'
import type { Database } from '../storage/database.ts'
import { migrate } from '../storage/migrate.ts'
import { deleteTenant } from '../storage/tenant-deletion.ts'
import { openTestDatabase } from '../testing/database.ts'
import { contradictions } from '../testing/invariants.ts'
import { adminToken, callsTo, newGroup, newUser, startTestService, tokenOf } from '../testing/service.ts'
import { exportTenant } from './export.ts'
import { derivedTables, TransferError, tables } from './format.ts'
import { importTenant } from './import.ts'

const open: { close(): Promise<void> }[] = []
afterAll(() => Promise.all(open.map((each) => each.close())))

async function opened<Resource extends { close(): Promise<void> }>(resource: Promise<Resource>): Promise<Resource> {
  const got = await resource
  open.push(got)
  return got
}

async function linesOf(database: Database, tenant: string): Promise<string[]> {
  const lines: string[] = []
  await exportTenant(database, tenant, async (line) => void lines.push(line))
  return lines
}

async function* from(lines: string[]): AsyncGenerator<string> {
  yield* lines
}

const withoutTime = ([header, ...lines]: string[]): string[] => [
  header!.replace(/"exported":"[^"]*"/, ''),
  ...lines.map((line) => line.replace(/"last_used":"[^"]*"/, '')),
]

test('a tenant moves between the databases and back with all that can be asked of it', async () => {
  const first = await openTestDatabase()
  const source = await opened(startTestService(first))
  const tenant = await source.tenant({ named: 3 })
  await tenant.api('PUT', '', {
    displayName: 'Größe 😀',
    settings: { profile: 'strict', tokenMinutes: 120 },
  })
  const { body: configuration } = await tenant.api('POST', '/configurations', {
    name: 'Moves',
    defaultLicence: 'named',
  })
  const ids: string[] = []
  for (let index = 0; index < 6; index++) {
    const emails = [{ type: 'work', value: `U${index}@x.y`, primary: true }]
    const { body } = await tenant.scim('POST', '/Users', newUser(`User${index}`, { emails, active: index !== 1 }))
    ids.push(body.id)
  }
  const { body: inner } = await tenant.scim('POST', '/Groups', newGroup('inner', { members: [{ value: ids[0] }] }))
  await tenant.scim('POST', '/Groups', newGroup('outer', { members: [{ value: inner.id }, { value: ids[2] }] }))
  await tenant.scim('PUT', `/Users/${ids[3]}`, newUser('User3', { displayName: 'Changed' }))
  await tenant.scim('DELETE', `/Users/${ids[5]}`)
  const name = new URL(tenant.tenantUrl).pathname.split('/')[1]!

  const lines = await linesOf(first, name)
  const other = await openTestDatabase(first.kind === 'PGlite' ? 'postgres' : 'pglite').catch(() => openTestDatabase())
  const target = await opened(startTestService(other))
  expect((await importTenant(other, from(lines))).resource).toBe(7)
  expect(withoutTime(await linesOf(other, name))).toEqual(withoutTime(lines))
  expect(await contradictions(other)).toEqual([])

  const base = new URL(target.ready.tenantUrl).origin
  const token = await tokenOf(`${base}/${name}/oauth2/token`, configuration.clientId, configuration.clientSecret)
  const moved = {
    scim: callsTo(`${base}/${name}/scim/v2`, token),
    api: callsTo(`${base}/api/tenants/${name}`, { authorization: `Bearer ${adminToken}` }),
  }
  const asked = [
    ...['/Users', '/Groups', '/Users?filter=emails.value%20eq%20%22u2@x.y%22', '/Schemas'],
    ...ids.map((id) => `/Users/${id}`),
    `/Groups/${inner.id}`,
  ]
  for (const path of asked) expect(await answer(moved.scim, path)).toEqual(await answer(tenant.scim, path))
  for (const path of ['', '/users'])
    expect((await moved.api('GET', path)).body).toEqual((await tenant.api('GET', path)).body)
  await moved.scim('DELETE', `/Users/${ids[0]}`)
  const { body: promoted } = await moved.api('GET', '')
  expect(promoted.counts).toMatchObject({ licensed: 3, waiting: 0 })

  const changed = await linesOf(other, name)
  await expect(importTenant(first, from(changed))).rejects.toThrow(/exists and has users or groups/)
  await deleteTenant(first, name)
  await importTenant(first, from(changed))
  expect(withoutTime(await linesOf(first, name))).toEqual(withoutTime(changed))
  expect(await contradictions(first)).toEqual([])

  await expect(importTenant(first, from(changed), 'twin')).rejects.toThrow(/under another name/)
  await deleteTenant(other, name)
  for (const [damaged, message] of [
    [changed.slice(0, -1), /was cut off/],
    [[...changed.slice(0, 4), ...changed.slice(5)], /damaged/],
    [[changed[0]!, 'x'], /Line 2 is not a JSON object/],
    [['{}'], /not the file of a tenant/],
  ] as [string[], RegExp][]) {
    await expect(importTenant(other, from(damaged), 'damaged')).rejects.toThrow(message)
  }
  await expect(exportTenant(other, 'damaged', async () => {})).rejects.toThrow(TransferError)
}, 120_000)

async function answer(
  scim: (method: string, path: string) => Promise<{ status: number; headers: Headers; text: string }>,
  path: string,
) {
  const { status, headers, text } = await scim('GET', path)
  return { status, etag: headers.get('etag'), text: text.replace(/http:\/\/127\.0\.0\.1:\d+/g, '') }
}

test('every column of every table that belongs to a tenant is exported, or known to be made anew', async () => {
  const database = await opened(openTestDatabase())
  await migrate(database)
  const columns = await database.query<{ name: string; columns: string[] }>(
    `SELECT table_name AS name, json_agg(column_name) AS columns FROM information_schema.columns
     WHERE table_schema = 'public' GROUP BY table_name ORDER BY 1`,
  )
  const ofTenants = columns.filter(({ columns: all }) => all.includes('tenant') || all.includes('configuration'))
  const travelling = ofTenants.filter(({ name }) => !derivedTables.includes(name))
  expect(travelling.map(({ name }) => name).sort()).toEqual(Object.keys(tables).sort())
  for (const { name, columns: all } of travelling) {
    const known = [...tables[name]!.columns, ...tables[name]!.derived]
    expect({ name, columns: all.filter((column) => column !== 'tenant').sort() }).toEqual({
      name,
      columns: known.sort(),
    })
  }
}, 60_000)
