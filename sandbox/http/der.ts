/** As much of ASN.1's distinguished encoding as a certificate needs (ITU-T X.690). */
export type Der = Buffer

export function tagged(tag: number, ...contents: Der[]): Der {
  const content = Buffer.concat(contents)
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content.length)]), content])
}

function lengthOf(length: number): number[] {
  if (length < 0x80) return [length]
  const bytes = []
  for (let rest = length; rest > 0; rest >>>= 8) bytes.unshift(rest & 0xff)
  return [0x80 | bytes.length, ...bytes]
}

export const sequence = (...items: Der[]): Der => tagged(0x30, ...items)
export const set = (...items: Der[]): Der => tagged(0x31, ...items)
/** An unsigned number, most significant byte first; DER wants the fewest bytes that do not make it negative (X.690 §8.3.2). */
export function integer(bytes: Buffer): Der {
  const start = bytes.findIndex((byte) => byte !== 0)
  const digits = start < 0 ? Buffer.from([0]) : bytes.subarray(start)
  return tagged(0x02, digits[0]! & 0x80 ? Buffer.from([0]) : Buffer.alloc(0), digits)
}
export const octets = (content: Der): Der => tagged(0x04, content)
export const bits = (content: Der, unused = 0): Der => tagged(0x03, Buffer.from([unused]), content)
export const text = (value: string): Der => tagged(0x0c, Buffer.from(value))
export const TRUE: Der = tagged(0x01, Buffer.from([0xff]))
/** To the second, as certificates before the year 2050 want it. */
export const time = (at: Date): Der =>
  tagged(0x17, Buffer.from(`${at.toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`))

export function identifier(dotted: string): Der {
  const [first, second, ...rest] = dotted.split('.').map(Number) as [number, number, ...number[]]
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

function base128(value: number): number[] {
  const bytes = [value & 0x7f]
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift(0x80 | (rest & 0x7f))
  return bytes
}
