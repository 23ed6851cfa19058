import { expect } from '@jest/globals'
import type { Access } from '../../../../provider/graph/neededPermissions.ts'
import type { ContainerApp } from '../target.ts'
import { checkAzure } from './target.ts'

export const TENANT = 'a1111111-1111-4111-8111-111111111111'
export const SUBSCRIPTION = '33333333-3333-4333-8333-333333333333'
export const CONTRIBUTOR = { actions: ['*'], notActions: ['Microsoft.Authorization/*/Write'] }
export const ROLE_ADMINISTRATOR = {
  actions: ['*/read', 'Microsoft.Authorization/roleAssignments/write'],
  notActions: [],
}
const SERVICES = ['App', 'DBforPostgreSQL', 'Insights', 'KeyVault', 'ManagedIdentity', 'OperationalInsights']

export const free = { nameAvailable: true }
export const taken = { nameAvailable: false, reason: 'AlreadyExists' }

const TOKEN = `h.${Buffer.from(JSON.stringify({ tid: TENANT })).toString('base64url')}.s`

/** Answers by the end of the path, the first that fits; a number is a status without a body. What has none is 404. */
export type Answers = Record<string, unknown>

/** Azure and registries as far as the check asks them. */
export function azure(answers: Answers = {}) {
  const all: Answers = {
    ...answers,
    ...Object.fromEntries(
      Object.entries({
        [`/subscriptions/${SUBSCRIPTION}`]: { displayName: 'Identity', tenantId: TENANT, state: 'Enabled' },
        '/providers': {
          value: SERVICES.map((name) => ({ namespace: `microsoft.${name}`, registrationState: 'Registered' })),
        },
        '/permissions': { value: [CONTRIBUTOR, ROLE_ADMINISTRATOR] },
        '/checkNameAvailability': free,
      }).filter(([end]) => !(end in answers)),
    ),
  }
  const asked: string[] = []
  const fetch = (async (input: string | URL, { headers = {}, method = 'GET' }: RequestInit = {}) => {
    const { hostname, pathname } = new URL(input)
    asked.push(`${method} ${pathname}`)
    const isAzure = hostname === 'management.azure.com'
    if (isAzure) expect(new Headers(headers).get('authorization')).toBe(`Bearer ${TOKEN}`)
    const [, found = 404] = Object.entries(all).find(([end]) => pathname.endsWith(end)) ?? []
    const body = typeof found === 'function' ? found(new Headers(headers)) : found
    if (body instanceof Response) return body
    return typeof body === 'number' ? Response.json({}, { status: body }) : Response.json(body)
  }) as typeof globalThis.fetch
  return { fetch, asked }
}

export interface Surroundings {
  /** Parts of the target besides the least that it says. */
  more?: Record<string, unknown>
  access?: Access
  subscriptionId?: string
  tenantId?: string
  /** DNS records by name. */
  dns?: Record<string, string>
}

/** What the check says, without the lines that are well. */
export async function faults(cloud: ReturnType<typeof azure>, surroundings: Surroundings = {}) {
  const { more = {}, access = 'change', subscriptionId = SUBSCRIPTION, tenantId = TENANT, dns = {} } = surroundings
  const target = { kind: 'containerApp', region: 'westeurope', network: { private: false }, names: {}, ...more }
  const record = async (name: string) => {
    if (!(name in dns)) throw new Error('ENOTFOUND')
    return dns[name]!
  }
  const { said } = await checkAzure(
    {
      stack: 'contoso',
      access,
      target: target as unknown as ContainerApp,
      tenantId,
      caller: { subscriptionId, token: async () => TOKEN, fetch: cloud.fetch },
      resolver: {
        resolveCname: async (name: string) => [await record(name)],
        resolveTxt: (async (name: string) => [[await record(name)]]) as never,
      },
    },
    new AbortController().signal,
  )
  return said.filter(({ state }) => state !== 'ok')
}
