import type { JSONWebKeySet } from 'jose'
import { z } from 'zod'
import { isSafeAddress } from './issuers.ts'
import { accesses } from './scopes.ts'

const text = z.string().trim().min(1).max(1_000)

const federation = z.strictObject({
  issuer: text.refine(
    isSafeAddress,
    'must be an https address without user, query or fragment (http for localhost only)',
  ),
  subject: text,
  audience: text,
})

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'oth']
/** What a modulus of 2048 bits is long in base64url. */
const shortestModulus = 342

const publicKey = z
  .looseObject({ kty: z.enum(['RSA', 'EC', 'OKP']), kid: text.optional() })
  .refine((key) => !privateMembers.some((name) => name in key), 'must be a public key; this one is private')
  .refine(
    (key) => key.kty !== 'RSA' || String(key.n ?? '').length >= shortestModulus,
    'an RSA key has 2048 bits or more',
  )

const jwks = z
  .strictObject({ keys: z.array(publicKey).min(1).max(10) })
  .refine(
    ({ keys }) => keys.length === 1 || new Set(keys.map(({ kid }) => kid ?? '')).size === keys.length,
    'each of several keys has a kid of its own',
  )
  .transform((set) => set as JSONWebKeySet)

/** How a client proves itself other than by a secret, and what it may do; as the management API takes it. */
export const clientSettings = {
  access: z.enum(accesses).optional(),
  federation: federation.nullable().optional(),
  jwks: jwks.nullable().optional(),
}
export type ClientSettings = z.infer<z.ZodObject<typeof clientSettings>>
