import type { AttributeMapping, FilterGroup, ObjectMapping, SynchronizationSchema } from '../../../sync/schema.ts'
import { html, type Markup } from '../html.ts'
import { empty, table, tag } from '../parts.ts'
import type { JobVisit, Page } from '../visit.ts'

export function mappingsPage({ parts, job }: JobVisit): Page {
  const schema = (job.schema ?? parts.templateSchema(job.factory ?? job.templateId)) as SynchronizationSchema
  const mappings = schema.synchronizationRules.flatMap((rule) => rule.objectMappings)
  return {
    title: 'Mappings and scope',
    body: html`<p>${job.schema ? 'A client has written the schema of this job.' : 'The job has the mappings of its template.'}
Version ${schema.version}. A change is taken up by the next cycle, which then reads everything again.</p>
${mappings.map(objectMapping)}`,
  }
}

function objectMapping(mapping: ObjectMapping): Markup {
  const { name, enabled, sourceObjectName, targetObjectName, flowTypes, scope, attributeMappings } = mapping
  return html`<h2>${sourceObjectName} to ${targetObjectName} ${enabled ? tag('On', 'fine') : tag('Off')}</h2>
<p class="faint">${name}. Actions at the target: ${flowTypes || 'none'}.</p>
<h3>Scoping filters of ${sourceObjectName}</h3>
${filters(scope?.groups, 'All objects that are assigned are in scope.')}
${(scope?.inputFilterGroups ?? []).length > 0 && html`<p>Looked at only where:</p>${filters(scope?.inputFilterGroups, '')}`}
<h3>Attribute mappings of ${sourceObjectName}</h3>
${table(`Attribute mappings of ${sourceObjectName}`, ['Target attribute', 'Source', 'Type', 'Default', 'Applied'], attributeMappings.map(row))}`
}

const row = (mapping: AttributeMapping): unknown[] => [
  html`<code>${mapping.targetAttributeName}</code> ${mapping.matchingPriority > 0 && tag(`Matching ${mapping.matchingPriority}`, 'fine')}`,
  html`<code>${mapping.source?.expression ?? mapping.source?.name}</code>`,
  typeOf(mapping),
  mapping.defaultValue ?? '',
  html`${APPLIED[mapping.flowType] ?? mapping.flowType}${mapping.flowBehavior === 'FlowAlways' && ', written each time'}`,
]

const APPLIED: Readonly<Record<string, string>> = { Always: 'Always', ObjectAddOnly: 'Only during creation' }

/** As Microsoft's portal names them. */
function typeOf({ source }: AttributeMapping): string {
  if (!source) return 'None'
  return { Attribute: 'Direct', Constant: 'Constant', Function: 'Expression' }[source.type]
}

function filters(groups: FilterGroup[] | undefined, all: string): Markup {
  const used = (groups ?? []).filter(({ clauses }) => clauses.length > 0)
  if (used.length === 0) return empty(all)
  const clause = ({ sourceOperandName, operatorName, targetOperand }: FilterGroup['clauses'][number]): Markup =>
    html`<li><code>${sourceOperandName}</code> ${operatorName} ${(targetOperand?.values ?? []).map((value) => html`<code>${value}</code> `)}</li>`
  return html`<ul class="filters">${used.map(
    (group, index) => html`<li>${index > 0 && html`<p class="faint">or</p>`}
<p>${group.name ? html`<b>${group.name}</b>, ` : ''}all of:</p><ul>${group.clauses.map(clause)}</ul></li>`,
  )}</ul>`
}
