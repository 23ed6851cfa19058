import * as grpc from '@grpc/grpc-js'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import pluginMessages from '@pulumi/pulumi/proto/plugin_pb.js'
import services from '@pulumi/pulumi/proto/provider_grpc_pb.js'
import messages from '@pulumi/pulumi/proto/provider_pb.js'
import statuses from '@pulumi/pulumi/proto/status_pb.js'
import empty from 'google-protobuf/google/protobuf/empty_pb.js'
import { type Context, Incomplete, type Resource, UNKNOWN } from '../resources/resource.ts'
import { EngineLog } from './engineLog.ts'
import { toStruct } from './errors.ts'
import { createService } from './service.ts'
import { decode, encode } from './wire.ts'

interface Inputs {
  name: string
  credentials: { key: string }
}
interface Outputs {
  token: string
  name?: string
}

const calls: string[] = []
let misbehave: ((inputs: Inputs, context: Context) => Promise<never>) | undefined

/** Records what reaches it; everything about the wire is the adapter's. */
const thing: Resource<Inputs, Outputs> = {
  token: 'entrasync:index:Thing',
  secretOutputs: ['token'],
  check: (news) => ({
    inputs: news as never,
    failures:
      news.name === ''
        ? [{ property: 'name', reason: `name is empty beside ${JSON.stringify(news.credentials)}` }]
        : [],
  }),
  diff: (olds, news) => ({
    changes: {
      ...(olds.inputs.name !== (news as Inputs).name && { name: 'update-replace' }),
      ...(olds.inputs.credentials.key !== (news as Inputs).credentials.key && { 'credentials.key': 'update' }),
    },
  }),
  async preview(news, olds) {
    calls.push(`preview ${olds ? 'update' : 'create'} ${(news as Inputs).name === (UNKNOWN as never) ? 'unknown' : ''}`)
    return { token: UNKNOWN }
  },
  async create(inputs, context) {
    calls.push(`create ${inputs.credentials.key}`)
    if (misbehave) return misbehave(inputs, context)
    return { id: '/things/1', outputs: { token: 'made-token' } }
  },
  async read(state) {
    calls.push(`read ${state.id} ${state.inputs ? 'known' : 'import'}`)
    if (state.id === '/things/gone') return null
    return { id: state.id, inputs: { name: 'n', credentials: { key: 'sesame' } }, outputs: { token: 'read-token' } }
  },
  async update(olds, news) {
    calls.push(`update ${olds.outputs.token} to ${news.name}`)
    return { token: 'new-token' }
  },
  async delete(olds) {
    calls.push(`delete ${olds.id} ${olds.inputs.credentials.key}`)
  },
}

const URN = 'urn:pulumi:dev::p::entrada:index:Outer$entrasync:index:Thing::x'
let server: grpc.Server
let client: InstanceType<typeof services.ResourceProviderClient>

async function connect(): Promise<void> {
  server = new grpc.Server()
  const service = createService({
    resources: new Map([[thing.token, thing as never]]),
    engine: new EngineLog(),
    tenants: {
      fromEnvironment: 'contoso.example',
      same: async (a, b) => {
        if (b === 'nobody.example') throw new Error('names no tenant')
        return a.slice(0, 7) === b.slice(0, 7)
      },
    },
    connect: (tenantId) => Promise.reject(new Error(`no credential for ${tenantId}`)),
  })
  server.addService(services.ResourceProviderService, service as grpc.UntypedServiceImplementation)
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  )
  client = new services.ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure())
}

beforeAll(connect)
afterAll(() => {
  client.close()
  server.forceShutdown()
})
beforeEach(() => {
  calls.length = 0
  misbehave = undefined
})

type Method = (request: never, callback: (error: grpc.ServiceError | null, value: never) => void) => unknown

function call<T>(method: string, request: unknown): Promise<T> {
  const callable = (client as unknown as Record<string, Method>)[method]?.bind(client) as Method
  return new Promise((resolve, reject) =>
    callable(request as never, (error, value) => (error ? reject(error) : resolve(value as T))),
  )
}

const inputs = { name: 'n', credentials: { key: 'sesame' } }
const wire = (value: object = inputs, secrets = [['credentials', 'key']]) => toStruct(encode(value, secrets))
const plain = (struct: { toJavaScript(): unknown } | undefined) =>
  decode(struct?.toJavaScript() as Record<string, unknown>)

describe('the adapter between engine and resources', () => {
  test('takes secrets and previews, which it says when it is configured', async () => {
    const response = await call<InstanceType<typeof messages.ConfigureResponse>>(
      'configure',
      new messages.ConfigureRequest(),
    )
    expect([response.getAcceptsecrets(), response.getSupportspreview()]).toEqual([true, true])
  })

  const checkConfig = (news: object) =>
    call<InstanceType<typeof messages.CheckResponse>>(
      'checkConfig',
      new messages.CheckRequest().setNews(toStruct(news as never)),
    )
  const diffConfig = (olds: object, news: object) =>
    call<InstanceType<typeof messages.DiffResponse>>(
      'diffConfig',
      new messages.DiffRequest().setOldInputs(toStruct(olds as never)).setNews(toStruct(news as never)),
    )

  test('refuses provider arguments that are credentials, which would be kept in state, and a tenant that is none', async () => {
    const response = await checkConfig({ clientSecret: 'x', version: '1', tenantId: 'common' })
    expect(response.getFailuresList().map((failure) => failure.getProperty())).toEqual(['clientSecret', 'tenantId'])
  })

  test('keeps the tenant, the environment’s where none is given', async () => {
    const other = await checkConfig({ tenantId: 'fabrikam.example' })
    expect([other.getFailuresList(), plain(other.getInputs()).value]).toEqual([[], { tenantId: 'fabrikam.example' }])
    const response = await checkConfig({ version: '1' })
    expect(plain(response.getInputs()).value).toEqual({ version: '1', tenantId: 'contoso.example' })
  })

  test('refuses another tenant than the one that the objects are in, and nothing else', async () => {
    const none = messages.DiffResponse.DiffChanges.DIFF_NONE
    for (const [before, now] of [
      ['contoso.example', 'contoso.onmicrosoft.example'],
      [undefined, 'fabrikam.example'],
      ['contoso.example', undefined],
    ]) {
      const response = await diffConfig({ ...(before && { tenantId: before }) }, { ...(now && { tenantId: now }) })
      expect([response.getChanges(), response.getReplacesList()]).toEqual([none, []])
    }
    await expect(diffConfig({ tenantId: 'contoso.example' }, { tenantId: 'fabrikam.example' })).rejects.toThrow(
      /is in tenant contoso.example, but tenant fabrikam.example was given.*pulumi destroy/,
    )
    await expect(diffConfig({ tenantId: 'contoso.example' }, { tenantId: 'nobody.example' })).rejects.toThrow(
      /cannot be told whether 'nobody.example'.*names no tenant/,
    )
  })

  test('calls Graph of the tenant that it was configured for', async () => {
    misbehave = async (_, context) => Promise.reject(new Error(context.graph.tenantId))
    for (const args of [{ tenantId: 'fabrikam.example' }, {}]) {
      await call('configure', new messages.ConfigureRequest().setArgs(toStruct(args)))
      const request = new messages.CreateRequest().setUrn(URN).setProperties(wire())
      const details = `no credential for ${args.tenantId ?? 'contoso.example'}`
      await expect(call('create', request)).rejects.toMatchObject({ details })
    }
  })

  test('check keeps inputs secret and its reasons free of secrets', async () => {
    const request = new messages.CheckRequest().setUrn(URN).setNews(wire({ ...inputs, name: '' }))
    const response = await call<InstanceType<typeof messages.CheckResponse>>('check', request)
    expect(plain(response.getInputs()).secrets).toEqual([['credentials', 'key']])
    expect(response.getFailuresList()[0]?.getReason()).toBe('name is empty beside {"key":"[secret]"}')
  })

  test('diff names each path and which of them replace', async () => {
    const request = new messages.DiffRequest()
      .setUrn(URN)
      .setOldInputs(wire())
      .setOlds(wire())
      .setNews(wire({ name: 'other', credentials: { key: 'changed' } }))
    const response = await call<InstanceType<typeof messages.DiffResponse>>('diff', request)
    expect(response.getReplacesList()).toEqual(['name'])
    expect(response.getDiffsList().sort()).toEqual(['credentials', 'name'])
    expect(response.getDetaileddiffMap().get('credentials.key')?.getKind()).toBe(messages.PropertyDiff.Kind.UPDATE)
  })

  test('create gives clear inputs to the resource and secrets back to the engine', async () => {
    const request = new messages.CreateRequest().setUrn(URN).setProperties(wire())
    const response = await call<InstanceType<typeof messages.CreateResponse>>('create', request)
    expect(calls).toEqual(['create sesame'])
    expect(response.getId()).toBe('/things/1')
    expect(plain(response.getProperties())).toEqual({
      value: { ...inputs, token: 'made-token' },
      secrets: [['credentials', 'key'], ['token']],
    })
  })

  test('a preview only previews, with unknown values in and out', async () => {
    const request = new messages.CreateRequest()
      .setUrn(URN)
      .setPreview(true)
      .setProperties(wire({ ...inputs, name: UNKNOWN }))
    const response = await call<InstanceType<typeof messages.CreateResponse>>('create', request)
    expect(calls).toEqual(['preview create unknown'])
    expect(plain(response.getProperties()).value).toMatchObject({ name: UNKNOWN, token: UNKNOWN })
  })

  test('what was made but is not as asked for keeps its id, and its reasons hold no secret', async () => {
    misbehave = async ({ credentials }) => {
      throw new Incomplete('/things/2', { token: 'half' }, [`the target refused ${credentials.key}`])
    }
    const request = new messages.CreateRequest().setUrn(URN).setProperties(wire())
    const error = await call('create', request).then(
      () => undefined,
      (reason: grpc.ServiceError) => reason,
    )
    const [packed] = error?.metadata.get('grpc-status-details-bin') ?? []
    const [detail] = statuses.Status.deserializeBinary(packed as Buffer).getDetailsList()
    const failed = messages.ErrorResourceInitFailed.deserializeBinary(detail?.getValue_asU8() as Uint8Array)
    expect(failed.getId()).toBe('/things/2')
    expect(failed.getReasonsList()).toEqual(['the target refused [secret]'])
    expect(plain(failed.getProperties())).toEqual({
      value: { ...inputs, token: 'half', __tried: inputs },
      secrets: [['__tried', 'credentials', 'key'], ['credentials', 'key'], ['token']],
    })
  })

  test('an update that follows an incomplete one compares with what that one tried', async () => {
    const tried = { name: 'tried', credentials: { key: 'changed' } }
    const state = wire({ ...tried, token: 'half', __tried: tried }, [
      ['credentials', 'key'],
      ['__tried', 'credentials', 'key'],
    ])
    const diff = (news: object) =>
      call<InstanceType<typeof messages.DiffResponse>>(
        'diff',
        new messages.DiffRequest().setUrn(URN).setOldInputs(wire()).setOlds(state).setNews(wire(news)),
      )
    expect((await diff(inputs)).getDiffsList().sort()).toEqual(['credentials', 'name'])
    expect((await diff(tried)).getDiffsList()).toEqual([])
    const update = new messages.UpdateRequest()
      .setUrn(URN)
      .setId('/things/1')
      .setOldInputs(wire())
      .setOlds(state)
      .setNews(wire())
    const response = await call<InstanceType<typeof messages.UpdateResponse>>('update', update)
    expect(plain(response.getProperties()).value).toEqual({ ...inputs, token: 'new-token' })
  })

  test('an error that quotes a secret reaches the engine without it', async () => {
    misbehave = async ({ credentials }) => {
      throw new Error(`no luck with ${credentials.key}`)
    }
    const request = new messages.CreateRequest().setUrn(URN).setProperties(wire())
    await expect(call('create', request)).rejects.toMatchObject({ details: 'no luck with [secret]' })
  })

  test('credentials that are missing are an error only when Graph is needed', async () => {
    misbehave = async (_inputs, context) => {
      throw new Error(`reached ${context.graph}`)
    }
    const request = new messages.CreateRequest().setUrn(URN).setProperties(wire())
    await expect(call('create', request)).rejects.toMatchObject({ details: 'no credential for contoso.example' })
  })

  test('read of an import starts without inputs, and gone is an empty answer', async () => {
    const found = await call<InstanceType<typeof messages.ReadResponse>>(
      'read',
      new messages.ReadRequest().setUrn(URN).setId('/things/3'),
    )
    expect(found.getId()).toBe('/things/3')
    expect(plain(found.getInputs()).value).toEqual(inputs)
    expect(plain(found.getProperties()).secrets).toContainEqual(['token'])
    const gone = await call<InstanceType<typeof messages.ReadResponse>>(
      'read',
      new messages.ReadRequest().setUrn(URN).setId('/things/gone'),
    )
    expect(gone.getId()).toBe('')
    expect(calls).toEqual(['read /things/3 import', 'read /things/gone import'])
  })

  test('update and delete are given what was stored', async () => {
    const stored = wire({ ...inputs, token: 'old-token' }, [['token']])
    const update = new messages.UpdateRequest()
      .setUrn(URN)
      .setId('/things/1')
      .setOldInputs(wire())
      .setOlds(stored)
      .setNews(wire({ ...inputs, name: 'm' }))
    await call('update', update)
    await call(
      'delete',
      new messages.DeleteRequest().setUrn(URN).setId('/things/1').setOldInputs(wire()).setProperties(stored),
    )
    expect(calls).toEqual(['update old-token to m', 'delete /things/1 sesame'])
  })

  test('an unknown type is refused with the ones there are', async () => {
    const request = new messages.CheckRequest().setUrn('urn:pulumi:dev::p::entrasync:index:Thingy::x')
    await expect(call('check', request)).rejects.toThrow(
      "no resource type 'entrasync:index:Thingy': use one of entrasync:index:Thing",
    )
  })

  test('serves a schema that names the package, and attaches to a running engine', async () => {
    await call('attach', new pluginMessages.PluginAttach().setAddress('127.0.0.1:1'))
    const response = await call<InstanceType<typeof messages.GetSchemaResponse>>(
      'getSchema',
      new messages.GetSchemaRequest(),
    )
    expect(JSON.parse(response.getSchema())).toMatchObject({ name: 'entrasync' })
  })

  test('cancel aborts what is running and refuses what comes after', async () => {
    let reached: () => void = () => {}
    const running = new Promise<void>((resolve) => {
      reached = resolve
    })
    misbehave = (_inputs, { signal }) => {
      reached()
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    }
    const pending = call('create', new messages.CreateRequest().setUrn(URN).setProperties(wire())).catch(
      (error) => error,
    )
    await running
    await call('cancel', new empty.Empty())
    expect(await pending).toMatchObject({ code: grpc.status.CANCELLED })
    await expect(call('create', new messages.CreateRequest().setUrn(URN).setProperties(wire()))).rejects.toMatchObject({
      code: grpc.status.CANCELLED,
    })
  })
})
