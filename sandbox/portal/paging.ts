import { html, type Markup } from './html.ts'

const SIZE = 50

export interface Slice<T> {
  items: T[]
  /** Links to the pages beside this one; empty where there are none. */
  pager: Markup | ''
}

/** The page of `all` that the address asks for. */
export function sliceOf<T>(all: readonly T[], address: string, fields: URLSearchParams): Slice<T> {
  const last = Math.max(1, Math.ceil(all.length / SIZE))
  const page = Math.min(last, Math.max(1, Math.floor(Number(fields.get('page'))) || 1))
  const link = (to: number, text: string, rel: string): Markup => {
    const query = new URLSearchParams(fields)
    query.set('page', String(to))
    return html`<a href="${address}?${query}" rel="${rel}">${text}</a>`
  }
  return {
    items: all.slice((page - 1) * SIZE, page * SIZE),
    pager:
      last > 1
        ? html`<nav aria-label="Pages">${page > 1 && link(page - 1, 'Previous', 'prev')}
<span class="faint">Page ${page} of ${last}</span>${page < last && link(page + 1, 'Next', 'next')}</nav>`
        : '',
  }
}
