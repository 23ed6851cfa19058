/** Query strings of Graph, encoded. */

export function query(options: Record<string, string | number>): string {
  const pairs = Object.entries(options).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
  return pairs.length > 0 ? `?${pairs.join('&')}` : ''
}

/** An OData string literal: quotes inside are doubled. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

const OBJECT_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export function isObjectId(text: string): boolean {
  return OBJECT_ID.test(text)
}
