import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { encryptionOf, keepEncryption, withEncryption, withoutEncryption } from './encryption.ts'

const example = new URL('../../stacks/Pulumi.example.yaml', import.meta.url)
const SALT = { encryptionsalt: 'v1:abc=:v1:d+e/f==' }

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'entrada-encryption-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a salt is added below a commented file, every byte of which stays', () => {
  const text = readFileSync(example, 'utf8')
  const after = withEncryption(text, SALT)
  expect(after).toBe(`${text}encryptionsalt: v1:abc=:v1:d+e/f==\n`)
  expect(encryptionOf(after)).toEqual(SALT)
  expect(withoutEncryption(after)).toBe(text.trimEnd())
})

test('what was there is replaced; a file without a last line break, and one in braces, too', () => {
  const old = 'secretsprovider: passphrase\nencryptionsalt: old # of last year\nconfig: { a: 1 }'
  expect(withEncryption(old, SALT)).toBe(
    `secretsprovider: passphrase\nconfig: { a: 1 }\nencryptionsalt: v1:abc=:v1:d+e/f==\n`,
  )
  expect(parse(withEncryption('{ "config": { "a": 1 } }', SALT))).toEqual({ config: { a: 1 }, ...SALT })
  expect(encryptionOf(withEncryption('', SALT))).toEqual(SALT)
})

test('what the engine wrote into its copy is taken over once, and nothing else of it', () => {
  const [file, copy] = ['Pulumi.a.yaml', 'copy.yaml'].map((name) => path.join(folder, name)) as [string, string]
  writeFileSync(file, '# mine\nconfig:\n  entrada:scope: all\n')
  expect(keepEncryption(file, copy)).toBe(false)
  writeFileSync(
    copy,
    'config: { other: 1 }\nsecretsprovider: azurekeyvault://v.vault.azure.net/keys/k\nencryptedkey: QUJD\n',
  )
  expect(keepEncryption(file, copy)).toBe(true)
  const text = readFileSync(file, 'utf8')
  expect(text).toMatch(/^# mine\nconfig:\n {2}entrada:scope: all\n/)
  expect(encryptionOf(text)).toEqual({
    secretsprovider: 'azurekeyvault://v.vault.azure.net/keys/k',
    encryptedkey: 'QUJD',
  })
  expect(keepEncryption(file, copy)).toBe(false)
})
