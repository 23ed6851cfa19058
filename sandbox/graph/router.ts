import { badRequest } from './errors.ts'
import type { Handler } from './request.ts'

/** Application permissions of which one is enough; `owner` says whose ownership makes up for none of them. */
export interface Access {
  anyOf: readonly string[]
  owner?: 'application' | 'servicePrincipal' | 'group'
  /** Refused as the synchronization service refuses (401 UnknownError). */
  synchronization?: 'read' | 'write'
}

export interface Route {
  method: string
  pattern: string
  access: Access
  handler: Handler
  /** A POST that changes nothing. */
  reads?: true
}

export interface Match {
  route: Route
  params: Record<string, string>
}

/** `GET /users/:id` and so on; constants win over `:names`, earlier routes over later ones. */
export class Router {
  readonly #bySize = new Map<string, { route: Route; segments: string[] }[]>()

  constructor(routes: Route[]) {
    for (const route of routes) {
      const segments = route.pattern.split('/').slice(1)
      const key = `${route.method} ${segments.length}`
      const group = this.#bySize.get(key)
      if (group) group.push({ route, segments })
      else this.#bySize.set(key, [{ route, segments }])
    }
    for (const group of this.#bySize.values()) group.sort((a, b) => names(a.segments) - names(b.segments))
  }

  match(method: string, path: string): Match | undefined {
    const segments = splitPath(path)
    for (const candidate of this.#bySize.get(`${method} ${segments.length}`) ?? []) {
      const params = matchSegments(candidate.segments, segments)
      if (params) return { route: candidate.route, params }
    }
    return undefined
  }

  /** Whether the path is known, with whatever method. */
  serves(path: string): boolean {
    return ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].some((method) => this.match(method, path) !== undefined)
  }
}

const names = (segments: string[]) => segments.filter((segment) => segment.startsWith(':')).length

function matchSegments(pattern: string[], segments: string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {}
  for (let i = 0; i < pattern.length; i++) {
    const wanted = pattern[i]!
    if (wanted.startsWith(':')) params[wanted.slice(1)] = idIn(wanted, segments[i]!)
    else if (wanted.toLowerCase() !== segments[i]!.toLowerCase()) return undefined
  }
  return params
}

/** Parameters that stand for directory objects; case does not count in their ids, nor in an `appId=…`. */
const OBJECTS = new Set([':id', ':key', ':memberId', ':ownerId'])
const GUID = /^(appId=)?[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i

const idIn = (parameter: string, segment: string): string =>
  OBJECTS.has(parameter)
    ? segment.replace(GUID, (text, name = '') => name + text.slice(name.length).toLowerCase())
    : segment

const KEYED = /^([\w.]+)\((.*)\)$/
/** SDKs made by Kiota write Graph's namespace by its alias. */
const ALIASED = /^graph\.(?=[a-z]+$)/i
const QUALIFIED_CALL =
  /^microsoft\.graph\.(instantiate|delta|start|pause|restart|validateCredentials|validateConnectivity|acquireAccessToken|provisionOnDemand|discover|parseExpression|filterOperators|functions|restore|getByIds|getMemberGroups|getMemberObjects|checkMemberGroups|checkMemberObjects|addPassword|removePassword)$/i

/**
 * Segments of a Graph path in one form: `users('a')` as `users/a`, `servicePrincipals(appId='b')` as
 * `servicePrincipals/appId=b`, `graph.user` as `microsoft.graph.user`, `delta()` and `microsoft.graph.delta()` as `delta`
 * (OData 4.01 part 2, 4.3).
 */
export function splitPath(path: string): string[] {
  return path
    .split('/')
    .filter((segment) => segment !== '')
    .flatMap((raw) => {
      const segment = decoded(raw)
      const keyed = KEYED.exec(segment)
      const name = (keyed?.[1] ?? segment).replace(ALIASED, 'microsoft.graph.').replace(QUALIFIED_CALL, '$1')
      return keyed?.[2] ? [name, keyOf(keyed[2])] : [name]
    })
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw badRequest(`The path segment '${segment}' is not well encoded.`, 'BadRequest')
  }
}

function keyOf(key: string): string {
  const [, name, value] = /^(?:(\w+)=)?(.*)$/.exec(key)!
  const text = value!.startsWith("'") ? value!.slice(1, -1).replaceAll("''", "'") : value!
  return name ? `${name}=${text}` : text
}
