import { quarantineAdvice } from '../../../sync/advice.ts'
import { nextRun } from '../../provisioning/schedule.ts'
import type { Cycle, CycleCounts } from '../../tenant/model.ts'
import { html, type Markup } from '../html.ts'
import { button, capitalised, count, empty, facts, moment, state, table } from '../parts.ts'
import { executionOf, heldDeletions, linkCounts, progressOf, quarantineOf } from '../status.ts'
import { type JobVisit, jobAddress, type Page } from '../visit.ts'
import { restartForm } from './restart.ts'

const CYCLES = 10
const WAITING = 20
const HELD = 20

export function overviewPage(visit: JobVisit): Page {
  const { job } = visit
  const isOn = job.schedule.state === 'Active'
  return {
    title: 'Overview',
    body: html`<div class="actions">
${button(jobAddress(visit, 'cycle'), 'Run a cycle now')}
${isOn ? button(jobAddress(visit, 'pause'), 'Stop provisioning', 'quiet') : button(jobAddress(visit, 'start'), 'Start provisioning', 'quiet')}
</div>
<div id="live">
${quarantine(visit)}
${held(visit)}
${current(visit)}
${statistics(visit)}
<h2>Last cycles</h2>
${cycles(visit)}
${waiting(visit)}
</div>
${restartForm(visit)}`,
  }
}

function quarantine(visit: JobVisit): Markup | '' {
  const it = quarantineOf(visit.job)
  if (!it) return ''
  const { title, todo } = quarantineAdvice(it.reason, it.error.code)
  return html`<section class="card bad" aria-labelledby="quarantine"><h2 id="quarantine">Quarantine: ${title}</h2>
<p><code>${it.error.code}</code> ${it.error.message}</p>
<p><b>What to do:</b> ${todo}</p>
<p>Reason <code>${it.reason}</code>, since ${moment(it.seriesBegan)}, ${count(it.seriesCount, 'attempt')}.
${
  visit.job.schedule.state === 'Active' && html`The next one is at ${moment(it.nextAttempt)}.`
} After four weeks provisioning is turned off.</p></section>`
}

function held(visit: JobVisit): Markup | '' {
  const records = heldDeletions(visit.parts.tenant, visit.job)
  if (records.length === 0) return ''
  const rows = records
    .slice(0, HELD)
    .map(({ id, displayName, userPrincipalName, mapping }) => [
      html`<a href="${jobAddress(visit, `log/${id}`)}">${displayName}</a>`,
      userPrincipalName ?? '',
      mapping.sourceObjectName,
    ])
  return html`<section><h2>Pending deletions: ${records.length}</h2>
${table('Deletions that are held back', ['Name', 'User principal name', 'Object'], rows)}
${records.length > HELD && html`<p class="faint">The first ${HELD} are shown.</p>`}
<div class="actions">${button(jobAddress(visit, 'allow'), 'Allow the deletions', 'danger')}
<a href="${jobAddress(visit, 'log?action=stagedDelete')}">All of them in the log</a></div></section>`
}

function current({ parts, job }: JobVisit): Markup {
  const running = parts.provisioning.isRunning(job.id)
  const progress = progressOf(job)
  const last = executionOf(job)
  const next = nextRun(job)
  const kind = job.watermark === null ? 'Initial cycle' : 'Incremental cycle'
  const bar = progress
    ? html`<p><progress max="${Math.max(progress.total, 1)}" value="${progress.completed}" aria-label="Progress of the cycle"></progress>
${progress.completed.toLocaleString('en')} of ${count(progress.total, 'object')}, ${percent(progress)} %</p>`
    : html`<p><progress aria-label="Progress of the cycle"></progress> Asking the target</p>`
  return html`<h2>Current cycle</h2>
${running && bar}
${facts([
  ['Provisioning', html`${job.schedule.state === 'Active' ? 'On' : 'Off'} ${state(job.status.code)}`],
  ['Current', running ? `${kind} is running` : 'No cycle is running'],
  [
    'Last cycle',
    last ? html`${state(last.state)} ended ${moment(last.timeEnded)}, began ${moment(last.timeBegan)}` : 'None yet',
  ],
  ['Next cycle', nextText(next, parts.clock.now(), kind)],
  ['Job', html`<code class="copy">${job.id}</code>`],
  ['Activity', last && html`<code class="copy">${last.activityIdentifier}</code>`],
])}`
}

function nextText(next: number, now: number, kind: string): unknown {
  if (next === Number.POSITIVE_INFINITY) return 'None: provisioning is off'
  return next <= now ? `${kind}, due now` : html`${kind}, ${moment(next)}`
}

const percent = ({ completed, total }: { completed: number; total: number }): number =>
  total === 0 ? 100 : Math.floor((100 * completed) / total)

function statistics({ parts: { tenant }, job }: JobVisit): Markup {
  const { users, groups } = linkCounts(tenant, job.id)
  const escrows = escrowsOf(tenant, job.id).length
  const steady = moment(job.status.steadyStateFirstAchievedTime as string)
  const figure = (name: string, value: number) =>
    html`<div class="card"><dt>${name}</dt><dd>${value.toLocaleString('en')}</dd></div>`
  return html`<h2>Statistics to date</h2>
<dl class="figures">${[figure('Users', users), figure('Groups', groups), figure('Waiting for a retry', escrows)]}</dl>
<p class="faint">Objects linked to one of the target. Everything was as wanted for the first time: ${steady}.</p>`
}

function cycles({ parts: { tenant }, job }: JobVisit): Markup {
  const newest = [...tenant.cycles.values()]
    .filter(({ jobId }) => jobId === job.id)
    .slice(-CYCLES)
    .reverse()
  if (newest.length === 0) return empty('No cycle has run yet.')
  const row = (cycle: Cycle): unknown[] => [
    moment(cycle.began),
    capitalised(cycle.kind),
    state(cycle.state),
    countsText(cycle.users),
    countsText(cycle.groups),
    cycle.seconds.toFixed(1),
  ]
  return table('Last cycles', ['Began (UTC)', 'Kind', 'State', 'Users', 'Groups', 'Seconds'], newest.map(row))
}

const countsText = (counts: CycleCounts): string =>
  Object.entries(counts)
    .filter(([, number]) => number > 0)
    .map(([name, number]) => `${number} ${name}`)
    .join(', ') || 'none'

const escrowsOf = (tenant: JobVisit['parts']['tenant'], jobId: string) =>
  [...tenant.escrows.values()].filter((escrow) => escrow.jobId === jobId)

function waiting({ parts: { tenant }, job }: JobVisit): Markup | '' {
  const escrows = escrowsOf(tenant, job.id)
  if (escrows.length === 0) return ''
  const rows = escrows.slice(0, WAITING).map((escrow) => {
    const object = escrow.objectType === 'user' ? tenant.users.get(escrow.objectId) : tenant.groups.get(escrow.objectId)
    return [
      object?.displayName ?? escrow.objectId,
      escrow.errorCode,
      escrow.message,
      escrow.attempts,
      moment(escrow.nextAttempt),
    ]
  })
  return html`<h2>Waiting for a retry</h2>
${table('Objects that failed', ['Name', 'Error', 'Message', 'Attempts', 'Next attempt (UTC)'], rows)}
${escrows.length > WAITING && html`<p class="faint">The first ${WAITING} of ${escrows.length} are shown.</p>`}`
}
