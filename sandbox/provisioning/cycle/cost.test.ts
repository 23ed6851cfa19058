import { expect, test } from '@jest/globals'
import { type Fixture, fixture } from '../fixture.testing.ts'

const COLLECTIONS = ['users', 'groups', 'assignments', 'links', 'memberships', 'escrows', 'log'] as const

/** Counts what is read of a store: each get, and each value that is iterated. */
function countReads({ store }: Fixture): () => number {
  let reads = 0
  for (const name of COLLECTIONS) {
    const collection = store[name] as unknown as { get(key: string): unknown; values(): Iterator<unknown> }
    const [get, values] = [collection.get.bind(collection), collection.values.bind(collection)]
    collection.get = (key) => {
      reads += 1
      return get(key)
    }
    collection.values = function* () {
      const all = values()
      for (let next = all.next(); !next.done; next = all.next()) {
        reads += 1
        yield next.value
      }
    }
  }
  for (const name of ['linksOf', 'assignmentsOf', 'membersOf'] as const) {
    const list = store[name].bind(store) as (...ids: string[]) => unknown[]
    ;(store as unknown as Record<string, typeof list>)[name] = (...ids) => {
      const found = list(...ids)
      reads += found.length
      return found
    }
  }
  return () => {
    const counted = reads
    reads = 0
    return counted
  }
}

/** A company of which everybody is assigned, one by one and by department. */
async function company(size: number): Promise<{ at: Fixture; reads: () => number }> {
  const at = await fixture()
  for (let i = 0; i < size; i++) {
    at.user(`u${i}`)
    at.assign(`u${i}`)
  }
  for (let i = 0; i < size; i += 10) {
    const id = `g${i}`
    at.group(id, [`u${i}`, `u${i + 1}`])
    at.assign(id)
  }
  const reads = countReads(at)
  await at.provisioning.runCycle(at.job.id)
  return { at, reads }
}

test('an incremental cycle costs what the changes cost, whatever the size of the directory', async () => {
  const costs = []
  for (const size of [50, 500]) {
    const { at, reads } = await company(size)
    reads()
    await at.provisioning.runCycle(at.job.id)
    const idle = reads()
    at.user('u3', { displayName: 'Changed' })
    at.group('g10', ['u10', 'u12'])
    at.unassign('u4')
    reads()
    await at.provisioning.runCycle(at.job.id)
    costs.push({ idle, changed: reads() })
    await at.close()
  }
  expect(costs[0]!.changed).toBeGreaterThan(costs[0]!.idle)
  expect(costs[1]).toEqual(costs[0])
})

test('a retry costs what refers to the object that failed, whatever the size of the directory', async () => {
  const costs = []
  for (const size of [50, 500]) {
    const { at, reads } = await company(size)
    for (const id of ['report', 'chief']) at.user(id)
    at.user('report', { managerId: 'chief' })
    for (const id of ['chief', 'report']) at.assign(id)
    at.target.fault = ({ method, body }) =>
      method === 'POST' && JSON.stringify(body).includes('chief@') ? { status: 500 } : undefined
    await at.provisioning.runCycle(at.job.id)
    at.target.fault = () => undefined
    at.target.take()
    reads()
    await at.provisioning.runCycle(at.job.id)
    costs.push({ reads: reads(), written: at.target.take().map((request) => request.split(' ')[0]) })
    await at.close()
  }
  expect(costs[0]!.written).toEqual(['GET', 'POST', 'PATCH'])
  expect(costs[1]).toEqual(costs[0])
})

test('an initial cycle costs each object the same', async () => {
  const [small, large] = [await company(50), await company(500)]
  const [few, many] = [small.reads(), large.reads()]
  expect(many / few).toBeLessThan(10.5)
  await small.at.close()
  await large.at.close()
})

/** A list of ids that tells how many of them were read. */
function watched(ids: string[]): { ids: string[]; reads(): number } {
  let reads = 0
  const get = (list: string[], name: string | symbol): unknown => {
    if (typeof name === 'string' && /^\d+$/.test(name)) reads += 1
    return Reflect.get(list, name)
  }
  return { ids: new Proxy(ids, { get }), reads: () => reads }
}

test('who joins or leaves a group costs the same whatever its size', async () => {
  const costs = []
  for (const size of [20, 400]) {
    const at = await fixture()
    const everybody = Array.from({ length: size }, (_, i) => `u${i}`)
    for (const id of [...everybody, 'newcomer']) at.user(id)
    at.group('all', everybody)
    at.assign('all')
    await at.provisioning.runCycle(at.job.id)
    const members = watched([...everybody.slice(1), 'newcomer'])
    at.group('all', members.ids)
    const [before, reads] = [members.reads(), countReads(at)]
    at.target.take()
    await at.provisioning.runCycle(at.job.id)
    const written = at.target.take().filter((request) => request.startsWith('PATCH /Groups'))
    costs.push({ ofStore: reads(), ofMembers: members.reads() - before, written: written.length })
    await at.close()
  }
  expect(costs[0]!.written).toBeGreaterThan(0)
  expect(costs[0]!.ofMembers).toBe(0)
  expect(costs[1]).toEqual(costs[0])
})
