import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type Forecast, OUTCOMES } from '../model.ts'
import { changeText, guardText, licencesText, marksOf, reasonCounts, reasonOf, TITLES } from './words.ts'

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8')

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/**
 * One page that holds everything: it works from a file and without a network. Its policy allows nothing but its own
 * style and script, so that not even a name that was not escaped could do anything; the table is filled as text.
 */
export function* renderHtml(forecast: Forecast): Generator<string> {
  const style = read('page.css')
  const script = read('page.js')
  const policy = `default-src 'none'; style-src ${hash(style)}; script-src ${hash(script)}; base-uri 'none'; form-action 'none'`
  const { stack, application, job, at, unknowns, jobChanges, exceeded } = forecast
  yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Forecast: ${escaped(application.displayName)} (${escaped(stack)})</title>
<style>${style}</style>
</head>
<body>
<h1>${escaped(application.displayName)} <small>${escaped(stack)}, ${escaped(at)}</small></h1>
<p>The next cycle is ${job.cycle}.</p>
${list('exceeded', 'Too much', exceeded)}
${counts(forecast)}
<ul>
${[`Deletions: ${guardText(forecast)}`, licences(forecast), leftOut(forecast)]
  .flatMap((text) => text ?? [])
  .map((text) => `<li>${escaped(text)}</li>`)
  .join('\n')}
</ul>
${list('changes', 'The update does to the job', jobChanges)}
${list('unknowns', 'Not known', unknowns)}
<p class="tools">
<label>Search <input id="search" type="search" autocomplete="off"></label>
<label>Show <select id="outcome"><option value="">all</option>${OUTCOMES.map((one) => `<option value="${TITLES[one]}">${TITLES[one]}</option>`).join('')}</select></label>
<span id="count" role="status"></span>
</p>
<table id="entries">
<thead><tr>${['Kind', 'Name', 'Login', 'Outcome', 'Why', 'Changes'].map((title) => `<th scope="col"><button type="button">${title}</button></th>`).join('')}</tr></thead>
<tbody></tbody>
</table>
<p><button id="more" type="button" hidden>Show more</button></p>
<noscript><p>The list of names needs JavaScript.</p></noscript>
<script type="application/json" id="data">[`
  for (const [index, entry] of forecast.entries.entries()) {
    const { kind, name, login, outcome, changes = [] } = entry
    const why = [reasonOf(entry), ...marksOf(entry)].filter(Boolean).join('; ')
    const row = [kind, name, login ?? '', TITLES[outcome], why, changes.map(changeText).join('\n')]
    yield `${index === 0 ? '' : ','}${asData(row)}`
  }
  yield `]</script>
<script>${script}</script>
</body>
</html>
`
}

function counts({ users, groups }: Forecast): string {
  const row = (name: string, of: Forecast['users']) =>
    `<tr><th scope="row">${name}</th>${OUTCOMES.map((one) => `<td>${of[one]}</td>`).join('')}</tr>`
  const head = OUTCOMES.map((one) => `<th scope="col">${TITLES[one]}</th>`).join('')
  return `<table class="counts"><thead><tr><td></td>${head}</tr></thead><tbody>${row('users', users)}${row('groups', groups)}</tbody></table>`
}

const licences = (forecast: Forecast) => {
  const text = licencesText(forecast)
  return text && `Licences: ${text}`
}

const leftOut = (forecast: Forecast) => {
  const reasons = reasonCounts(forecast)
  return reasons.length > 0 ? `Left out: ${reasons.join(', ')}` : undefined
}

function list(name: string, title: string, items: readonly string[]): string {
  if (items.length === 0) return ''
  return `<section class="${name}"><h2>${title}</h2><ul>${items.map((item) => `<li>${escaped(item)}</li>`).join('')}</ul></section>`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!)

/** JSON that cannot end the element it stands in. */
const asData = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c')
