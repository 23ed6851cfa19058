import path from 'node:path'
import type { LocalFolder } from './folder.ts'
import type { ServiceAddresses } from './services.ts'

/** What the engine, its plugins and the program are given to work on the local stack; nothing of it reaches the state. */
export function localEnvironment(
  folder: LocalFolder,
  engine: string,
  services: ServiceAddresses,
): Record<string, string> {
  return { ...engineEnvironment(folder, engine), ...tenantEnvironment(services) }
}

/** How the tenant in a box and the SCIM service beside it are reached and entered. */
export function tenantEnvironment({ sandbox, scim }: ServiceAddresses): Record<string, string> {
  return {
    ARM_TENANT_ID: sandbox.tenantId,
    ARM_CLIENT_ID: sandbox.clientId,
    ARM_CLIENT_SECRET: sandbox.clientSecret,
    ARM_METADATA_HOSTNAME: sandbox.metadataHost,
    SSL_CERT_FILE: sandbox.caFile,
    NODE_EXTRA_CA_CERTS: sandbox.caFile,
    ENTRADA_SCIM_API_URL: scim.apiUrl,
    ENTRADA_SCIM_ADMIN_TOKEN: scim.adminToken,
  }
}

/** The engine with a home, a backend and a passphrase of the clone's own: no global state is touched. */
export function engineEnvironment(folder: LocalFolder, engine: string): Record<string, string> {
  const folders = [path.dirname(process.execPath), path.dirname(engine), process.env.PATH ?? '']
  return {
    PATH: folders.join(path.delimiter),
    PULUMI_HOME: folder.pulumiHome,
    // What the backend would keep beside each file it does not replace in one step: an engine that is killed while it
    // writes there leaves a state that nobody can read.
    PULUMI_BACKEND_URL: `file://${folder.backend}?metadata=skip`,
    PULUMI_CONFIG_PASSPHRASE_FILE: folder.passphraseFile,
    PULUMI_CONFIG_PASSPHRASE: '',
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
    PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: 'true',
    NODE_NO_WARNINGS: '1',
  }
}
