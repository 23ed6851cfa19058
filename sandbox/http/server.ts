import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { ServerCertificate } from './certificate.ts'
import type { WireRequest, WireResponse } from './exchange.ts'

/** Graph itself takes some megabytes; more than this is refused. */
const BODY_LIMIT = 16 * 1024 * 1024

/** Undefined: the connection is cut without an answer. */
export type Answer = (request: WireRequest) => Promise<WireResponse | undefined>

export interface RunningServer {
  port: number
  close(): Promise<void>
}

/**
 * Serve https on 127.0.0.1.
 * @param port 0 for one that is free
 * @throws when the port is taken, naming it
 */
export async function serve(certificate: ServerCertificate, port: number, answer: Answer): Promise<RunningServer> {
  const server = createServer({ ...certificate, keepAliveTimeout: 65_000 }, (incoming, outgoing) => {
    respond(incoming, outgoing, answer).catch(() => incoming.socket.destroy())
  })
  // A connection in its handshake, or half closed, is none of the server's own list, and would keep it from closing.
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await listen(server, port)
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE'
      reject(
        taken
          ? new Error(
              `Port ${port} of 127.0.0.1 is taken by another process. Name another with --port, or none for a free one.`,
            )
          : error,
      )
    })
    server.listen(port, '127.0.0.1', resolve)
  })
}

async function respond(incoming: IncomingMessage, outgoing: ServerResponse, answer: Answer): Promise<void> {
  const body = await readBody(incoming)
  if (body === undefined) {
    outgoing.writeHead(413, { connection: 'close' }).end()
    return
  }
  const [path, query] = incoming.url!.split(/\?(.*)/s) as [string, string | undefined]
  const response = await answer({
    method: incoming.method!,
    path,
    query: new URLSearchParams(query ?? ''),
    headers: incoming.headers as Record<string, string | undefined>,
    body,
  })
  if (response === undefined) {
    incoming.socket.destroy()
    return
  }
  const bytes = Buffer.from(response.body)
  outgoing.writeHead(
    response.status,
    bytes.length > 0 ? { ...response.headers, 'content-length': bytes.length } : response.headers,
  )
  outgoing.end(bytes)
}

async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of incoming) {
    length += (chunk as Buffer).length
    if (length > BODY_LIMIT) return undefined
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks)
}
