/** Collects a statement's parameters; `bind` gives the placeholder. */
export class Parameters {
  readonly values: (string | boolean | number | null)[] = []

  bind(value: string | boolean | number | null): string {
    this.values.push(value)
    return `$${this.values.length}`
  }
}

/** Names that an administrator has chosen, as text in SQL. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`
