import * as grpc from '@grpc/grpc-js'
import services from '@pulumi/pulumi/proto/engine_grpc_pb.js'
import messages from '@pulumi/pulumi/proto/engine_pb.js'

const severities = {
  debug: messages.LogSeverity.DEBUG,
  info: messages.LogSeverity.INFO,
  warning: messages.LogSeverity.WARNING,
  error: messages.LogSeverity.ERROR,
} as const

type Severity = keyof typeof severities

/** Lines beside a resource in the engine's display; silent until an engine is known. */
export class EngineLog {
  #client: InstanceType<typeof services.EngineClient> | undefined

  connect(address: string): void {
    this.close()
    this.#client = new services.EngineClient(address, grpc.credentials.createInsecure())
  }

  /** @param ephemeral shown while it is the newest line and not kept */
  log(urn: string, severity: Severity, message: string, ephemeral = false): void {
    const request = new messages.LogRequest()
    request.setUrn(urn).setSeverity(severities[severity]).setMessage(message).setEphemeral(ephemeral)
    // A line that does not reach a dying engine is no reason to fail the work it tells of.
    this.#client?.log(request, () => {})
  }

  close(): void {
    this.#client?.close()
    this.#client = undefined
  }
}
