/** JSON over HTTP towards a platform's API; errors name the call and the answer, and never the credential. */
export async function callJson<T>(
  url: string,
  init: { method?: string; headers: Record<string, string>; body?: unknown },
  fetch: typeof globalThis.fetch,
): Promise<T> {
  const { method = 'GET', headers, body } = init
  const sent = { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) }
  const response = await fetch(url, {
    method,
    headers: sent,
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${url} was answered ${response.status}: ${text.slice(0, 300)}`)
  return (text ? JSON.parse(text) : undefined) as T
}
