import { html, type Markup } from '../html.ts'
import { type JobVisit, jobAddress } from '../visit.ts'

/** Graph's synchronizationJobRestartScope by what each part does; checked is what a restart in Microsoft's portal resets. */
const SCOPES: [name: string, effect: string, checked: boolean][] = [
  ['Watermark', 'read all users and groups again', true],
  ['Escrows', 'forget what waits for a retry', true],
  ['QuarantineState', 'leave the quarantine', true],
  ['ConnectorDataStore', 'forget which objects are linked, and match all of them anew', false],
  ['ForceDeletes', 'let deletions through that are held back', false],
]

export const restartForm = (visit: JobVisit): Markup => html`<section class="card"><h2>Restart provisioning</h2>
<form method="post" action="${jobAddress(visit, 'restart')}">
<fieldset><legend>What the restart resets</legend>
${SCOPES.map(
  ([name, effect, checked]) =>
    html`<label class="choice"><input type="checkbox" name="scope" value="${name}"${checked && html` checked`}>
<span><b>${name}</b>: ${effect}</span></label>`,
)}
</fieldset>
<button class="quiet">Restart</button>
</form></section>`

/** The reset scope that a restart's form asks for. */
export const resetScopeOf = (fields: URLSearchParams): string => fields.getAll('scope').join(', ') || 'None'
