/** `pulumirpc.ResourceProvider` over plain resources: the only place that knows the engine's requests and answers. */
import { readFileSync } from 'node:fs'
import * as grpc from '@grpc/grpc-js'
import pluginMessages from '@pulumi/pulumi/proto/plugin_pb.js'
import messages from '@pulumi/pulumi/proto/provider_pb.js'
import empty from 'google-protobuf/google/protobuf/empty_pb.js'
import type struct from 'google-protobuf/google/protobuf/struct_pb.js'
import type { Graph } from '../graph/client.ts'
import { type Context, Incomplete, type MaybeUnknown, type Resource, type State } from '../resources/resource.ts'
import { diffResponse } from './diff.ts'
import type { EngineLog } from './engineLog.ts'
import { type Failure, failure, incompleteFailure, toStruct } from './errors.ts'
import { checkTenant, refuseOtherTenant, type Tenants } from './tenant.ts'
import { type Decoded, decode, encode, type PropertyPath, parseDotted, redact, secretTexts } from './wire.ts'

type AnyResource = Resource<object, object>
type Struct = InstanceType<typeof struct.Struct>
type Message<K extends keyof typeof messages> = InstanceType<(typeof messages)[K]>

export interface ServiceOptions {
  resources: ReadonlyMap<string, AnyResource>
  engine: EngineLog
  tenants: Tenants
  /**
   * Called when a resource first needs Graph; credentials that are missing are an error only then.
   * @param tenantId undefined where neither program nor environment name one
   */
  connect(tenantId: string | undefined): Promise<Graph>
}

/** One request on one resource: what it needs to run and to keep its secrets out of what it says. */
interface Scope {
  resource: AnyResource
  context: Context
  secrets: readonly PropertyPath[]
  clean(text: string): string
}

type Handler<Request> = (request: Request, signal: AbortSignal) => Promise<unknown> | unknown

/** Answers every method that the engine calls of a provider without functions or components. */
export function createService(options: ServiceOptions): Record<string, grpc.handleUnaryCall<never, unknown>> {
  const { resources, engine, tenants } = options
  let tenantId = tenants.fromEnvironment
  const cancelled = new AbortController()

  async function scope(
    request: { getUrn(): string },
    signal: AbortSignal,
    timeout: number,
    bags: readonly Decoded[],
    needsGraph = true,
  ): Promise<Scope> {
    const urn = request.getUrn()
    const token = urn.split('::')[2]?.split('$').at(-1) ?? ''
    const resource = resources.get(token)
    if (!resource)
      throw new Error(`entrasync has no resource type '${token}': use one of ${[...resources.keys()].join(', ')}`)
    const hidden = bags.flatMap(secretTexts)
    const clean = (text: string) => redact(text, hidden)
    const graph = needsGraph
      ? await options.connect(tenantId).catch((error: Error) => error)
      : new Error('check and diff use no Graph')
    const signals = [cancelled.signal, signal, ...(timeout > 0 ? [AbortSignal.timeout(timeout * 1000)] : [])]
    const context: Context = {
      get graph() {
        if (graph instanceof Error) throw graph
        return graph
      },
      urn,
      signal: AbortSignal.any(signals),
      log: (severity, message) => engine.log(urn, severity, clean(message)),
      progress: (message) => engine.log(urn, 'info', clean(message), true),
    }
    const secrets = [...resource.secretOutputs.map(parseDotted), ...bags.flatMap((bag) => bag.secrets)]
    return { resource, context, secrets, clean }
  }

  /** Runs `work`; errors reach the user without secrets, and an incomplete resource keeps its id. */
  async function guarded<T>(of: Scope, inputs: object, work: () => Promise<T>): Promise<T> {
    try {
      of.context.signal.throwIfAborted()
      return await work()
    } catch (error) {
      if (of.context.signal.aborted && !(error instanceof Incomplete)) throw stopped(of.context.signal)
      if (!(error instanceof Incomplete)) throw failure(of.clean((error as Error).message))
      const tried = [...of.secrets, ...of.secrets.map((path) => [TRIED, ...path])]
      const properties = encode({ ...inputs, ...(error.outputs as object), [TRIED]: inputs }, tried)
      throw incompleteFailure(error.id, properties, encode(inputs, of.secrets), error.reasons.map(of.clean))
    }
  }

  async function check(request: Message<'CheckRequest'>, signal: AbortSignal) {
    const news = bag(request.getNews())
    const of = await scope(request, signal, 0, [news], false)
    const { inputs, failures } = of.resource.check(news.value)
    return new messages.CheckResponse()
      .setInputs(toStruct(encode(inputs as object, of.secrets)))
      .setFailuresList(
        failures.map(({ property, reason }) =>
          new messages.CheckFailure().setProperty(property).setReason(of.clean(reason)),
        ),
      )
  }

  async function diff(request: Message<'DiffRequest'>, signal: AbortSignal) {
    const olds = priorState(request.getId(), request.getOldInputs(), request.getOlds())
    const news = bag(request.getNews())
    const of = await scope(request, signal, 0, [...olds.bags, news], false)
    return diffResponse(of.resource.diff(olds.state, news.value as MaybeUnknown<object>))
  }

  async function create(request: Message<'CreateRequest'>, signal: AbortSignal) {
    const news = bag(request.getProperties())
    const of = await scope(request, signal, request.getTimeout(), [news])
    return guarded(of, news.value, async () => {
      const { id, outputs } = request.getPreview()
        ? { id: '', outputs: await of.resource.preview(news.value as MaybeUnknown<object>, undefined, of.context) }
        : await of.resource.create(news.value, of.context)
      return new messages.CreateResponse()
        .setId(id)
        .setProperties(toStruct(encode({ ...news.value, ...(outputs as object) }, of.secrets)))
    })
  }

  async function update(request: Message<'UpdateRequest'>, signal: AbortSignal) {
    const olds = priorState(request.getId(), request.getOldInputs(), request.getOlds())
    const news = bag(request.getNews())
    const of = await scope(request, signal, request.getTimeout(), [...olds.bags, news])
    return guarded(of, news.value, async () => {
      const outputs = request.getPreview()
        ? await of.resource.preview(news.value as MaybeUnknown<object>, olds.state, of.context)
        : await of.resource.update(olds.state, news.value, of.context)
      return new messages.UpdateResponse().setProperties(
        toStruct(encode({ ...news.value, ...(outputs as object) }, of.secrets)),
      )
    })
  }

  async function read(request: Message<'ReadRequest'>, signal: AbortSignal) {
    const inputs = request.hasInputs() ? bag(request.getInputs()) : undefined
    const outputs = request.hasProperties() ? bag(request.getProperties()) : undefined
    const bags = [inputs, outputs].filter((item) => item !== undefined)
    const of = await scope(request, signal, request.getTimeout(), bags)
    return guarded(of, inputs?.value ?? {}, async () => {
      const { state: last } = priorState(request.getId(), request.getInputs(), request.getProperties())
      const prior = { id: request.getId(), inputs: inputs && known(last.inputs), outputs: known(last.outputs) }
      const state = await of.resource.read(prior, of.context)
      const response = new messages.ReadResponse()
      if (!state) return response
      return response
        .setId(state.id)
        .setInputs(toStruct(encode(state.inputs, of.secrets)))
        .setProperties(toStruct(encode({ ...state.inputs, ...state.outputs }, of.secrets)))
    })
  }

  async function remove(request: Message<'DeleteRequest'>, signal: AbortSignal) {
    const olds = priorState(request.getId(), request.getOldInputs(), request.getProperties())
    const of = await scope(request, signal, request.getTimeout(), olds.bags)
    return guarded(of, olds.state.inputs, async () => {
      await of.resource.delete(olds.state, of.context)
      return new empty.Empty()
    })
  }

  return methods({
    handshake(request: Message<'ProviderHandshakeRequest'>) {
      engine.connect(request.getEngineAddress())
      return new messages.ProviderHandshakeResponse().setAcceptSecrets(true)
    },
    attach(request: InstanceType<typeof pluginMessages.PluginAttach>) {
      engine.connect(request.getAddress())
      return new empty.Empty()
    },
    getPluginInfo: () => new pluginMessages.PluginInfo().setVersion(packageVersion()),
    getSchema: () => new messages.GetSchemaResponse().setSchema(schemaText()),
    checkConfig(request: Message<'CheckRequest'>) {
      const { inputs, failures } = checkTenant(bag(request.getNews()).value, tenants)
      return new messages.CheckResponse()
        .setInputs(toStruct(encode(inputs, [])))
        .setFailuresList(
          failures.map(([key, reason]) => new messages.CheckFailure().setProperty(key).setReason(reason)),
        )
    },
    async diffConfig(request: Message<'DiffRequest'>) {
      await refuseOtherTenant(bag(request.getOldInputs()).value, bag(request.getNews()).value, tenants)
      return new messages.DiffResponse().setChanges(messages.DiffResponse.DiffChanges.DIFF_NONE)
    },
    configure(request: Message<'ConfigureRequest'>) {
      const given = bag(request.getArgs()).value.tenantId
      tenantId = typeof given === 'string' && given !== '' ? given : tenants.fromEnvironment
      return new messages.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true)
    },
    check,
    diff,
    create,
    update,
    read,
    delete: remove,
    cancel() {
      cancelled.abort(new Error('cancelled'))
      return new empty.Empty()
    },
    getMapping: () => new messages.GetMappingResponse(),
    getMappings: () => new messages.GetMappingsResponse(),
  })
}

function bag(wire: Struct | undefined): Decoded {
  return decode((wire?.toJavaScript() ?? {}) as Record<string, unknown>)
}

/** Undefined for an import, which has an id and an empty state. */
function known(value: object): object | undefined {
  return Object.keys(value).length > 0 ? value : undefined
}

/** An own time limit of the resource (customTimeouts) ends its work as a cancellation does. */
function stopped({ reason }: AbortSignal): Failure {
  if ((reason as Error | undefined)?.name !== 'TimeoutError') return failure('cancelled', grpc.status.CANCELLED)
  return failure(
    'not finished within the time that customTimeouts gives; the next update goes on',
    grpc.status.DEADLINE_EXCEEDED,
  )
}

/**
 * Inputs of an update that ended incomplete, kept in its state: the engine goes on with the inputs of the last success,
 * but what was tried may have been written, and has to be compared with.
 */
const TRIED = '__tried'

function priorState(id: string, oldInputs: Struct | undefined, olds: Struct | undefined) {
  const inputs = bag(oldInputs)
  const outputs = bag(olds)
  const { [TRIED]: tried, ...rest } = outputs.value
  const state: State<object, object> = { id, inputs: (tried as object | undefined) ?? inputs.value, outputs: rest }
  return { state, bags: [inputs, outputs] }
}

function methods(handlers: Record<string, Handler<never>>): Record<string, grpc.handleUnaryCall<never, unknown>> {
  return Object.fromEntries(
    Object.entries(handlers).map(([name, handler]) => [
      name,
      (call: grpc.ServerUnaryCall<never, unknown>, reply: grpc.sendUnaryData<unknown>) => {
        const gone = new AbortController()
        call.on('cancelled', () => gone.abort(new Error('the engine has gone away')))
        Promise.resolve()
          .then(() => handler(call.request, gone.signal))
          .then((response) => reply(null, response))
          .catch((error: Error & Partial<Failure>) =>
            reply({ code: error.code ?? grpc.status.UNKNOWN, message: error.message, metadata: error.metadata }),
          )
      },
    ]),
  )
}

const schemaFile = new URL('../schema.json', import.meta.url)

function schemaText(): string {
  return readFileSync(schemaFile, 'utf8')
}

function packageVersion(): string {
  return (JSON.parse(schemaText()) as { version: string }).version
}
