import type { UserState } from '../storage/search.ts'
import type { LicenceType } from '../tenant/licence-types.ts'
import { type Html, html, type Part } from './html.ts'

/** Pieces that several pages share. */

export const licenceNames: Record<LicenceType, string> = {
  named: 'Named',
  concurrent: 'Concurrent',
  readOnly: 'Read-only',
  none: 'No licence',
}

export const licence = (type: string, state: UserState): Html =>
  html`${licenceNames[type as LicenceType] ?? type}${state === 'waiting' && html` <span class="tag warn">Waiting</span>`}`

/** To the second, in UTC, which the columns' headings say. */
export function moment(time: Date | string): Html {
  const iso = new Date(time).toISOString()
  return html`<time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')}</time>`
}

/** Each row's first cell names it. On a narrow screen a row becomes a card, so that roles and column names are written out. */
export function table(caption: string, columns: string[], rows: Part[][]): Html {
  const cell = (part: Part, index: number): Html =>
    index === 0
      ? html`<th scope="row" role="rowheader" data-label="${columns[0]}">${part}</th>`
      : html`<td role="cell" data-label="${columns[index]}">${part}</td>`
  return html`<table role="table">
<caption>${caption}</caption>
<thead role="rowgroup"><tr role="row">${columns.map(
    (column) => html`<th scope="col" role="columnheader">${column}</th>`,
  )}</tr></thead>
<tbody role="rowgroup">${rows.map((row) => html`<tr role="row">${row.map(cell)}</tr>\n`)}</tbody>
</table>`
}

/** Names and values; those without a value are left out. */
export function facts(pairs: [name: string, value: Part][]): Html {
  const known = pairs.filter(([, value]) => value !== undefined && value !== null && value !== '' && value !== false)
  return html`<dl class="facts">${known.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>\n`)}</dl>`
}

/** One click selects all of it. */
export const copyable = (text: string): Html => html`<code class="copy">${text}</code>`

export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number.toLocaleString('en')} ${number === 1 ? one : many}`

export const searchField = (value: string, hint: string): Html =>
  html`<div class="grow"><label for="search">Search</label><input id="search" name="search" type="search" value="${value}" placeholder="${hint}"></div>`

/** `options`: value and text; the value '' stands for all. */
export const selectField = (name: string, label: string, options: [value: string, text: string][], chosen = ''): Html =>
  html`<div><label for="${name}">${label}</label><select id="${name}" name="${name}">${options.map(
    ([value, text]) => html`<option value="${value}"${value === chosen && html` selected`}>${text}</option>`,
  )}</select></div>`
