import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A SCIM service that finds nothing, takes everything and keeps none of it; its tenant URL. */
export async function startTarget(): Promise<string> {
  let made = 0
  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => {
      const isQuery = request.url!.includes('filter=')
      if (request.method === 'POST') response.writeHead(201).end(JSON.stringify({ id: `t${made++}` }))
      else if (request.method === 'GET')
        response.writeHead(200).end(isQuery ? '{"totalResults":0,"Resources":[]}' : '{}')
      else response.writeHead(204).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/scim`
}
