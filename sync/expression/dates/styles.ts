/** What of .NET's DateTimeStyles has a say in how text is read. */
const STYLES = [
  'None',
  'AllowLeadingWhite',
  'AllowTrailingWhite',
  'AdjustToUniversal',
  'AssumeLocal',
  'AssumeUniversal',
  'RoundtripKind',
] as const

export type Style = (typeof STYLES)[number]

/** Source: Microsoft Learn, "Reference for writing expressions for attribute mappings", FormatDateTime. */
const DEFAULT: readonly Style[] = ['RoundtripKind', 'AllowLeadingWhite', 'AllowTrailingWhite']

/** Reads `RoundtripKind, AllowLeadingWhite`; nothing stands for the default. @throws Error naming a style it does not know */
export function readStyles(text: string): ReadonlySet<Style> {
  if (text.trim() === '') return new Set(DEFAULT)
  const names = text.split(',').map((name) => name.trim())
  return new Set(
    names.map((name) => {
      const style = STYLES.find((one) => one.toLowerCase() === name.toLowerCase())
      if (!style) throw new Error(`"${name}" is not a date style that is served; those are ${STYLES.join(', ')}`)
      return style
    }),
  )
}
