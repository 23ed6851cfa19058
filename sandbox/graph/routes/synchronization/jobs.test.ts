import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { MFILES_TEMPLATE } from '../../../templates/gallery.ts'
import { startTestSandbox, type TestSandbox } from '../../../testing.ts'

let sandbox: TestSandbox
let job: string
beforeAll(async () => {
  sandbox = await startTestSandbox({ users: 20 })
  const made = await sandbox.graph('POST', `/applicationTemplates/${MFILES_TEMPLATE}/instantiate`, { displayName: 'x' })
  const jobs = `/servicePrincipals/${made.body.servicePrincipal.id}/synchronization/jobs`
  job = `${jobs}/${(await sandbox.graph('POST', jobs, { templateId: 'mfiles' })).body.id}`
})
afterAll(() => sandbox.close())

const restart = (body?: unknown) => sandbox.graph('POST', `${job}/restart`, body)
const asked = () => sandbox.provisioning.calls.at(-1)!.split(' ').slice(2).join(' ')

test.each<[unknown, string]>([
  [undefined, ''],
  [{}, ''],
  [{ criteria: null }, ''],
  [{ criteria: {} }, ''],
  [{ criteria: { '@odata.type': '#microsoft.graph.synchronizationJobRestartCriteria', resetScope: 'Full' } }, 'Full'],
  [{ criteria: { resetScope: 'Watermark, Escrows' } }, 'Watermark, Escrows'],
])('a restart with %j is of "%s"', async (body, scope) => {
  expect((await restart(body)).status).toBe(204)
  expect(asked()).toBe(scope)
})

test.each<[unknown, string]>([
  [{ criteria: { resetScope: null } }, "Invalid resetScope 'null'. Allowed: None, ConnectorDataStore,"],
  [{ criteria: { resetScope: 'Everything' } }, "Invalid resetScope 'Everything'"],
  [{ criteria: { resetScope: 'Watermark,' } }, "Invalid resetScope ''"],
  [{ criteria: { resetScope: 15 } }, "Invalid resetScope '15'"],
  [{ criteria: { resetScope: ['Full'] } }, 'Invalid resetScope'],
  [{ criteria: { scope: 'Full' } }, "criteria has no 'scope'; it has 'resetScope' alone"],
  [{ criteria: 'Full' }, 'criteria is "Full", not an object'],
  [{ criteria: ['Full'] }, 'criteria is ["Full"], not an object'],
  [{ resetScope: 'Full' }, "The parameter 'resetScope' does not exist; a restart takes 'criteria'"],
  [[], "The body of a restart is an object with 'criteria', or empty"],
])('a restart with %j is refused', async (body, message) => {
  const calls = sandbox.provisioning.calls.length
  const reply = await restart(body)
  expect([reply.status, reply.body.error]).toMatchObject([
    400,
    { code: 'Request_BadRequest', message: expect.stringContaining(message) },
  ])
  expect(sandbox.provisioning.calls).toHaveLength(calls)
})
