import type { JWTPayload } from 'jose'
import type { EntraOptions } from '../entra/entra.ts'
import { startTestIssuer, type TestIssuer } from './issuer.ts'

export const tenant = '11111111-1111-4111-8111-111111111111'
export const clientId = '22222222-2222-4222-8222-222222222222'
export const person = '33333333-3333-4333-8333-333333333333'

/** The issuer of an Entra tenant, and the service as an application of it. */
export async function startTestEntra(): Promise<{ issuer: TestIssuer; options: EntraOptions }> {
  const issuer = await startTestIssuer(`/${tenant}/v2.0`)
  const identity = { token: async (resource: string) => `assertion for ${resource}` }
  return { issuer, options: { tenant, clientId, login: issuer.origin, identity } }
}

export const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1_000) + seconds

/** Claims of a program's access token, version 2, with changes; undefined takes one out. */
export const programClaims = (issuer: TestIssuer, changes: JWTPayload = {}): JWTPayload => ({
  iss: issuer.url,
  aud: clientId,
  azp: '44444444-4444-4444-8444-444444444444',
  oid: '55555555-5555-4555-8555-555555555555',
  tid: tenant,
  nbf: inSeconds(-10),
  exp: inSeconds(600),
  roles: ['Manage'],
  ver: '2.0',
  ...changes,
})
