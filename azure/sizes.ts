/** What a container app and a PostgreSQL server may be sized to. */

/** Of the Consumption profile: 0.25 to 4 vCPU by quarters, each with two GiB a vCPU. */
export const cpuSizes = Array.from({ length: 16 }, (_, index) => (index + 1) / 4)

/** `0.5Gi` for 0.25. Source: learn.microsoft.com/azure/container-apps/containers#allocations */
export const memoryFor = (cpu: number) => `${cpu * 2}Gi`

export const storageSizesGb = [32, 64, 128, 256, 512, 1024, 2048, 4095, 4096, 8192, 16384, 32767]

const TIERS = { B: 'Burstable', D: 'GeneralPurpose', E: 'MemoryOptimized' } as const
export type DatabaseTier = (typeof TIERS)[keyof typeof TIERS]

const SKU = /^Standard_(?:B1ms|B2s|B(?:2|4|8|12|16|20)ms|[DE](?:2|4|8|16|20|32|48|64|96)[ad]?d?s_v[3-6])$/

/** Undefined for what is no size of a flexible server. */
export function tierOf(sku: string): DatabaseTier | undefined {
  return SKU.test(sku) ? TIERS[sku['Standard_'.length] as keyof typeof TIERS] : undefined
}

/** Connections that clients may have; source: learn.microsoft.com/azure/postgresql/configure-maintain/concepts-limits */
const CLIENT_CONNECTIONS: Record<string, number> = { Standard_B1ms: 35, Standard_B2s: 414 }
/** Of the next larger size, and less than that of any other. */
const AND_LARGER = 844

export const clientConnections = (sku: string) => CLIENT_CONNECTIONS[sku] ?? AND_LARGER

/** More make the service no faster (its own default), fewer than two it does not take. */
const USUAL = 8
const LEAST = 2

/**
 * Database connections of one replica, so that all replicas fit into what the server has, those of the next revision
 * beside them. Undefined if they cannot.
 */
export function connectionsPerReplica(sku: string, maxReplicas: number): number | undefined {
  const fair = Math.min(USUAL, Math.floor(clientConnections(sku) / (2 * maxReplicas)))
  return fair >= LEAST ? fair : undefined
}

/** Replicas that a server of that size can serve at most. */
export const mostReplicas = (sku: string) => Math.floor(clientConnections(sku) / (2 * LEAST))
