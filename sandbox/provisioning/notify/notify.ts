import type { Job } from '../../tenant/model.ts'
import type { TenantStore } from '../../tenant/store.ts'
import { sendMail } from './mail.ts'
import { noticeOf, quarantineOf } from './notice.ts'

/**
 * Mails what the cycle that has just ended did to a job.
 * @param before the job as it was until then
 * @param server `host:port`; empty: no mails
 * @throws Error when a mail is due and cannot be sent
 */
export async function notify(store: TenantStore, before: Job, server: string): Promise<void> {
  const after = store.jobs.get(before.id)
  if (server === '' || !after) return
  const { servicePrincipalId, id: jobId } = after
  const displayName = store.servicePrincipals.get(servicePrincipalId)?.displayName ?? ''
  const secrets = store.secrets.get(servicePrincipalId) ?? {}
  const application = { displayName, tenantId: store.tenantId, jobId }
  const notice = noticeOf(quarantineOf(before), quarantineOf(after), secrets, application)
  if (notice) await sendMail(server, notice)
}
