/** What reading costs, by the last or first segment of the path (Graph: throttling limits, identity and access). */
const BY_LAST: Record<string, number> = {
  transitivemembers: 5,
  transitivememberof: 5,
  getbyids: 3,
  members: 3,
  approleassignments: 2,
  approleassignedto: 2,
}
const BY_FIRST: Record<string, number> = {
  applications: 2,
  directory: 1,
  directoryobjects: 1,
  groups: 3,
  serviceprincipals: 1,
  users: 2,
}

/** Resource units of one request, 1 or more; undefined for paths that are counted otherwise. */
export function resourceUnits(method: string, path: string, query: URLSearchParams): number | undefined {
  const segments = path.toLowerCase().split('/').slice(1)
  const base = BY_FIRST[segments[0]!.replace(/\(.*/, '')]
  if (base === undefined) return undefined
  const last = segments.at(-1)!
  if (method !== 'GET' && last !== 'getbyids') return 1
  let units = BY_LAST[last] ?? base
  if (query.has('$select')) units -= 1
  if (query.has('$expand')) units += 1
  if (query.has('$top') && Number(query.get('$top')) < 20) units -= 1
  return Math.max(units, 1)
}
