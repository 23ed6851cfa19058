import { azureRegistryOf, parseImage } from '../azure/image.ts'
import { connectionsPerReplica, memoryFor, mostReplicas, tierOf } from '../azure/sizes.ts'

/** Settings that may be right or wrong in themselves, so each is looked at before it is used. */
export interface Given {
  environment?: unknown
  resourceGroup?: unknown
  image?: unknown
  build?: unknown
  registry?: { name?: unknown }
  cpu?: unknown
  memory?: unknown
  minReplicas?: unknown
  maxReplicas?: unknown
  database?: { sku?: unknown; highAvailability?: unknown }
  runners?: unknown
  readers?: unknown
  network?: { private?: unknown; zoneRedundant?: unknown }
  names?: Record<string, unknown>
}

export interface Conflict {
  path: string[]
  message: string
  input: unknown
}

/** More would have no connections to the database. */
const MOST_REPLICAS = 50

/** What does not go together. */
export function conflicts(given: Given): Conflict[] {
  return [...imageConflicts(given), ...sizeConflicts(given), ...placeConflicts(given), ...callerConflicts(given)]
}

/** Who only reads cannot say who updates. */
function callerConflicts({ runners, readers }: Given): Conflict[] {
  const isNamed = (ids: unknown) => Array.isArray(ids) && ids.length > 0
  if (!isNamed(readers) || isNamed(runners)) return []
  return [
    {
      path: ['readers'],
      message: 'name in runners who updates the stack; it is whoever runs it otherwise',
      input: readers,
    },
  ]
}

function imageConflicts({ image, build, registry, names }: Given): Conflict[] {
  const found: Conflict[] = []
  const complain = (path: string[], message: string, input?: unknown) => found.push({ path, message, input })
  if (build === true && image !== undefined) complain(['build'], 'image is given too; leave one of them out', build)
  if (build !== true && image === undefined)
    complain(['image'], 'name the image of the SCIM service, or set build: true to have it built from scim/')
  const parsed = typeof image === 'string' ? parseImage(image) : undefined
  const host = parsed && azureRegistryOf(parsed.registry)
  if (host && !registry)
    complain(
      ['registry'],
      `the image is in an Azure registry; give { name: ${host}, resourceGroup: … } to let the app pull it`,
    )
  if (parsed && registry && typeof registry.name === 'string' && registry.name.toLowerCase() !== host)
    complain(['registry', 'name'], `the image is in ${parsed.registry}; name that registry, or none`, registry.name)
  if (registry && names?.registry !== undefined)
    complain(
      ['names', 'registry'],
      'it is for a new registry; entrada:target.registry names one that is there',
      names.registry,
    )
  return found
}

function sizeConflicts({
  environment,
  cpu,
  memory,
  minReplicas: least,
  maxReplicas: most,
  database,
}: Given): Conflict[] {
  const found: Conflict[] = []
  const complain = (path: string[], message: string, input: unknown) => found.push({ path, message, input })
  if (typeof cpu === 'number' && typeof memory === 'string' && memory !== memoryFor(cpu))
    complain(['memory'], `with cpu ${cpu} it must be ${memoryFor(cpu)}, or left out`, memory)
  if (least === 1 && environment === 'production')
    complain(
      ['minReplicas'],
      'production needs 2 or more, so that one may fail or be replaced; environment: test may have 1',
      least,
    )
  if (typeof most === 'number' && typeof least === 'number' && most < least)
    complain(['maxReplicas'], `it must be minReplicas (${least}) or more`, most)
  const sku = database?.sku
  if (typeof sku !== 'string' || !tierOf(sku)) return found
  if (typeof most === 'number' && most > MOST_REPLICAS)
    complain(['maxReplicas'], `it must be ${MOST_REPLICAS} or fewer`, most)
  else if (typeof most === 'number' && most > 0 && connectionsPerReplica(sku, most) === undefined)
    complain(
      ['maxReplicas'],
      `${sku} has connections for ${mostReplicas(sku)} replicas at most; take fewer or a larger database.sku`,
      most,
    )
  if (tierOf(sku) === 'Burstable' && ['sameZone', 'zoneRedundant'].includes(String(database?.highAvailability)))
    complain(
      ['database', 'highAvailability'],
      `${sku} is burstable, which has none; take a size such as Standard_D2ds_v5`,
      database?.highAvailability,
    )
  return found
}

function placeConflicts({ environment, resourceGroup, names, network }: Given): Conflict[] {
  const found: Conflict[] = []
  if (resourceGroup !== undefined && names?.resourceGroup !== undefined)
    found.push({
      path: ['names', 'resourceGroup'],
      message: 'it is for a new one; entrada:target.resourceGroup names one that is there',
      input: names.resourceGroup,
    })
  if (network?.zoneRedundant === true && !(network.private ?? environment !== 'test'))
    found.push({
      path: ['network', 'zoneRedundant'],
      message: 'Azure spreads an environment over zones only in a network of its own; set private: true too',
      input: true,
    })
  return found
}
