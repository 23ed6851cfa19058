/**
 * How a stack's secrets are encrypted stands in its file. The engine writes it into the copy that it works on when it makes
 * a stack; without it the state could not be read again, so it is kept in the stack's own file.
 */
import { existsSync, readFileSync } from 'node:fs'
import { isMap, parseDocument, stringify } from 'yaml'
import { writeWhole } from '../local/folder.ts'

const KEYS = ['secretsprovider', 'encryptedkey', 'encryptionsalt'] as const

type Encryption = Partial<Record<(typeof KEYS)[number], string>>

export function encryptionOf(yaml: string): Encryption {
  const content = (parseDocument(yaml).toJS() ?? {}) as Record<string, unknown>
  return Object.fromEntries(KEYS.flatMap((key) => (typeof content[key] === 'string' ? [[key, content[key]]] : [])))
}

/** The text without those lines. */
export function withoutEncryption(yaml: string): string {
  const lines = new RegExp(`^(${KEYS.join('|')}):.*\\n?`, 'gm')
  return yaml.replace(lines, '').trimEnd()
}

/** The text with `wanted` in it; everything else stays as it is, comments too. */
export function withEncryption(yaml: string, wanted: Encryption): string {
  const document = parseDocument(yaml)
  const { contents } = document
  if (isMap(contents) && contents.flow) {
    for (const [key, value] of Object.entries(wanted)) document.set(key, value)
    return document.toString({ lineWidth: 0 })
  }
  const lines = Object.entries(wanted).map(([key, value]) => stringify({ [key]: value }, { lineWidth: 0 }))
  const rest = KEYS.reduce(
    (text, key) => (key in wanted ? text.replace(new RegExp(`^${key}:.*\\n?`, 'm'), '') : text),
    yaml,
  )
  return `${rest}${rest === '' || rest.endsWith('\n') ? '' : '\n'}${lines.join('')}`
}

/**
 * Takes over into `file` what the engine wrote into its `copy`; in one step, so that who is killed leaves a whole file.
 * @returns whether there was something to take over
 */
export function keepEncryption(file: string, copy: string): boolean {
  if (!existsSync(copy)) return false
  const text = readFileSync(file, 'utf8')
  const before = encryptionOf(text)
  const after = encryptionOf(readFileSync(copy, 'utf8'))
  if (KEYS.every((key) => after[key] === undefined || after[key] === before[key])) return false
  writeWhole(file, withEncryption(text, after))
  return true
}
