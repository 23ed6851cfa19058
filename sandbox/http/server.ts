import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { readBody } from './body.ts'
import type { ServerCertificate } from './certificate.ts'
import type { WireRequest, WireResponse } from './exchange.ts'

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
  const response = Buffer.isBuffer(body) ? await answer(toRequest(incoming, body)) : body
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

function toRequest(incoming: IncomingMessage, body: Buffer): WireRequest {
  const [path, query] = incoming.url!.split(/\?(.*)/s) as [string, string | undefined]
  return {
    method: incoming.method!,
    path,
    query: new URLSearchParams(query ?? ''),
    headers: incoming.headers as Record<string, string | undefined>,
    body,
  }
}
