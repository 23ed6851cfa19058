/** A gate before the SCIM service's management API, where a request can be held after it was carried out. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Gate {
  /** The address that was given, through the gate. */
  through(url: string): string
  /** Resolves once the next such request was carried out; its answer is never given. */
  hold(method: string, pattern: RegExp): Promise<void>
  close(): Promise<void>
}

interface Held {
  method: string
  pattern: RegExp
  arrived(): void
}

export async function startGate(): Promise<Gate> {
  let origin = ''
  let held: Held | undefined
  const server = createServer(async (request, response) => {
    const { method = 'GET', url = '/' } = request
    const body = await bodyOf(request)
    const answer = await fetch(`${origin}${url}`, {
      method,
      headers: { ...picked(request), ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body }),
    })
    const text = await answer.text()
    if (held && held.method === method && held.pattern.test(url)) {
      held.arrived()
      held = undefined
      return
    }
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
    response.end(text)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    through(url) {
      origin = new URL(url).origin
      return url.replace(origin, `http://127.0.0.1:${port}`)
    },
    hold: (method, pattern) =>
      new Promise((arrived) => {
        held = { method, pattern, arrived }
      }),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const picked = ({ headers }: IncomingMessage) => ({ authorization: headers.authorization ?? '' })

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}
