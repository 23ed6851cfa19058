import type { Issuers } from '../oauth/issuers.ts'
import { type Application, acceptToken } from './access-tokens.ts'
import type { Identity } from './identity.ts'
import type { Principal } from './principal.ts'
import { openSignIn, type SignIn } from './sign-in.ts'

/** The service as an application of an Entra tenant: programs call its management API, people sign in at its pages. */
export interface Entra extends Application {
  /** Throws `TokenRefused`, or `IssuerUnreachable`. */
  accept(token: string): Promise<Principal>
  signIn: SignIn
}

export interface EntraOptions extends Application {
  /** By which the service proves that it is this application. */
  identity: Identity
}

export function openEntra({ identity, ...application }: EntraOptions, issuers: Issuers): Entra {
  return {
    ...application,
    accept: (token) => acceptToken(application, issuers, token),
    signIn: openSignIn(application, issuers, identity),
  }
}
