/** A reference to a container image, in its parts. */
export interface ImageReference {
  /** Host of the registry. */
  registry: string
  repository: string
  tag?: string
  digest?: string
}

/**
 * `ghcr.io/contoso/scim@sha256:…`, `contoso.azurecr.io/scim:1.4`; undefined if the registry is not named (Docker Hub is
 * docker.io here) or it is no reference at all. Grammar: github.com/distribution/reference
 */
export function parseImage(text: string): ImageReference | undefined {
  const match =
    /^([a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?)\/([a-z0-9]+(?:[._/-]+[a-z0-9]+)*)(?::([\w][\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(
      text,
    )
  if (!match) return undefined
  const [, registry, repository, tag, digest] = match
  return { registry: registry!, repository: repository!, ...(tag && { tag }), ...(digest && { digest }) }
}

/** Name of the Azure registry that a host belongs to; undefined for other registries. */
export function azureRegistryOf(host: string): string | undefined {
  return /^([a-z0-9]+)\.azurecr\.(?:io|cn|us)$/.exec(host)?.[1]
}
