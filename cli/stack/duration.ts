const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/**
 * `90s`, `15m`, `24h`, `7d` in milliseconds.
 * @throws for anything else
 */
export function parseDuration(text: string): number {
  const [, number, unit] = /^(\d+)([smhd])$/.exec(text) ?? []
  if (!number || !unit) throw new Error(`'${text}' is no duration: write it like 90s, 15m, 24h or 7d`)
  return Number(number) * UNITS[unit as keyof typeof UNITS]
}

/** An ISO 8601 duration in days, hours, minutes and seconds, as Graph writes schedules; undefined for another. */
export function isoDuration(text: string): number | undefined {
  const match = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(text)
  if (!match || text === 'P' || text.endsWith('T')) return undefined
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] = match
  return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60_000 + Number(seconds) * 1000
}

/** `3 min`, `5 h`, `2 days`: the two greatest errors are under one half of it. */
export function inWords(milliseconds: number): string {
  const minutes = Math.round(Math.abs(milliseconds) / 60_000)
  if (minutes < 120) return `${minutes} min`
  const hours = Math.round(minutes / 60)
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`
}
