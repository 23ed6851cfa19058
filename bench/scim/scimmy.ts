/**
 * The peer: scimmy-routers, the most used SCIM server for Node, over maps in memory. `node scimmy.ts USERS` prints its URL.
 * The maps give it what a careful user would: look-up by id and by userName without a search.
 */
import type { AddressInfo } from 'node:net'
// @ts-expect-error It brings no types, and only its application is used.
import express from 'express'
import SCIMMY from 'scimmy'
import SCIMMYRouters from 'scimmy-routers'
import { groupSizes, idOf, userOf } from './data.ts'

type Resource = Record<string, unknown> & { id: string }

const count = Number(process.argv[2])
const stamps = { resourceType: 'User', created: new Date(), lastModified: new Date() }
const users = new Map<string, Resource>()
const byUserName = new Map<string, Resource>()
const groups = new Map<string, Resource>()
const keep = (user: Resource): void => {
  users.set(user.id, user)
  byUserName.set(String(user.userName).toLowerCase(), user)
}
for (let n = 0; n < count; n++) keep({ ...userOf(n), id: idOf('User', n), meta: stamps })
for (const [n, size] of groupSizes(count).entries()) {
  const members = Array.from({ length: size }, (_, member) => ({ value: idOf('User', member) }))
  groups.set(idOf('Group', n), {
    id: idOf('Group', n),
    displayName: `Group ${n}`,
    members,
    meta: { ...stamps, resourceType: 'Group' },
  })
}

interface Request {
  id?: string
  filter?: { match(all: Resource[]): Resource[]; [index: number]: { userName?: [string, string] } }
}

function find(all: Map<string, Resource>, request: Request): Resource | Resource[] {
  if (request.id) {
    const found = all.get(request.id)
    if (!found) throw new SCIMMY.Types.Error(404, null as never, `Resource ${request.id} not found`)
    return found
  }
  const [operator, value] = request.filter?.[0]?.userName ?? []
  if (operator === 'eq' && all === users)
    return [byUserName.get(String(value).toLowerCase())].filter((each) => each !== undefined)
  return request.filter ? request.filter.match([...all.values()]) : [...all.values()]
}

let made = count
const handlers = (all: Map<string, Resource>, kind: 'User' | 'Group') => ({
  egress: (request: Request) => find(all, request),
  ingress: (request: Request, instance: object) => {
    const id = request.id ?? idOf(kind, made++)
    const resource = { ...instance, id, meta: { ...stamps, resourceType: kind } } as Resource
    if (kind === 'User') keep(resource)
    else all.set(id, resource)
    return resource
  },
  degress: (request: Request) => void all.delete(request.id!),
})
SCIMMY.Resources.declare(SCIMMY.Resources.User, handlers(users, 'User') as never)
SCIMMY.Resources.declare(SCIMMY.Resources.Group, handlers(groups, 'Group') as never)

const app = express()
const authenticate = (request: { header(name: string): string | undefined }): string => {
  if (request.header('authorization') !== 'Bearer bench') throw new Error('No token')
  return 'bench'
}
app.use('/scim', new SCIMMYRouters({ type: 'bearer', handler: authenticate } as never) as never)
const server = app.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/scim`)
})
