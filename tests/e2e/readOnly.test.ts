/** Everything that only looks, by an identity that may only look, on a stack that another identity has updated. */
import { lstatSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import { permissionsFor, USES } from '../../provider/graph/neededPermissions.ts'
import { listJobs } from '../../provider/resources/provisioningJob/job.ts'
import { type Ask, applicationWith } from '../../sandbox/clients.testing.ts'
import { root } from '../../tools/setup/node.mjs'
import { type Fleet, startFleet } from './fleetHarness.ts'
import { type Outcome, run } from './harness.ts'

jest.setTimeout(180_000)

let fleet: Fleet
let reader: Record<string, string>
let servicePrincipal: string
const STACK = 'contoso'
const UNCHANGED = { assignments: { groups: ['M-Files Project Leads'] } }
const CHANGED = { assignments: { users: ['adele.vance@entrada-sandbox.example'] }, scope: 'all', scopeReason: 'pilot' }
const MAPPING = {
  object: 'user',
  source: '[department]',
  target: 'urn:ietf:params:scim:schemas:extension:info:2.0:User:info1',
}

beforeAll(async () => {
  fleet = await startFleet([STACK])
  fleet.write(STACK, UNCHANGED)
  const { code, text } = await fleet.rollout()
  if (code !== 0) throw new Error(text)
  reader = await clientWith([
    ...permissionsFor(USES, 'read').map(({ value }) => value),
    // Only doctor asks for it.
    'LicenseAssignment.Read.All',
  ])
  const filter = encodeURIComponent("displayName eq 'M-Files'")
  const [found] = await fleet.graph(STACK).collect<{ id: string }>(`/servicePrincipals?$filter=${filter}`)
  servicePrincipal = found!.id
})
afterAll(() => fleet?.stop())

/** Credentials of a new application with these permissions and no others. */
async function clientWith(permissions: readonly string[]): Promise<Record<string, string>> {
  const graph = fleet.graph(STACK)
  const ask: Ask = (method, at, body) => (method === 'GET' ? graph.get(at) : graph.post(at, body))
  const { id, appId } = await applicationWith(ask, 'Reader', permissions)
  const { secretText } = await graph.post<{ secretText: string }>(`/applications/${id}/addPassword`, {})
  return { ...fleet.env, ARM_CLIENT_ID: appId, ARM_CLIENT_SECRET: secretText, ENTRADA_ACCESS: 'read' }
}

const entrada = (...args: string[]): Promise<Outcome> =>
  run(process.execPath, ['cli/entrada.mjs', ...args], root, reader)

/** Each file and folder of the state, and when it was last written: a lock that came and went changes its folder. */
const stateFolder = (): string[] =>
  (readdirSync(fleet.folder.backend, { recursive: true }) as string[]).map((name) => {
    const file = lstatSync(path.join(fleet.folder.backend, name), { bigint: true })
    return `${name} ${file.mtimeNs} ${file.size}`
  })

/** Runs a command as the reader; neither tenant nor state may be other afterwards. */
async function look(...args: string[]): Promise<Outcome> {
  const before = stateFolder()
  await fleet.control('/requests', 'DELETE')
  const outcome = await entrada(...args)
  expect(await fleet.writes()).toEqual([])
  expect(stateFolder()).toEqual(before)
  return outcome
}

test.each([
  ['doctor', [STACK], 'problems 0, warnings 0'],
  ['review', [STACK], 'No changes;'],
  ['forecast', [STACK], 'the next cycle is incremental'],
  ['status', [STACK], 'healthy'],
  ['drift', [STACK], 'as its last update left it\n    not compared: credentials, scope,'],
  ['logs', [STACK], 'success +group +M-Files Project Leads'],
])('%s has what it takes, and writes nothing', async (command, args, said) => {
  const { code, text } = await look(command, ...args)
  expect(text).toMatch(new RegExp(said))
  expect(code).toBe(0)
})

test('as an identity to update with, doctor finds it wanting', async () => {
  const { code, text } = await look('doctor', STACK, '--access', 'change')
  expect(text).toContain('Application.ReadWrite.OwnedBy is missing')
  expect(text).toMatch(/problem +ownership/)
  expect(code).toBe(1)
})

test('a change of the file is reviewed: mappings with expressions, assignments, scope', async () => {
  fleet.write(STACK, { ...CHANGED, additionalMappings: [{ ...MAPPING, source: 'ToUpper([department])' }] })
  const { code, text } = await look('review', STACK)
  expect(text).toContain('2 to update')
  expect(text).toContain('ToUpper([department])')
  expect(text).toContain('### Forecast')
  expect(code).toBe(0)
  fleet.write(STACK, { additionalMappings: [{ ...MAPPING, target: 'none' }] })
  expect(await look('review', STACK)).toMatchObject({ code: 1, text: expect.stringContaining("'none'") })
})

test('an update of this identity fails at the first thing that it would change, and says what it takes', async () => {
  fleet.write(STACK, CHANGED)
  const before = stateFolder()
  const { code, text } = await entrada('rollout', STACK)
  expect(code).toBe(1)
  expect(text).toContain('Permission is missing: grant the application AppRoleAssignment.ReadWrite.All')
  // Its lock alone is seen there.
  expect(stateFolder()).not.toEqual(before)
  fleet.write(STACK, UNCHANGED)
})

test('what somebody changed in the tenant is drift, since when and by whom', async () => {
  const graph = fleet.graph(STACK)
  const [job] = await listJobs(graph, servicePrincipal)
  await graph.post(`/servicePrincipals/${servicePrincipal}/synchronization/jobs/${job!.id}/pause`, undefined)
  const { code, text } = await look('drift', STACK)
  expect(text).toMatch(/status: "on" → "off"\n +by application/)
  expect(code).toBe(3)
})
