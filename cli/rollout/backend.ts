/** State in a folder can be looked at without an engine. Source: Pulumi, "State and backends". */
import { checkBackend } from '../doctor/checks/backend.ts'
import { checkState } from '../doctor/checks/state.ts'
import type { Env } from '../stack/tenant.ts'

/** The folder of a file backend; undefined for any other, and for one that is not there. */
export function fileBackend(env: Env): string | undefined {
  const found = checkBackend(env)
  return found.value?.kind === 'file' ? found.value.folder : undefined
}

export function hasStack(folder: string, stack: string): boolean {
  return checkState(stack, { kind: 'file', folder }).value !== ''
}
