import { getServer } from '@pulumi/azure-native/dbforpostgresql/getServer.js'
import * as pulumi from '@pulumi/pulumi'
import type { ContainerAppSettings } from './settings.ts'

/** Of a database server that is there, what Azure alone decides about from then on. */
export interface ExistingServer {
  /** It grows by itself, and never shrinks. */
  storageGb: number
  /** Without a public address. */
  private: boolean
}

/** How Azure, and the provider around it, say that a server or its resource group is not there. */
const NOT_FOUND = /Resource(?:Group)?NotFound|(?:Status=|RESPONSE )404\b/

/**
 * @returns undefined where there is no such server yet
 * @throws pulumi.RunError where Azure does not tell
 */
export async function existingServer(
  place: { resourceGroupName: string; serverName: string },
  opts?: pulumi.InvokeOptions,
): Promise<ExistingServer | undefined> {
  try {
    const { storage, network } = await getServer(place, opts)
    return {
      storageGb: storage?.storageSizeGB ?? 0,
      private: network?.delegatedSubnetResourceId !== undefined && network.delegatedSubnetResourceId !== '',
    }
  } catch (error) {
    const { message } = error as Error
    if (NOT_FOUND.test(message)) return undefined
    throw new pulumi.RunError(
      `Azure does not tell whether the database server ${place.serverName} is there; docs/azure.md, "Before the first time", has what subscription and caller need. It says: ${message}`,
    )
  }
}

/**
 * The settings as they can be had with the server that is there: with its storage, where that has grown beyond them.
 *
 * @throws pulumi.RunError where the server would have to be replaced, and all data with it
 */
export function fittedTo(server: ExistingServer, settings: ContainerAppSettings): ContainerAppSettings {
  const { database, network } = settings
  if (server.private !== network.private)
    throw new pulumi.RunError(
      `entrada:target.network.private is ${network.private}, as it is in ${network.private ? 'production' : 'a test'} by default, but the database server has a ${server.private ? 'private' : 'public'} address already, and Azure cannot change that. Set entrada:target.network.private to ${server.private}; or make a new stack, and move the data to it as in docs/azure.md, "From public to private"`,
    )
  return { ...settings, database: { ...database, storageGb: Math.max(database.storageGb, server.storageGb) } }
}
