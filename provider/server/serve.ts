import * as grpc from '@grpc/grpc-js'
import services from '@pulumi/pulumi/proto/provider_grpc_pb.js'
import { createGraph, type Graph, graphSettings } from '../graph/client.ts'
import type { Clock } from '../graph/clock.ts'
import { sameTenant } from '../graph/tenant.ts'
import { createResources } from '../resources/index.ts'
import { EngineLog } from './engineLog.ts'
import { createService } from './service.ts'

export interface ServeOptions {
  /** Where credentials and endpoints are taken from; one stack's environment when a process serves several. */
  env: Record<string, string | undefined>
  /** Of the engine that started the process; an attached provider is told by `Attach` or `Handshake`. */
  engineAddress?: string | undefined
  /** What day it is, for what has a period. */
  clock?: Clock
}

/** Serves `pulumirpc.ResourceProvider` on a free port of 127.0.0.1. */
export async function serveProvider(options: ServeOptions): Promise<{ port: number; close(): Promise<void> }> {
  const engine = new EngineLog()
  if (options.engineAddress) engine.connect(options.engineAddress)
  const { env, clock } = options
  // A process that the engine attached to may be configured anew, for another tenant.
  const graphs = new Map<string | undefined, Promise<Graph>>()
  const connect = (tenantId: string | undefined) => {
    const opened = async () => createGraph({ settings: graphSettings({ ...env, ARM_TENANT_ID: tenantId }) })
    const graph = graphs.get(tenantId) ?? opened()
    graphs.set(tenantId, graph)
    return graph
  }
  const tenants = { fromEnvironment: env.ARM_TENANT_ID, same: (a: string, b: string) => sameTenant(a, b, env) }
  const service = createService({
    resources: createResources({ env, ...(clock && { clock }) }),
    engine,
    tenants,
    connect,
  })
  const server = new grpc.Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 })
  server.addService(services.ResourceProviderService, service as grpc.UntypedServiceImplementation)
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    )
  })
  return {
    port,
    async close() {
      engine.close()
      server.forceShutdown()
    },
  }
}
