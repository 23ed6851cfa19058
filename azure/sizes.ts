/** What a container app and a PostgreSQL server may be sized to. */

/** Of the Consumption profile: 0.25 to 4 vCPU by quarters, each with two GiB a vCPU. */
export const cpuSizes = Array.from({ length: 16 }, (_, index) => (index + 1) / 4)

/** `0.5Gi` for 0.25. Source: learn.microsoft.com/azure/container-apps/containers#allocations */
export const memoryFor = (cpu: number) => `${cpu * 2}Gi`

export const storageSizesGb = [32, 64, 128, 256, 512, 1024, 2048, 4095, 4096, 8192, 16384, 32767]

const TIERS = { B: 'Burstable', D: 'GeneralPurpose', E: 'MemoryOptimized' } as const
export type DatabaseTier = (typeof TIERS)[keyof typeof TIERS]

const BURSTABLE = ['B1ms', 'B2s', 'B2ms', 'B4ms', 'B8ms', 'B12ms', 'B16ms', 'B20ms']

const UP_TO_64 = [2, 4, 8, 16, 32, 48, 64]
/** vCPUs by series; of each there is one with the memory of tier D and one with that of tier E. */
const SERIES: Record<string, readonly number[]> = {
  s_v3: UP_TO_64,
  ds_v4: UP_TO_64,
  ds_v5: [...UP_TO_64, 96],
  ads_v5: [...UP_TO_64, 96],
  ds_v6: [...UP_TO_64, 96, 128, 192],
  ads_v6: [...UP_TO_64, 96],
}

const series = Object.entries(SERIES).flatMap(([name, sizes]) => [
  ...sizes.flatMap((vcpus) => [`D${vcpus}${name}`, `E${vcpus}${name}`]),
  ...(name === 's_v3' ? [] : [`E20${name}`]),
])

/** Of a flexible server; source: learn.microsoft.com/azure/postgresql/compute-storage/concepts-compute */
export const databaseSkus: readonly string[] = [...BURSTABLE, ...series].map((size) => `Standard_${size}`)

/** Undefined for what is no size of a flexible server. */
export function tierOf(sku: string): DatabaseTier | undefined {
  return databaseSkus.includes(sku) ? TIERS[sku['Standard_'.length] as keyof typeof TIERS] : undefined
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
