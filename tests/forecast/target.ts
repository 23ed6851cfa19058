import type { Disturb } from '../../sandbox/provisioning/target/transport.ts'
import { applyOperations } from '../../sync/scim/apply.testing.ts'
import { parsePath, type Resource, readPath } from '../../sync/scim/path.ts'

const INFO = 'urn:ietf:params:scim:schemas:extension:info:2.0:User'

type Endpoint = 'Users' | 'Groups'

interface Reply {
  status: number
  body?: unknown
}

/** A SCIM service within the process, for a provisioning service and a forecast alike; user names are unique. */
export class MemoryTarget {
  readonly resources: Record<Endpoint, Map<string, Resource>> = { Users: new Map(), Groups: new Map() }
  /** Requests that wrote. */
  writes = 0
  #next = 1

  /** In place of the network of the provisioning service. */
  readonly disturb: Disturb =
    () =>
    async ({ method, url, body }) => {
      const { status, body: answer } = this.#handle(method, new URL(url), body)
      return { status, text: answer === undefined ? '' : JSON.stringify(answer), retryAfter: undefined }
    }

  readonly fetch = (async (input: unknown, init: RequestInit = {}) => {
    const { status, body } = this.#handle(init.method ?? 'GET', new URL(String(input)), init.body as string | undefined)
    return new Response(body === undefined ? null : JSON.stringify(body), { status })
  }) as typeof globalThis.fetch

  /** Whatever is there already; nothing is checked. */
  put(endpoint: Endpoint, resource: Resource): string {
    const id = `t${this.#next++}`
    this.resources[endpoint].set(id, { ...resource, id })
    return id
  }

  /** Somebody deletes an account behind provisioning's back. */
  lose(id: string): void {
    this.resources.Users.delete(id)
    for (const group of this.resources.Groups.values()) removeMembers(group, [id])
  }

  /** Somebody changes an account behind provisioning's back. */
  edit(id: string, what: 'name' | 'active' | 'info'): void {
    const held = this.resources.Users.get(id)
    if (!held) return
    const edited = {
      name: { displayName: 'By hand', name: { formatted: 'By hand' } },
      active: { active: held.active === false },
      info: { [INFO]: { info1: 'By hand', info2: 'By hand' } },
    }
    this.resources.Users.set(id, { ...held, ...edited[what] })
  }

  setMember(groupId: string, id: string, isMember: boolean): void {
    const group = this.resources.Groups.get(groupId)
    if (!group) return
    const others = membersOf(group).filter(({ value }) => value !== id)
    const isThere = this.resources.Users.has(id)
    this.resources.Groups.set(groupId, { ...group, members: isMember && isThere ? [...others, { value: id }] : others })
  }

  #handle(method: string, url: URL, text: string | undefined): Reply {
    const [, , name, id] = url.pathname.split('/')
    const all = this.resources[name as Endpoint]
    if (!all) return { status: 404 }
    if (method !== 'GET') this.writes += 1
    if (id === undefined) return method === 'GET' ? this.#list(all, url) : this.#create(name as Endpoint, text!)
    const key = decodeURIComponent(id)
    const held = all.get(key)
    if (!held) return { status: 404 }
    if (method === 'GET') return { status: 200, body: held }
    if (method === 'DELETE') {
      all.delete(key)
      for (const group of this.resources.Groups.values()) removeMembers(group, [key])
      return { status: 204 }
    }
    const next = patched(held, (JSON.parse(text!) as { Operations: Operation[] }).Operations)
    if (this.#conflicts(name as Endpoint, next)) return { status: 409 }
    all.set(key, next)
    return { status: 204 }
  }

  #list(all: Map<string, Resource>, url: URL): Reply {
    const filter = url.searchParams.get('filter')
    const found = filter === null ? [...all.values()] : [...all.values()].filter(matching(filter))
    const start = Number(url.searchParams.get('startIndex') ?? 1) - 1
    // Fewer than are asked for, so that a reader has to go on.
    const page = found.slice(start, start + 3)
    return { status: 200, body: { totalResults: found.length, Resources: filter === null ? page : found } }
  }

  #create(endpoint: Endpoint, text: string): Reply {
    const resource = JSON.parse(text) as Resource
    if (this.#conflicts(endpoint, resource)) return { status: 409 }
    const id = this.put(endpoint, resource)
    return { status: 201, body: this.resources[endpoint].get(id) }
  }

  #conflicts(endpoint: Endpoint, resource: Resource): boolean {
    if (endpoint !== 'Users') return false
    const name = String(resource.userName).toLowerCase()
    return Array.from(this.resources.Users.values()).some(
      ({ id, userName }) => id !== resource.id && String(userName).toLowerCase() === name,
    )
  }
}

interface Operation {
  op: string
  path?: string
  value?: unknown
}

function matching(filter: string): (resource: Resource) => boolean {
  const at = filter.lastIndexOf(' eq ')
  const path = parsePath(filter.slice(0, at))
  const wanted = String(JSON.parse(filter.slice(at + 4))).toLowerCase()
  return (resource) => String(readPath(resource, path)).toLowerCase() === wanted
}

function patched(held: Resource, operations: readonly Operation[]): Resource {
  const isOfMembers = ({ path }: Operation) => path?.startsWith('members') ?? false
  const next = applyOperations(held, operations.filter((one) => !isOfMembers(one)) as never)
  for (const { op, path, value } of operations.filter(isOfMembers)) {
    const ids = Array.isArray(value) ? value.map((one) => one.value as string) : [/"(.*)"/.exec(path!)![1]!]
    removeMembers(next, ids)
    if (op.toLowerCase() === 'add') next.members = [...membersOf(next), ...ids.map((one) => ({ value: one }))]
  }
  return next
}

const membersOf = (group: Resource) => (group.members ?? []) as { value: string }[]

function removeMembers(group: Resource, ids: readonly string[]): void {
  if (group.members) group.members = membersOf(group).filter(({ value }) => !ids.includes(value))
}
