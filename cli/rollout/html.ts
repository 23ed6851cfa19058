/** A rollout as one page without anything from elsewhere: a table to sort and search, each tenant with its details. */
import { readFileSync } from 'node:fs'
import { escaped } from './junit.ts'
import type { Report } from './report.ts'
import { forecastInShort, inShort, notesOf, OUTCOMES, shown, type TenantResult, unknownsOf } from './result.ts'

const part = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8')

export function htmlPage(report: Report): string {
  const { id, title: given = `Rollout ${id}`, began, seconds, commit, counts, tenants, stopped, preview } = report
  const sum = OUTCOMES.filter((outcome) => counts[outcome] > 0).map((outcome) => `${counts[outcome]} ${outcome}`)
  const title = escaped(given)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${title}</title>
<style>
${part('page.css')}</style>
</head>
<body>
<h1>${title}${preview ? ' (preview)' : ''}</h1>
<p>${escaped(`${sum.join(', ')}. Began ${began}, took ${Math.round(seconds)} s${commit ? `, commit ${commit}` : ''}.`)}</p>
${stopped ? `<p class="stopped">Stopped: ${escaped(stopped)}</p>\n` : ''}<p><input type="search" id="search" placeholder="Search tenants, results, errors" aria-label="Search"> <span id="found" role="status"></span></p>
<table>
<thead><tr>${HEADS.map((head) => `<th><button type="button">${head}</button></th>`).join('')}</tr></thead>
${tenants.map(row).join('\n')}
</table>
<script>
${part('page.js')}</script>
</body>
</html>
`
}

const HEADS = ['Ring', 'Tenant', 'Result', 'Changes', 'Forecast', 'Seconds', 'Details']

/** A body of its own for each tenant. */
function row(tenant: TenantResult): string {
  const { ring, stack, outcome, earlier, changes, forecast, seconds } = tenant
  const cells = [
    escaped(ring),
    escaped(stack),
    `<span class="${outcome}">${outcome}${earlier ? ' earlier' : ''}</span>`,
    escaped(inShort(changes)),
    forecastInShort(forecast),
    seconds.toFixed(1),
    details(tenant),
  ]
  return `<tbody><tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr></tbody>`
}

function details(tenant: TenantResult): string {
  const { errors, health, changes, step } = tenant
  const notes = [...notesOf(tenant), ...unknownsOf(tenant)]
  const items = (texts: readonly string[]) => texts.map((text) => `<li>${escaped(text)}</li>`).join('')
  const diff = changes.map(({ op, type, name, properties }) => {
    const lines = properties.map(({ path, before, after }) => `${path}: ${shown(before)} → ${shown(after)}`)
    return `<li>${escaped(`${op} ${type.split(':').at(-1)} '${name}'`)}${lines.length > 0 ? `<ul>${items(lines)}</ul>` : ''}</li>`
  })
  const blocks = [
    errors.length > 0 ? `<pre class="errors">${escaped(errors.join('\n'))}</pre>` : '',
    health && errors.length === 0 ? `<p>${escaped(health)}</p>` : '',
    diff.length > 0 ? `<ul>${diff.join('')}</ul>` : '',
    notes.length > 0 ? `<ul>${items(notes)}</ul>` : '',
  ].filter(Boolean)
  if (blocks.length === 0) return ''
  return `<details${errors.length > 0 ? ' open' : ''}><summary>up to ${step}</summary>${blocks.join('')}</details>`
}
