import { randomUUID } from 'node:crypto'
import type { Json } from '../filter/match.ts'
import { type CustomExtension, customExtensions } from '../schema/custom.ts'
import { type Registry, registryOf } from '../schema/registry.ts'
import type { Database } from '../storage/database.ts'
import { findTenant, putTenant } from '../storage/tenants.ts'
import { createGroup, createUser } from '../storage/writes.ts'

export const info = 'urn:ietf:params:scim:schemas:extension:info:2.0:User'
export const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
export const licence = 'urn:entrada:params:scim:schemas:extension:licence:2.0:User'
/** With a quote, as URNs may have one. */
export const custom = "urn:example:o'neill:2.0:User"

export const extensions: CustomExtension[] = customExtensions.parse([
  {
    resourceType: 'User',
    schema: {
      id: custom,
      name: 'Custom',
      attributes: [
        { name: 'level', type: 'integer' },
        { name: 'rate', type: 'decimal' },
        { name: 'since', type: 'dateTime' },
        { name: 'remote', type: 'boolean' },
        { name: 'tags', type: 'string', multiValued: true },
        { name: 'badge', type: 'string', caseExact: true, uniqueness: 'server' },
        { name: 'pin', type: 'string', returned: 'never' },
        {
          name: 'desks',
          type: 'complex',
          multiValued: true,
          subAttributes: [
            { name: 'floor', type: 'integer' },
            { name: 'code', type: 'string' },
          ],
        },
      ],
    },
  },
])

/** Few words, so that random filters find something; with case, composed and decomposed letters, LIKE's own characters. */
export const words = [
  'anna',
  'ANNA',
  'Zo\u00eb',
  'zoe\u0308',
  '100%_\\',
  'a]"b',
  'x',
  'work',
  'home',
  'å',
  'ｗｏｒｋ',
  '😀',
]

export const base = 'https://scim.example/t/scim/v2'

export interface Population {
  tenant: number
  registry: Registry
  users: string[]
  groups: string[]
}

/** Sixty users with gaps in what they have, some of them filled with `""`, and eight groups, some of them in each other, two in a circle. */
export async function populate(database: Database, name: string): Promise<Population> {
  await putTenant(database, name, { licences: { named: 20 } }, 'test')
  const tenant = (await findTenant(database, name))!.id
  const registry = registryOf(extensions)
  const writer = { tenant, actor: 'test', registry }
  const users: string[] = []
  for (let index = 0; index < 60; index++) {
    users.push((await createUser(database, writer, randomUUID(), userAt(index, users), 'named')).id)
  }
  const groups: string[] = []
  const group = async (displayName: string, members: string[]): Promise<void> => {
    groups.push((await createGroup(database, writer, randomUUID(), { displayName }, members)).id)
  }
  for (const [index, word] of ['anna', 'Zo\u00eb', 'x', 'work'].entries()) {
    await group(word, users.slice(index * 8, index * 8 + 12))
  }
  await group('holds anna', [groups[0]!])
  await group('HOLDS holder', [groups[4]!, users[59]!])
  await group('empty', [])
  await group('circle', [groups[1]!, users[58]!])
  await database.query(
    `INSERT INTO membership (tenant, group_id, member_id, member_type) VALUES ($1, $2, $3, 'Group')`,
    [tenant, groups[1]!, groups[7]!],
  )
  return { tenant, registry, users, groups }
}

function userAt(index: number, earlier: string[]): Json {
  const word = (offset: number): string => words[(index * 7 + offset * (1 + (index % 5))) % words.length]!
  const some = <Value>(when: number, value: Value): Value | undefined => (index % when === 0 ? undefined : value)
  const manager = index % 4 === 1 ? word(15) : earlier[index % 7]
  return JSON.parse(
    JSON.stringify({
      userName: `${word(1)}${index}`,
      active: index % 3 !== 0,
      externalId: some(4, word(2)),
      displayName: some(5, word(3)),
      title: index % 8 === 3 ? '' : some(2, word(4)),
      name: index % 10 === 7 ? { familyName: '' } : some(3, { familyName: word(5), givenName: some(2, word(6)) }),
      emails: some(4, [
        { type: word(7), value: word(8), primary: index % 5 === 0 },
        { type: 'home', value: word(9), display: word(10), primary: index % 5 === 1 },
      ]),
      addresses: some(3, [
        { type: 'work', locality: word(11) },
        { locality: word(12), country: 'SE' },
      ]),
      profileUrl: some(6, `https://x/${word(2)}`),
      x509Certificates: some(7, [{ value: Buffer.from(word(1)).toString('base64') }]),
      [info]: some(3, { info1: word(13) }),
      [enterprise]: some(2, { department: word(14), manager: some(3, { value: manager }) }),
      [custom]: some(5, {
        level: some(3, (index * 7) % 13),
        rate: some(4, ((index * 3) % 8) / 4),
        since: some(3, `2026-01-${10 + (index % 4)}T00:00:00${index % 2 ? '+02:00' : '.1239Z'}`),
        remote: some(6, index % 2 === 0),
        tags: index % 9 === 4 ? [''] : some(3, [word(1), word(2)]),
        badge: some(3, `Badge-${index}`),
        desks: index % 11 === 5 ? [{ code: '' }] : some(4, [{ floor: index % 6, code: word(3) }, { floor: 2 }]),
      }),
    }),
  )
}
