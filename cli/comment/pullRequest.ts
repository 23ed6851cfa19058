/** A pull request as far as a comment on it needs: what stands there, and how to write. */
export interface PullRequest {
  /** For messages, e.g. `GitHub contoso/tenants#12`. */
  name: string
  /** Characters that one comment may have. */
  limit: number
  comments(): Promise<Comment[]>
  create(body: string): Promise<void>
  replace(comment: Comment, body: string): Promise<void>
}

export interface Comment {
  /** Below the pull request; its form is the platform's own. */
  id: string
  body: string
}

/**
 * Writes `body` as the pull request's one comment of that key: a later run replaces what an earlier one wrote. A text
 * beyond the platform's limit is cut at a line, and says so.
 */
export async function writeComment(
  pullRequest: PullRequest,
  key: string,
  body: string,
): Promise<'created' | 'replaced' | 'unchanged'> {
  const marker = `<!-- entrada: ${key} -->`
  const text = `${marker}\n${shortened(body, pullRequest.limit - marker.length - 1)}`
  const earlier = (await pullRequest.comments()).find((comment) => comment.body.startsWith(marker))
  // Platforms may give line ends back in another form.
  if (earlier?.body.replaceAll('\r\n', '\n').trim() === text.trim()) return 'unchanged'
  if (earlier) await pullRequest.replace(earlier, text)
  else await pullRequest.create(text)
  return earlier ? 'replaced' : 'created'
}

const CUT = '\n\n… cut here: the whole text is in the log of the run.\n'

function shortened(body: string, limit: number): string {
  if (body.length <= limit) return body
  const kept = body.slice(0, limit - CUT.length)
  return kept.slice(0, Math.max(kept.lastIndexOf('\n'), 0)) + CUT
}
