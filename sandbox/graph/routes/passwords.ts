import { randomUUID } from 'node:crypto'
import { requiredText } from '../body.ts'
import { problemsOf } from '../contract/validate.ts'
import { invalidValue, notFound } from '../errors.ts'
import { type Call, type GraphResponse, NO_CONTENT, ok } from '../request.ts'

const TYPE = 'PasswordCredential'
/** How long a password is good whose end nobody names (Graph: application, addPassword). */
const YEARS = 2

interface Holder {
  other: Record<string, unknown>
}

/** Graph's passwordCredential, without the secret, which is told once. */
interface PasswordCredential {
  customKeyIdentifier: null
  displayName: string | null
  endDateTime: string
  hint: string
  keyId: string
  secretText: null
  startDateTime: string
}

/**
 * A password as Graph makes it: name and times are the client's, key id and secret are not.
 * @throws GraphFailure 400 for what is no passwordCredential, and for an end that does not come after the start
 */
function makePassword(call: Call, wanted: unknown): { credential: PasswordCredential; secretText: string } {
  const [problem] = problemsOf('passwordCredential', wanted)
  if (problem) throw invalidValue('passwordCredential', TYPE, problem)
  const { displayName, startDateTime, endDateTime } = wanted as Partial<Record<string, string | null>>
  const start = startDateTime ?? call.nowIso()
  const end = endDateTime ?? yearsAfter(start)
  if (Date.parse(end) <= Date.parse(start)) throw invalidValue('endDateTime', TYPE, `${end} is not after ${start}`)
  const secretText = `${randomUUID()}~${randomUUID()}`
  const credential = {
    customKeyIdentifier: null,
    displayName: displayName ?? null,
    endDateTime: end,
    hint: secretText.slice(0, 3),
    keyId: randomUUID(),
    secretText: null,
    startDateTime: start,
  }
  return { credential, secretText }
}

function yearsAfter(start: string): string {
  const end = new Date(start)
  end.setUTCFullYear(end.getUTCFullYear() + YEARS)
  return end.toISOString()
}

const listOf = ({ other }: Holder) => (other.passwordCredentials ?? []) as PasswordCredential[]

/**
 * The object with one more password, which signs in from now on.
 * @param key of its secrets in the tenant
 * @param wanted members of a passwordCredential
 */
export function withPassword<T extends Holder>(call: Call, key: string, object: T, wanted: unknown) {
  const { credential, secretText } = makePassword(call, wanted)
  const known = call.tenant.credentials.get(key) ?? []
  call.tenant.credentials.put(key, [...known, { keyId: credential.keyId, secret: secretText }])
  const passwordCredentials = [...listOf(object), credential]
  return {
    object: { ...object, other: { ...object.other, passwordCredentials } },
    told: { ...credential, secretText },
  }
}

/** `addPassword` and `removePassword` of whatever `find` finds and `save` keeps, with secrets under `keyOf`. */
export function passwordHandlers<T extends Holder>(
  find: (call: Call) => T,
  save: (call: Call, object: T) => void,
  keyOf: (object: T) => string,
) {
  return {
    add(call: Call): GraphResponse {
      const before = find(call)
      return call.tenant.batch(() => {
        const { object, told } = withPassword(call, keyOf(before), before, call.json().passwordCredential ?? {})
        save(call, object)
        return ok({ '@odata.context': call.context('microsoft.graph.passwordCredential'), ...told })
      })
    },
    remove(call: Call): GraphResponse {
      const object = find(call)
      const removed = requiredText(call.json(), 'keyId', TYPE)
      const known = call.tenant.credentials.get(keyOf(object)) ?? []
      if (!known.some(({ keyId }) => keyId === removed)) throw notFound(removed)
      const passwordCredentials = listOf(object).filter(({ keyId }) => keyId !== removed)
      call.tenant.batch(() => {
        const left = known.filter(({ keyId }) => keyId !== removed)
        call.tenant.credentials.put(keyOf(object), left)
        save(call, { ...object, other: { ...object.other, passwordCredentials } })
      })
      return NO_CONTENT
    },
  }
}
