import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bits, type Der, identifier, integer, octets, sequence, set, TRUE, tagged, text, time } from './der.ts'

const DAY = 86_400_000
const LIFETIME_DAYS = 365
const RENEW_DAYS = 30
const ECDSA_SHA256 = sequence(identifier('1.2.840.10045.4.3.2'))
const AUTHORITY = 'Entrada sandbox CA'

export interface Authority {
  key: KeyObject
  certificate: string
}

export interface ServerCertificate {
  key: string
  cert: string
}

/**
 * The certificate authority of a data folder: `ca-key.pem` and `ca.pem`, made at first use, renewed when it ends
 * within a month.
 * @param now wall clock, milliseconds
 */
export function openAuthority(folder: string, now: number): Authority & { file: string } {
  const [keyFile, file] = [join(folder, 'ca-key.pem'), join(folder, 'ca.pem')]
  if (existsSync(keyFile) && existsSync(file)) {
    const certificate = readFileSync(file, 'utf8')
    const ends = Date.parse(new X509Certificate(certificate).validTo)
    if (ends - now > RENEW_DAYS * DAY) return { key: createPrivateKey(readFileSync(keyFile)), certificate, file }
  }
  const authority = createAuthority(now)
  replaceFile(keyFile, authority.key.export({ type: 'pkcs8', format: 'pem' }) as string)
  replaceFile(file, authority.certificate)
  return { ...authority, file }
}

export function createAuthority(now: number): Authority {
  const { privateKey, publicKey } = newKey()
  const certificate = issueCertificate({
    subject: AUTHORITY,
    publicKey,
    signer: privateKey,
    now,
    extensions: [
      extension('2.5.29.19', sequence(TRUE), true),
      extension('2.5.29.15', bits(Buffer.from([0x06]), 1), true),
      extension('2.5.29.14', octets(keyId(publicKey))),
    ],
  })
  return { key: privateKey, certificate }
}

/** For 127.0.0.1, ::1 and localhost. */
export function createServerCertificate(authority: Authority, now: number): ServerCertificate {
  const { privateKey, publicKey } = newKey()
  const issuerKey = new X509Certificate(authority.certificate).publicKey
  const names = sequence(
    tagged(0x82, Buffer.from('localhost')),
    tagged(0x87, Buffer.from([127, 0, 0, 1])),
    tagged(0x87, Buffer.concat([Buffer.alloc(15), Buffer.from([1])])),
  )
  const cert = issueCertificate({
    subject: 'localhost',
    publicKey,
    signer: authority.key,
    now,
    extensions: [
      extension('2.5.29.19', sequence(), true),
      extension('2.5.29.15', bits(Buffer.from([0x80]), 7), true),
      extension('2.5.29.37', sequence(identifier('1.3.6.1.5.5.7.3.1'))),
      extension('2.5.29.17', names),
      extension('2.5.29.35', sequence(tagged(0x80, keyId(issuerKey)))),
    ],
  })
  return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, cert }
}

const newKey = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' })

/** A version 3 certificate (RFC 5280 §4.1), signed with ECDSA over P-256. */
export function issueCertificate(options: {
  subject: string
  publicKey: KeyObject
  signer: KeyObject
  now: number
  extensions: Der[]
}): string {
  const { subject, publicKey, signer, now, extensions } = options
  const content = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(randomBytes(16)),
    ECDSA_SHA256,
    name(AUTHORITY),
    sequence(time(new Date(now - DAY)), time(new Date(now + LIFETIME_DAYS * DAY))),
    name(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensions)),
  )
  const certificate = sequence(content, ECDSA_SHA256, bits(sign('sha256', content, signer)))
  const lines = certificate.toString('base64').match(/.{1,64}/g)!
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

const name = (commonName: string): Der => sequence(set(sequence(identifier('2.5.4.3'), text(commonName))))

const extension = (id: string, value: Der, critical = false): Der =>
  critical ? sequence(identifier(id), TRUE, octets(value)) : sequence(identifier(id), octets(value))

/** RFC 7093 §2: any hash of the key does. */
const keyId = (key: KeyObject): Buffer =>
  createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest()
    .subarray(0, 20)

function replaceFile(path: string, content: string): void {
  writeFileSync(`${path}.new`, content, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}
