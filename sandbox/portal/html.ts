const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Markup that is put into other markup as it is. */
export class Markup {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** A template whose values are escaped, except markup and lists of it; null, undefined and false are left out. */
export function html(parts: TemplateStringsArray, ...values: unknown[]): Markup {
  return new Markup(parts.reduce((text, part, i) => text + render(values[i - 1]) + part))
}

function render(value: unknown): string {
  if (value instanceof Markup) return value.text
  if (Array.isArray(value)) return value.map(render).join('')
  if (value === false) return ''
  return String(value ?? '').replace(/[&<>"']/g, (character) => ENTITIES[character]!)
}
