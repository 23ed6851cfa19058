import { readFileSync } from 'node:fs'
import { callJson } from './http.ts'
import type { Comment, PullRequest } from './pullRequest.ts'

type Env = Readonly<Record<string, string | undefined>>

/** Source: GitHub REST API, "Issue comments"; a pull request's general comments are those of its issue. */
const PAGE = 100
const LIMIT = 65_536

/** The pull request that the workflow runs for; undefined outside GitHub Actions. */
export function gitHubPullRequest(env: Env, fetch: typeof globalThis.fetch): PullRequest | undefined {
  if (env.GITHUB_ACTIONS !== 'true') return undefined
  const repository = env.GITHUB_REPOSITORY ?? ''
  const token = env.GITHUB_TOKEN
  const number = numberOf(env.GITHUB_EVENT_PATH)
  if (!token) throw new Error('GITHUB_TOKEN is not set: give it to the step as env, from github.token')
  if (!number) throw new Error('this workflow does not run for a pull request: GITHUB_EVENT_PATH names none')
  const issues = `${env.GITHUB_API_URL ?? 'https://api.github.com'}/repos/${repository}/issues`
  const headers = {
    authorization: `Bearer ${token}`,
    accept: 'application/vnd.github+json',
    'x-github-api-version': '2022-11-28',
  }
  return {
    name: `GitHub ${repository}#${number}`,
    limit: LIMIT,
    async comments() {
      const found: Comment[] = []
      for (let page = 1; ; page += 1) {
        const url = `${issues}/${number}/comments?per_page=${PAGE}&page=${page}`
        const items = await callJson<{ id: number; body?: string }[]>(url, { headers }, fetch)
        found.push(...items.map(({ id, body = '' }) => ({ id: String(id), body })))
        if (items.length < PAGE) return found
      }
    },
    create: (body) => callJson(`${issues}/${number}/comments`, { method: 'POST', headers, body: { body } }, fetch),
    replace: ({ id }, body) =>
      callJson(`${issues}/comments/${id}`, { method: 'PATCH', headers, body: { body } }, fetch),
  }
}

function numberOf(eventFile: string | undefined): number | undefined {
  if (!eventFile) return undefined
  const event = JSON.parse(readFileSync(eventFile, 'utf8')) as { pull_request?: { number: number } }
  return event.pull_request?.number
}
