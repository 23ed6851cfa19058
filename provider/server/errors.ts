import * as grpc from '@grpc/grpc-js'
import messages from '@pulumi/pulumi/proto/provider_pb.js'
import statuses from '@pulumi/pulumi/proto/status_pb.js'
import any from 'google-protobuf/google/protobuf/any_pb.js'
import struct from 'google-protobuf/google/protobuf/struct_pb.js'

export interface Failure {
  code: grpc.status
  message: string
  metadata?: grpc.Metadata
}

export function failure(message: string, code: grpc.status = grpc.status.UNKNOWN): Failure {
  return { code, message }
}

/** Tells the engine to keep the resource under its id and to come back to it at the next update. */
export function incompleteFailure(
  id: string,
  properties: Record<string, unknown>,
  inputs: Record<string, unknown>,
  reasons: string[],
): Failure {
  const detail = new messages.ErrorResourceInitFailed()
  detail.setId(id)
  detail.setReasonsList(reasons)
  detail.setProperties(toStruct(properties))
  detail.setInputs(toStruct(inputs))
  const packed = new any.Any()
  packed.pack(detail.serializeBinary(), 'pulumirpc.ErrorResourceInitFailed')
  const status = new statuses.Status()
  status.setCode(grpc.status.UNKNOWN)
  status.setMessage(reasons.join('\n'))
  status.addDetails(packed)
  const metadata = new grpc.Metadata()
  metadata.add('grpc-status-details-bin', Buffer.from(status.serializeBinary()))
  return { code: grpc.status.UNKNOWN, message: reasons.join('\n'), metadata }
}

export function toStruct(properties: Record<string, unknown>): InstanceType<typeof struct.Struct> {
  return struct.Struct.fromJavaScript(properties as Parameters<typeof struct.Struct.fromJavaScript>[0])
}
