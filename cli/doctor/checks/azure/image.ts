/** Whether an image of a registry outside Azure can be pulled by everybody. Source: OCI Distribution Specification 1.1. */
import { azureRegistryOf, parseImage } from '../../../../azure/image.ts'
import { ok, problem, type Result, warning } from '../../finding.ts'

const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ')

/** Undefined where the app's identity pulls it, or the update builds it. */
export async function checkImage(
  image: string | undefined,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
): Promise<Result | undefined> {
  const parsed = image === undefined ? undefined : parseImage(image)
  if (!parsed || azureRegistryOf(parsed.registry)) return undefined
  const { registry, repository, digest, tag } = parsed
  const host = registry === 'docker.io' ? 'registry-1.docker.io' : registry
  const url = `https://${host}/v2/${repository}/manifests/${digest ?? tag}`
  const ask = (headers: Record<string, string> = {}) =>
    fetch(url, { method: 'HEAD', headers: { accept: MANIFESTS, ...headers }, signal })
  let answer: Response
  try {
    answer = await ask()
    const place = answer.status === 401 ? tokenPlace(answer.headers.get('www-authenticate')) : undefined
    if (place) {
      const given = await fetch(place, { signal })
      const { token, access_token } = (await given.json().catch(() => ({}))) as Record<string, string | undefined>
      const bearer = token ?? access_token
      if (given.ok && bearer) answer = await ask({ authorization: `Bearer ${bearer}` })
    }
  } catch (error) {
    signal.throwIfAborted()
    const { message, cause } = error as Error
    return warning(
      `${registry} cannot be reached from here (${cause instanceof Error ? cause.message : message})`,
      'check network and proxy; Azure may reach it all the same',
    )
  }
  if (answer.ok) return ok(`everybody can pull ${image}`)
  if (![401, 403, 404].includes(answer.status))
    return warning(`${registry} answers ${answer.status} to who asks for the image`, 'run the command again later')
  return problem(
    `nobody can pull ${image} without signing in to ${registry}, or it is not there (${answer.status})`,
    'check its name, and make it public; or push it to an Azure registry, from where the app’s identity pulls it: docs/pipelines.md, "The image of the SCIM service"',
  )
}

/** `Bearer realm="https://…",service="…",scope="…"` → where a token for nobody in particular is given. */
function tokenPlace(challenge: string | null): URL | undefined {
  const parts = Object.fromEntries(
    [...(challenge ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
  )
  if (!parts.realm || !URL.canParse(parts.realm)) return undefined
  const url = new URL(parts.realm)
  if (url.protocol !== 'https:') return undefined
  for (const key of ['service', 'scope']) if (parts[key]) url.searchParams.set(key, parts[key])
  return url
}
