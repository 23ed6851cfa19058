/** A provider to attach to the engine: takes resources of every type as they come, and makes none. */
import * as grpc from '@grpc/grpc-js'
import plugin from '@pulumi/pulumi/proto/plugin_pb.js'
import services from '@pulumi/pulumi/proto/provider_grpc_pb.js'
import messages from '@pulumi/pulumi/proto/provider_pb.js'
import empty from 'google-protobuf/google/protobuf/empty_pb.js'

export interface AnyProvider {
  port: number
  stop(): void
}

// biome-ignore lint/suspicious/noExplicitAny: the messages of each call differ
type Call = grpc.ServerUnaryCall<any, unknown>

function answer(make: (request: Call['request']) => unknown): grpc.handleUnaryCall<unknown, unknown> {
  return (call, reply) => reply(null, make(call.request))
}

export async function startAnyProvider(): Promise<AnyProvider> {
  const implementation = {
    attach: answer(() => new empty.Empty()),
    cancel: answer(() => new empty.Empty()),
    getPluginInfo: answer(() => new plugin.PluginInfo().setVersion('3.28.0')),
    checkConfig: answer((request) => new messages.CheckResponse().setInputs(request.getNews())),
    diffConfig: answer(() => new messages.DiffResponse()),
    configure: answer(() => new messages.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true)),
    check: answer((request) => new messages.CheckResponse().setInputs(request.getNews())),
    create: answer((request) => new messages.CreateResponse().setProperties(request.getProperties())),
  }
  const server = new grpc.Server()
  server.addService(services.ResourceProviderService, implementation as unknown as grpc.UntypedServiceImplementation)
  const port = await new Promise<number>((resolve, reject) => {
    const credentials = grpc.ServerCredentials.createInsecure()
    server.bindAsync('127.0.0.1:0', credentials, (error, bound) => (error ? reject(error) : resolve(bound)))
  })
  return { port, stop: () => server.forceShutdown() }
}
