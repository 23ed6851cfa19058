import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { azureDevOpsPullRequest } from './azureDevOps.ts'
import { gitHubPullRequest } from './gitHub.ts'
import { type PullRequest, writeComment } from './pullRequest.ts'

interface Call {
  method: string
  url: string
  authorization: string | undefined
  body: Record<string, unknown> | undefined
}

let server: Server
let base: string
let folder: string
let calls: Call[]
/** What the platform answers to a GET, by address. */
let stored: Record<string, unknown>

beforeEach(async () => {
  calls = []
  stored = {}
  folder = mkdtempSync(path.join(tmpdir(), 'entrada-comment-'))
  server = createServer(async (request, response) => {
    const body = await textOf(request)
    const { method = '', url = '', headers } = request
    calls.push({ method, url, authorization: headers.authorization, body: body ? JSON.parse(body) : undefined })
    const answer = method === 'GET' ? stored[url] : {}
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(answer ?? { message: 'Not Found' }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => {
  server.close()
  rmSync(folder, { recursive: true })
})

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}

function gitHub(): PullRequest {
  const event = path.join(folder, 'event.json')
  writeFileSync(event, JSON.stringify({ pull_request: { number: 12 } }))
  const env = {
    GITHUB_ACTIONS: 'true',
    GITHUB_REPOSITORY: 'contoso/tenants',
    GITHUB_TOKEN: 'github-token',
    GITHUB_EVENT_PATH: event,
    GITHUB_API_URL: base,
  }
  return gitHubPullRequest(env, fetch)!
}

function azureDevOps(): PullRequest {
  const env = {
    TF_BUILD: 'True',
    SYSTEM_COLLECTIONURI: `${base}/contoso/`,
    SYSTEM_TEAMPROJECT: 'Identity Ops',
    BUILD_REPOSITORY_ID: 'repo-1',
    SYSTEM_PULLREQUEST_PULLREQUESTID: '7',
    SYSTEM_ACCESSTOKEN: 'ado-token',
  }
  return azureDevOpsPullRequest(env, fetch)!
}

const THREADS = '/contoso/Identity%20Ops/_apis/git/repositories/repo-1/pullRequests/7/threads'

describe('GitHub', () => {
  const comments = (page: number) => `/repos/contoso/tenants/issues/12/comments?per_page=100&page=${page}`

  test('the first comment of a key is made, marked with it', async () => {
    stored[comments(1)] = [{ id: 1, body: '<!-- entrada: fabrikam -->\nother' }]
    await expect(writeComment(gitHub(), 'contoso', 'text')).resolves.toBe('created')
    expect(calls.at(-1)).toEqual({
      method: 'POST',
      url: '/repos/contoso/tenants/issues/12/comments',
      authorization: 'Bearer github-token',
      body: { body: '<!-- entrada: contoso -->\ntext' },
    })
  })

  test('a later run replaces it, also where it stands on a further page', async () => {
    stored[comments(1)] = Array.from({ length: 100 }, (_, id) => ({ id, body: 'of a person' }))
    stored[comments(2)] = [{ id: 777, body: '<!-- entrada: contoso -->\nold' }]
    await expect(writeComment(gitHub(), 'contoso', 'new')).resolves.toBe('replaced')
    expect(calls.at(-1)).toMatchObject({ method: 'PATCH', url: '/repos/contoso/tenants/issues/comments/777' })
  })

  test('the same text again writes nothing', async () => {
    stored[comments(1)] = [{ id: 1, body: '<!-- entrada: contoso -->\r\ntext\r\n' }]
    await expect(writeComment(gitHub(), 'contoso', 'text\n')).resolves.toBe('unchanged')
    expect(calls.map(({ method }) => method)).toEqual(['GET'])
  })

  test('a refusal names the call and not the token', async () => {
    const failed = await writeComment(gitHub(), 'contoso', 'text').catch((error: Error) => error.message)
    expect(failed).toMatch(/^GET .*\/issues\/12\/comments.* was answered 404: .*Not Found/)
    expect(failed).not.toContain('github-token')
  })

  test('a missing token and a run without pull request are told apart', () => {
    const env = { GITHUB_ACTIONS: 'true', GITHUB_REPOSITORY: 'a/b' }
    expect(() => gitHubPullRequest(env, fetch)).toThrow('GITHUB_TOKEN is not set')
    expect(() => gitHubPullRequest({ ...env, GITHUB_TOKEN: 't' }, fetch)).toThrow('does not run for a pull request')
  })
})

describe('Azure DevOps', () => {
  test('the first comment of a key is a closed thread', async () => {
    stored[`${THREADS}?api-version=7.1`] = { value: [] }
    await expect(writeComment(azureDevOps(), 'contoso', 'text')).resolves.toBe('created')
    expect(calls.at(-1)).toEqual({
      method: 'POST',
      url: `${THREADS}?api-version=7.1`,
      authorization: 'Bearer ado-token',
      body: {
        comments: [{ parentCommentId: 0, content: '<!-- entrada: contoso -->\ntext', commentType: 'text' }],
        status: 'closed',
      },
    })
  })

  test('a later run replaces it; what was deleted is left alone', async () => {
    const mine = { content: '<!-- entrada: contoso -->\nold' }
    stored[`${THREADS}?api-version=7.1`] = {
      value: [
        { id: 1, isDeleted: true, comments: [{ id: 1, ...mine }] },
        {
          id: 2,
          comments: [
            { id: 1, isDeleted: true },
            { id: 3, ...mine },
          ],
        },
      ],
    }
    await expect(writeComment(azureDevOps(), 'contoso', 'new')).resolves.toBe('replaced')
    expect(calls.at(-1)).toMatchObject({ method: 'PATCH', url: `${THREADS}/2/comments/3?api-version=7.1` })
  })
})

test('a text beyond the limit is cut at a line and says so', async () => {
  const written: string[] = []
  const small: PullRequest = {
    name: '',
    limit: 200,
    comments: async () => [],
    create: async (body) => void written.push(body),
    replace: async () => {},
  }
  await writeComment(small, 'k', 'a line of text\n'.repeat(50))
  expect(written[0]!.length).toBeLessThanOrEqual(200)
  expect(written[0]).toMatch(/a line of text\n\n… cut here: .*\n$/)
})

test('elsewhere there is no pull request', () => {
  expect(gitHubPullRequest({}, fetch)).toBeUndefined()
  expect(azureDevOpsPullRequest({}, fetch)).toBeUndefined()
})
