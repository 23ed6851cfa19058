import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DOMAIN } from './directory/known.ts'
import { purgeExpired } from './graph/routes/removal.ts'
import { createGraphWire } from './graph/wire.ts'
import type { WireRequest, WireResponse } from './http/exchange.ts'
import { disturbing } from './http/targetFaults.ts'
import { Replays } from './login/assertion/replays.ts'
import { CallerCheck } from './login/caller.ts'
import type { SigningKey } from './login/keys.ts'
import { loginAnswer } from './login/routes.ts'
import { Codes } from './login/signIn/codes.ts'
import { workloadIdentityToken } from './login/workloadIdentity.ts'
import { MembershipKeeper } from './membership/keeper.ts'
import type { SandboxOptions, SandboxParts } from './sandbox.ts'
import { type OpenTenant, type Origin, openTenant } from './tenant/open.ts'

/** What the tenants of one sandbox have in common. */
export type SharedParts = Pick<
  SandboxParts,
  'clock' | 'settings' | 'faults' | 'journal' | 'sent' | 'url' | 'templateSchema'
> & {
  key: SigningKey
  createProvisioning: SandboxOptions['createProvisioning']
}

/** One tenant, and the answers that are its own: login and Graph. */
export interface ServedTenant {
  parts: SandboxParts
  answer(request: WireRequest): Promise<WireResponse | undefined>
  close(): Promise<void>
}

/**
 * The tenants of a sandbox: each with its ids, directory and store, behind one port, under one clock. The first is the
 * one that requests mean which name none.
 */
export class Tenants {
  readonly #served: ServedTenant[] = []
  readonly #shared: SharedParts
  readonly #folder: string | undefined

  /** @param folder where tenants beside the first keep their state; in memory only where absent */
  constructor(shared: SharedParts, folder: string | undefined, first: OpenTenant) {
    this.#shared = shared
    this.#folder = folder === undefined ? undefined : join(folder, 'tenants')
    this.#serve(first)
  }

  list(): readonly ServedTenant[] {
    return this.#served
  }

  get first(): ServedTenant {
    return this.#served[0]!
  }

  find(tenantId: string | null): ServedTenant | undefined {
    return this.#served.find(({ parts }) => parts.tenant.tenantId === tenantId)
  }

  /** Opens those kept in the folder, and makes new ones until there are `atLeast`. */
  async openAll(atLeast: number): Promise<void> {
    if (this.#folder !== undefined && existsSync(this.#folder)) {
      for (const name of readdirSync(this.#folder).sort((a, b) => Number(a) - Number(b))) await this.#open(name, {})
    }
    while (this.#served.length < atLeast) await this.add({})
  }

  /** @param wish what is left out: a seed of its own, made from the first tenant's, and as many users */
  async add(wish: Partial<Origin>): Promise<ServedTenant> {
    const { seed, users } = this.first.parts.opened.origin
    const number = this.#served.length + 1
    return this.#open(String(number), { seed: wish.seed ?? `${seed}-${number}`, users: wish.users ?? users })
  }

  /** The tenant whose path, access token or `tenant` parameter a request carries; else the first. */
  of(request: WireRequest): ServedTenant {
    const segment = request.path.split('/')[1]!.toLowerCase()
    return this.find(request.query.get('tenant')) ?? this.find(segment) ?? this.find(tokenTenant(request)) ?? this.first
  }

  async close(): Promise<void> {
    for (const one of this.#served) await one.close()
  }

  async #open(name: string, wish: Partial<Origin>): Promise<ServedTenant> {
    const folder = this.#folder === undefined ? undefined : join(this.#folder, name)
    if (folder !== undefined) mkdirSync(folder, { recursive: true })
    return this.#serve(await openTenant(folder, wish))
  }

  #serve(opened: OpenTenant): ServedTenant {
    const { key, createProvisioning, ...shared } = this.#shared
    const { tenant } = opened
    if (this.find(tenant.tenantId)) {
      opened.close()
      throw new Error(`There is a tenant of the seed "${opened.origin.seed}" already. Choose another seed.`)
    }
    const { clock, settings, url, sent } = shared
    const provisioning = createProvisioning({
      store: tenant,
      clock,
      switches: settings,
      defaultDomain: DOMAIN,
      disturb: (send) => sent.recording(tenant.tenantId, clock)(disturbing(shared.faults)(send)),
      workloadIdentity: (servicePrincipalId) => workloadIdentityToken({ tenant, key, url }, servicePrincipalId),
    })
    const issuer = { tenant, key, url, settings, clock, replays: new Replays(), codes: new Codes() }
    const parts: SandboxParts = { ...shared, tenant, opened, issuer, provisioning, tenants: this, snapshots: new Map() }
    const memberships = new MembershipKeeper(tenant, clock)
    clock.onAdvance(() => {
      purgeExpired(parts)
      memberships.afterAdvance()
    })
    const graph = createGraphWire(parts, new CallerCheck(key))
    const served: ServedTenant = {
      parts,
      async answer(request) {
        const answer = await graph(request)
        if (answer && request.method !== 'GET') memberships.afterWrite()
        return answer ?? (await loginAnswer(issuer, request))
      },
      async close() {
        await provisioning.close()
        opened.close()
      },
    }
    this.#served.push(served)
    return served
  }
}

/** The tenant that a token says it is of; its signature is checked by whoever answers. */
function tokenTenant({ headers }: WireRequest): string | null {
  const payload = /^bearer [^.]+\.([^.]+)\./i.exec(headers.authorization ?? '')?.[1]
  if (!payload) return null
  try {
    return String((JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { tid?: string }).tid)
  } catch {
    return null
  }
}
