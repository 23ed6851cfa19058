import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { parse, stringify } from 'yaml'
import { engineEnvironment } from '../../cli/local/environment.ts'
import { type LocalFolder, localFolder, prepareFolder, STACK } from '../../cli/local/folder.ts'
import { writeWorkspace } from '../../cli/local/workspace.ts'
import { ensureEngine } from '../../tools/setup/engine.ts'
import { GENERATED_SECRET } from '../golden/providerOutputs.ts'
import { Cloud } from './azure/cloud.ts'
import { serveMockProvider } from './azure/mockProvider.ts'
import { launch, type Outcome, outcomeOf, run, type StateResource, type Step } from './harness.ts'

jest.setTimeout(180_000)

const APP = 'azure-native:app:ContainerApp'
const POSTGRES = 'azure-native:dbforpostgresql'
const NO_RIGHT_TO_PULL =
  'ContainerAppOperationError: Failed to provision revision: unable to pull image using Managed identity'
const NOT_ACCESSIBLE =
  'Code="AadAuthOperationCannotBePerformedWhenServerIsNotAccessible" Message="The server is not in an accessible state to perform Azure AD Principal operation."'
const DATA = [
  'azure-native:dbforpostgresql:Database',
  'azure-native:dbforpostgresql:Server',
  'azure-native:keyvault:Key',
  'azure-native:keyvault:Vault',
  'azure-native:managedidentity:UserAssignedIdentity',
  'azure-native:resources:ResourceGroup',
]
const PROTECTED = [APP, ...DATA]
const image = (digit: string) => `ghcr.io/contoso/entrada-scim@sha256:${digit.repeat(64)}`

const target = {
  kind: 'containerApp',
  region: 'westeurope',
  image: image('1'),
  administrators: ['SCIM administrators'],
  alerts: { email: 'scim-ops@contoso.example' },
}

const withDomain = { ...target, image: image('2'), domain: { name: 'scim.contoso.example' } }

const cloud = new Cloud()
let folder: LocalFolder
let engine: string
let env: Record<string, string>
let provider: Awaited<ReturnType<typeof serveMockProvider>>

beforeAll(async () => {
  folder = localFolder(mkdtempSync(path.join(tmpdir(), 'entrada-azure-')))
  prepareFolder(folder)
  writeWorkspace(folder)
  engine = process.env.ENTRADA_ENGINE ?? (await ensureEngine()).command
  provider = await serveMockProvider(cloud)
  const attached = ['azure-native', 'azuread', 'docker-build', 'entrasync'].map((name) => `${name}:${provider.port}`)
  env = { ...engineEnvironment(folder, engine), PULUMI_DEBUG_PROVIDERS: attached.join(',') }
  configure(target)
  await succeeds('stack', 'init', STACK)
})
afterAll(() => {
  provider?.close()
  rmSync(folder.path, { recursive: true, force: true })
})

function configure(given: object): void {
  const file = path.join(folder.workspace, `Pulumi.${STACK}.yaml`)
  const { config: _, ...rest } = parse(readFileSync(file, 'utf8')) as { config: object }
  const config = { 'entrada:application': 'M-Files', 'entrada:target': given }
  writeFileSync(file, stringify({ ...rest, config }))
}

function pulumi(...args: string[]): Promise<Outcome> {
  return run(engine, [...args, '--stack', STACK, '--non-interactive', '--color=never'], folder.workspace, env)
}

async function succeeds(...args: string[]): Promise<string> {
  // `stack init` takes the stack's name itself.
  const outcome =
    args[1] === 'init'
      ? await run(engine, [...args, '--non-interactive'], folder.workspace, env)
      : await pulumi(...args)
  if (outcome.code !== 0) throw new Error(outcome.text)
  return outcome.text
}

async function steps(): Promise<Step[]> {
  const text = await succeeds('preview', '--json')
  const preview = JSON.parse(text.slice(text.indexOf('{'))) as { steps: Step[] }
  return preview.steps.filter(({ op }) => op !== 'same')
}

async function state(): Promise<StateResource[]> {
  const text = await succeeds('stack', 'export')
  return (JSON.parse(text) as { deployment: { resources?: StateResource[] } }).deployment.resources ?? []
}

/** As docs/azure.md says: what the preview would make is imported by its id in Azure, where it has one. */
async function takeOver(idOf: (resource: { type: string; name: string }) => string | undefined): Promise<void> {
  const file = path.join(folder.path, 'import.json')
  await pulumi('preview', '--import-file', file)
  type Wanted = { type: string; name: string; logicalName?: string; id?: string; component?: boolean }
  const { resources, ...rest } = JSON.parse(readFileSync(file, 'utf8')) as { resources: Wanted[] }
  const found = resources.flatMap((resource) => {
    if (resource.component) return [resource]
    const id = idOf({ type: resource.type, name: resource.logicalName ?? resource.name })
    return id ? [{ ...resource, id }] : []
  })
  writeFileSync(file, JSON.stringify({ ...rest, resources: found }))
  await succeeds('import', '--file', file, '--yes', '--generate-code=false')
}

const up = () => pulumi('up', '--yes', '--skip-preview')
const madeSince = (before: number) => cloud.changes.slice(before).map(({ operation, type }) => `${operation} ${type}`)

// Each test goes on from where the one before it ended, as the life of a stack does.
describe('the life of a target in Azure', () => {
  test('a preview shows all of it and makes nothing', async () => {
    const planned = await steps()
    expect(planned.every(({ op }) => op === 'create')).toBe(true)
    expect(planned.filter(({ urn }) => urn.includes(APP))).toHaveLength(1)
    expect(cloud.changes).toEqual([])
  })

  test('a server that is not ready when it is said to be is waited for; an app that fails leaves what was made before it', async () => {
    cloud.failNext(`${POSTGRES}:AdministratorsMicrosoftEntra`, NOT_ACCESSIBLE)
    cloud.failNext(`${POSTGRES}:Database`, 'Status=409 Code="ServerIsBusy"')
    cloud.failNext(`${POSTGRES}:Configuration`, 'Status=409 Code="ServerIsBusy"')
    cloud.failNext(APP, NO_RIGHT_TO_PULL)
    const { code, text } = await up()
    expect(code).not.toBe(0)
    expect(text).toContain('Failed to provision revision')
    expect(cloud.types).toEqual(expect.arrayContaining(DATA))
    expect(cloud.types).not.toContain(APP)
    expect(cloud.types).not.toContain('entrasync:index:ScimConfiguration')
    expect(text).not.toContain('the right to pull the image has not arrived yet')
    const waited = text.matchAll(/the database server is not ready yet for (.*): again in 2 s/g)
    expect([...new Set([...waited].map(([, resource]) => resource))].sort()).toEqual([
      'AdministratorsMicrosoftEntra target-administrator',
      'Configuration target-require_secure_transport',
      'Database target',
    ])
    expect(text).not.toContain('is busy with another operation')
  })

  test('the next update completes it and makes nothing twice', async () => {
    const before = cloud.changes.length
    const { code, text } = await up()
    if (code !== 0) throw new Error(text)
    expect(madeSince(before).filter((change) => !change.startsWith('create'))).toEqual([])
    const made = cloud.changes.map(({ type, name }) => `${type} ${name}`)
    expect(made).toEqual([...new Set(made)])
    expect(madeSince(before)).toContain(`create ${APP}`)
    expect(madeSince(before)).toContain('create entrasync:index:ProvisioningJob')
    expect(await steps()).toEqual([])
  })

  test('its outputs say where it is and what it consists of', async () => {
    const outputs = JSON.parse(await succeeds('stack', 'output', '--json')) as { target: Record<string, unknown> }
    expect(outputs.target).toMatchObject({
      adminUrl: expect.stringMatching(/^https:\/\/entrada-local-\w{6}\.happysea-1234\..*\/admin$/),
      image: image('1'),
      domainVerification: '<domainVerification>',
      resources: { app: expect.stringContaining('ContainerApp'), database: expect.stringContaining('Server') },
    })
  })

  test('no secret stands in the state in clear', async () => {
    expect(JSON.stringify(await state())).not.toContain(GENERATED_SECRET)
  })

  test('a new image replaces the revision and nothing else, once the right to pull it has arrived', async () => {
    configure({ ...target, image: image('2') })
    cloud.failNext(APP, NO_RIGHT_TO_PULL)
    const before = cloud.changes.length
    const { code, text } = await up()
    if (code !== 0) throw new Error(text)
    expect(text).toContain('the right to pull the image has not arrived yet for ContainerApp target: again in 2 s')
    expect(madeSince(before)).toEqual([`update ${APP}`])
  })

  test('an image by its tag is taken with a warning', async () => {
    configure({ ...target, image: 'ghcr.io/contoso/entrada-scim:1.4' })
    expect(await succeeds('preview')).toContain('ghcr.io/contoso/entrada-scim:1.4 is named by its tag')
  })

  test('a domain reaches the app, its certificate, the sign-in and the tenant URL, and no other resource', async () => {
    configure(withDomain)
    const before = cloud.changes.length
    const { code, text } = await up()
    if (code !== 0) throw new Error(text)
    // The app has to claim the name before Azure issues a certificate for it.
    expect(madeSince(before)).toEqual([
      'update azuread:index/application:Application',
      `update ${APP}`,
      'create azure-native:app:ManagedCertificate',
      'update entrasync:index:ScimConfiguration',
    ])
  })

  test('a change that would replace what holds data is refused', async () => {
    configure({ ...withDomain, region: 'northeurope' })
    const before = cloud.changes.length
    const { code, text } = await pulumi('preview')
    expect(code).not.toBe(0)
    expect(text).toMatch(/protect/)
    expect(madeSince(before)).toEqual([])
    configure(withDomain)
  })

  describe('once the disk of the database has grown', () => {
    const sized = (storageGb: number, backupDays: number) => ({ ...withDomain, database: { storageGb, backupDays } })
    const server = () => cloud.read(cloud.idOf(`${POSTGRES}:Server`, 'target')!) as Record<string, unknown>

    test('an update does not ask for the old size, refreshed or not', async () => {
      cloud.growStorage(64)
      configure(sized(32, 20))
      await succeeds('up', '--yes', '--skip-preview')
      expect(server()).toMatchObject({ storage: { storageSizeGB: 64 }, backup: { backupRetentionDays: 20 } })
      cloud.growStorage(128)
      configure(sized(32, 21))
      await succeeds('up', '--yes', '--skip-preview', '--refresh')
      expect(server()).toMatchObject({ storage: { storageSizeGB: 128 }, backup: { backupRetentionDays: 21 } })
    })

    test('it can be enlarged', async () => {
      configure(sized(256, 21))
      await succeeds('up', '--yes', '--skip-preview')
      expect(server()).toMatchObject({ storage: { storageSizeGB: 256 } })
      configure(withDomain)
      await succeeds('up', '--yes', '--skip-preview')
      expect(server()).toMatchObject({ storage: { storageSizeGB: 256 }, backup: { backupRetentionDays: 14 } })
    })
  })

  test('a server that would have to be replaced for its network is named before anything is done', async () => {
    configure({ ...withDomain, network: { private: false } })
    const before = cloud.changes.length
    const { code, text } = await pulumi('preview')
    expect(code).not.toBe(0)
    expect(text).toContain(
      'network.private is false, as it is in a test by default, but the database server has a private address already',
    )
    expect(text).not.toMatch(/\n\s+at /)
    expect(madeSince(before)).toEqual([])
    configure(withDomain)
  })

  test('a stack whose state is lost takes everything over again, by the ids that it has in Azure', async () => {
    const ids = new Map((await state()).map(({ type, urn, id }) => [`${type} ${urn.split('::').at(-1)}`, id]))
    await succeeds('stack', 'rm', '--yes', '--force', '--preserve-config')
    await succeeds('stack', 'init', STACK)
    const before = cloud.changes.length
    await takeOver(({ type, name }) => ids.get(`${type} ${name}`))
    expect(await steps()).toEqual([])
    const { code, text } = await up()
    if (code !== 0) throw new Error(text)
    expect(madeSince(before)).toEqual([])
  })

  test('destroy is refused with a way out, and deletes nothing', async () => {
    const before = cloud.changes.length
    const { code, text } = await pulumi('destroy', '--yes')
    expect(code).not.toBe(0)
    expect(text).toContain('pulumi state unprotect')
    expect(madeSince(before)).toEqual([])
  })

  test('what holds data is protected, and the app', async () => {
    const kept = (await state()) as (StateResource & { protect?: boolean })[]
    expect(
      kept
        .filter(({ protect }) => protect)
        .map(({ type }) => type)
        .sort(),
    ).toEqual(PROTECTED)
  })

  test('a domain is given up, and its certificate goes after it', async () => {
    configure(target)
    await succeeds('up', '--yes', '--skip-preview')
    expect(cloud.types).not.toContain('azure-native:app:ManagedCertificate')
  })

  test('even without its preview, destroy leaves the service running, and the next update brings back the rest', async () => {
    const before = cloud.changes.length
    const { code } = await pulumi('destroy', '--yes', '--skip-preview')
    expect(code).not.toBe(0)
    const gone = [...new Set(cloud.changes.slice(before).map(({ type }) => type))].sort()
    expect(gone).toEqual([
      'azure-native:monitor:ActionGroup',
      'azure-native:monitor:DiagnosticSetting',
      'azure-native:monitor:MetricAlert',
      'azure-native:monitor:ScheduledQueryRule',
      'entrasync:index:GalleryApplication',
      'entrasync:index:ProvisioningJob',
    ])
    const { code: again, text } = await up()
    if (again !== 0) throw new Error(text)
    expect(await steps()).toEqual([])
  })

  test('once the protection is lifted, destroy takes everything away', async () => {
    configure(withDomain)
    await succeeds('up', '--yes', '--skip-preview')
    await succeeds('state', 'unprotect', '--all', '--yes')
    const before = cloud.changes.length
    // Nobody waits here, as the program does not run.
    cloud.failNext(`${POSTGRES}:Configuration`, 'Status=409 Code="ServerIsBusy"')
    const { code, text } = await pulumi('destroy', '--yes', '--skip-preview')
    expect([code === 0, text]).toEqual([false, expect.stringContaining('ServerIsBusy')])
    await succeeds('destroy', '--yes', '--skip-preview')
    expect(cloud.types).toEqual([])
    // The service may be down: what is in it goes with it, unasked.
    expect(madeSince(before)).not.toContain('delete entrasync:index:ScimConfiguration')
  })
})

test('what an update that was killed had made is taken over, and the next update completes the rest', async () => {
  configure(target)
  const server = 'azure-native:dbforpostgresql:Server'
  const made = cloud.holdNext(server)
  const update = launch(engine, ['up', '--yes', '--skip-preview', '--stack', STACK], folder.workspace, env)
  const ended = outcomeOf(update)
  await made
  update.kill('SIGKILL')
  await ended
  await succeeds('cancel', '--yes')
  const refused = await up()
  expect(refused.code).not.toBe(0)
  expect(refused.text).toMatch(/already exist/)
  await takeOver(({ type, name }) => cloud.idOf(type, name))
  const { code, text } = await up()
  if (code !== 0) throw new Error(text)
  expect(await steps()).toEqual([])
})

test('administrators whom the tenant does not have are all named, and nothing is made', async () => {
  configure({ ...target, administrators: ['adele@contoso.example', 'bert@contoso.example', 'Nobody'] })
  const before = cloud.changes.length
  const { code, text } = await up()
  expect(code).not.toBe(0)
  expect(text).toContain('the tenant does not have all that entrada:target.administrators names')
  expect(text).toContain("there is no user 'bert@contoso.example'")
  expect(text).toContain("there is no group 'Nobody'")
  expect(text).not.toMatch(/\n\s+at /)
  expect(madeSince(before)).toEqual([])
})
