/**
 * A Node language host for an engine that was built without one: serves `pulumirpc.LanguageRuntime` and runs programs
 * with the runner of @pulumi/pulumi, and policy packs. It names no required plugins: the only provider is the project's own.
 */
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import path from 'node:path'
import * as grpc from '@grpc/grpc-js'
import services from '@pulumi/pulumi/proto/language_grpc_pb.js'
import language from '@pulumi/pulumi/proto/language_pb.js'
import plugin from '@pulumi/pulumi/proto/plugin_pb.js'
import '../setup/endWithParent.mjs'
import empty from 'google-protobuf/google/protobuf/empty_pb.js'
import { runPlugin } from './policyPack.ts'

type Call<T> = grpc.ServerUnaryCall<T, unknown>
type Reply = grpc.sendUnaryData<unknown>

const require = createRequire(import.meta.url)
const runner = require.resolve('@pulumi/pulumi/cmd/run')
const { version } = require('@pulumi/pulumi/package.json') as { version: string }

/** The runner has already shown the error to the user. */
const ALREADY_REPORTED = 32

/** The engine's own address is the last argument that is not an option. */
const engineAddress = process.argv.slice(2).findLast((argument) => !argument.startsWith('-')) ?? ''

function run(call: Call<InstanceType<typeof language.RunRequest>>, reply: Reply): void {
  const request = call.request
  const info = request.getInfo()
  const options = {
    monitor: request.getMonitorAddress(),
    engine: engineAddress,
    project: request.getProject(),
    stack: request.getStack(),
    organization: request.getOrganization(),
    'root-directory': info?.getRootDirectory() ?? request.getPwd(),
    pwd: request.getPwd(),
    parallel: String(request.getParallel()),
  }
  const args = Object.entries(options).flatMap(([name, value]) => (value === '' ? [] : [`--${name}`, value]))
  if (request.getDryrun()) args.push('--dry-run')
  const program = path.resolve(
    info?.getProgramDirectory() ?? request.getPwd(),
    info?.getEntryPoint() ?? request.getProgram(),
  )
  const child = spawn(
    process.execPath,
    ['--no-warnings=ExperimentalWarning', runner, ...args, program, ...request.getArgsList()],
    {
      cwd: request.getPwd(),
      env: {
        ...process.env,
        PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toArray())),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
      },
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  )
  child.on('error', (error) => reply({ code: grpc.status.INTERNAL, message: error.message }))
  child.on('exit', (code, signal) => {
    const response = new language.RunResponse()
    if (code === ALREADY_REPORTED) response.setBail(true)
    else if (code !== 0) response.setError(`program exited with ${code ?? signal}`)
    reply(null, response)
  })
  call.on('cancelled', () => child.kill())
}

function answer<T>(make: () => T): grpc.handleUnaryCall<unknown, unknown> {
  return (_call, reply) => reply(null, make())
}

const implementation: grpc.UntypedServiceImplementation = {
  run,
  runPlugin,
  handshake: answer(() => new language.LanguageHandshakeResponse()),
  getRequiredPackages: answer(() => new language.GetRequiredPackagesResponse()),
  getRequiredPlugins: answer(() => new language.GetRequiredPluginsResponse()),
  getPluginInfo: answer(() => new plugin.PluginInfo().setVersion(version)),
  getProgramDependencies: answer(() => {
    const dependency = new language.DependencyInfo().setName('@pulumi/pulumi').setVersion(version)
    return new language.GetProgramDependenciesResponse().setDependenciesList([dependency])
  }),
  generateProgram: answer(() => new language.GenerateProgramResponse()),
  about: answer(() => new language.AboutResponse().setExecutable(process.execPath).setVersion(process.version)),
  runtimeOptionsPrompts: answer(() => new language.RuntimeOptionsResponse()),
  cancel: answer(() => new empty.Empty()),
}

const server = new grpc.Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 })
server.addService(services.LanguageRuntimeService, implementation)
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error
  process.stdout.write(`${port}\n`)
})
