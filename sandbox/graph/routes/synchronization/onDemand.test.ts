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
  ['a bare list', [{ ruleId: SCIM_RULE_ID, subjects: [subject] }]],
  ['no parameters', { parameters: [] }],
  ['an unknown rule', { parameters: [{ ruleId: 'none', subjects: [subject] }] }],
  ['no subject', { parameters: [{ ruleId: SCIM_RULE_ID, subjects: [] }] }],
  ['a subject without a type', { parameters: [{ ruleId: SCIM_RULE_ID, subjects: [{ objectId: 'x' }] }] }],
  ['what Graph does not have', { parameters: [{ ruleId: SCIM_RULE_ID, subjects: [subject], force: true }] }],
])('it is refused with %s', async (_, body) => {
  expect((await ask(body)).status).toBe(400)
})
