const dateTime = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d:\d\d)?)?$/i

/** A dateTime (RFC 7643 §2.3.5) in UTC, to the millisecond; in UTC already if it names no zone. Undefined for other text. */
export function readInstant(text: string): string | undefined {
  const [, date, time = '00:00:00', zone = 'Z'] = dateTime.exec(text) ?? []
  const instant = Date.parse(`${date}T${time}${zone}`.toUpperCase())
  return date === undefined || Number.isNaN(instant) ? undefined : new Date(instant).toISOString()
}
