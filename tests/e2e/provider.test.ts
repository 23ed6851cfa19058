import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import * as grpc from '@grpc/grpc-js'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import services from '@pulumi/pulumi/proto/provider_grpc_pb.js'
import messages from '@pulumi/pulumi/proto/provider_pb.js'
import { PROGRAM_FOLDERS } from '../../cli/stack/program.ts'
import { toStruct } from '../../provider/server/errors.ts'
import { decode, encode } from '../../provider/server/wire.ts'
import { root } from '../../tools/setup/node.mjs'
import { run, startTenant, type Tenant } from './harness.ts'

jest.setTimeout(180_000)

interface Planned {
  urn: string
  newState: { inputs?: object }
}

let tenant: Tenant
beforeAll(async () => {
  tenant = await startTenant()
})
afterAll(() => tenant?.stop())

/** The plugin as the engine starts it: by its file, told an engine's address, saying its port. */
async function startPlugin(): Promise<{ process: ChildProcess; port: number }> {
  const child = spawn(path.join(root, 'provider', 'pulumi-resource-entrasync'), ['127.0.0.1:1'], {
    env: { ...process.env, ...tenant.env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const port = await new Promise<number>((resolve) => child.stdout.once('data', (text) => resolve(Number(text))))
  return { process: child, port }
}

const stop = (child: ChildProcess) =>
  new Promise((resolve) => {
    child.on('exit', resolve)
    child.kill('SIGKILL')
  })

describe('the provider as a process', () => {
  let plugin: Awaited<ReturnType<typeof startPlugin>>
  let client: InstanceType<typeof services.ResourceProviderClient>
  beforeAll(async () => {
    plugin = await startPlugin()
    client = new services.ResourceProviderClient(`127.0.0.1:${plugin.port}`, grpc.credentials.createInsecure())
  })
  afterAll(async () => {
    client.close()
    await stop(plugin.process)
  })

  type Method = (request: never, callback: (error: grpc.ServiceError | null, value: never) => void) => unknown
  const call = <T>(method: string, request: unknown): Promise<T> => {
    const callable = (client as unknown as Record<string, Method>)[method]?.bind(client) as Method
    return new Promise((resolve, reject) =>
      callable(request as never, (error, value) => (error ? reject(error) : resolve(value as T))),
    )
  }
  const urn = (type: string) => `urn:pulumi:s::p::entrasync:index:${type}::x`
  const plain = (struct: { toJavaScript(): unknown } | undefined) =>
    decode(struct?.toJavaScript() as Record<string, unknown>)

  test('shakes hands, and serves a schema with all four resources', async () => {
    const hands = await call<InstanceType<typeof messages.ProviderHandshakeResponse>>(
      'handshake',
      new messages.ProviderHandshakeRequest().setEngineAddress('127.0.0.1:1'),
    )
    expect(hands.getAcceptSecrets()).toBe(true)
    const schema = await call<InstanceType<typeof messages.GetSchemaResponse>>(
      'getSchema',
      new messages.GetSchemaRequest(),
    )
    const { resources } = JSON.parse(schema.getSchema()) as { resources: object }
    expect(
      Object.keys(resources)
        .map((token) => token.split(':').at(-1))
        .sort(),
    ).toEqual(['AppRoleAssignments', 'GalleryApplication', 'ProvisioningJob', 'ScimConfiguration'])
  })

  test('checks, previews, creates, reads and deletes an application over the wire', async () => {
    const check = await call<InstanceType<typeof messages.CheckResponse>>(
      'check',
      new messages.CheckRequest()
        .setUrn(urn('GalleryApplication'))
        .setNews(toStruct({ template: 'M-Files', displayName: 'Wire' })),
    )
    expect(check.getFailuresList()).toEqual([])
    const inputs = check.getInputs()
    const create = () => new messages.CreateRequest().setUrn(urn('GalleryApplication')).setProperties(inputs)
    const preview = await call<InstanceType<typeof messages.CreateResponse>>('create', create().setPreview(true))
    expect(preview.getId()).toBe('')
    expect(plain(preview.getProperties()).value.templateId).toMatch(/^[0-9a-f-]{36}$/)

    const created = await call<InstanceType<typeof messages.CreateResponse>>('create', create())
    const { value } = plain(created.getProperties())
    expect(created.getId()).toBe(`/servicePrincipals/${value.servicePrincipalId}`)

    const read = await call<InstanceType<typeof messages.ReadResponse>>(
      'read',
      new messages.ReadRequest().setUrn(urn('GalleryApplication')).setId(`/applications/${value.applicationObjectId}`),
    )
    expect(read.getId()).toBe(created.getId())
    expect(plain(read.getInputs()).value).toMatchObject({ displayName: 'Wire' })

    await call(
      'delete',
      new messages.DeleteRequest()
        .setUrn(urn('GalleryApplication'))
        .setId(created.getId())
        .setProperties(created.getProperties())
        .setOldInputs(inputs),
    )
    const gone = await call<InstanceType<typeof messages.ReadResponse>>(
      'read',
      new messages.ReadRequest()
        .setUrn(urn('GalleryApplication'))
        .setId(created.getId())
        .setInputs(inputs)
        .setProperties(created.getProperties()),
    )
    expect(gone.getId()).toBe('')
  })

  test('says everything that is wrong with inputs at once, by property, without a secret', async () => {
    const secret = 'never-to-be-seen'
    const news = {
      servicePrincipalId: 'x',
      credentials: { tenantUrl: 'not a url', clientId: 'c', clientSecret: secret },
      scope: 'some',
    }
    const check = await call<InstanceType<typeof messages.CheckResponse>>(
      'check',
      new messages.CheckRequest()
        .setUrn(urn('ProvisioningJob'))
        .setNews(toStruct(encode(news, [['credentials', 'clientSecret']]))),
    )
    const failures = check.getFailuresList().map((failure) => [failure.getProperty(), failure.getReason()] as const)
    expect(failures.map(([property]) => property).sort()).toEqual(
      expect.arrayContaining(['credentials.tenantUrl', 'credentials.tokenEndpoint', 'scope']),
    )
    expect(JSON.stringify(failures)).not.toContain(secret)
    expect(plain(check.getInputs()).secrets).toContainEqual(['credentials', 'clientSecret'])
  })
})

describe('the ways to run it', () => {
  test('an engine attaches to a provider that runs already, and starts none', async () => {
    const plugin = await startPlugin()
    const kept = tenant.env
    tenant.env = { ...kept, PULUMI_DEBUG_PROVIDERS: `entrasync:${plugin.port}` }
    const preview = await tenant.pulumi('preview', '--stack', 'local')
    tenant.env = kept
    await stop(plugin.process)
    expect(preview.text).toMatch(/GalleryApplication tenant-app create/)
    expect(preview.code).toBe(0)
  })

  test('the tracked project file runs as it is: program, provider and stack folder, with what all stacks have in common', async () => {
    const clone = mkdtempSync(path.join(tmpdir(), 'entrada-clone-'))
    try {
      for (const name of ['Pulumi.yaml', 'package.json', 'stacks', 'index.ts', ...PROGRAM_FOLDERS, 'tools']) {
        cpSync(path.join(root, name), path.join(clone, name), { recursive: true })
      }
      writeFileSync(path.join(clone, 'stacks', 'defaults.yaml'), 'config: { accidentalDeletions: { threshold: 7 } }')
      const rings = [{ name: 'all', stacks: ['*'], defaults: { displayName: 'of the ring', scope: 'all' } }]
      writeFileSync(path.join(clone, 'stacks', 'rollout.yaml'), JSON.stringify({ rings }))
      symlinkSync(path.join(root, 'node_modules'), path.join(clone, 'node_modules'))
      const env = { ...tenant.env, PULUMI_BACKEND_URL: `file://${clone}` }
      const pulumi = (...args: string[]) =>
        run(tenant.engine, [...args, '--stack', 'local', '--non-interactive', '--color=never'], clone, env)
      expect((await pulumi('stack', 'init')).code).toBe(0)
      const preview = await pulumi('preview')
      expect(preview.text).toMatch(/ProvisioningJob tenant-provisioning create/)
      expect(preview.code).toBe(0)
      const { text } = await pulumi('preview', '--json')
      const { steps } = JSON.parse(text.slice(text.indexOf('{'))) as { steps: Planned[] }
      const inputs = (type: string) => steps.find(({ urn }) => urn.includes(`:${type}::`))?.newState.inputs
      expect(inputs('ProvisioningJob')).toMatchObject({ accidentalDeletions: { threshold: 7 }, scope: 'all' })
      expect(inputs('GalleryApplication')).toMatchObject({ displayName: 'M-Files' })
    } finally {
      rmSync(clone, { recursive: true, force: true })
    }
  })
})
