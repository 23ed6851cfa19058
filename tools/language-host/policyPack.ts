/**
 * `RunPlugin` for policy packs. The engine gives a pack the stack's settings in a call, while the library of the packs
 * (@pulumi/policy) takes them from the environment it is started in. So the engine is given an analyzer that waits for
 * that call, starts the pack with the settings and from then on hands every call through, as the Node language host that
 * comes with the engine does.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import path from 'node:path'
import * as grpc from '@grpc/grpc-js'
import analyzerServices from '@pulumi/pulumi/proto/analyzer_grpc_pb.js'
import analyzer from '@pulumi/pulumi/proto/analyzer_pb.js'
import language from '@pulumi/pulumi/proto/language_pb.js'

type Request = InstanceType<typeof language.RunPluginRequest>
type Response = InstanceType<typeof language.RunPluginResponse>
type Settings = InstanceType<typeof analyzer.AnalyzerStackConfigureRequest>
type Handler = grpc.handleUnaryCall<Buffer, Buffer>

const SIZES = { 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 }
const EMPTY = Buffer.alloc(0)
const SETTINGS_CALL = '/pulumirpc.Analyzer/ConfigureStack'

export async function runPlugin(call: grpc.ServerWritableStream<Request, Response>): Promise<void> {
  const { request } = call
  if (request.getKind() !== 'analyzer') {
    const message = `this language host runs policy packs, and no plugin of kind '${request.getKind()}'`
    call.emit('error', Object.assign(new Error(message), { code: grpc.status.UNIMPLEMENTED }))
    return
  }
  const settings = Promise.withResolvers<Buffer | undefined>()
  const pack = Promise.withResolvers<grpc.Client>()
  pack.promise.catch(() => {})
  const server = serveProxy(settings.resolve, pack.promise)
  let child: ChildProcess | undefined
  let client: grpc.Client | undefined
  call.on('cancelled', () => {
    settings.resolve(undefined)
    child?.kill()
    server.forceShutdown()
  })
  try {
    const port = await listen(server)
    // Of a string these messages take what it says in base64.
    call.write(new language.RunPluginResponse().setStdout(Buffer.from(`${port}\n`)))
    const message = await settings.promise
    if (call.cancelled) return
    child = startPack(request, message)
    const ended = exitOf(child)
    client = new grpc.Client(`127.0.0.1:${await portOf(child, call)}`, grpc.credentials.createInsecure(), SIZES)
    // The pack's library takes the stack's tags from the call itself.
    if (message) await forward(client, SETTINGS_CALL, message)
    pack.resolve(client)
    const code = await ended
    if (call.cancelled) return
    call.write(new language.RunPluginResponse().setExitcode(code))
    call.end()
  } catch (error) {
    child?.kill()
    pack.reject(error)
    call.emit('error', Object.assign(error as Error, { code: grpc.status.INTERNAL }))
  } finally {
    client?.close()
    server.forceShutdown()
  }
}

/** @param start called with the stack's settings, or without where the engine asks for something else first */
function serveProxy(start: (settings?: Buffer) => void, pack: Promise<grpc.Client>): grpc.Server {
  const handThrough =
    (method: string): Handler =>
    async (call, reply) => {
      start()
      try {
        reply(null, await forward(await pack, method, call.request))
      } catch (error) {
        reply(error as grpc.ServiceError)
      }
    }
  const methods = Object.entries(analyzerServices.AnalyzerService)
  const implementation: Record<string, Handler> = {
    ...Object.fromEntries(methods.map(([name, { path }]) => [name, handThrough(path)])),
    handshake: (_call, reply) => reply(null, EMPTY),
    configureStack: (call, reply) => {
      start(call.request)
      reply(null, EMPTY)
    },
  }
  const server = new grpc.Server(SIZES)
  const unread = {
    requestSerialize: asItIs,
    requestDeserialize: asItIs,
    responseSerialize: asItIs,
    responseDeserialize: asItIs,
  }
  const definition = Object.fromEntries(methods.map(([name, method]) => [name, { ...method, ...unread }]))
  server.addService(definition, implementation)
  return server
}

function startPack(request: Request, message: Buffer | undefined): ChildProcess {
  const folder = request.getInfo()?.getProgramDirectory() ?? request.getPwd()
  const runner = createRequire(path.join(folder, 'package.json')).resolve('@pulumi/pulumi/cmd/run-policy-pack')
  const given = request.getEnvList().map((pair) => pair.split(/=(.*)/s, 2) as [string, string])
  // The runner counts arguments: the engine's address, then the pack.
  const args = ['--no-warnings=ExperimentalWarning', runner, ...request.getArgsList(), folder]
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, ...Object.fromEntries(given), ...(message && environmentOf(message)) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const end = () => child.kill()
  process.once('exit', end)
  child.once('exit', () => process.off('exit', end))
  return child
}

function environmentOf(message: Buffer): Record<string, string> {
  const settings: Settings = analyzer.AnalyzerStackConfigureRequest.deserializeBinary(message)
  return {
    PULUMI_NODEJS_ORGANIZATION: settings.getOrganization(),
    PULUMI_NODEJS_PROJECT: settings.getProject(),
    PULUMI_NODEJS_STACK: settings.getStack(),
    PULUMI_NODEJS_DRY_RUN: String(settings.getDryRun()),
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(settings.getConfigMap().toArray())),
  }
}

/** The first line that the pack prints is its port; what follows, and its errors, are for the user. */
function portOf(child: ChildProcess, call: grpc.ServerWritableStream<Request, Response>): Promise<number> {
  child.stderr!.on('data', (chunk) => call.write(new language.RunPluginResponse().setStderr(chunk)))
  return new Promise((resolve, reject) => {
    let begun = ''
    const read = (chunk: Buffer) => {
      begun += chunk
      const end = begun.indexOf('\n')
      if (end < 0) return
      child.stdout!.off('data', read)
      child.stdout!.on('data', (more) => call.write(new language.RunPluginResponse().setStdout(more)))
      const port = Number(begun.slice(0, end))
      if (Number.isInteger(port) && port > 0) resolve(port)
      else reject(new Error(`the policy pack printed '${begun.slice(0, end)}' before its port`))
    }
    child.stdout!.on('data', read)
    child.on('error', reject)
    child.on('close', (code, signal) =>
      reject(new Error(`the policy pack ended with ${code ?? signal} before it served`)),
    )
  })
}

function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => child.on('close', (code) => resolve(code ?? 1)))
}

function forward(client: grpc.Client, method: string, message: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest<Buffer, Buffer>(method, asItIs, asItIs, message, (error, reply) =>
      error ? reject(error) : resolve(reply!),
    )
  })
}

function listen(server: grpc.Server): Promise<number> {
  return new Promise((resolve, reject) => {
    const credentials = grpc.ServerCredentials.createInsecure()
    server.bindAsync('127.0.0.1:0', credentials, (error, port) => (error ? reject(error) : resolve(port)))
  })
}

function asItIs(message: Buffer): Buffer {
  return message
}
