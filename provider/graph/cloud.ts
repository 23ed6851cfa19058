import { CLOUDS, type GraphSettings } from './settings.ts'

export interface Endpoints {
  /** Without a trailing slash; also the prefix of the token scope. */
  graph: string
  login: string
}

interface MetadataDocument {
  microsoftGraphResourceId?: string
  authentication?: { loginEndpoint?: string }
}

/** The endpoints of a named cloud, or those that a metadata host tells (the azuread provider's document). */
export async function endpointsOf(cloud: GraphSettings['cloud'], fetch: typeof globalThis.fetch): Promise<Endpoints> {
  if ('name' in cloud) return CLOUDS[cloud.name]
  const url = `https://${cloud.metadataHost}/metadata/endpoints?api-version=2022-09-01`
  const failed = (why: string) =>
    new Error(
      `ARM_METADATA_HOSTNAME is '${cloud.metadataHost}', but ${url} ${why}: check the host, and that its certificate is trusted (NODE_EXTRA_CA_CERTS)`,
    )
  const response = await fetch(url).catch((error: Error) => {
    throw failed(`cannot be reached (${error.cause instanceof Error ? error.cause.message : error.message})`)
  })
  if (!response.ok) throw failed(`answered ${response.status}`)
  const document = (await response.json().catch(() => ({}))) as MetadataDocument
  const graph = document.microsoftGraphResourceId
  const login = document.authentication?.loginEndpoint
  if (!graph || !login) throw failed('does not name microsoftGraphResourceId and authentication.loginEndpoint')
  return { graph: graph.replace(/\/+$/, ''), login: login.replace(/\/+$/, '') }
}
