import type { Counts, Cycle, TargetCounts } from './control.ts'

/** What `npm start -- --json` prints as its last line. */
export interface Report {
  stack: string
  pulumi: { create: number; update: number; delete: number; same: number }
  application: { displayName: string; applicationId: string; servicePrincipalId: string }
  job: { id: string; templateId: string; status: string; quarantine: unknown }
  cycle: Omit<Cycle, 'began'>
  target: TargetCounts & { tenantUrl: string; adminUrl: string }
  seconds: { total: number; up: number }
}

export interface Pages {
  portal: string
  admin: string
  adminTokenFile: string
}

export function formatReport(report: Report, pages: Pages): string {
  const { application, job, cycle, target, seconds } = report
  const health = job.quarantine === null ? job.status : `${job.status}, in quarantine`
  return [
    '',
    `  ${application.displayName}`,
    row('application', application.applicationId),
    row('service principal', application.servicePrincipalId),
    row('stack', `${changes(report.pulumi)} in ${seconds.up} s`),
    row('provisioning', `${health} (job ${job.id})`),
    row('last cycle', `${cycle.kind}, ${cycle.state} in ${cycle.seconds} s`),
    row('  users', counts(cycle.users)),
    row('  groups', counts(cycle.groups)),
    row('target', `${target.users} users, ${target.groups} groups`),
    row('  licences', `${target.licensed} licensed, ${target.waiting} waiting`),
    row('pages', `Entra side   ${pages.portal}`),
    row('', `target side  ${pages.admin}  (sign in with the text in ${pages.adminTokenFile})`),
    '',
  ].join('\n')
}

function row(label: string, text: string): string {
  return `  ${label.padEnd(18)} ${text}`
}

function changes({ create, update, delete: deleted, same }: Report['pulumi']): string {
  if (create + update + deleted === 0) return `nothing changed, ${same} resources are as configured`
  return `${create} created, ${update} updated, ${deleted} deleted, ${same} unchanged`
}

function counts(of: Counts): string {
  const parts = Object.entries(of).filter(([, number]) => number > 0)
  return parts.map(([name, number]) => `${number} ${name}`).join(', ') || 'no changes'
}
