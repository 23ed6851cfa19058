/** `entrada rollout` over five tenants in three rings, as a process, through the real engine. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals'
import { parse, stringify } from 'yaml'
import { PROJECT } from '../../cli/local/folder.ts'
import type { Report } from '../../cli/rollout/report.ts'
import { parseJobId } from '../../provider/resources/provisioningJob/job.ts'
import { type Fleet, startFleet } from './fleetHarness.ts'
import { run } from './harness.ts'

jest.setTimeout(180_000)

const NAMES = ['alpha', 'beta', 'gamma', 'delta', 'epsilon']
const RINGS = {
  rings: [
    { name: 'canary', stacks: ['alpha'], gates: { forecast: { maxCreates: 5 } } },
    { name: 'early', labels: ['pilot'] },
    { name: 'late', stacks: ['delta', 'eps*'], approve: true },
  ],
}
const LABELS: Record<string, unknown> = { beta: { labels: ['pilot'] }, gamma: { labels: ['pilot'] } }

let fleet: Fleet
beforeAll(async () => {
  fleet = await startFleet(NAMES)
  writeFileSync(path.join(fleet.stacks, 'rollout.yaml'), stringify(RINGS))
  for (const stack of NAMES) change(stack)
})
afterAll(() => fleet?.stop())
beforeEach(async () => {
  await fleet.control('/requests', 'DELETE')
  await fleet.control('/faults', 'DELETE')
})

/** Writes the stack's file with its ring's label and a name of its own. */
const change = (stack: string, more: object = {}) =>
  fleet.write(stack, { displayName: `M-Files ${stack}`, ...(LABELS[stack] as object), ...more })

async function rollout(...args: string[]): Promise<{ code: number | null; text: string; report: Report }> {
  const { code, text } = await fleet.rollout('--json', '--parallel', '3', ...args)
  const line = text.split('\n').findLast((one) => one.startsWith('{'))
  return { code, text, report: line ? (JSON.parse(line) as Report) : (undefined as never) }
}

/** `alpha updated` */
const outcomes = ({ tenants }: Report): string[] => tenants.map(({ stack, outcome }) => `${stack} ${outcome}`)

const earlier = ({ tenants }: Report): string[] => tenants.flatMap((one) => (one.earlier ? [one.stack] : []))

test('a preview says what each tenant would get, and writes nothing anywhere', async () => {
  const before = NAMES.map((stack) => readFileSync(fleet.file(stack), 'utf8'))
  const { code, report } = await rollout('--preview')
  expect(code).toBe(0)
  expect(outcomes(report)).toEqual(NAMES.map((stack) => `${stack} previewed`))
  expect(report.tenants[0]!.changes.map(({ op, type }) => `${op} ${type.split(':').at(-1)}`).sort()).toEqual([
    'create AppRoleAssignments',
    'create GalleryApplication',
    'create ProvisioningJob',
    'create ScimConfiguration',
  ])
  expect(report.tenants.map(({ forecast }) => forecast?.creates)).toEqual(NAMES.map(() => 1))
  expect(await fleet.writes()).toEqual([])
  expect(NAMES.map((stack) => readFileSync(fleet.file(stack), 'utf8'))).toEqual(before)
  expect(existsSync(path.join(fleet.folder.backend, '.pulumi', 'stacks'))).toBe(false)
  expect(existsSync(path.join(fleet.folder.path, 'rollouts'))).toBe(false)
})

test('new tenants ring by ring; a ring that waits for approval stops it where nobody can be asked', async () => {
  const { code, report } = await rollout()
  expect(outcomes(report)).toEqual([
    'alpha updated',
    'beta updated',
    'gamma updated',
    'delta notStarted',
    'epsilon notStarted',
  ])
  // All have one target, and the same person at it, whom the canary's cycle made.
  const touched = report.tenants.map(({ forecast }) => forecast && [forecast.creates, forecast.matches])
  expect(touched).toEqual([[1, 0], [0, 1], [0, 1], null, null])
  expect(report.stopped).toMatch(/ring late waits for approval.*--yes.*goes on from here/)
  expect(report.tenants[0]).toMatchObject({
    created: true,
    health: expect.stringMatching(/^0 in error after the cycle/),
  })
  expect(code).toBe(3)
  expect(readFileSync(fleet.file('alpha'), 'utf8')).toMatch(/^encryptionsalt: v1:\S+$/m)
})

test('with approval it goes on, and does nothing again; each tenant got what its own file says', async () => {
  const reports = path.join(fleet.folder.path, 'reports')
  const [junit, html] = [path.join(reports, 'ci', 'junit.xml'), path.join(reports, 'report.html')]
  const { code, text, report } = await rollout('--yes', '--junit', junit, '--html', html)
  expect(text).toMatch(/going on with rollout \S+: 3 of 5 done/)
  expect(earlier(report)).toEqual(['alpha', 'beta', 'gamma'])
  expect(code).toBe(0)
  const made = (await fleet.writes()).filter(({ path: at }) => at.endsWith('/instantiate'))
  expect(made).toHaveLength(2)
  for (const { stack, tenantId } of fleet.tenants) {
    const state = readFileSync(path.join(fleet.folder.backend, '.pulumi', 'stacks', PROJECT, `${stack}.json`), 'utf8')
    expect(state).toContain(`M-Files ${stack}`)
    expect(state).toContain(tenantId)
    for (const other of fleet.tenants) if (other.stack !== stack) expect(state).not.toContain(other.tenantId)
  }
  const journals = path.join(fleet.folder.path, 'rollouts')
  const written = readdirSync(journals).map((id) => readFileSync(path.join(journals, id, 'journal.ndjson'), 'utf8'))
  const everything = [text, readFileSync(junit, 'utf8'), readFileSync(html, 'utf8'), ...written].join('\n')
  const secrets = [...fleet.tenants.map(({ clientSecret }) => clientSecret), fleet.services.scim.adminToken]
  for (const secret of secrets) expect(everything).not.toContain(secret)
  expect(everything).not.toMatch(/"clientSecret":"(?!\[secret\])/)
  expect(readFileSync(junit, 'utf8')).toContain('tests="5" failures="0" errors="0" skipped="0"')
})

test('nothing changed: nothing is written, and all gates are looked at', async () => {
  const { code, report } = await rollout('--yes')
  expect(outcomes(report)).toEqual(NAMES.map((stack) => `${stack} unchanged`))
  expect(await fleet.writes()).toEqual([])
  expect(code).toBe(0)
})

test('what was changed beside it is put right; told only what is left alone; a job that was stopped passes no gate', async () => {
  const stack = 'gamma'
  const graph = fleet.graph(stack)
  const state = path.join(fleet.folder.backend, '.pulumi', 'stacks', PROJECT, `${stack}.json`)
  const { id } = (
    JSON.parse(readFileSync(state, 'utf8')) as { checkpoint: { latest: { resources: { type: string; id: string }[] } } }
  ).checkpoint.latest.resources.find(({ type }) => type === 'entrasync:index:ProvisioningJob')!
  const { servicePrincipalId } = parseJobId(id)
  await graph.post(`${id}/pause`)
  const settings = { Enabled: true, Recipients: 'else@contoso.example', DeleteThresholdEnabled: false }
  const secrets = [{ key: 'SyncNotificationSettings', value: JSON.stringify(settings) }]
  await graph.put(`/servicePrincipals/${servicePrincipalId}/synchronization/secrets`, { value: secrets })
  interface Schema {
    synchronizationRules: { objectMappings: { attributeMappings: { targetAttributeName: string }[] }[] }[]
  }
  const schema = await graph.get<Schema>(`${id}/schema`)
  const [user] = schema.synchronizationRules[0]!.objectMappings
  user!.attributeMappings = user!.attributeMappings.filter((one) => one.targetAttributeName !== 'name.familyName')
  await graph.put(`${id}/schema`, schema)

  const blind = await rollout(stack, '--no-refresh')
  expect(blind.report.tenants[0]).toMatchObject({
    outcome: 'refused',
    errors: [expect.stringMatching(/^the job is stopped, though .*up --refresh --stack gamma/)],
  })
  expect(blind.code).toBe(3)
  const { report } = await rollout(stack, '--preview')
  const [seen] = report.tenants
  expect(seen!.changes).toMatchObject([{ op: 'update', name: 'tenant-provisioning' }])
  const paths = seen!.changes[0]!.properties.map(({ path: at, before, after }) => [at, before, after])
  expect(paths).toContainEqual(['status', 'off', 'on'])
  expect(paths).toContainEqual(['accidentalDeletions.enabled', false, true])
  expect(seen!.warnings).toEqual([
    expect.stringMatching(/^found in the tenant and left as it is: .* mappingDrift: nothing → .*name\.familyName: not/),
  ])
  const mended = await rollout(stack)
  expect([mended.code, ...outcomes(mended.report)]).toEqual([0, 'gamma updated'])
  expect(await graph.get(id)).toMatchObject({ schedule: { state: 'Active' } })
  const again = await rollout(stack)
  expect(outcomes(again.report)).toEqual(['gamma unchanged'])
})

test('a canary that fails keeps the others from being touched; repaired, it goes on', async () => {
  for (const stack of NAMES) change(stack, { notificationEmail: 'a@contoso.example' })
  change('alpha', { notificationEmail: 'a@contoso.example', assignments: { groups: ['No such group'] } })
  const { code, report } = await rollout('--yes', '--cycle-wait', '0s')
  expect(outcomes(report)).toEqual(['alpha failed', ...NAMES.slice(1).map((stack) => `${stack} notStarted`)])
  expect(report.tenants[0]!.errors.join()).toMatch(/No such group/)
  expect(report.stopped).toMatch(/ring canary: 1 failed, and the failure budget is 1/)
  expect(await fleet.writes()).toEqual([])
  expect(code).toBe(1)
  change('alpha', { notificationEmail: 'a@contoso.example' })
  const again = await rollout('--yes', '--cycle-wait', '0s')
  expect(outcomes(again.report)).toEqual(NAMES.map((stack) => `${stack} updated`))
  expect(again.code).toBe(0)
})

test('the trouble of some is theirs: a broken file, no sign-in, a stack that is locked elsewhere, throttling', async () => {
  for (const stack of NAMES) change(stack, { notificationEmail: 'b@contoso.example' })
  writeFileSync(fleet.file('beta'), `${readFileSync(fleet.file('beta'), 'utf8')}\n  : [`)
  const delta = path.join(fleet.folder.path, 'envs', 'delta.env')
  const credentials = readFileSync(delta, 'utf8')
  writeFileSync(delta, credentials.replace(/SECRET=.*/, 'SECRET=not-the-secret'))
  const locks = path.join(fleet.folder.backend, '.pulumi', 'locks', 'organization', PROJECT, 'epsilon')
  mkdirSync(locks, { recursive: true })
  const lock = { pid: 1, username: 'ann', hostname: 'elsewhere', timestamp: '2026-01-01T00:00:00Z' }
  writeFileSync(path.join(locks, 'one.json'), JSON.stringify(lock))
  const throttled = {
    path: 'synchronization/secrets',
    method: 'PUT',
    status: 429,
    times: 3,
    headers: { 'Retry-After': '1' },
  }
  await fleet.control('/faults', 'POST', throttled)

  const { code, text, report } = await rollout('--yes', '--cycle-wait', '0s')
  expect(outcomes(report).sort()).toEqual(
    ['alpha updated', 'beta failed', 'gamma updated', 'delta failed', 'epsilon failed'].sort(),
  )
  const errorOf = (stack: string) => report.tenants.find((tenant) => tenant.stack === stack)!.errors.join('\n')
  expect(errorOf('beta')).toMatch(/settings cannot be used/)
  expect(errorOf('delta')).toMatch(/Could not sign in to tenant/)
  expect(errorOf('epsilon')).toMatch(/locked by process 1 on elsewhere/)
  expect(text).not.toContain('not-the-secret')
  expect(code).toBe(1)

  change('beta', { notificationEmail: 'b@contoso.example' })
  writeFileSync(delta, credentials)
  rmSync(path.join(locks, 'one.json'))
  const again = await rollout('--only', 'failed', '--yes', '--cycle-wait', '0s')
  expect(again.text).toMatch(/going on with rollout \S+: 2 of 5 done/)
  expect(outcomes(again.report)).toEqual(['beta updated', 'delta updated', 'epsilon updated'])
  expect(again.code).toBe(0)
  const none = await rollout('--only', 'failed')
  expect([none.code, none.text]).toEqual([
    2,
    expect.stringContaining('no stack failed in a rollout that is unfinished'),
  ])
  const resumed = await rollout('--resume')
  expect([resumed.code, resumed.text]).toEqual([
    2,
    expect.stringContaining('no rollout to go on with: all were finished'),
  ])
})

test('what would be deleted, what a policy forbids and what a forecast is beyond are refused, before anything is written', async () => {
  const email = { notificationEmail: 'b@contoso.example' }
  change('alpha', { ...email, assignments: undefined })
  change('beta', { ...email, scope: 'all' })
  const { code, report } = await rollout('alpha', 'beta', '--policy-pack', 'policy', '--fail-budget', '9')
  expect(outcomes(report)).toEqual(['alpha refused', 'beta notStarted'])
  expect(report.tenants[0]!.errors.join()).toMatch(
    /would delete AppRoleAssignments 'tenant-assignments'.*--allow-deletes/,
  )
  const policy = await rollout('beta', '--policy-pack', 'policy')
  expect(policy.report.tenants[0]).toMatchObject({
    outcome: 'refused',
    errors: [expect.stringMatching(/^policy scope-reason \(tenant-provisioning\): /)],
  })
  change('beta', email)
  change('alpha', { ...email, scope: 'all', scopeReason: 'a test' })
  const beyond = await rollout('alpha')
  expect(beyond.report.tenants[0]).toMatchObject({ outcome: 'refused', step: 'forecast' })
  expect(beyond.report.tenants[0]!.errors.join()).toMatch(
    /beyond what is allowed: \d+ would be created, more than the 5/,
  )
  expect([code, policy.code, beyond.code]).toEqual([3, 3, 3])
  expect(await fleet.writes()).toEqual([])
  change('alpha', { ...email, assignments: undefined })
  const allowed = await rollout('alpha', '--allow-deletes', '--cycle-wait', '0s', '--fresh')
  expect(allowed.report.tenants[0]).toMatchObject({ outcome: 'updated', changes: [{ op: 'delete' }] })
})

test('the target of a forecast is read with the secret that stands encrypted in the stack’s file, and that is in no report', async () => {
  const stack = 'epsilon'
  const target = {
    kind: 'external',
    tenantUrl: 'https://127.0.0.1:9/scim',
    tokenEndpoint: 'https://127.0.0.1:9/token',
    clientId: 'c',
  }
  const workspace = path.join(fleet.folder.path, 'workspaces', stack)
  const set = ['config', 'set', '--path', 'entrada:target.clientSecret', 'hunter2hunter2', '--secret', '--stack', stack]
  expect((await run(fleet.engine, set, workspace, fleet.env)).code).toBe(0)
  const { config } = parse(readFileSync(path.join(workspace, `Pulumi.${stack}.yaml`), 'utf8'))
  change(stack, { target: { ...target, clientSecret: config['entrada:target'].clientSecret } })
  const { code, text, report } = await rollout(stack, '--preview', '--allow-deletes')
  expect([code, report.tenants[0]!.errors]).toEqual([0, []])
  expect(report.tenants[0]!.forecast!.unknowns.join()).toMatch(
    /token endpoint https:\/\/127\.0\.0\.1:9\/token cannot be/,
  )
  expect(text).not.toContain('hunter2hunter2')
  change(stack)
})

test('a gate sees what is wrong in the tenant: the ring stops there', async () => {
  const { stack, tenantId } = fleet.tenants[1]!
  const fault = { side: 'target', path: '.*', times: 1000, status: 401, body: {} }
  await fleet.control('/faults', 'POST', fault)
  const jobs = await fleet.control<{ jobId: string }[]>(`/cycles?tenant=${tenantId}`)
  await fleet.control(`/cycle?tenant=${tenantId}`, 'POST', { jobId: jobs[0]!.jobId })
  const names = [stack, 'gamma', 'delta']
  const { code, report } = await rollout(...names, '--yes', '--no-refresh')
  expect(report.tenants.find((tenant) => tenant.stack === stack)).toMatchObject({
    outcome: 'refused',
    step: 'gate',
    errors: [expect.stringMatching(/in quarantine/)],
  })
  expect(report.stopped).toMatch(/ring early: a gate said no for beta/)
  expect(outcomes(report)).toContain('delta notStarted')
  expect(code).toBe(3)

  const still = await rollout(...names, '--only', 'failed', '--no-refresh')
  expect([still.code, ...outcomes(still.report)]).toEqual([3, 'beta refused'])
  await fleet.control('/faults', 'DELETE')
  const mended = await rollout(...names, '--only', 'failed', '--cycle-wait', '0s')
  expect([mended.code, ...outcomes(mended.report)]).toEqual([0, 'beta updated'])
  const rest = await rollout(...names, '--yes')
  expect(rest.text).toMatch(/going on with rollout \S+: 2 of 3 done/)
  expect([earlier(rest.report), rest.code]).toEqual([[stack, 'gamma'], 0])
})

test('rings that cannot be meant are a wrong command, before anything is begun', async () => {
  const file = path.join(fleet.stacks, 'rollout.yaml')
  for (const [yaml, says] of [
    ['rings: [{ name: c, stacks: [nosuchstack] }]', /rings\[0\]\.stacks \(ring c\): there is no stack 'nosuchstack'/],
    ['rings: [{ name: c, stack: [alpha] }]', /stacks\/rollout\.yaml/],
  ] as const) {
    writeFileSync(file, yaml)
    const { code, text } = await rollout('--preview')
    expect([code, text]).toEqual([2, expect.stringMatching(says)])
  }
  writeFileSync(file, "rings: [{ name: c, stacks: ['us-*'] }]")
  const { code, text } = await rollout('alpha', '--preview', '--no-forecast')
  expect([code, text]).toEqual([0, expect.stringContaining('ring c, the first of stacks/rollout.yaml, has no stack')])
  const folder = await rollout('--preview', '--html', fleet.stacks)
  expect([folder.code, folder.text]).toEqual([2, expect.stringMatching(/--html is '.*', a folder: name a file/)])
})
