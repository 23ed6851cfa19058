import type { SandboxParts } from '../sandbox.ts'
import type { Job } from '../tenant/model.ts'
import type { Markup } from './html.ts'

/** A request for a page of one tenant, or for something to be done there. */
export interface Visit {
  parts: SandboxParts
  /** Of the address, or of the form that was sent. */
  fields: URLSearchParams
  /** What follows the section in the path: the id of a log entry. */
  detail: string | undefined
}

export interface JobVisit extends Visit {
  job: Job
}

export interface Page {
  title: string
  body: Markup
  /** 200 where absent. */
  status?: number
}

/** Where to go on after something was done; a page that is loaded anew does not do it again. */
export interface Redirect {
  to: string
}

/** A part of an address, as `did`: what the page says was done. */
export const did = (address: string, what: keyof typeof DONE): Redirect => ({ to: `${address}?did=${what}` })

export const DONE = {
  cycle: 'A cycle was asked for.',
  start: 'Provisioning is on. The first cycle begins at once.',
  pause: 'Provisioning is off. A running cycle ends as usual.',
  restart: 'What you chose was reset. Where provisioning is on, a cycle begins at once.',
  allow: 'The deletions go through in the next cycle. Where provisioning is on, it begins at once.',
  clock: 'The clock was moved, and the cycles that fell due on the way were run.',
  fault: 'The fault is armed.',
  clear: 'All faults are cleared.',
} as const

export const tenantAddress = (tenantId: string, section = ''): string =>
  `/portal/${tenantId}${section === '' ? '' : `/${section}`}`

/** @param section may carry a detail and a query: `log/{id}`, `log?status=failure` */
export function jobAddress({ parts, job }: Pick<JobVisit, 'parts' | 'job'>, section = ''): string {
  const separator = section === '' || section.startsWith('?') ? '' : '/'
  return `/portal/${parts.tenant.tenantId}/jobs/${job.id}${separator}${section}`
}
