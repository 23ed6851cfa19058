import path from 'node:path'
import { root } from '../tools/setup/node.mjs'
import { seconds, spawned, versus } from './measure.ts'

const ROUNDS = 7

/** Program and provider from nothing to ready, against the smallest of each. */
export async function coldStart(): Promise<string[]> {
  const node = process.execPath
  const module = (specifier: string) => [
    '--no-warnings',
    '--input-type=module',
    '-e',
    `await import(${JSON.stringify(specifier)})`,
  ]
  const provider = await versus(
    ROUNDS,
    () => spawned(node, [path.join(root, 'provider', 'pulumi-resource-entrasync'), '127.0.0.1:1'], 'firstLine'),
    () => spawned(node, module('@pulumi/pulumi/proto/provider_grpc_pb.js'), 'exit', root),
  )
  const program = await versus(
    ROUNDS,
    () => spawned(node, module(path.join(root, 'index.ts')), 'exit', root),
    () => spawned(node, module('@pulumi/pulumi'), 'exit', root),
  )
  const row = (what: string, { ours, peer }: { ours: number; peer: number }, of: string) =>
    `${what}: ${seconds(ours)}; ${of} alone: ${seconds(peer)}; ratio ${(ours / peer).toFixed(2)}`
  return [
    row('provider until it serves', provider, 'loading the provider protocol'),
    row('program until it is loaded', program, 'loading @pulumi/pulumi'),
  ]
}
