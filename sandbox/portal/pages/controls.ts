import { DEFAULT_SETTINGS, type Settings } from '../../settings.ts'
import { describeFault, PRESETS } from '../faults.ts'
import { html, type Markup } from '../html.ts'
import { button, empty, facts, moment, selectField, table } from '../parts.ts'
import { type Page, tenantAddress, type Visit } from '../visit.ts'

const REQUESTS = 30

const COLUMNS = ['Request', 'Status', 'ms', 'Time (UTC)']

const STEPS: [seconds: string, text: string][] = [
  ['2400', '40 minutes, to the next cycle'],
  ['21600', '6 hours'],
  ['86400', '1 day'],
  ['604800', '1 week'],
  ['2419200', '4 weeks'],
]

/** What the sandbox lets nobody do in Microsoft's cloud: move time, and make things fail. */
export function controlsPage({ parts }: Visit): Page {
  const { clock, faults, settings, tenant } = parts
  const armed = faults.list().map((fault) => [describeFault(fault), fault.seen])
  const changed = (Object.keys(settings) as (keyof Settings)[])
    .filter((name) => JSON.stringify(settings[name]) !== JSON.stringify(DEFAULT_SETTINGS[name]))
    .map((name): [string, unknown] => [name, html`<code>${JSON.stringify(settings[name])}</code>`])
  return {
    title: 'Sandbox controls',
    body: html`<p>All tenants of this sandbox share them.</p>
<h2>Clock</h2>
<p>It is ${moment(clock.now())} UTC${clock.offsetSeconds > 0 && `, ${ahead(clock.offsetSeconds)} ahead`}. Cycles that fall due on the way are run, each at its time.</p>
<form method="post" action="${tenantAddress(tenant.tenantId, 'clock')}" class="search">
${selectField('seconds', 'Advance by', STEPS)}<button>Advance the clock</button></form>
<h2>Faults</h2>
${armed.length > 0 ? html`${table('Armed faults', ['Fault', 'Matching requests'], armed)}<div class="actions">${button(tenantAddress(tenant.tenantId, 'clear'), 'Clear all faults', 'quiet')}</div>` : empty('None is armed.')}
<form method="post" action="${tenantAddress(tenant.tenantId, 'fault')}" class="search">
${selectField(
  'preset',
  'Inject',
  Object.entries(PRESETS).map(([name, { text }]) => [name, text]),
)}<button>Inject the fault</button></form>
<h2>Settings</h2>
${changed.length > 0 ? facts(changed) : empty('All are as they are by default.')}
<h2>Requests of clients</h2>
${received(parts)}
<h2>Requests to targets</h2>
${sent(parts)}`,
  }
}

function received({ journal }: Visit['parts']): Markup {
  const rows = newest(journal.list()).map(({ at, method, path, status, ms }) => [
    html`<code>${method} ${path}</code>`,
    status || 'cut',
    ms,
    moment(at),
  ])
  return rows.length > 0 ? table('The newest requests of clients', COLUMNS, rows) : empty('There were none yet.')
}

function sent({ sent: journal, tenant }: Visit['parts']): Markup {
  const its = journal.list().filter(({ tenantId }) => tenantId === tenant.tenantId)
  const rows = newest(its).map(({ at, method, url, body, status, ms }) => [
    html`<code>${method} ${url}</code>${body !== undefined && html`<details><summary>Body</summary><pre>${JSON.stringify(body, null, 2)}</pre></details>`}`,
    status || 'no answer',
    ms,
    moment(at),
  ])
  return rows.length > 0 ? table('The newest requests to targets', COLUMNS, rows) : empty('There were none yet.')
}

const newest = <T>(all: T[]): T[] => all.slice(-REQUESTS).reverse()

/** `3 d 4 h`. */
function ahead(seconds: number): string {
  const minutes = Math.round(seconds / 60)
  const units: [number, string][] = [
    [Math.floor(minutes / 1440), 'd'],
    [Math.floor((minutes % 1440) / 60), 'h'],
    [minutes % 60, 'min'],
  ]
  return units
    .filter(([number]) => number > 0)
    .map(([number, unit]) => `${number} ${unit}`)
    .join(' ')
}
