import type { SecretState } from './state.ts'

export interface Rotation {
  stack: string
  /** ISO 8601; null where the target does not tell. */
  expiresAt: string | null
  /** The secret before, while it is valid: from when on an update looks whether it can end. Null when it has ended. */
  previous: { id: string; retireFrom: string } | null
  /** Why the previous one is still valid though it was waited for. */
  warning?: string
}

export function rotationOf(stack: string, state: SecretState | undefined): Rotation {
  const { secretExpiresAt = null, previousSecretId = null, retireFrom = null } = state ?? {}
  return {
    stack,
    expiresAt: secretExpiresAt,
    previous: previousSecretId && retireFrom ? { id: previousSecretId, retireFrom } : null,
  }
}

/** For people; secrets of an application elsewhere are ended there. */
export function rotationText({ stack, expiresAt, previous, warning }: Rotation, external: boolean): string {
  const expires = expiresAt ? `, valid until ${expiresAt.slice(0, 10)}` : ''
  const lines = [`${stack}: the new client secret is in use${expires}; Entra has tested it`]
  if (external) lines.push('  end the one before in the application, once a cycle has run')
  else if (previous)
    lines.push(
      `  the one before is valid until an update after ${previous.retireFrom} sees that cycles use the new one`,
    )
  else lines.push('  the one before has ended')
  if (warning) lines.push(`  ${warning}`)
  return lines.join('\n')
}
