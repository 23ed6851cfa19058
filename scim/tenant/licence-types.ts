/** Types of licence that have seats, from the highest down. */
export const poolTypes = ['named', 'concurrent', 'readOnly'] as const
export type PoolType = (typeof poolTypes)[number]

export const licenceTypes = [...poolTypes, 'none'] as const
export type LicenceType = (typeof licenceTypes)[number]
