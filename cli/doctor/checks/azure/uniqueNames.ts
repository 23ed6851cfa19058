/**
 * Names that all customers of Azure share, so that a stack may find its own taken. Source: Azure REST, "Check Name
 * Availability" of the three services; "Vaults", "Get Deleted".
 */
import type { AzureNames } from '../../../../azure/names.ts'
import { notChecked, ok, type Result, type Said, warning } from '../../finding.ts'
import type { ContainerApp } from '../target.ts'
import { type Azure, refusalOf } from './client.ts'

interface Shared {
  kind: 'registry' | 'keyVault' | 'database'
  /** As a person calls it. */
  what: string
  service: string
  type: string
  version: string
}

const SHARED: readonly Shared[] = [
  {
    kind: 'registry',
    what: 'registry',
    service: 'Microsoft.ContainerRegistry',
    type: 'registries',
    version: '2023-07-01',
  },
  { kind: 'keyVault', what: 'key vault', service: 'Microsoft.KeyVault', type: 'vaults', version: '2023-07-01' },
  {
    kind: 'database',
    what: 'database server',
    service: 'Microsoft.DBforPostgreSQL',
    type: 'flexibleServers',
    version: '2024-08-01',
  },
]

/** @param names of this stack's resources */
export async function checkUniqueNames(azure: Azure, target: ContainerApp, names: AzureNames): Promise<Result> {
  const makesRegistry = target.build === true && !target.registry
  const group = target.resourceGroup ?? names.resourceGroup
  const asked = SHARED.filter(({ kind }) => kind !== 'registry' || makesRegistry)
  const said = (await Promise.all(asked.map((one) => look(azure, one, names[one.kind], group, target.region)))).flat()
  return said.length > 0
    ? { said }
    : ok(`names are free, or this stack's: ${asked.map(({ kind }) => names[kind]).join(', ')}`)
}

async function look(azure: Azure, shared: Shared, name: string, group: string, region: string): Promise<Said[]> {
  const { kind, what, service, type, version } = shared
  const answer = await azure.ask<{ nameAvailable: boolean; message: string }>(
    `/providers/${service}/checkNameAvailability`,
    version,
    { name, type: `${service}/${type}` },
  )
  if (answer.status !== 200)
    return notChecked(`whether the name ${name} is free for the ${what}: the caller may not ask (${refusalOf(answer)})`)
      .said
  if (answer.body.nameAvailable !== false) return []
  const own = await azure.get(`/resourceGroups/${group}/providers/${service}/${type}/${name}`, version)
  if (own.status === 200) return []
  if (kind === 'keyVault') {
    const deleted = await azure.get(`/providers/${service}/locations/${region}/deletedVaults/${name}`, version)
    if (deleted.status === 200) return [recoverable(name)]
  }
  // Of an own resource that the caller may not see nothing is known.
  if (own.status === 403)
    return warning(`the name ${name} is taken, by a ${what} that the caller may not see`, otherName(kind)).said
  return [{ state: 'problem', seen: `the name ${name} is taken by another ${what} in Azure`, fix: otherName(kind) }]
}

const otherName = (kind: string) => `choose another one: entrada:target.names.${kind}`

function recoverable(name: string): Said {
  return {
    state: 'problem',
    seen: `the key vault ${name} was deleted, and keeps its name until Azure forgets it`,
    fix: `az keyvault recover --name ${name} and import it (docs/azure.md, "Lost state"), or ${otherName('keyVault')}`,
  }
}
