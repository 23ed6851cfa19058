import { type Html, html } from './html.ts'
import { count } from './parts.ts'

export const pageSize = 50

/** Where a page that the query names begins. */
export function pageOf(fields: Record<string, string>): { offset: number; limit: number } {
  const number = Math.floor(Number(fields.page))
  return { offset: (number >= 1 && number < 1e6 ? number - 1 : 0) * pageSize, limit: pageSize }
}

/** `to` gives the address of a page by its number. */
export function pager(offset: number, total: number, to: (page: number) => string): Html | false {
  const page = offset / pageSize + 1
  const pages = Math.max(1, Math.ceil(total / pageSize))
  if (pages === 1 && page === 1) return false
  const link = (number: number, text: string, rel: string): Html =>
    html`<a href="${to(number)}" rel="${rel}">${text}</a>`
  return html`<nav class="pager" aria-label="Pages">
${page > 1 && link(Math.min(page - 1, pages), 'Previous', 'prev')}<span>Page ${page} of ${pages}</span>${page < pages && link(page + 1, 'Next', 'next')}
</nav>`
}

export const total = (number: number, one: string): Html =>
  html`<p class="total" role="status">${count(number, one)}</p>`
