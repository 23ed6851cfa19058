import type { Job, SecretSet } from '../../tenant/model.ts'

/** Graph's synchronizationQuarantine, as far as a mail tells of it. */
export interface Quarantine {
  reason: string
  error: { code: string; message: string }
}

export const quarantineOf = ({ status }: Job): Quarantine | null => (status.quarantine ?? null) as Quarantine | null

export interface Notice {
  to: string
  subject: string
  text: string
}

/** The parts of `SyncNotificationSettings` that are known from Microsoft's samples. */
function recipientsOf(secrets: SecretSet): string {
  try {
    const { Enabled, Recipients } = JSON.parse(secrets.SyncNotificationSettings ?? '{}') as Record<string, unknown>
    return Enabled === true && typeof Recipients === 'string' ? Recipients.trim() : ''
  } catch {
    return ''
  }
}

/**
 * The mail that a cycle's end calls for: one when a job enters quarantine, another only when the reason changes; none
 * for single objects that fail. Its wording is ours, since Microsoft's is not published.
 * Source: Microsoft Learn, "Application provisioning in quarantine status", and "Enable accidental deletions prevention".
 */
export function noticeOf(
  before: Quarantine | null,
  after: Quarantine | null,
  secrets: SecretSet,
  application: { displayName: string; tenantId: string; jobId: string },
): Notice | null {
  const to = recipientsOf(secrets)
  if (!after || to === '' || before?.reason === after.reason) return null
  const held = after.reason === 'TooManyDeletes'
  const what = held ? 'deletions are held back' : 'provisioning is in quarantine'
  return {
    to,
    subject: `${application.displayName}: ${what}`,
    text: [
      held
        ? `More deletions than your threshold allows were about to be made in ${application.displayName}. They are held back until you allow them or undo their cause.`
        : `Provisioning to ${application.displayName} is in quarantine and is tried less often. After four weeks it is turned off.`,
      '',
      `Reason: ${after.reason}`,
      `${after.error.code}: ${after.error.message}`,
      '',
      `Tenant: ${application.tenantId}`,
      `Job: ${application.jobId}`,
    ].join('\n'),
  }
}
