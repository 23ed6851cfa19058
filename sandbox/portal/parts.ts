import { html, type Markup } from './html.ts'

/** Pieces that several pages share. */

/** To the second, in UTC. */
export function moment(time: string | number | null | undefined): Markup | string {
  if (time === null || time === undefined) return 'never'
  const date = new Date(time)
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() <= 1) return 'never'
  const iso = date.toISOString()
  return html`<time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')}</time>`
}

/** Each row's first cell names it. Cells repeat their column's name, for screens too narrow for columns. */
export function table(caption: string, columns: string[], rows: unknown[][]): Markup {
  const cell = (content: unknown, index: number): Markup =>
    index === 0
      ? html`<th scope="row" role="rowheader">${content}</th>`
      : html`<td role="cell" data-label="${columns[index]}">${content}</td>`
  return html`<table role="table"><caption>${caption}</caption>
<thead role="rowgroup"><tr role="row">${columns.map((column) => html`<th scope="col" role="columnheader">${column}</th>`)}</tr></thead>
<tbody role="rowgroup">${rows.map((row) => html`<tr role="row">${row.map(cell)}</tr>\n`)}</tbody></table>`
}

/** Names and values; those without a value are left out. */
export function facts(pairs: [name: string, value: unknown][]): Markup {
  const known = pairs.filter(([, value]) => value !== undefined && value !== null && value !== '' && value !== false)
  return html`<dl class="facts">${known.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>\n`)}</dl>`
}

export const empty = (text: unknown): Markup => html`<p class="empty">${text}</p>`

export const tag = (text: string, kind = ''): Markup => html`<span class="tag ${kind}">${text}</span>`

const KINDS: Readonly<Record<string, string>> = {
  active: 'fine',
  succeeded: 'fine',
  success: 'fine',
  quarantine: 'bad',
  failed: 'bad',
  failure: 'bad',
  entrylevelerrors: 'warn',
  warning: 'warn',
}

const WORDS: Readonly<Record<string, string>> = {
  entrylevelerrors: 'Some failed',
  notrun: 'Not run yet',
  notconfigured: 'Not configured',
  stageddelete: 'Staged delete',
}

/** A state in Graph's words, coloured by whether it is good. */
export function state(name: string): Markup {
  const key = name.toLowerCase()
  return tag(WORDS[key] ?? capitalised(name), KINDS[key])
}

/** `5 users`. */
export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number.toLocaleString('en')} ${number === 1 ? one : many}`

export const capitalised = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)

/** A form of one button that does something. */
export const button = (action: string, text: string, kind = ''): Markup =>
  html`<form method="post" action="${action}"><button class="${kind}">${text}</button></form>`

export const searchField = (value: string | null, hint: string): Markup =>
  html`<div class="grow"><label for="search">Search</label>
<input id="search" name="search" type="search" value="${value}" placeholder="${hint}"></div>`

/** @param options value and text; the value '' stands for all */
export const selectField = (name: string, label: string, options: [value: string, text: string][], chosen = '') =>
  html`<div class="field"><label for="${name}">${label}</label><select id="${name}" name="${name}">${options.map(
    ([value, text]) => html`<option value="${value}"${value === chosen && html` selected`}>${text}</option>`,
  )}</select></div>`
