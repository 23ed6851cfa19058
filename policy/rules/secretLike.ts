/** What looks like a secret, by its name or by itself. */

const NAMES = /(secret|password|passwd|passphrase|token|connectionstring|credential)s?$|sas(token|url)?$/i
const KEYS =
  /^key$|(access|account|admin|api|auth|encryption|host|master|primary|private|secondary|shared|signing|storage)key\d?$/i

/** Parents whose `value` is the secret: a container app's `secrets`, for one. */
const HOLDERS = /^secrets$/i

/** @param names of a property and those above it, the nearest last */
export function isSecretName(names: readonly string[]): boolean {
  const [name = '', parent = ''] = names.toReversed()
  const plain = name.replace(/[_-]/g, '')
  return NAMES.test(plain) || KEYS.test(plain) || (plain === 'value' && HOLDERS.test(parent))
}

const KINDS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, 'a private key'],
  [/\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/, 'a token'],
  [/\b(AccountKey|SharedAccessKey)=[\w+/]{20,}/i, 'a connection string with its key'],
  [/[?&]sig=[\w%+/-]{20,}/i, 'a shared access signature'],
  // Entra marks the client secrets it makes by the third to fifth characters after three free ones.
  [/(?<![\w.~-])[\w.~-]{3}\dQ~[\w.~-]{31,34}(?![\w.~-])/, 'a client secret of Entra'],
  [/\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:[^\s/@]+@/i, 'an address with a password'],
  [/\b(Password|Pwd)=[^;\s]+;/i, 'a connection string with its password'],
]

/** @returns what a text holds, in words; undefined for a text that looks harmless */
export function secretKindOf(text: string): string | undefined {
  return KINDS.find(([pattern]) => pattern.test(text))?.[1]
}
