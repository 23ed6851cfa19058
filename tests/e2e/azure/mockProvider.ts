/** Stands in for the providers of a stack in Azure: gives inputs back as outputs, with what the cloud would add. */
import * as grpc from '@grpc/grpc-js'
import plugins from '@pulumi/pulumi/proto/plugin_pb.js'
import services from '@pulumi/pulumi/proto/provider_grpc_pb.js'
import messages from '@pulumi/pulumi/proto/provider_pb.js'
import empty from 'google-protobuf/google/protobuf/empty_pb.js'
import structs from 'google-protobuf/google/protobuf/struct_pb.js'
import { azureAnswer } from '../../azure/outputs.ts'
import { providerOutputs } from '../../golden/providerOutputs.ts'
import type { Cloud } from './cloud.ts'

type Struct = InstanceType<typeof structs.Struct>
type Json = Parameters<typeof structs.Struct.fromJavaScript>[0]
type Message<K extends keyof typeof messages> = InstanceType<(typeof messages)[K]>

const plain = (struct: Struct | undefined) => (struct?.toJavaScript() ?? {}) as Json
const struct = (value: Json) => structs.Struct.fromJavaScript(value)

/** `urn:pulumi:stack::project::parent$type::name` */
function split(urn: string): { type: string; name: string } {
  const [, , types = '', name = ''] = urn.split('::')
  return { type: types.split('$').at(-1)!, name }
}

function handlers(cloud: Cloud) {
  return {
    attach: () => new empty.Empty(),
    getPluginInfo: () => new plugins.PluginInfo().setVersion('99.0.0'),
    checkConfig: (request: Message<'CheckRequest'>) => new messages.CheckResponse().setInputs(request.getNews()),
    diffConfig: () => new messages.DiffResponse().setChanges(messages.DiffResponse.DiffChanges.DIFF_NONE),
    configure: () => new messages.ConfigureResponse().setAcceptsecrets(true),
    check: (request: Message<'CheckRequest'>) => new messages.CheckResponse().setInputs(request.getNews()),
    diff(request: Message<'DiffRequest'>) {
      const [olds, news] = [plain(request.getOldInputs()), plain(request.getNews())]
      const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])]
      const changed = keys.filter((key) => JSON.stringify(olds[key]) !== JSON.stringify(news[key]))
      const { DIFF_SOME, DIFF_NONE } = messages.DiffResponse.DiffChanges
      return new messages.DiffResponse()
        .setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE)
        .setDiffsList(changed)
        .setReplacesList(changed.filter((key) => key === 'location' || key === 'resourceGroupName'))
    },
    async create(request: Message<'CreateRequest'>) {
      const { type, name } = split(request.getUrn())
      const inputs = plain(request.getProperties())
      const id = await cloud.create(type, name, inputs)
      return new messages.CreateResponse().setId(id).setProperties(outputsOf(type, inputs))
    },
    async update(request: Message<'UpdateRequest'>) {
      const { type, name } = split(request.getUrn())
      const inputs = plain(request.getNews())
      await cloud.update(request.getId(), type, name, inputs)
      return new messages.UpdateResponse().setProperties(outputsOf(type, inputs))
    },
    read(request: Message<'ReadRequest'>) {
      const inputs = cloud.read(request.getId()) as Json | undefined
      if (!inputs) return new messages.ReadResponse()
      const { type } = split(request.getUrn())
      return new messages.ReadResponse()
        .setId(request.getId())
        .setInputs(struct(inputs))
        .setProperties(outputsOf(type, inputs))
    },
    async delete(request: Message<'DeleteRequest'>) {
      const { type, name } = split(request.getUrn())
      await cloud.delete(request.getId(), type, name, plain(request.getOldInputs()))
      return new empty.Empty()
    },
    invoke(request: Message<'InvokeRequest'>) {
      const [token, args] = [request.getTok(), plain(request.getArgs())]
      const server = token === 'azure-native:dbforpostgresql:getServer' && cloud.serverNamed(String(args.serverName))
      const answer = server || azureAnswer(token, args)
      return new messages.InvokeResponse().setReturn(struct(answer as Json))
    },
    cancel: () => new empty.Empty(),
  }
}

function outputsOf(type: string, inputs: Json): Struct {
  return struct({ ...inputs, ...providerOutputs(type, inputs) })
}

/** @returns the port on 127.0.0.1; one process serves all providers of the stack */
export async function serveMockProvider(cloud: Cloud): Promise<{ port: number; close(): void }> {
  const server = new grpc.Server()
  const implementation = Object.fromEntries(
    Object.entries(handlers(cloud)).map(([name, handle]) => [
      name,
      (call: grpc.ServerUnaryCall<never, unknown>, reply: grpc.sendUnaryData<unknown>) => {
        Promise.resolve()
          .then(() => (handle as (request: never) => unknown)(call.request))
          .then((response) => reply(null, response))
          .catch(({ message }: Error) => reply({ code: grpc.status.UNKNOWN, message }))
      },
    ]),
  )
  server.addService(services.ResourceProviderService, implementation as grpc.UntypedServiceImplementation)
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    )
  })
  return { port, close: () => server.forceShutdown() }
}
