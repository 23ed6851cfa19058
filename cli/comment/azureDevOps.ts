import { callJson } from './http.ts'
import type { PullRequest } from './pullRequest.ts'

type Env = Readonly<Record<string, string | undefined>>

interface Thread {
  id: number
  isDeleted?: boolean
  comments: { id: number; content?: string; isDeleted?: boolean }[]
}

/** Source: Azure DevOps REST API 7.1, "Pull Request Threads" and "Pull Request Thread Comments". */
const VERSION = 'api-version=7.1'
const LIMIT = 150_000
/** A closed thread asks nobody for an answer. */
const CLOSED = 'closed'

/** The pull request that the pipeline runs for; undefined outside Azure Pipelines. */
export function azureDevOpsPullRequest(env: Env, fetch: typeof globalThis.fetch): PullRequest | undefined {
  if (!/^true$/i.test(env.TF_BUILD ?? '')) return undefined
  const id = env.SYSTEM_PULLREQUEST_PULLREQUESTID
  const token = env.SYSTEM_ACCESSTOKEN
  if (!token)
    throw new Error('SYSTEM_ACCESSTOKEN is not set: give the step env SYSTEM_ACCESSTOKEN: $(System.AccessToken)')
  if (!id) throw new Error('this pipeline does not run for a pull request: SYSTEM_PULLREQUEST_PULLREQUESTID is not set')
  const project = `${env.SYSTEM_COLLECTIONURI}${encodeURIComponent(env.SYSTEM_TEAMPROJECT ?? '')}`
  const threads = `${project}/_apis/git/repositories/${env.BUILD_REPOSITORY_ID}/pullRequests/${id}/threads`
  const headers = { authorization: `Bearer ${token}` }
  return {
    name: `Azure DevOps pull request ${id}`,
    limit: LIMIT,
    async comments() {
      const { value } = await callJson<{ value: Thread[] }>(`${threads}?${VERSION}`, { headers }, fetch)
      return value
        .filter(({ isDeleted }) => !isDeleted)
        .flatMap((thread) =>
          thread.comments
            .filter(({ isDeleted }) => !isDeleted)
            .map(({ id: comment, content = '' }) => ({ id: `${thread.id}/comments/${comment}`, body: content })),
        )
    },
    create: (content) =>
      callJson(
        `${threads}?${VERSION}`,
        {
          method: 'POST',
          headers,
          body: { comments: [{ parentCommentId: 0, content, commentType: 'text' }], status: CLOSED },
        },
        fetch,
      ),
    replace: (comment, content) =>
      callJson(`${threads}/${comment.id}?${VERSION}`, { method: 'PATCH', headers, body: { content } }, fetch),
  }
}
