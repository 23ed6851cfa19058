/** Azure Resource Manager as far as the doctor asks it, with the credentials that Graph is called with. */
import { claimsOf } from '../../../stack/token.ts'

export interface AzureCaller {
  /** Of the public cloud. */
  subscriptionId: string
  /** A token for a scope. */
  token(scope: string): Promise<string>
  fetch: typeof globalThis.fetch
}

export interface Answer<T> {
  status: number
  /** Empty where the answer is no JSON. */
  body: Partial<T> & { error?: { code?: string } }
}

export interface Azure {
  subscriptionId: string
  /** Id of the tenant that the token is of; undefined where it does not say. */
  tenantId: string | undefined
  /** @param path below the subscription, or from `/subscriptions/` on */
  get<T>(path: string, version: string): Promise<Answer<T>>
  /** For questions that Azure takes as POST; nothing is changed by them. */
  ask<T>(path: string, version: string, question: object): Promise<Answer<T>>
}

const MANAGEMENT = 'https://management.azure.com'

export async function openAzure(caller: AzureCaller, signal: AbortSignal): Promise<Azure> {
  const { subscriptionId } = caller
  const token = await caller.token(`${MANAGEMENT}/.default`)
  async function call<T>(path: string, version: string, question?: object): Promise<Answer<T>> {
    const place = path.startsWith('/subscriptions/') ? path : `/subscriptions/${subscriptionId}${path}`
    const answer = await caller.fetch(`${MANAGEMENT}${place}?api-version=${version}`, {
      headers: { authorization: `Bearer ${token}`, ...(question && { 'content-type': 'application/json' }) },
      signal,
      ...(question && { method: 'POST', body: JSON.stringify(question) }),
    })
    return { status: answer.status, body: (await answer.json().catch(() => ({}))) as Answer<T>['body'] }
  }
  return { subscriptionId, tenantId: claimsOf(token).tid?.toLowerCase(), get: call, ask: call }
}

/** `403 AuthorizationFailed` */
export function refusalOf({ status, body }: Answer<unknown>): string {
  return [status, body.error?.code].filter(Boolean).join(' ')
}
