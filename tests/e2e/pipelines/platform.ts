/** What pipelines talk to on GitHub and Azure DevOps: their token services and the comments of a pull request. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

export const GITHUB_SUBJECT = (environment: string) => `repo:contoso/tenants:environment:${environment}`
export const AZURE_SUBJECT = 'sc://contoso/Identity Ops/entrada'
export const CONNECTION_ID = '7a1c5f0e-55d0-4f0a-8a0c-3e0d1d0f2b11'

export interface Platform {
  url: string
  /** Issuer of both kinds of tokens. */
  issuer: string
  gitHubToken: string
  azureToken: string
  /** What stands at the pull request, by id. */
  comments: Map<number, string>
  /** What stood where something else stands now. */
  replaced: string[]
  /** Commit of the last run in Azure that succeeded. */
  lastGood: string | undefined
  stop(): void
}

type Handler = (request: { query: URLSearchParams; body: string; path: string[] }) => unknown

export async function startPlatform(): Promise<Platform> {
  const { publicKey, privateKey } = await generateKeyPair('RS256')
  const key = { ...(await exportJWK(publicKey)), kid: 'platform', alg: 'RS256', use: 'sig' }
  const comments = new Map<number, string>()
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const platform: Platform = {
    url,
    issuer: `${url}/issuer`,
    gitHubToken: 'ghs_3f9d1c520b7e4a559b0c2f7f0a3b9d11',
    azureToken: 'ado-8c1e7a406d2b4c3e8f5a1b2c3d4e5f60',
    comments,
    replaced: [],
    lastGood: undefined,
    stop: () => server.close(),
  }

  const token = (subject: string, audience: string) =>
    new SignJWT({})
      .setProtectedHeader({ alg: 'RS256', kid: key.kid })
      .setIssuer(platform.issuer)
      .setSubject(subject)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(privateKey)
  const add = (text: string) => {
    comments.set(comments.size + 1, text)
    return { id: comments.size }
  }
  const change = (id: string, text: string) => {
    if (!comments.has(Number(id))) return undefined
    platform.replaced.push(comments.get(Number(id))!)
    comments.set(Number(id), text)
    return {}
  }
  const text = (body: string, property: string) => (JSON.parse(body) as Record<string, string>)[property]!

  const open: [string, RegExp, Handler][] = [
    [
      'GET',
      /^\/issuer\/\.well-known\/openid-configuration$/,
      () => ({ issuer: platform.issuer, jwks_uri: `${platform.issuer}/keys` }),
    ],
    ['GET', /^\/issuer\/keys$/, () => ({ keys: [key] })],
  ]
  const gitHub: [string, RegExp, Handler][] = [
    [
      'GET',
      /^\/github\/token$/,
      async ({ query }) => ({ value: await token(GITHUB_SUBJECT(query.get('environment')!), query.get('audience')!) }),
    ],
    [
      'GET',
      /^\/github\/repos\/contoso\/tenants\/issues\/12\/comments$/,
      () => [...comments].map(([id, body]) => ({ id, body })),
    ],
    ['POST', /^\/github\/repos\/contoso\/tenants\/issues\/12\/comments$/, ({ body }) => add(text(body, 'body'))],
    [
      'PATCH',
      /^\/github\/repos\/contoso\/tenants\/issues\/comments\/(\d+)$/,
      ({ path: [id], body }) => change(id!, text(body, 'body')),
    ],
  ]
  const threads = '^/azure/Identity%20Ops/_apis/git/repositories/repo-1/pullRequests/7/threads'
  const azure: [string, RegExp, Handler][] = [
    [
      'POST',
      /^\/azure\/token$/,
      async ({ query }) =>
        query.get('serviceConnectionId') === CONNECTION_ID
          ? { oidcToken: await token(AZURE_SUBJECT, 'api://AzureADTokenExchange') }
          : undefined,
    ],
    [
      'GET',
      /^\/azure\/project-1\/_apis\/build\/builds$/,
      ({ query }) => {
        const asked = ['$top', 'definitions', 'branchName', 'resultFilter'].map((name) => query.get(name))
        if (asked.join() !== '1,42,refs/heads/main,succeeded') return undefined
        return { value: platform.lastGood ? [{ sourceVersion: platform.lastGood }] : [] }
      },
    ],
    [
      'GET',
      new RegExp(`${threads}$`),
      () => ({ value: [...comments].map(([id, content]) => ({ id, comments: [{ id: 1, content }] })) }),
    ],
    [
      'POST',
      new RegExp(`${threads}$`),
      ({ body }) => add((JSON.parse(body) as { comments: { content: string }[] }).comments[0]!.content),
    ],
    [
      'PATCH',
      new RegExp(`${threads}/(\\d+)/comments/1$`),
      ({ path: [id], body }) => change(id!, text(body, 'content')),
    ],
  ]

  server.on('request', async (request, response) => {
    const { pathname, searchParams: query } = new URL(request.url!, url)
    const allowed = [
      ...open,
      ...(bearer(request) === platform.gitHubToken ? gitHub : []),
      ...(bearer(request) === platform.azureToken ? azure : []),
    ]
    const body = await textOf(request)
    const found = allowed.find(([method, path]) => method === request.method && path.test(pathname))
    const answer = await found?.[2]({ query, body, path: found[1].exec(pathname)!.slice(1) })
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(answer ?? { message: 'Not Found' }))
  })
  return platform
}

const bearer = ({ headers }: IncomingMessage) => headers.authorization?.replace('Bearer ', '')

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}
