import type { ObjectRules } from '../../../sync/rules.ts'
import type { Write } from '../../../sync/scim/body.ts'

/** What would be tried and fail. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: string
  /** @param code as the provisioning log has it */
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** @throws Refusal for a text longer than the attribute list says the target takes */
export function tooLong(rules: ObjectRules, writes: readonly Write[]): void {
  for (const { target, value } of writes) {
    if (typeof value !== 'string') continue
    const path = target.path.text
    const most = rules.mappings.find((mapping) => mapping.target.path.text === path)?.maximumLength
    if (most && value.length > most) {
      throw new Refusal('UnprocessableEntity', `${path} takes ${most} characters, and the value has ${value.length}`)
    }
  }
}
