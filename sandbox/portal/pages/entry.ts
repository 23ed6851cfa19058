import { summaryOf } from '../../provisioning/log/summary.ts'
import type { LogRecord } from '../../tenant/model.ts'
import { html, type Markup } from '../html.ts'
import { empty, facts, moment, state, table } from '../parts.ts'
import { type JobVisit, jobAddress, type Page } from '../visit.ts'

/** One entry of the log; undefined when there is none of that id. */
export function entryPage(visit: JobVisit): Page | undefined {
  const record = visit.parts.tenant.log.get(visit.detail!)
  if (record?.jobId !== visit.job.id) return undefined
  const older = `log?search=${encodeURIComponent(record.objectId)}`
  return {
    title: record.displayName || record.objectId,
    body: html`${entryDetails(visit, record)}
<p><a href="${jobAddress(visit, older)}">All entries of this object</a></p>`,
  }
}

/** What happened to one object: in short, step by step, and what was written. */
export function entryDetails({ parts }: Pick<JobVisit, 'parts'>, record: LogRecord): Markup {
  const summary = summaryOf(record, parts.tenant)
  const { status, errorInformation } = summary.provisioningStatusInfo
  const information = errorInformation as Record<
    'errorCode' | 'reason' | 'additionalDetails' | 'recommendedAction',
    string
  > | null
  const properties = summary.modifiedProperties.map(({ displayName, oldValue, newValue }) => [
    html`<code>${displayName}</code>`,
    oldValue ?? '',
    newValue ?? '',
  ])
  return html`${information && troubleshooting(information, status)}
<h2>Steps</h2>
<ol class="steps">${summary.provisioningSteps.map(
    (
      step,
    ) => html`<li><p>${state(step.status)} <b>${step.name}</b> <span class="faint">${step.provisioningStepType}</span></p>
<p>${step.description}</p>${facts(Object.entries(step.details))}</li>`,
  )}</ol>
<h2>Modified properties</h2>
${properties.length > 0 ? table('Modified properties', ['Property', 'Old value', 'New value'], properties) : empty('Nothing was written.')}
<h2>Summary</h2>
${facts([
  ['Action', html`${state(summary.provisioningAction)} ${state(status)}`],
  ['Date (UTC)', moment(summary.activityDateTime)],
  ['Source', html`${summary.sourceIdentity.displayName} <code>${summary.sourceIdentity.id}</code>`],
  ['User principal name', record.userPrincipalName],
  ['Target', summary.targetIdentity.id && html`<code>${summary.targetIdentity.id}</code>`],
  ['Took', `${summary.durationInMilliseconds} ms`],
  ['Cycle', html`<code>${summary.cycleId}</code>`],
  ['Change', html`<code>${summary.changeId}</code>`],
])}`
}

const troubleshooting = (
  it: Record<'errorCode' | 'reason' | 'additionalDetails' | 'recommendedAction', string | null>,
  status: string,
): Markup => html`<section class="card${status === 'failure' && ' bad'}"><h2>Troubleshooting and recommendations</h2>
<p><code>${it.errorCode}</code> ${it.reason}</p>
${it.additionalDetails && html`<p>${it.additionalDetails}</p>`}
${it.recommendedAction && html`<p><b>What to do:</b> ${it.recommendedAction}</p>`}</section>`
