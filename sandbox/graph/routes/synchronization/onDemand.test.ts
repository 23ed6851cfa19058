import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { SCIM_RULE_ID, templateSchema } from '../../../../sync/defaults/templates.ts'
import { MFILES_TEMPLATE } from '../../../templates/gallery.ts'
import { startTestSandbox, type TestSandbox } from '../../../testing.ts'

let sandbox: TestSandbox
let job: string
beforeAll(async () => {
  sandbox = await startTestSandbox({ users: 20, templateSchema })
  const made = await sandbox.graph('POST', `/applicationTemplates/${MFILES_TEMPLATE}/instantiate`, { displayName: 'x' })
  const jobs = `/servicePrincipals/${made.body.servicePrincipal.id}/synchronization/jobs`
  job = `${jobs}/${(await sandbox.graph('POST', jobs, { templateId: 'mfiles' })).body.id}`
})
afterAll(() => sandbox.close())

const subject = { objectId: '11111111-1111-4111-8111-111111111111', objectTypeName: 'User' }
const ask = (body: unknown) => sandbox.graph('POST', `${job}/provisionOnDemand`, body)

test('provisioning on demand hands its subjects to the service, links and annotations included', async () => {
  const group = { ...subject, objectTypeName: 'Group', links: { members: [subject] } }
  const { status, body } = await ask({
    parameters: [
      {
        '@odata.type': '#microsoft.graph.synchronizationJobApplicationParameters',
        ruleId: SCIM_RULE_ID,
        subjects: [group],
      },
    ],
  })
  expect([status, body.key]).toEqual([200, 'StatusInfo'])
  expect(JSON.parse(body.value)[0]).toMatchObject([{ ruleId: SCIM_RULE_ID, subjects: [group] }])
})

test.each([
  ['a bare list', [{ ruleId: SCIM_RULE_ID, subjects: [subject] }], 'BadRequest'],
  ['no parameters', {}, 'RequestMissingRequiredParameter'],
  ['what the service does not take', { parameters: [] }, 'Request_BadRequest'],
])('it is refused with %s', async (_, body, code) => {
  const reply = await ask(body)
  expect([reply.status, reply.body.error.code]).toEqual([400, code])
})

test('it is refused for who owns the service principal and not the application', async () => {
  const LEAST = 1
  const made = await sandbox.graph(
    'POST',
    `/applicationTemplates/${MFILES_TEMPLATE}/instantiate`,
    { displayName: 'own' },
    {},
    LEAST,
  )
  const jobs = `/servicePrincipals/${made.body.servicePrincipal.id}/synchronization/jobs`
  const { body } = await sandbox.graph('POST', jobs, { templateId: 'mfiles' }, {}, LEAST)
  const own = async () => {
    const parameters = [{ ruleId: SCIM_RULE_ID, subjects: [subject] }]
    return (await sandbox.graph('POST', `${jobs}/${body.id}/provisionOnDemand`, { parameters }, {}, LEAST)).status
  }
  expect(await own()).toBe(200)
  const owners = `/applications/${made.body.application.id}/owners`
  const [{ id }] = (await sandbox.graph('GET', owners)).body.value
  await sandbox.graph('DELETE', `${owners}/${id}/$ref`)
  expect(await own()).toBe(401)
})
