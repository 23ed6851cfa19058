/** As much of kustomize as pipelines/kubernetes uses; anything else in a kustomization is an error. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parse, parseAllDocuments } from 'yaml'

export interface Manifest {
  apiVersion: string
  kind: string
  metadata: { name: string; namespace?: string }
  // biome-ignore lint/suspicious/noExplicitAny: what a table, not a type, describes
  [part: string]: any
}

interface Kustomization {
  namespace?: string
  nameSuffix?: string
  resources: string[]
  patches?: { patch: string }[]
}

const KNOWN = ['apiVersion', 'kind', 'namespace', 'nameSuffix', 'resources', 'patches']
const CLUSTER_WIDE = ['Namespace', 'ClusterRoleBinding']

/** What `kubectl apply -k folder` gives to the cluster. Patches are merged first, then names are completed. */
export function compose(folder: string): Manifest[] {
  const kustomization = parse(readFileSync(path.join(folder, 'kustomization.yaml'), 'utf8')) as Kustomization
  const unknown = Object.keys(kustomization).filter((key) => !KNOWN.includes(key))
  if (unknown.length > 0) throw new Error(`${folder}: ${unknown.join(', ')} not known here`)
  const { resources, patches = [], nameSuffix = '', namespace } = kustomization
  let manifests = resources.flatMap((resource) => {
    const place = path.join(folder, resource)
    if (!resource.endsWith('.yaml')) return compose(place)
    return parseAllDocuments(readFileSync(place, 'utf8')).map((document) => document.toJS() as Manifest)
  })
  for (const { patch } of patches) {
    const wanted = parse(patch) as Manifest
    const matches = (manifest: Manifest) =>
      manifest.kind === wanted.kind && manifest.metadata.name === wanted.metadata.name
    if (!manifests.some(matches)) throw new Error(`${folder}: nothing is called ${wanted.metadata.name}`)
    manifests = manifests.map((manifest) => (matches(manifest) ? (merged(manifest, wanted) as Manifest) : manifest))
  }
  return manifests.map((manifest) => {
    const scope = namespace && !CLUSTER_WIDE.includes(manifest.kind) ? { namespace } : {}
    return {
      ...manifest,
      metadata: { ...manifest.metadata, ...scope, name: `${manifest.metadata.name}${nameSuffix}` },
    }
  })
}

/** RFC 7386, as kustomize does for kinds that it has no schema of. */
function merged(target: unknown, patch: unknown): unknown {
  if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) return patch
  const result: Record<string, unknown> = { ...(target as Record<string, unknown>) }
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else result[key] = merged(result[key], value)
  }
  return result
}
