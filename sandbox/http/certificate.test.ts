import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { createAuthority, createServerCertificate, openAuthority } from './certificate.ts'
import { integer } from './der.ts'

const DAY = 86_400_000
const NOW = Date.parse('2026-11-23T12:00:00Z')

test("a server's certificate is signed by its authority, for loopback names, for a year", () => {
  const authority = createAuthority(NOW)
  const issuer = new X509Certificate(authority.certificate)
  const server = new X509Certificate(createServerCertificate(authority, NOW).cert)
  expect([issuer.ca, server.ca]).toEqual([true, false])
  expect(server.verify(issuer.publicKey)).toBe(true)
  expect(server.checkIssued(issuer)).toBe(true)
  expect(server.checkHost('localhost')).toBe('localhost')
  expect(server.checkIP('127.0.0.1')).toBe('127.0.0.1')
  expect(server.checkHost('example.com')).toBeUndefined()
  expect(Date.parse(server.validFrom)).toBe(NOW - DAY)
  expect(Date.parse(server.validTo)).toBe(NOW + 365 * DAY)
})

test.each([
  ['0000', '020100'],
  ['7f', '02017f'],
  ['80', '02020080'],
  ['007f', '02017f'],
  ['0080', '02020080'],
  ['00000102', '02020102'],
])('a number %s is written in as few bytes as DER allows', (bytes, expected) => {
  expect(integer(Buffer.from(bytes, 'hex')).toString('hex')).toBe(expected)
})

test('an authority is kept in its folder, and made anew when it is about to end', () => {
  const folder = mkdtempSync(join(tmpdir(), 'authority-'))
  try {
    const first = openAuthority(folder, NOW)
    expect(openAuthority(folder, NOW + 300 * DAY).certificate).toBe(first.certificate)
    expect(openAuthority(folder, NOW + 340 * DAY).certificate).not.toBe(first.certificate)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
