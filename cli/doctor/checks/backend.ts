/** Where the state is kept, and what the engine needs to get there. Source: Pulumi, "State and backends". */
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { parse } from 'yaml'
import { root } from '../../../tools/setup/node.mjs'
import type { Env } from '../../stack/tenant.ts'
import { ok, problem, type Result, warning } from '../finding.ts'

export interface Backend {
  kind: 'file' | 'blob' | 'cloud'
  /** Of a file backend: the folder that has `.pulumi`. */
  folder?: string
}

const CHOICES =
  'name file://<folder> or azblob://<container> as backend.url in Pulumi.yaml, or in PULUMI_BACKEND_URL; or set PULUMI_ACCESS_TOKEN for Pulumi Cloud'

/**
 * Asks no backend: an engine that is not logged in would wait for a person.
 * @param project text of the project's file, which may name one
 */
export function checkBackend(
  env: Env,
  project = readFileSync(path.join(root, 'Pulumi.yaml'), 'utf8'),
): Result<Backend> {
  const { url, from } = backendUrl(env, project)
  if (url === undefined) {
    if (env.PULUMI_ACCESS_TOKEN) return ok('Pulumi Cloud, by PULUMI_ACCESS_TOKEN', { kind: 'cloud' })
    return problem('no backend is chosen: the engine does not know where to keep the state', CHOICES)
  }
  const scheme = url.split(':', 1)[0]
  const shown = `${bare(url)} (${from})`
  switch (scheme) {
    case 'file':
      return fileBackend(url, shown, env)
    case 'azblob':
      return azureBlob(url, shown, env)
    case 's3':
    case 'gs':
      return ok(`${shown}; its credentials are the engine's matter`, { kind: 'blob' })
    case 'https':
    case 'http':
      return cloud(url, shown, env)
    default:
      return problem(`the backend is ${shown}, which the engine does not know`, CHOICES)
  }
}

function fileBackend(url: string, shown: string, env: Env): Result<Backend> {
  const rest = url.slice('file://'.length).split('?', 1)[0] as string
  const home = env.HOME || homedir()
  const folder = rest === '' || rest === '~' ? home : path.resolve(rest.replace(/^~(?=\/)/, home))
  if (!existsSync(folder)) {
    return problem(`the backend is ${shown}, but there is no folder ${folder}`, `make it: mkdir -p ${folder}`)
  }
  return ok(shown, { kind: 'file', folder })
}

/** Source: azidentity for Go, "Credential chains". */
const AZ_LOGIN = 'azureclicredential'

/** Source: Pulumi, "Using a DIY backend", Azure Blob Storage; gocloud.dev/blob/azureblob. */
function azureBlob(url: string, shown: string, env: Env): Result<Backend> {
  const backend: Backend = { kind: 'blob' }
  if (env.AZURE_STORAGE_CONNECTION_STRING) return ok(`${shown}, by AZURE_STORAGE_CONNECTION_STRING`, backend)
  const account = env.AZURE_STORAGE_ACCOUNT ?? new URL(url).searchParams.get('storage_account')
  if (!account) {
    return problem(
      `the backend is ${shown}, but no storage account is named`,
      'set AZURE_STORAGE_ACCOUNT, or end the address with ?storage_account=<name>',
    )
  }
  const key = ['AZURE_STORAGE_KEY', 'AZURE_STORAGE_SAS_TOKEN'].find((name) => env[name])
  if (key) return ok(`${shown} in ${account}, by ${key}`, backend)
  // Whoever leaves only that one on has chosen it.
  if (env.AZURE_TOKEN_CREDENTIALS?.toLowerCase() === AZ_LOGIN)
    return ok(`${shown} in ${account}, by az login (AZURE_TOKEN_CREDENTIALS)`, backend)
  const missing = ['AZURE_CLIENT_ID', 'AZURE_TENANT_ID'].filter((name) => !env[name])
  const proof = ['AZURE_CLIENT_SECRET', 'AZURE_FEDERATED_TOKEN_FILE', 'AZURE_CLIENT_CERTIFICATE_PATH']
  if (missing.length === 0 && proof.some((name) => env[name])) {
    return ok(`${shown} in ${account}, signed in as ${env.AZURE_CLIENT_ID}`, backend)
  }
  return warning(
    `${shown} in ${account}: only az login or a managed identity can sign in there`,
    'elsewhere set AZURE_CLIENT_ID, AZURE_TENANT_ID and AZURE_CLIENT_SECRET or AZURE_FEDERATED_TOKEN_FILE, or AZURE_STORAGE_KEY, or AZURE_STORAGE_SAS_TOKEN',
    backend,
  )
}

function cloud(url: string, shown: string, env: Env): Result<Backend> {
  if (env.PULUMI_ACCESS_TOKEN || savedLogin(env).accessTokens?.[url]) return ok(shown, { kind: 'cloud' })
  return problem(
    `the backend is ${shown}, and nobody is logged in there`,
    `set PULUMI_ACCESS_TOKEN, or run pulumi login ${bare(url)}`,
  )
}

/** In the engine's order. */
function backendUrl(env: Env, project: string): { url?: string; from?: string } {
  if (env.PULUMI_BACKEND_URL) return { url: env.PULUMI_BACKEND_URL, from: 'PULUMI_BACKEND_URL' }
  const { backend } = parse(project) as { backend?: { url?: string } }
  if (backend?.url) return { url: backend.url, from: 'Pulumi.yaml' }
  const { current } = savedLogin(env)
  return current ? { url: current, from: 'pulumi login' } : {}
}

function savedLogin(env: Env): { current?: string; accessTokens?: Record<string, string> } {
  const file = path.join(env.PULUMI_HOME || path.join(env.HOME || homedir(), '.pulumi'), 'credentials.json')
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
}

/** An address may carry a password or a signature. */
function bare(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//').split('?', 1)[0] as string
}
