import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import * as grpc from '@grpc/grpc-js'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import analyzerServices from '@pulumi/pulumi/proto/analyzer_grpc_pb.js'
import analyzer from '@pulumi/pulumi/proto/analyzer_pb.js'
import languageServices from '@pulumi/pulumi/proto/language_grpc_pb.js'
import language from '@pulumi/pulumi/proto/language_pb.js'
import empty from 'google-protobuf/google/protobuf/empty_pb.js'
import struct from 'google-protobuf/google/protobuf/struct_pb.js'
import { isAlive } from '../setup/cache.mjs'
import { root } from '../setup/node.mjs'

const PACK = `
import { PolicyPack } from '@pulumi/policy'
import * as pulumi from '@pulumi/pulumi'
console.error(\`pack \${process.pid} in \${process.cwd()} with \${process.env.FROM_ENGINE}\`)
new PolicyPack('pack', {
  policies: [{
    name: 'greet',
    description: 'Greets.',
    enforcementLevel: 'mandatory',
    validateResource: ({ stackTags }: { stackTags: ReadonlyMap<string, string> }, report: (line: string) => void) =>
      report(\`\${pulumi.getStack()} says \${new pulumi.Config('entrada').get('word')}, \${stackTags.get('tag')}\`),
  }],
})`

let folder: string
let host: ChildProcess
let client: InstanceType<typeof languageServices.LanguageRuntimeClient>
const address = (port: number) => `127.0.0.1:${port}`
const insecure = grpc.credentials.createInsecure()

beforeAll(async () => {
  host = spawn(process.execPath, [path.join(root, 'tools/language-host/start.mjs'), address(1)])
  const port = await new Promise<number>((resolve) => host.stdout!.once('data', (text) => resolve(Number(text))))
  client = new languageServices.LanguageRuntimeClient(address(port), insecure)
})

afterAll(() => {
  client.close()
  host.kill()
})

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'entrada-pack-'))
  mkdirSync(path.join(folder, 'pack'))
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'))
  write('package.json', JSON.stringify({ name: 'pack', version: '1.0.0', type: 'module', main: 'index.mjs' }))
  write('index.mjs', "import './pack.ts'")
  write('pack.ts', PACK)
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

const write = (name: string, text: string) => writeFileSync(path.join(folder, 'pack', name), text)

/** The pack as the engine starts it. */
function runPack(kind = 'analyzer') {
  const pack = path.join(folder, 'pack')
  const request = new language.RunPluginRequest()
    .setPwd(folder)
    .setInfo(new language.ProgramInfo().setRootDirectory(pack).setProgramDirectory(pack).setEntryPoint('.'))
    .setArgsList([address(1)])
    .setEnvList(['FROM_ENGINE=before', 'FROM_ENGINE=a=b'])
    .setKind(kind)
  const call = client.runPlugin(request)
  const heard = { stdout: '', stderr: '', code: undefined as number | undefined, error: '' }
  const port = Promise.withResolvers<number>()
  call.on('data', (message: InstanceType<typeof language.RunPluginResponse>) => {
    heard.stdout += Buffer.from(message.getStdout_asU8()).toString()
    heard.stderr += Buffer.from(message.getStderr_asU8()).toString()
    if (message.hasExitcode()) heard.code = message.getExitcode()
    if (heard.stdout.includes('\n')) port.resolve(Number.parseInt(heard.stdout, 10))
  })
  const ended = new Promise<void>((resolve) => {
    call.on('error', ({ message }) => {
      heard.error = message
      resolve()
    })
    call.on('end', () => resolve())
  })
  return { call, heard, ended, port: port.promise }
}

const settings = () => {
  const request = new analyzer.AnalyzerStackConfigureRequest().setStack('contoso').setProject('entrada')
  request.getConfigMap().set('entrada:word', 'hello')
  request.getTagsMap().set('tag', 'well met')
  return request
}

type Analyzer = InstanceType<typeof analyzerServices.AnalyzerClient>

/** One of the analyzer's calls, by its name. */
function ask<T>(analyzer: Analyzer, method: string, request: unknown): Promise<T> {
  const methods = analyzer as unknown as Record<string, (request: unknown, done: grpc.requestCallback<T>) => void>
  return new Promise((resolve, reject) =>
    methods[method]!.call(analyzer, request, (error, reply) => (error ? reject(error) : resolve(reply!))),
  )
}

describe('a policy pack', () => {
  test('gets the settings, is asked through the host, and ends with the call', async () => {
    const { call, heard, ended, port } = runPack()
    const pack = new analyzerServices.AnalyzerClient(address(await port), insecure)
    await ask(pack, 'handshake', new analyzer.AnalyzerHandshakeRequest())
    await ask(pack, 'configureStack', settings())
    const resource = new analyzer.AnalyzeRequest()
      .setType('a:b:C')
      .setProperties(struct.Struct.fromJavaScript({}))
      .setOptions(new analyzer.AnalyzerResourceOptions())
    const reply = await ask<InstanceType<typeof analyzer.AnalyzeResponse>>(pack, 'analyze', resource)
    expect(reply.getDiagnosticsList().map((found) => found.getMessage())).toEqual([
      'Greets.\ncontoso says hello, well met',
    ])
    expect(heard.stderr).toContain(` in ${path.join(folder, 'pack')} with a=b`)
    await expect(ask(pack, 'cancel', new empty.Empty())).rejects.toThrow('UNIMPLEMENTED')
    call.cancel()
    await ended
    const pid = Number(/^pack (\d+)/.exec(heard.stderr)![1])
    while (isAlive(pid)) await nextTurn()
    pack.close()
  })

  test('starts without settings where the engine asks for something else first', async () => {
    const { call, ended, port } = runPack()
    const pack = new analyzerServices.AnalyzerClient(address(await port), insecure)
    const info = await ask<InstanceType<typeof analyzer.AnalyzerInfo>>(pack, 'getAnalyzerInfo', new empty.Empty())
    expect(info.getPoliciesList().map((policy) => policy.getName())).toEqual(['greet'])
    call.cancel()
    await ended
    pack.close()
  })

  test('that cannot start is told with its own words, and calls under way are answered', async () => {
    write('pack.ts', "throw new Error('broken on purpose')")
    const { heard, ended, port } = runPack()
    const pack = new analyzerServices.AnalyzerClient(address(await port), insecure)
    const asked = ask(pack, 'getAnalyzerInfo', new empty.Empty()).catch((error: Error) => error.message)
    await ended
    expect(heard.error).toContain('the policy pack ended with')
    expect(heard.stderr).toContain('broken on purpose')
    expect(await asked).toMatch(/the policy pack ended with|UNAVAILABLE|CANCELLED/)
    pack.close()
  })
})

test('plugins of other kinds are refused', async () => {
  const { heard, ended } = runPack('resource')
  await ended
  expect(heard.error).toContain("runs policy packs, and no plugin of kind 'resource'")
})
