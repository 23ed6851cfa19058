import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from '@jest/globals'
import type { Graph } from '../../../provider/graph/client.ts'
import type { Tenant } from '../../stack/tenant.ts'
import type { Found } from './application.ts'
import { checkRunner, checkService } from './service.ts'
import type { Caller } from './signIn.ts'
import type { ContainerApp } from './target.ts'

let server: Server | undefined
afterEach(async () => {
  const open = server
  server = undefined
  if (open) await new Promise((resolve) => open.close(resolve))
})

async function serving(status: number, body: object): Promise<string> {
  server = createServer((_, response) => response.writeHead(status, { connection: 'close' }).end(JSON.stringify(body)))
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server!.address() as AddressInfo).port}`
}

const application = { servicePrincipal: { id: 'sp' } } as Found

/** What a directory says of a stack whose service is at `origin`, where it has one. */
function look(origin: string | undefined, token = async () => 'token', found: Found = application) {
  const graph = {
    get: async () => ({ value: origin ? [{ key: 'BaseAddress', value: `${origin}/default/scim/v2` }] : [] }),
    collect: async () => [{ appId: 'app-1', web: { redirectUris: [`${origin}/admin/sign-in/callback`] } }],
    token,
  } as unknown as Graph
  const config = { target: { kind: 'containerApp', tenant: 'default' } } as Tenant['config']
  return checkService({ stack: 'contoso', config, env: {}, graph }, found, 'change', AbortSignal.timeout(5_000))
}

test('a service that runs is asked with the caller’s own token', async () => {
  const origin = await serving(200, { counts: { users: 7 } })
  expect(await look(origin)).toEqual({
    said: [{ state: 'ok', seen: `the SCIM service at ${origin}/api/tenants/default takes the token (7 users)` }],
    value: `${origin}/api/tenants/default`,
  })
})

test('one that fails is a warning: the update may be what repairs it', async () => {
  const down = await look(await serving(503, {}))
  expect(down).toMatchObject({ said: [{ state: 'warning', seen: expect.stringContaining('status 503') }] })
  expect(down.value).toMatch(/^http/)
})

test('before the first update there is none', async () => {
  const none = { said: [{ state: 'notChecked', seen: 'there is no SCIM service yet: the update makes it' }] }
  expect(await look(undefined)).toEqual(none)
  expect(await look('https://scim.example', undefined, 'none')).toEqual(none)
})

test('a caller without a role there is told how to get it', async () => {
  const token = async () => {
    throw new Error("AADSTS501051: Application 'x' is not assigned to a role\nCheck the ARM_ variables of this stack.")
  }
  expect(await look('https://scim.example', token)).toMatchObject({
    said: [{ state: 'warning', fix: expect.stringContaining('entrada:target.runners') }],
  })
})

test.each([
  ['any caller, where none is listed', 'change', [], [], undefined],
  ['one that is listed', 'change', ['A1'], [], undefined],
  ['not to another one', 'change', ['b2'], [], 'runners'],
  ['not to one that reads, where it is to change', 'change', ['b2'], ['a1'], 'runners'],
  ['one that reads', 'read', ['b2'], ['A1'], undefined],
  ['one that updates, where it is to read', 'read', ['a1'], [], undefined],
  ['not to one that is to read, where none is listed', 'read', [], [], 'readers'],
] as const)('the role is given to %s', (_, access, runners, readers, list) => {
  const target = { runners, readers } as unknown as ContainerApp
  const { said } = checkRunner(target, { objectId: 'a1' } as Caller, access)
  expect(said.map(({ seen }) => seen)).toEqual(
    list ? [expect.stringContaining(`is not among entrada:target.${list}`)] : [],
  )
})
