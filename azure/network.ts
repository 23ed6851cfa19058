/** IPv4 address ranges, as far as a virtual network for the container app and its database needs them. */

export interface Range {
  /** First address, as a number. */
  base: number
  /** 0 to 32 */
  prefix: number
}

/** `10.0.0.0/24`; undefined if it is none, or if bits are set behind the prefix. */
export function parseRange(text: string): Range | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text)
  if (!match) return undefined
  const [a, b, c, d, prefix] = match.slice(1).map(Number) as [number, number, number, number, number]
  if ([a, b, c, d].some((byte) => byte > 255) || prefix > 32) return undefined
  const base = ((a * 256 + b) * 256 + c) * 256 + d
  return base % size(prefix) === 0 ? { base, prefix } : undefined
}

export function formatRange({ base, prefix }: Range): string {
  const bytes = [24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256)
  return `${bytes.join('.')}/${prefix}`
}

const size = (prefix: number) => 2 ** (32 - prefix)

export function overlaps(a: Range, b: Range): boolean {
  return a.base < b.base + size(b.prefix) && b.base < a.base + size(a.prefix)
}

const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].map((text) => parseRange(text)!)

/** Used inside every Container Apps environment; source: learn.microsoft.com/azure/container-apps/custom-virtual-networks */
const RESERVED = ['172.30.0.0/15'].map((text) => parseRange(text)!)

/** The apps take half of it, and need 32 addresses. */
const SMALLEST = 26

/** What is wrong with the address space of a network, as the end of "<key> is <value>: …". */
export function addressSpaceFault(text: string): string | undefined {
  const range = parseRange(text)
  if (!range) return 'it must be a range of IPv4 addresses, e.g. 10.90.0.0/24'
  if (range.prefix > SMALLEST) return `it must have 64 addresses or more (/${SMALLEST} or a smaller number)`
  if (!PRIVATE.some((one) => one.prefix <= range.prefix && overlaps(one, range)))
    return 'it must be private: in 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16'
  if (RESERVED.some((one) => overlaps(one, range)))
    return 'it must not overlap with 172.30.0.0/15, which Container Apps uses itself'
  return undefined
}

/** One half for the apps; of the other, the 16 addresses that the smallest subnet of PostgreSQL has. */
export function subnetsOf(addressSpace: string): { apps: string; database: string } {
  const { base, prefix } = parseRange(addressSpace)!
  return {
    apps: formatRange({ base, prefix: prefix + 1 }),
    database: formatRange({ base: base + size(prefix + 1), prefix: 28 }),
  }
}
