import type { ContainerAppArgs } from '@pulumi/azure-native/app/containerApp.js'
import type { Input } from '@pulumi/pulumi'
import { connectionsPerReplica, memoryFor } from '../../../azure/sizes.ts'
import type { ContainerAppSettings } from './settings.ts'

const PORT = 8080

/** Between the end of traffic to a replica and its own: what the ingress needs to notice. */
const DRAIN_SECONDS = 15
/** The service's own limit for requests in progress, and some air. */
const SHUTDOWN_SECONDS = 15

/** Requests at a time that one replica is given before there is another. */
const REQUESTS_A_REPLICA = 50

/** Known only once other resources are made. */
export interface ServiceParts {
  /** Client id of the managed identity. */
  identityClientId: Input<string>
  databaseUrl: Input<string>
  keyUri: Input<string>
  tenantId: string
  /** Client id of the service's own application. */
  applicationClientId: Input<string>
  publicUrl: Input<string>
}

type Sized = Pick<ContainerAppSettings, 'cpu' | 'minReplicas' | 'maxReplicas' | 'tenant' | 'database'>

/** The service's environment; nothing in it is a secret. */
export function environmentOf({ tenant, database, maxReplicas }: Sized, parts: ServiceParts) {
  const variables = {
    IDENTITY: parts.identityClientId,
    DATABASE: parts.databaseUrl,
    DATABASE_CONNECTIONS: String(connectionsPerReplica(database.sku, maxReplicas)),
    KEY_VAULT_KEY: parts.keyUri,
    ENTRA_TENANT: parts.tenantId,
    ENTRA_CLIENT_ID: parts.applicationClientId,
    PUBLIC_URL: parts.publicUrl,
    // The platform's own ingress.
    TRUST_PROXY: '1',
    TENANT: tenant,
    FIRST_CONFIGURATION: 'none',
    DRAIN_SECONDS: String(DRAIN_SECONDS),
  }
  return Object.entries(variables).map(([name, value]) => ({ name: `ENTRADA_SCIM_${name}`, value }))
}

const probe = (type: string, path: string, periodSeconds: number, failureThreshold: number) => ({
  type,
  httpGet: { path, port: PORT, scheme: 'HTTP' },
  periodSeconds,
  failureThreshold,
  timeoutSeconds: 3,
})

/**
 * A revision first migrates the database, once and under a lock, then starts; it takes traffic when all its replicas are
 * ready, and the one before it goes on until then.
 */
export function templateOf(settings: Sized, image: Input<string>, parts: ServiceParts): ContainerAppArgs['template'] {
  const env = environmentOf(settings, parts)
  const resources = { cpu: settings.cpu, memory: memoryFor(settings.cpu) }
  return {
    initContainers: [{ name: 'migrate', image, args: ['migrate'], env, resources }],
    containers: [
      {
        name: 'scim',
        image,
        env,
        resources,
        probes: [
          probe('Startup', '/healthz', 5, 10),
          probe('Liveness', '/healthz', 10, 3),
          probe('Readiness', '/readyz', 5, 3),
        ],
      },
    ],
    scale: {
      minReplicas: settings.minReplicas,
      maxReplicas: settings.maxReplicas,
      rules: [{ name: 'requests', http: { metadata: { concurrentRequests: String(REQUESTS_A_REPLICA) } } }],
    },
    terminationGracePeriodSeconds: DRAIN_SECONDS + SHUTDOWN_SECONDS,
  }
}

export interface Exposure {
  identityId: Input<string>
  registryServer: Input<string> | undefined
  domain: ContainerAppSettings['domain']
}

/** How the app is reached, over https only, and by whom its image is pulled. */
export function configurationOf({ identityId, registryServer, domain }: Exposure): ContainerAppArgs['configuration'] {
  return {
    activeRevisionsMode: 'Single',
    maxInactiveRevisions: 5,
    ingress: {
      external: true,
      allowInsecure: false,
      targetPort: PORT,
      transport: 'http',
      traffic: [{ latestRevision: true, weight: 100 }],
      ...(domain && { customDomains: [binding(domain)] }),
    },
    // The first container, which migrates, signs in to the database too.
    identitySettings: [{ identity: identityId, lifecycle: 'All' }],
    ...(registryServer && { registries: [{ server: registryServer, identity: identityId }] }),
  }
}

/** `Auto` takes the managed certificate of that name as soon as there is one. */
function binding({ name, certificateId }: NonNullable<ContainerAppSettings['domain']>) {
  return certificateId ? { name, bindingType: 'SniEnabled', certificateId } : { name, bindingType: 'Auto' }
}
