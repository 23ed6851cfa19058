/** What of an environment must never be seen. */
import { redact } from '../../provider/server/wire.ts'
import type { Env } from '../stack/tenant.ts'

const SECRET_NAME = /SECRET|TOKEN|PASSWORD|PASSPHRASE|ACCESS_KEY|STORAGE_KEY|CONNECTION_STRING|CLIENT_CERTIFICATE$/
const NAMES_ONE = /(_FILE|_PATH|_URL|_URI|_ENDPOINT)$/

/** Takes secrets out of texts: those that it was told, and the values of secret variables in all environments that it was told of. */
export class Secrets {
  readonly #values = new Set<string>()

  add(env: Env): void {
    for (const [name, value] of Object.entries(env)) {
      if (value && SECRET_NAME.test(name) && !NAMES_ONE.test(name)) this.hide(value)
    }
  }

  hide(secret: string): void {
    this.#values.add(secret)
  }

  /** Also within JSON, where a value may be escaped. */
  readonly clean = (text: string): string => {
    const values = [...this.#values]
    return redact(text, [...values, ...values.map((value) => JSON.stringify(value).slice(1, -1))])
  }
}
