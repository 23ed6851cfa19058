/**
 * Stands in for the engine while a program runs: takes each registration with its options, which
 * `pulumi.runtime.setMocks` does not show, and answers as providers would.
 */
import * as grpc from '@grpc/grpc-js'
import engineServices from '@pulumi/pulumi/proto/engine_grpc_pb.js'
import engine from '@pulumi/pulumi/proto/engine_pb.js'
import resourceServices from '@pulumi/pulumi/proto/resource_grpc_pb.js'
import resources from '@pulumi/pulumi/proto/resource_pb.js'
import empty from 'google-protobuf/google/protobuf/empty_pb.js'
import structs from 'google-protobuf/google/protobuf/struct_pb.js'

export type Registration = InstanceType<typeof resources.RegisterResourceRequest>
type Json = { [key: string]: structs.JavaScriptValue }

export interface RecordingEngine {
  readonly address: string
  /** By URN, without the prefix that names stack and project. */
  readonly registrations: Map<string, Registration>
  readonly outputs: Map<string, Json>
  /** Functions of providers that were called, each with the provider that was named for it, or ''. */
  readonly calls: { token: string; provider: string }[]
  readonly errors: string[]
  close(): void
}

const FEATURES = new Set(['secrets', 'deletedWith', 'replaceWith', 'aliasSpecs', 'resourceHooks', 'errorHooks'])

/**
 * @param providerOutputs what a provider gives for a type token and inputs, besides the inputs
 * @param answer what a provider's function gives for its token and arguments
 */
export async function startRecordingEngine(
  providerOutputs: (type: string, inputs: Json) => Json,
  answer: (token: string, args: Json) => Json,
): Promise<RecordingEngine> {
  const registrations = new Map<string, Registration>()
  const outputs = new Map<string, Json>()
  const calls: RecordingEngine['calls'] = []
  const errors: string[] = []

  type Handler<Request> = (request: Request) => unknown
  const unary = <Request>(handle: Handler<Request>): grpc.handleUnaryCall<Request, unknown> => {
    return (call, reply) => {
      try {
        reply(null, handle(call.request))
      } catch (error) {
        reply({ code: grpc.status.UNKNOWN, message: (error as Error).message })
      }
    }
  }
  const nothing = () => new empty.Empty()

  const register: Handler<Registration> = (request) => {
    const urn = urnOf(request)
    registrations.set(shortUrn(urn), request)
    const response = new resources.RegisterResourceResponse().setUrn(urn)
    if (!request.getCustom()) return response
    const inputs = (request.getObject()?.toJavaScript() ?? {}) as Json
    const state = { ...inputs, ...providerOutputs(request.getType(), inputs) }
    return response
      .setId(`id of ${request.getType().split(':').at(-1)} ${request.getName()}`)
      .setObject(structs.Struct.fromJavaScript(state))
  }
  const registerOutputs: Handler<InstanceType<typeof resources.RegisterResourceOutputsRequest>> = (request) => {
    outputs.set(shortUrn(request.getUrn()), (request.getOutputs()?.toJavaScript() ?? {}) as Json)
    return nothing()
  }
  const invoke: Handler<InstanceType<typeof resources.ResourceInvokeRequest>> = (request) => {
    const args = (request.getArgs()?.toJavaScript() ?? {}) as Json
    calls.push({ token: request.getTok(), provider: shortUrn(request.getProvider()) })
    const result = structs.Struct.fromJavaScript(answer(request.getTok(), args))
    return new resources.ResourceInvokeResponse().setReturn(result)
  }
  const log: Handler<InstanceType<typeof engine.LogRequest>> = (request) => {
    if (request.getSeverity() === engine.LogSeverity.ERROR) errors.push(request.getMessage())
    return nothing()
  }
  const supportsFeature: Handler<InstanceType<typeof resources.SupportsFeatureRequest>> = (request) =>
    new resources.SupportsFeatureResponse().setHassupport(FEATURES.has(request.getId()))

  const server = new grpc.Server()
  server.addService(
    resourceServices.ResourceMonitorService as unknown as grpc.ServiceDefinition,
    {
      invoke: unary(invoke),
      registerErrorHook: unary(nothing),
      registerResource: unary(register),
      registerResourceOutputs: unary(registerOutputs),
      supportsFeature: unary(supportsFeature),
      signalAndWaitForShutdown: unary(nothing),
    } as grpc.UntypedServiceImplementation,
  )
  server.addService(
    engineServices.EngineService as unknown as grpc.ServiceDefinition,
    {
      log: unary(log),
      setRootResource: unary(() => new engine.SetRootResourceResponse()),
    } as grpc.UntypedServiceImplementation,
  )
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    )
  })
  return { address: `127.0.0.1:${port}`, registrations, outputs, calls, errors, close: () => server.forceShutdown() }
}

const PREFIX = 'urn:pulumi:stack::entrada::'

export function shortUrn(urn: string): string {
  return urn.startsWith(PREFIX) ? urn.slice(PREFIX.length) : urn
}

function urnOf(request: Registration): string {
  const [parentTypes] = shortUrn(request.getParent()).split('::')
  const inherited = parentTypes && parentTypes !== 'pulumi:pulumi:Stack' ? `${parentTypes}$` : ''
  return `${PREFIX}${inherited}${request.getType()}::${request.getName()}`
}
